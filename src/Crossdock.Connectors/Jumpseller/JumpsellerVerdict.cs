using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>What the payment's and the shipment's word mean together.</summary>
internal sealed record JumpsellerVerdict(OrderState State, PaymentStatus Payment, FulfilmentStatus Fulfilment, IReadOnlyList<Concern> Concerns)
{
    internal static JumpsellerVerdict Of(string payment, string shipment, bool isAtTheDoor)
    {
        List<Concern> concerns = [];
        var (money, state) = payment switch
        {
            "paid" => (PaymentStatus.Paid, OrderState.New),
            "pending_payment" or "created" when isAtTheDoor => (PaymentStatus.CashOnDelivery, OrderState.New),
            "pending_payment" or "created" => (PaymentStatus.Pending, OrderState.AwaitingPayment),
            "canceled" => (PaymentStatus.Unknown, OrderState.Cancelled),
            _ => (PaymentStatus.Unknown, OrderState.New),
        };
        if (!JumpsellerStates.FromPlatform.ContainsKey(payment))
        {
            concerns.Add(new("unknown_status", $"Jumpseller's status '{payment}' is new to this connector: look at the order in the shop, then release it here or exclude it."));
        }

        if (!JumpsellerStates.FromPlatform.ContainsKey(shipment))
        {
            concerns.Add(new("unknown_status", $"Jumpseller's shipment status '{shipment}' is new to this connector: look at the order in the shop, then release it here or exclude it."));
        }

        if (state == OrderState.Cancelled)
        {
            return new(state, money, shipment is "fulfilled" or "in_transit" or "delivered" ? FulfilmentStatus.Fulfilled : FulfilmentStatus.Unfulfilled, concerns);
        }

        if (shipment == "failed")
        {
            concerns.Add(new("delivery_failed", "The shop says that the delivery failed: agree with the buyer on what happens next."));
        }

        return shipment switch
        {
            "delivered" => new(OrderState.Delivered, money, FulfilmentStatus.Delivered, concerns),
            "fulfilled" or "in_transit" or "pickup_available" => new(OrderState.InShipment, money, FulfilmentStatus.Fulfilled, concerns),
            "failed" => new(OrderState.InShipment, money, FulfilmentStatus.OnHold, concerns),
            "requested" => new(state == OrderState.New ? OrderState.Processing : state, money, FulfilmentStatus.Unfulfilled, concerns),
            _ => new(state, money, FulfilmentStatus.Unfulfilled, concerns),
        };
    }
}
