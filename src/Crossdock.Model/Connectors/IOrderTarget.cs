using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Orders;

namespace Crossdock.Model.Connectors;

/// <summary>A platform that receives orders: courier, warehouse, ERP, invoicing.</summary>
public interface IOrderTarget
{
    /// <summary>Prepares one destination: templates compiled, secrets decoded. Called again when the configuration changes; the former is disposed when its last call has ended.
    /// Only called for settings that passed <see cref="IConnector.Check"/>.</summary>
    /// <param name="connection">Its settings.</param>
    /// <param name="http">A client without redirects, cookies or a time-out of its own, checked against private addresses as configured; shared, not to be disposed.</param>
    /// <param name="clock">The clock.</param>
    IDestination Open(ConnectionSettings connection, HttpClient http, TimeProvider clock);
}

/// <summary>What is to be done at a destination. Stored by its snake_case name.</summary>
public enum DeliveryKind
{
    /// <summary>Hand the order over.</summary>
    Create = 0,
    /// <summary>The order changed after it was handed over.</summary>
    Update = 1,
    /// <summary>The order was cancelled after it was handed over.</summary>
    Cancel = 2,
    /// <summary>A shop is told how its own order is getting on (<see cref="IOrderStatusTarget"/>).</summary>
    Status = 3,
}

/// <summary>One destination, prepared. Safe for any number of calls at once.</summary>
public interface IDestination : IDisposable
{
    /// <summary>How hard it may be pushed.</summary>
    DestinationLimits Limits { get; }

    /// <summary>Whether it can be told this.</summary>
    bool Can(DeliveryKind kind);

    /// <summary>Whether it can be asked if it has an order already.</summary>
    bool CanFind { get; }

    /// <summary>Sends once. Never throws for what the other side does; only <see cref="OperationCanceledException"/> when the hub itself stops.</summary>
    Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken);

    /// <summary>Asks whether the destination has it: <see cref="Delivered"/> when it has, null when it certainly has not, <see cref="RetryLater"/> when it cannot say now.</summary>
    Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken);
}

/// <summary>How hard a destination may be pushed.</summary>
public sealed record DestinationLimits
{
    /// <summary>Calls at once. Default 8; 1 to 256.</summary>
    public int Concurrency { get; init; } = 8;
    /// <summary>Calls per second; null for no limit.</summary>
    public double? PerSecond { get; init; }
    /// <summary>Attempts before it is given up. Default 8; 1 to 100.</summary>
    public int Attempts { get; init; } = 8;
    /// <summary>How long one call may take, in seconds. Default 15; 1 to 120.</summary>
    public int TimeoutSeconds { get; init; } = 15;
    /// <summary>Failures in a row that open the circuit breaker. Default 10; 1 to 1000.</summary>
    public int BreakerFailures { get; init; } = 10;
    /// <summary>How long the breaker stays open before one call is let through, in seconds. Default 30; 1 to 3600.</summary>
    public int BreakerSeconds { get; init; } = 30;
    /// <summary>Wait before the second attempt, in seconds; doubles with each, plus or minus a quarter. Default 5; 1 to 3600.</summary>
    public int BackoffSeconds { get; init; } = 5;
    /// <summary>The longest such wait, in seconds. Default 3600.</summary>
    public int BackoffMaximumSeconds { get; init; } = 3600;
}

/// <summary>One thing to send.</summary>
/// <param name="Id">The delivery; its text is the idempotency key, the same for every attempt.</param>
/// <param name="Kind">Create, update or cancel.</param>
/// <param name="OrderId">The hub's id of the order.</param>
/// <param name="Document">The canonical order for this destination (only its lines and packages) as JSON, UTF-8.</param>
/// <param name="Store">The store's key.</param>
/// <param name="RemoteId">The destination's own id from an earlier delivery; null for a first one.</param>
/// <param name="BodyOverride">A body that a person edited; null for the template's.</param>
/// <param name="Attempt">1 for the first.</param>
public sealed record DeliveryRequest(DeliveryId Id, DeliveryKind Kind, OrderId OrderId, ReadOnlyMemory<byte> Document, string Store, string? RemoteId, string? BodyOverride, int Attempt)
{
    /// <summary>What to tell; null for every kind but <see cref="DeliveryKind.Status"/>.</summary>
    public StatusNotice? Notice { get; init; }
}

/// <summary>How an attempt ended, and what was said.</summary>
public sealed record SendResult(Outcome Outcome, Exchange? Exchange);

/// <summary>What a look-up found.</summary>
/// <param name="Answer">What was found out.</param>
/// <param name="RemoteId">The destination's own id when it has it.</param>
/// <param name="Because">Why it cannot say, when it cannot.</param>
/// <param name="Exchange">What was said.</param>
public sealed record FindResult(FindAnswer Answer, string? RemoteId, string? Because, Exchange? Exchange)
{
    /// <summary>The tracking that it names; null when it names none.</summary>
    public Tracking? Tracking { get; init; }
}

/// <summary>What a look-up found out.</summary>
public enum FindAnswer
{
    /// <summary>It has it.</summary>
    Has = 0,
    /// <summary>It certainly has not.</summary>
    HasNot = 1,
    /// <summary>It cannot say now.</summary>
    CannotSay = 2,
}

/// <summary>How an attempt ended: one of five.</summary>
public abstract record Outcome;

/// <summary>The destination has it.</summary>
/// <param name="RemoteId">Its own id; null when it gives none.</param>
public sealed record Delivered(string? RemoteId = null) : Outcome
{
    /// <summary>The tracking that its answer names; null when it names none.</summary>
    public Tracking? Tracking { get; init; }
}

/// <summary>Not now, perhaps later.</summary>
/// <param name="Because">One sentence.</param>
/// <param name="After">How long the destination asks to wait; null for the usual backoff.</param>
/// <param name="IsThrottled">True when only the rate was wrong: it waits, but does not spend an attempt.</param>
public sealed record RetryLater(string Because, TimeSpan? After = null, bool IsThrottled = false) : Outcome;

/// <summary>Sent, but no answer that can be trusted: look it up before repeating.</summary>
public sealed record Unclear(string Because) : Outcome;

/// <summary>A person has to look: the order is held.</summary>
public sealed record Hold(string Because) : Outcome;

/// <summary>Refused for good: a dead letter.</summary>
public sealed record Rejected(string Because) : Outcome;

/// <summary>One call and its answer as logged: secrets masked, bodies cut at 16 kB.</summary>
public sealed record Exchange
{
    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }
    /// <summary>Address, with secrets in the query masked.</summary>
    public required string Url { get; init; }
    /// <summary>Request headers, one <c>Name: value</c> a line, secrets masked.</summary>
    public string? RequestHeaders { get; init; }
    /// <summary>Request body.</summary>
    public string? RequestBody { get; init; }
    /// <summary>HTTP status; null when there was no answer.</summary>
    public int? Status { get; init; }
    /// <summary>Answer headers.</summary>
    public string? ResponseHeaders { get; init; }
    /// <summary>Answer body.</summary>
    public string? ResponseBody { get; init; }
    /// <summary>What broke, when there was no answer.</summary>
    public string? Error { get; init; }
    /// <summary>How long it took, in milliseconds.</summary>
    public int ElapsedMs { get; init; }
}
