using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>What an order's state and status mean together with its quantities and its money.</summary>
internal sealed record MagentoVerdict(OrderState State, PaymentStatus Payment, FulfilmentStatus Fulfilment, Concern? Concern = null)
{
    internal readonly record struct Facts(
        string? State, string? Status, string Method, decimal Total, decimal? Paid, decimal? Due, decimal Refunded, bool IsAuthorised, bool IsVirtual, FulfilmentStatus Sent);

    internal static MagentoVerdict Of(MagentoSettings settings, in Facts facts)
    {
        var payment = Money(settings, facts);
        string word = facts.State ?? facts.Status ?? "";

        // A store's own table comes first: shops invent statuses, also for states of Magento's own.
        if (facts.Status is { } status && settings.StatusMap.TryGetValue(status, out var mapped))
        {
            return new(mapped, payment, mapped switch
            {
                OrderState.InShipment => FulfilmentStatus.Fulfilled,
                OrderState.Delivered => FulfilmentStatus.Delivered,
                OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Processing
                    or OrderState.Closed or OrderState.Cancelled or OrderState.Excluded => facts.Sent,
            });
        }

        return word switch
        {
            "canceled" => new(OrderState.Cancelled, payment, facts.Sent),
            // Given back before anything left is a cancellation to whoever delivers.
            "closed" => new(facts.Sent == FulfilmentStatus.Unfulfilled && !facts.IsVirtual ? OrderState.Cancelled : OrderState.Closed, payment, facts.Sent),
            "holded" => new(OrderState.New, payment, FulfilmentStatus.OnHold, new("shop_on_hold", "The shop has put the order on hold: release it there, or release it here.")),
            "payment_review" or "fraud" => new(OrderState.AwaitingPayment, payment, FulfilmentStatus.OnHold),
            "complete" when facts.IsVirtual => new(OrderState.Closed, payment, facts.Sent),
            "complete" => new(settings.CompleteMeans, payment, settings.CompleteMeans == OrderState.Delivered ? FulfilmentStatus.Delivered : FulfilmentStatus.Fulfilled),
            "processing" when facts.Status == "fraud" => new(OrderState.New, payment, facts.Sent,
                new("suspected_fraud", "The shop suspects fraud (status fraud): look at the payment in the shop, then release the order here.")),
            "processing" => new(facts.Sent == FulfilmentStatus.Fulfilled ? OrderState.InShipment : OrderState.New, payment, facts.Sent),
            "new" or "pending" => new(MayShip(settings, facts) ? Sent(facts) : OrderState.AwaitingPayment, payment, facts.Sent),
            "pending_payment" => new(OrderState.AwaitingPayment, payment, facts.Sent),
            _ => new(OrderState.New, payment, facts.Sent,
                new("unknown_status", $"The shop's state '{facts.State}' with status '{facts.Status}' is not Magento's own: say what it means in this connection's setting statusMap, for example {facts.Status ?? facts.State}: in_shipment.")),
        };
    }

    private static OrderState Sent(in Facts facts) => facts.Sent == FulfilmentStatus.Fulfilled ? OrderState.InShipment : OrderState.New;

    // Cash on delivery stays "new" until it is invoiced, often after the courier brought the money.
    private static bool MayShip(MagentoSettings settings, in Facts facts) => facts.Total == 0 || IsPaid(facts) || settings.ShipsWhenNew.Contains(facts.Method);

    private static bool IsPaid(in Facts facts) => facts.Paid is { } paid && paid >= facts.Total && facts.Due is null or 0;

    private static PaymentStatus Money(MagentoSettings settings, in Facts facts) => facts switch
    {
        { Refunded: > 0 } when facts.Refunded >= (facts.Paid ?? facts.Total) => PaymentStatus.Refunded,
        { Refunded: > 0 } => PaymentStatus.PartiallyRefunded,
        _ when IsPaid(facts) && facts.Total > 0 => PaymentStatus.Paid,
        { Paid: > 0 } => PaymentStatus.PartiallyPaid,
        { State: "canceled" } => PaymentStatus.Voided,
        _ when settings.CashMethods.Contains(facts.Method) => PaymentStatus.CashOnDelivery,
        { Total: 0 } => PaymentStatus.Paid,
        { IsAuthorised: true } => PaymentStatus.Authorized,
        { State: "new" or "pending_payment" or "payment_review" } or { Due: > 0 } => PaymentStatus.Pending,
        _ => PaymentStatus.Unknown,
    };
}
