using Crossdock.Review;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Normalise;
using Crossdock.Orders;

namespace Crossdock.WebConsole.Actions;

/// <summary>Hands what a person asked for to the part of the hub that does it.</summary>
internal sealed class OperatorActions(HoldStore holds, DeliveryActions deliveries, OrderActions orders, ReplayStore events) : IOperatorActions
{
    public async Task<int> HoldOrderAsync(Guid order, string actor, string because, CancellationToken cancellationToken) =>
        Done(await orders.HoldAsync(order, Operator(actor), because, cancellationToken));

    public async Task<int> ApproveOrderAsync(Guid order, string actor, string because, CancellationToken cancellationToken) =>
        Done(await orders.ApproveAsync(order, Operator(actor), because, cancellationToken));

    public async Task<int> CancelOrderAsync(Guid order, string actor, string because, CancellationToken cancellationToken) =>
        Done(await orders.CancelAsync(order, Operator(actor), because, cancellationToken));

    public async Task<int> ReplayEventsAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        (await events.ReplayAsync(ids, Operator(actor), because, cancellationToken)).Count(result => result.Done);

    public async Task<int> ReleaseHoldsAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        Done(await holds.ReleaseAsync(ids, Operator(actor), because, cancellationToken));

    public async Task<int> RetryDeliveriesAsync(IReadOnlyList<Guid> ids, string? body, string actor, string because, CancellationToken cancellationToken) => Done(body is null
        ? await deliveries.RetryAsync(ids, Operator(actor), because, cancellationToken)
        : await deliveries.EditAndRetryAsync(ids, body, Operator(actor), because, cancellationToken));

    public async Task<int> DropDeliveriesAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        Done(await deliveries.DropAsync(ids, Operator(actor), because, cancellationToken));

    private static string Operator(string name) => "operator " + name;

    private static int Done(OrderActionResult result) => result is { IsKnown: true, Refusal: null } ? 1 : 0;

    private static int Done(IReadOnlyList<ActionResult> results) => results.Count(result => result.Answer == ActionAnswer.Done);
}
