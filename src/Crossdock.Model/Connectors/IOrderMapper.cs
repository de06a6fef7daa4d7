using Crossdock.Model.Connections;
using Crossdock.Model.Orders;

namespace Crossdock.Model.Connectors;

/// <summary>A platform whose documents become canonical orders.</summary>
public interface IOrderMapper
{
    /// <summary>Prepares the mapping for one connection. Called again when the configuration changes.</summary>
    IOrderMapping MappingFor(ConnectionSettings connection);
}

/// <summary>One connection's mapping, prepared. Pure and total: no I/O, no clock, never an exception for bad input; safe for any number of threads.</summary>
public interface IOrderMapping
{
    /// <summary>Understands one event.</summary>
    MappingOutcome Map(in ReceivedEvent received);
}

/// <summary>An event as the mapping gets it.</summary>
/// <param name="Payload">The bytes as the platform sent them.</param>
/// <param name="Topic">The envelope's topic.</param>
/// <param name="OrderKey">The envelope's order key.</param>
/// <param name="OccurredAt">The envelope's time, UTC.</param>
/// <param name="ReceivedAt">When it arrived, UTC.</param>
public readonly record struct ReceivedEvent(ReadOnlyMemory<byte> Payload, string Topic, string? OrderKey, DateTimeOffset? OccurredAt, DateTimeOffset ReceivedAt);

/// <summary>What an event turned out to be: <see cref="MappedOrder"/>, <see cref="MappedOrders"/>, <see cref="MappedChange"/>, <see cref="Announced"/>, <see cref="Ignored"/> or <see cref="Unmappable"/>.</summary>
public abstract record MappingOutcome;

/// <summary>A whole order: the platform's snapshot.</summary>
/// <param name="Order">The order.</param>
/// <param name="IsLean">True when this way of reading leaves out side remarks that the platform's other documents of the same version carry:
/// a version that is known already (by its time of change) is then kept as it is.</param>
public sealed record MappedOrder(Order Order, bool IsLean = false) : MappingOutcome;

/// <summary>Several whole orders in one document (a home-made shop that sends lists).</summary>
public sealed record MappedOrders(IReadOnlyList<Order> Orders) : MappingOutcome;

/// <summary>A part: something happened to an order whose snapshot is not in the document (a refund, a fulfilment, a deletion).
/// It waits when the order is not known yet.</summary>
/// <param name="ExternalId">The order's external id.</param>
/// <param name="Change">What happened.</param>
public sealed record MappedChange(string ExternalId, OrderChange Change) : MappingOutcome;

/// <summary>Only an id: the order itself has to be fetched from the platform. Several announcements of one order that wait lead to one fetch.</summary>
/// <param name="ExternalId">The order's external id.</param>
/// <param name="What">What was announced, in words for the timeline: "State ready-for-handling".</param>
public sealed record Announced(string ExternalId, string What) : MappingOutcome;

/// <summary>Understood, and no business of an order: recorded and done.</summary>
/// <param name="Because">One sentence.</param>
public sealed record Ignored(string Because) : MappingOutcome;

/// <summary>Not understood: the event is parked with this reason and can be replayed once it is mended.</summary>
/// <param name="Because">One sentence that a person can act on.</param>
/// <param name="Path">JSON pointer to the place, for example <c>/line_items/0/price</c>; null for the whole document.</param>
/// <param name="Value">What stood there, at most 200 characters; null when nothing.</param>
public sealed record Unmappable(string Because, string? Path = null, string? Value = null) : MappingOutcome;

/// <summary>A change to an order that is already known. Each part that is null says nothing.</summary>
public sealed record OrderChange
{
    /// <summary>What happened, in words for the timeline: "Refund of 12.90 EUR".</summary>
    public required string What { get; init; }
    /// <summary>When, by the platform's clock, UTC.</summary>
    public DateTimeOffset? At { get; init; }
    /// <summary>A refund to add, or to replace by its id.</summary>
    public Refund? Refund { get; init; }
    /// <summary>A fulfilment to add, or to replace by its id.</summary>
    public Fulfilment? Fulfilment { get; init; }
    /// <summary>A payment to add, or to replace by its transaction id.</summary>
    public Payment? Payment { get; init; }
    /// <summary>The state this leads to; null for no move.</summary>
    public OrderState? State { get; init; }
    /// <summary>The shop's reason for a cancellation or deletion.</summary>
    public string? Reason { get; init; }
}

/// <summary>A platform's own words for states, in both directions.</summary>
public interface IOrderStates
{
    /// <summary>Every word the platform is known to use, with the canonical state it means.</summary>
    IReadOnlyDictionary<string, OrderState> FromPlatform { get; }

    /// <summary>The platform's word for a canonical state; null when the platform has none and nothing is to be told.</summary>
    string? ToPlatform(OrderState state);
}
