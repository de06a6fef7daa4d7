using Crossdock.Model.Orders;

namespace Crossdock.WebConsole.Actions;

/// <summary>How many were changed, and for each other one why it was not, as a sentence.</summary>
public sealed record ActionReport(int Done, IReadOnlyList<string> Refusals)
{
    /// <summary>What is still missing of some that were done in part.</summary>
    public IReadOnlyList<string> Waits { get; init; } = [];
}

/// <summary>What a person can do from the console. What had changed meanwhile is left alone, and the report says so.
/// Actor and reason end up in the orders' timelines.</summary>
public interface IOperatorActions
{
    Task<ActionReport> HoldOrdersAsync(IReadOnlyList<Guid> orders, string actor, string because, CancellationToken cancellationToken);
    Task<ActionReport> ApproveOrdersAsync(IReadOnlyList<Guid> orders, string actor, string because, CancellationToken cancellationToken);
    /// <summary>Cancels those that stand where the person saw them; <paramref name="seen"/> null for wherever they are.</summary>
    Task<ActionReport> CancelOrdersAsync(IReadOnlyList<Guid> orders, OrderState? seen, string actor, string because, CancellationToken cancellationToken);
    /// <summary>Brings back orders that a person cancelled here.</summary>
    Task<ActionReport> RestoreOrdersAsync(IReadOnlyList<Guid> orders, string actor, string because, CancellationToken cancellationToken);
    /// <summary>Has orders delivered that were read as history.</summary>
    Task<ActionReport> DeliverOrdersAsync(IReadOnlyList<Guid> orders, string actor, string because, CancellationToken cancellationToken);
    Task<ActionReport> ReleaseHoldsAsync(IReadOnlyList<Guid> holds, string actor, string because, CancellationToken cancellationToken);
    /// <summary>Puts deliveries back to work; with a body, that is sent instead of the one made from the order.</summary>
    Task<ActionReport> RetryDeliveriesAsync(IReadOnlyList<Guid> deliveries, string? body, string actor, string because, CancellationToken cancellationToken);
    Task<ActionReport> DropDeliveriesAsync(IReadOnlyList<Guid> deliveries, string actor, string because, CancellationToken cancellationToken);
    /// <summary>Works stored events again, parked or not.</summary>
    Task<ActionReport> ReplayEventsAsync(IReadOnlyList<Guid> events, string actor, string because, CancellationToken cancellationToken);
    /// <summary>Gives parked events up; their payload stays.</summary>
    Task<ActionReport> DropParkedAsync(IReadOnlyList<Guid> events, string actor, string because, CancellationToken cancellationToken);
}
