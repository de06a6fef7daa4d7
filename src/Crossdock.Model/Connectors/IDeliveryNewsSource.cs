using Crossdock.Model.Connections;
using Crossdock.Model.Orders;

namespace Crossdock.Model.Connectors;

/// <summary>A destination that says how the orders it was handed get on: taken, under way, delivered, with tracking.</summary>
public interface IDeliveryNewsSource
{
    /// <summary>Prepares it for one connection; null when its settings say nothing of it. Called again when the configuration changes; only for settings that passed <see cref="IConnector.Check"/>.</summary>
    IDeliveryNews? OpenNews(ConnectionSettings connection);
}

/// <summary>What one destination says, prepared. Immutable; safe for any number of threads.</summary>
public interface IDeliveryNews
{
    /// <summary>Where it calls us (<c>POST /in/{connection}</c>); null when it does not.</summary>
    IWebhookEndpoint? Endpoint { get; }

    /// <summary>Understands one event. Pure and total: no I/O, no clock, never an exception for bad input.</summary>
    NewsOutcome Read(in ReceivedEvent received);
}

/// <summary>What an event of a destination turned out to be: <see cref="SaidNews"/>, <see cref="NoNews"/> or <see cref="UnreadableNews"/>.</summary>
public abstract record NewsOutcome;

/// <summary>It says something of one order or several.</summary>
/// <param name="News">In the order of the document; at least one.</param>
public sealed record SaidNews(IReadOnlyList<DeliveryNews> News) : NewsOutcome;

/// <summary>Understood, and no business of an order: recorded and done.</summary>
/// <param name="Because">One sentence.</param>
public sealed record NoNews(string Because) : NewsOutcome;

/// <summary>Not understood: the event is parked with this reason and can be worked again once it is mended.</summary>
/// <param name="Because">One sentence that a person can act on.</param>
/// <param name="Path">JSON pointer to the place; null for the whole document.</param>
/// <param name="Value">What stood there, at most 200 characters; null when nothing.</param>
public sealed record UnreadableNews(string Because, string? Path = null, string? Value = null) : NewsOutcome;

/// <summary>One thing that a destination says of one order. At least one of <see cref="RemoteId"/> and <see cref="Reference"/> is there.</summary>
public sealed record DeliveryNews
{
    /// <summary>Its own id of what it was handed, the same as <see cref="Delivered.RemoteId"/>; null when it does not say.</summary>
    public string? RemoteId { get; init; }
    /// <summary>What we called it: the order's number, the hub's id of the order, or the delivery's id. Null when it does not say. Where it is there, it decides, and <see cref="RemoteId"/> only tells several apart.</summary>
    public string? Reference { get; init; }
    /// <summary>What its word means: processing (taken), in_shipment, delivered or cancelled. Null when the word means no move.</summary>
    public OrderState? State { get; init; }
    /// <summary>Its own word, for the timeline; at most 100 characters.</summary>
    public required string Word { get; init; }
    /// <summary>When it happened by its own clock, UTC; null when it does not say: then the order of arrival counts.</summary>
    public DateTimeOffset? At { get; init; }
    /// <summary>Its tracking; null when it says none.</summary>
    public Tracking? Tracking { get; init; }
}

/// <summary>What a buyer follows a parcel by. Null says nothing; nothing known is taken back by it.</summary>
/// <param name="Number">As printed on the label.</param>
/// <param name="Carrier">Who carries it, in words.</param>
/// <param name="Url">Where the buyer looks; http or https.</param>
public sealed record Tracking(string? Number, string? Carrier, string? Url);
