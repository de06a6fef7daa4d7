using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>What an order's status word means together with what else the document says.</summary>
internal sealed record WooCommerceVerdict(OrderState State, PaymentStatus Payment, FulfilmentStatus Fulfilment, Concern? Concern = null)
{
    internal readonly record struct Facts(string? Method, bool IsPaid, bool IsCompleted, bool IsTracked, bool HasRefunds, bool IsWhollyRefunded, bool NeedsPayment);

    internal static WooCommerceVerdict Of(WooCommerceSettings settings, string word, string status, in Facts facts)
    {
        var payment = Money(word, facts);
        var sent = facts.IsCompleted ? FulfilmentStatus.Fulfilled : facts.IsTracked ? FulfilmentStatus.PartiallyFulfilled : FulfilmentStatus.Unfulfilled;

        // A store's own table comes first, so that it can also say what a plugin made of WooCommerce's words.
        if (settings.StatusMap.TryGetValue(word, out var mapped))
        {
            return new(mapped, payment, mapped switch
            {
                OrderState.InShipment => FulfilmentStatus.Fulfilled,
                OrderState.Delivered => FulfilmentStatus.Delivered,
                OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Processing
                    or OrderState.Closed or OrderState.Cancelled or OrderState.Excluded => sent,
            });
        }

        return word switch
        {
            "pending" or "failed" => new(OrderState.AwaitingPayment, payment, sent),
            "on-hold" when facts.Method is "bacs" or "cheque" => new(OrderState.AwaitingPayment, payment, sent),
            "on-hold" => new(OrderState.New, payment, FulfilmentStatus.OnHold,
                new("shop_on_hold", "The shop has put the order on hold: set it to processing there, or release it here.")),
            "processing" => new(OrderState.New, payment, sent),
            "completed" => new(settings.CompletedMeans, payment, settings.CompletedMeans == OrderState.Delivered ? FulfilmentStatus.Delivered : FulfilmentStatus.Fulfilled),
            "cancelled" => new(OrderState.Cancelled, payment, sent),
            "refunded" => new(facts.IsCompleted || facts.IsTracked ? OrderState.Closed : OrderState.Cancelled, payment, sent),
            _ => new(OrderState.New, payment, sent,
                new("unknown_status", $"The shop's status '{status}' is not WooCommerce's own: say what it means in this connection's setting statusMap, for example {word}: in_shipment.")),
        };
    }

    // Cash on delivery stays that after a part was given back: the courier still collects the rest (Totals.CurrentTotal).
    private static PaymentStatus Money(string word, in Facts facts) => word switch
    {
        "refunded" => PaymentStatus.Refunded,
        _ when facts.IsWhollyRefunded => PaymentStatus.Refunded,
        "failed" => PaymentStatus.Failed,
        "cancelled" when !facts.IsPaid => PaymentStatus.Voided,
        "pending" or "on-hold" when !facts.IsPaid => PaymentStatus.Pending,
        _ when facts.Method == "cod" && !facts.IsPaid => PaymentStatus.CashOnDelivery,
        _ when facts.HasRefunds => PaymentStatus.PartiallyRefunded,
        _ when facts.IsPaid => PaymentStatus.Paid,
        "processing" or "completed" => PaymentStatus.Paid,
        _ => facts.NeedsPayment ? PaymentStatus.Pending : PaymentStatus.Unknown,
    };
}
