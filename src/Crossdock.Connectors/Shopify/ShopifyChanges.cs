using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

/// <summary>Topics that carry a part of an order.</summary>
internal static class ShopifyChanges
{
    internal static MappingOutcome Refund(ReadOnlySpan<byte> payload)
    {
        var reader = new ShopifyOrderReader(payload, shipOnAuthorization: false);
        var refund = reader.ReadRefundBody(out string? order);
        return Problem(payload, ref reader, refund, refund?.Id, order, "refund") ?? new MappedChange(order!, new OrderChange
        {
            What = refund!.Amount.Amount == 0m ? "Goods refunded without money" : $"Refund of {refund.Amount}",
            At = refund.At,
            Refund = refund,
            Reason = refund.Reason,
        });
    }

    internal static MappingOutcome Fulfilment(ReadOnlySpan<byte> payload)
    {
        var reader = new ShopifyOrderReader(payload, shipOnAuthorization: false);
        var fulfilment = reader.ReadFulfilmentBody(out string? order);
        return Problem(payload, ref reader, fulfilment, fulfilment?.Id, order, "fulfilment") ?? new MappedChange(order!, new OrderChange
        {
            What = Describe(fulfilment!),
            At = fulfilment!.At,
            Fulfilment = fulfilment,
        });
    }

    internal static MappingOutcome Transaction(ReadOnlySpan<byte> payload)
    {
        var reader = new ShopifyOrderReader(payload, shipOnAuthorization: false);
        var transaction = reader.ReadTransactionBody();
        if (Problem(payload, ref reader, transaction, transaction?.Id, transaction?.OrderId, "transaction") is { } problem)
        {
            return problem;
        }
        if (transaction!.Kind is "refund" or "suggested_refund")
        {
            return new Ignored("A refund's transaction: refunds/create carries it with its lines.");
        }
        var status = Status(transaction);
        var amount = transaction is { Amount: { } value, Currency: { } currency } ? new Money(value, currency) : (Money?)null;
        return new MappedChange(transaction.OrderId!, new OrderChange
        {
            What = $"Payment {transaction.Kind} {transaction.Status}{(amount is null ? "" : $" of {amount}")}",
            At = transaction.At,
            Payment = new Payment
            {
                Method = transaction.Gateway ?? "unknown",
                TransactionId = transaction.Id,
                Amount = amount,
                Status = status,
                PaidAt = status == PaymentStatus.Paid ? transaction.At : null,
            },
        });
    }

    internal static MappingOutcome Deletion(ReadOnlySpan<byte> payload, DateTimeOffset? at)
    {
        var reader = new ShopifyOrderReader(payload, shipOnAuthorization: false);
        return reader.ReadIdBody() is { } order
            ? new MappedChange(order, new OrderChange { What = "Deleted in the shop", At = at, State = OrderState.Cancelled, Reason = "deleted" })
            : new Unmappable("The deletion names no order.", "/id");
    }

    private static MappingOutcome? Problem(ReadOnlySpan<byte> payload, ref ShopifyOrderReader reader, object? read, string? id, string? order, string what) =>
        read is null ? new Unmappable("The body is not a JSON object.", "", JsonPlaces.Excerpt(payload, 0))
        : ShopifyOrderMapping.Fault(payload, reader.FaultAt, reader.FaultExpected)
        ?? (string.IsNullOrEmpty(id) ? new Unmappable($"The {what} has no id.", "/id")
        : order is null ? new Unmappable($"The {what} names no order.", "/order_id") : null);

    private static PaymentStatus Status(ShopifyTransaction transaction) => (transaction.Kind, transaction.Status) switch
    {
        (_, "failure" or "error") => PaymentStatus.Failed,
        (_, "pending" or "awaiting_response") => PaymentStatus.Pending,
        ("authorization", "success") => PaymentStatus.Authorized,
        ("sale" or "capture", "success") => PaymentStatus.Paid,
        ("void", "success") => PaymentStatus.Voided,
        _ => PaymentStatus.Unknown,
    };

    private static string Describe(Fulfilment fulfilment)
    {
        string what = fulfilment.ShipmentStatus is null ? $"Fulfilment {fulfilment.Status}" : $"Fulfilment {fulfilment.Status}, {fulfilment.ShipmentStatus}";
        return fulfilment.TrackingNumbers.Count == 0 ? what : $"{what}: {fulfilment.Carrier} {string.Join(", ", fulfilment.TrackingNumbers)}";
    }
}
