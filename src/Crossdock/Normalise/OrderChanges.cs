using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Normalise;

/// <summary>Lays a partial change over a known order.</summary>
internal static class OrderChanges
{
    public static Order Apply(Order order, OrderChange change) => order with
    {
        State = change.State ?? order.State,
        CancelReason = change.State is OrderState.Cancelled ? change.Reason ?? order.CancelReason : order.CancelReason,
        CancelledAt = change.State is OrderState.Cancelled ? change.At ?? order.CancelledAt : order.CancelledAt,
        Refunds = change.Refund is { } refund ? [.. order.Refunds.Where(known => known.Id != refund.Id), refund] : order.Refunds,
        Fulfilments = change.Fulfilment is { } fulfilment ? [.. order.Fulfilments.Where(known => known.Id != fulfilment.Id), fulfilment] : order.Fulfilments,
        Payments = change.Payment is { } payment ? [.. order.Payments.Where(known => known.TransactionId is null || known.TransactionId != payment.TransactionId), payment] : order.Payments,
        Totals = change.Refund is { } given && given.Amount.Currency == order.Currency && order.Refunds.All(known => known.Id != given.Id)
            ? order.Totals with { Refunded = (order.Totals.Refunded ?? Money.Zero(order.Currency)) + given.Amount }
            : order.Totals,
    };
}
