using Crossdock.Connections;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model;
using Crossdock.Orders;

namespace Crossdock.WebConsole.Actions;

/// <summary>Hands what a person asked for to the part of the hub that does it.</summary>
internal sealed class OperatorActions(HoldStore holds, DeliveryActions deliveries, OrderQueries orders, ConnectionQueries connections) : IOperatorActions
{
    public async Task<int> HoldOrderAsync(Guid order, string actor, string because, CancellationToken cancellationToken) =>
        await orders.FindAsync(order, cancellationToken) is { } row && await connections.FindAsync(row.Store, cancellationToken) is { } store
            ? await holds.OpenAsync([new NewHold(new OrderId(order), new ConnectionId(store.Id), "operator", because, Operator(actor))], cancellationToken)
            : 0;

    public async Task<int> ReleaseHoldsAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        Done(await holds.ReleaseAsync(ids, Operator(actor), because, cancellationToken));

    public async Task<int> RetryDeliveriesAsync(IReadOnlyList<Guid> ids, string? body, string actor, string because, CancellationToken cancellationToken) => Done(body is null
        ? await deliveries.RetryAsync(ids, Operator(actor), because, cancellationToken)
        : await deliveries.EditAndRetryAsync(ids, body, Operator(actor), because, cancellationToken));

    public async Task<int> DropDeliveriesAsync(IReadOnlyList<Guid> ids, string actor, string because, CancellationToken cancellationToken) =>
        Done(await deliveries.DropAsync(ids, Operator(actor), because, cancellationToken));

    private static string Operator(string name) => "operator " + name;

    private static int Done(IReadOnlyList<ActionResult> results) => results.Count(result => result.Answer == ActionAnswer.Done);
}
