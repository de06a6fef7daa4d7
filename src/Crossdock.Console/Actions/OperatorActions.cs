using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Review;

namespace Crossdock.WebConsole.Actions;

/// <summary>Hands what a person asked for to the part of the hub that does it.</summary>
internal sealed class OperatorActions(HoldStore holds, HoldQueries known, DeliveryActions deliveries, OrderActions orders, ReplayStore events) : IOperatorActions
{
    public Task<ActionReport> HoldOrdersAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        EachAsync(ids, id => orders.HoldAsync(id, Operator(actor), because, cancellationToken));

    public Task<ActionReport> ApproveOrdersAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        EachAsync(ids, id => orders.ApproveAsync(id, Operator(actor), because, cancellationToken));

    public Task<ActionReport> CancelOrdersAsync(IReadOnlyList<Guid> ids, OrderState? seen, string actor, string because, CancellationToken cancellationToken) =>
        EachAsync(ids, id => orders.CancelAsync(id, seen, Operator(actor), because, cancellationToken));

    public Task<ActionReport> RestoreOrdersAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        EachAsync(ids, id => orders.RestoreAsync(id, Operator(actor), because, cancellationToken));

    public Task<ActionReport> DeliverOrdersAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        EachAsync(ids, id => orders.DeliverAsync(id, Operator(actor), because, cancellationToken));

    public async Task<ActionReport> ReplayEventsAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        Report(await events.ReplayAsync(ids, Operator(actor), because, cancellationToken));

    public async Task<ActionReport> DropParkedAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        Report(await events.DropParkedAsync(ids, Operator(actor), because, cancellationToken));

    public async Task<ActionReport> ReleaseHoldsAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken)
    {
        var results = await holds.ReleaseAsync(ids, Operator(actor), because, cancellationToken);
        List<string> refusals = [];
        foreach (var result in results.Where(result => result.Answer != ActionAnswer.Done))
        {
            if (result is { Answer: ActionAnswer.WrongState, Because: { } kept })
            {
                refusals.Add(kept);
                continue;
            }

            refusals.Add(await known.FindAsync(result.Id, cancellationToken) is { ReleasedBy: { } by } hold
                ? hold.ReleasedBecause is { } why ? T[$"{by} has released order {hold.OrderNumber} already (\"{why}\")"] : T[$"{by} has released order {hold.OrderNumber} already"]
                : T["there is no such hold any more"]);
        }

        return new(results.Count - refusals.Count, refusals);
    }

    public async Task<ActionReport> RetryDeliveriesAsync(IReadOnlyList<Guid> ids, string? body, string actor, string because, CancellationToken cancellationToken) => Report(body is null
        ? await deliveries.RetryAsync(ids, Operator(actor), because, cancellationToken)
        : await deliveries.EditAndRetryAsync(ids, body, Operator(actor), because, cancellationToken));

    public async Task<ActionReport> DropDeliveriesAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        Report(await deliveries.DropAsync(ids, Operator(actor), because, cancellationToken));

    private static string Operator(string name) => "operator " + name;

    // One order a transaction: each is locked only as long as its own decision takes.
    private static async Task<ActionReport> EachAsync(IReadOnlyList<Guid> ids, Func<Guid, Task<OrderActionResult>> act)
    {
        List<string> refusals = [], waits = [];
        foreach (var id in ids)
        {
            var result = await act(id);
            if (result.Waits is { } missing)
            {
                waits.Add(missing);
            }

            if (!result.IsKnown || result.Refusal is not null)
            {
                refusals.Add(result.Refusal ?? T["There is no such order."]);
            }
        }

        return new(ids.Count - refusals.Count, refusals) { Waits = waits };
    }

    private static ActionReport Report(IReadOnlyList<ReplayResult> results) =>
        new(results.Count(result => result.Done), [.. results.Where(result => !result.Done).Select(result => result.Because ?? T["it cannot be done"])]);

    private static ActionReport Report(IReadOnlyList<ActionResult> results) => new(
        results.Count(result => result.Answer == ActionAnswer.Done),
        [.. results.Where(result => result.Answer != ActionAnswer.Done).Select(result => result.Answer == ActionAnswer.NotFound ? T["there is no such delivery"] : T[$"somebody or something was quicker: {result.Because} by now"])]);
}
