using System.Collections.Frozen;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

/// <summary>Shopify's words for money, goods and progress, and what they mean together. Source: Shopify developer documentation, "Order" (REST) and "Fulfillment event status", API version 2026-10.</summary>
internal static class ShopifyStates
{
    /// <summary>Single words; an order's state follows from several of them, see <see cref="Of"/>.</summary>
    internal static FrozenDictionary<string, OrderState> FromPlatform { get; } = new Dictionary<string, OrderState>
    {
        ["pending"] = OrderState.AwaitingPayment,
        ["authorized"] = OrderState.AwaitingPayment,
        ["partially_paid"] = OrderState.AwaitingPayment,
        ["paid"] = OrderState.New,
        ["partially_refunded"] = OrderState.New,
        ["refunded"] = OrderState.Cancelled,
        ["voided"] = OrderState.Cancelled,
        ["expired"] = OrderState.Cancelled,
        ["cancelled"] = OrderState.Cancelled,
        ["partial"] = OrderState.Processing,
        ["fulfilled"] = OrderState.InShipment,
        ["in_transit"] = OrderState.InShipment,
        ["delivered"] = OrderState.Delivered,
    }.ToFrozenDictionary();

    /// <summary>The fulfilment event that tells the buyer. Shopify has no word for the states before a carrier has the parcel.</summary>
    internal static string? ToPlatform(OrderState state) => state switch
    {
        OrderState.InShipment => "in_transit",
        OrderState.Delivered => "delivered",
        OrderState.Cancelled => "cancelled",
        OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Processing or OrderState.Closed or OrderState.Excluded => null,
    };

    /// <summary>Null for a word that is not known.</summary>
    internal static PaymentStatus? Payment(string? word) => word switch
    {
        null => PaymentStatus.Unknown,
        "pending" => PaymentStatus.Pending,
        "authorized" => PaymentStatus.Authorized,
        "partially_paid" => PaymentStatus.PartiallyPaid,
        "paid" => PaymentStatus.Paid,
        "partially_refunded" => PaymentStatus.PartiallyRefunded,
        "refunded" => PaymentStatus.Refunded,
        "voided" or "expired" => PaymentStatus.Voided,
        _ => null,
    };

    /// <summary>Null for a word that is not known.</summary>
    internal static FulfilmentStatus? Fulfilment(string? word) => word switch
    {
        null or "unfulfilled" or "unshipped" => FulfilmentStatus.Unfulfilled,
        "partial" => FulfilmentStatus.PartiallyFulfilled,
        "fulfilled" => FulfilmentStatus.Fulfilled,
        "restocked" => FulfilmentStatus.Restocked,
        _ => null,
    };

    /// <summary>Evaluated from the top, the first that fits decides.</summary>
    internal static OrderState Of(bool isCancelled, bool isReturned, bool wasShipped, bool isDelivered, PaymentStatus payment, FulfilmentStatus fulfilment, bool shipOnAuthorization)
    {
        if (isCancelled)
        {
            return OrderState.Cancelled;
        }
        if (isReturned || payment == PaymentStatus.Refunded)
        {
            return wasShipped ? OrderState.Closed : OrderState.Cancelled;
        }
        if (payment == PaymentStatus.Voided && !wasShipped)
        {
            return OrderState.Cancelled;
        }
        if (isDelivered)
        {
            return OrderState.Delivered;
        }
        if (fulfilment == FulfilmentStatus.Fulfilled)
        {
            return OrderState.InShipment;
        }
        if (fulfilment == FulfilmentStatus.PartiallyFulfilled)
        {
            return OrderState.Processing;
        }
        return payment switch
        {
            PaymentStatus.Paid or PaymentStatus.PartiallyRefunded or PaymentStatus.CashOnDelivery => OrderState.New,
            PaymentStatus.Authorized => shipOnAuthorization ? OrderState.New : OrderState.AwaitingPayment,
            PaymentStatus.Unknown or PaymentStatus.Pending or PaymentStatus.PartiallyPaid or PaymentStatus.Failed or PaymentStatus.Refunded or PaymentStatus.Voided => OrderState.AwaitingPayment,
        };
    }

    internal static bool IsCashOnDelivery(string gateway) => gateway.Contains("cash_on_delivery", StringComparison.OrdinalIgnoreCase) || gateway.Contains("cash on delivery", StringComparison.OrdinalIgnoreCase)
        || gateway.Equals("cod", StringComparison.OrdinalIgnoreCase) || gateway.Contains("contra entrega", StringComparison.OrdinalIgnoreCase) || gateway.Contains("contraentrega", StringComparison.OrdinalIgnoreCase)
        || gateway.Contains("contra reembolso", StringComparison.OrdinalIgnoreCase) || gateway.Contains("contrareembolso", StringComparison.OrdinalIgnoreCase);
}
