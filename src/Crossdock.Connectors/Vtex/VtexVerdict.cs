using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>What an order's status means together with what else the document says.</summary>
internal sealed record VtexVerdict(OrderState State, PaymentStatus Payment, FulfilmentStatus Fulfilment, IReadOnlyList<Concern> Concerns)
{
    internal readonly record struct Facts(bool IsPaid, bool IsAtTheDoor, bool IsInError, VtexPackages Packages, decimal Owed);

    internal static VtexVerdict Of(VtexSettings settings, string status, in Facts facts)
    {
        List<Concern> concerns = [];
        var sent = facts.Packages.Sent;
        var state = VtexStates.FromPlatform.GetValueOrDefault(status, OrderState.New);
        if (!VtexStates.FromPlatform.ContainsKey(status))
        {
            concerns.Add(new("unknown_status", $"VTEX's status '{status}' is new to this connector: look at the order in VTEX, then release it here or exclude it."));
        }
        else if (VtexStates.IsCancelRequest(status))
        {
            concerns.Add(new("cancellation_requested", "The buyer asked to cancel and the shop has not decided: accept or refuse it in VTEX; nothing is sent meanwhile."));
        }
        else if (VtexStates.IsError(status))
        {
            concerns.Add(new("shop_error", "VTEX could not create this order completely: look at it in VTEX before it is sent."));
        }

        if (facts.IsInError && state is not (OrderState.Cancelled or OrderState.InShipment) && !VtexStates.IsError(status))
        {
            concerns.Add(new("shop_error", "VTEX's workflow of this order stands in an error: look at it in VTEX before it is sent."));
        }

        if (state == OrderState.InShipment)
        {
            if (facts.Packages.IsAllBack)
            {
                return new(OrderState.Closed, Money(settings, status, facts), FulfilmentStatus.Returned, concerns);
            }

            if (facts.Packages.IsAllDelivered)
            {
                return new(OrderState.Delivered, Money(settings, status, facts), FulfilmentStatus.Delivered, concerns);
            }

            // Where an ERP invoices before the parcel leaves, only a tracking number says that it left.
            if (settings.IsInvoicedBeforeSending && !facts.Packages.HasTracking)
            {
                return new(OrderState.New, Money(settings, status, facts), FulfilmentStatus.Unfulfilled, concerns);
            }

            return new(OrderState.InShipment, Money(settings, status, facts), FulfilmentStatus.Fulfilled, concerns);
        }

        if (sent == FulfilmentStatus.Fulfilled && state == OrderState.Processing && settings.IsInvoicedBeforeSending && !facts.Packages.HasTracking)
        {
            sent = FulfilmentStatus.Unfulfilled;
        }

        return new(state, Money(settings, status, facts), VtexStates.IsCancelRequest(status) || VtexStates.IsError(status) ? FulfilmentStatus.OnHold : sent, concerns);
    }

    private static PaymentStatus Money(VtexSettings settings, string status, in Facts facts)
    {
        decimal back = facts.Packages.GivenBack;
        return status switch
        {
            _ when back > 0 && back >= facts.Owed => PaymentStatus.Refunded,
            _ when back > 0 => PaymentStatus.PartiallyRefunded,
            _ when VtexStates.IsCancelled(status) => facts.IsPaid && !facts.IsAtTheDoor ? PaymentStatus.Paid : PaymentStatus.Voided,
            _ when facts.IsAtTheDoor => PaymentStatus.CashOnDelivery,
            _ when facts.IsPaid => PaymentStatus.Paid,
            "payment-approved" or "window-to-cancel" or "ready-for-handling" or "start-handling" or "handling" or "waiting-for-fulfillment" or "ready-for-invoicing" or "invoice" or "invoiced" => PaymentStatus.Paid,
            _ => PaymentStatus.Pending,
        };
    }
}
