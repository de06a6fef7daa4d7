namespace Crossdock.WebConsole.Actions;

/// <summary>What a person can do from the console. Each answers how many it changed; what had changed meanwhile is left alone and not counted.
/// Actor and reason end up in the orders' timelines.</summary>
public interface IOperatorActions
{
    Task<int> HoldOrderAsync(Guid order, string actor, string because, CancellationToken cancellationToken);
    Task<int> ApproveOrderAsync(Guid order, string actor, string because, CancellationToken cancellationToken);
    Task<int> CancelOrderAsync(Guid order, string actor, string because, CancellationToken cancellationToken);
    Task<int> ReleaseHoldsAsync(IReadOnlyList<Guid> holds, string actor, string because, CancellationToken cancellationToken);
    /// <summary>Puts dead letters back to work; with a body, that is sent instead of the one made from the order.</summary>
    Task<int> RetryDeliveriesAsync(IReadOnlyList<Guid> deliveries, string? body, string actor, string because, CancellationToken cancellationToken);
    Task<int> DropDeliveriesAsync(IReadOnlyList<Guid> deliveries, string actor, string because, CancellationToken cancellationToken);
    /// <summary>Works stored events again, parked or not.</summary>
    Task<int> ReplayEventsAsync(IReadOnlyList<Guid> events, string actor, string because, CancellationToken cancellationToken);
}
