using System.Collections.Frozen;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Jumpseller's two statuses, of the payment and of the shipment. What people read of them is translated; only the <c>_enum</c> fields are words.</summary>
internal static class JumpsellerStates
{
    internal static readonly FrozenDictionary<string, OrderState> FromPlatform = new Dictionary<string, OrderState>(StringComparer.Ordinal)
    {
        ["created"] = OrderState.AwaitingPayment,
        ["pending_payment"] = OrderState.AwaitingPayment,
        ["paid"] = OrderState.New,
        ["canceled"] = OrderState.Cancelled,
        ["unfulfilled"] = OrderState.New,
        ["requested"] = OrderState.Processing,
        ["fulfilled"] = OrderState.InShipment,
        ["in_transit"] = OrderState.InShipment,
        ["pickup_available"] = OrderState.InShipment,
        ["delivered"] = OrderState.Delivered,
        ["failed"] = OrderState.InShipment,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Older documents have no enums: the shop's language decides what stands there.
    private static readonly FrozenDictionary<string, string> Translated = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["paid"] = "paid", ["pagado"] = "paid", ["pagada"] = "paid", ["pago"] = "paid",
        ["pending payment"] = "pending_payment", ["pending"] = "pending_payment", ["pago pendiente"] = "pending_payment", ["pendiente de pago"] = "pending_payment", ["pagamento pendente"] = "pending_payment",
        ["canceled"] = "canceled", ["cancelled"] = "canceled", ["cancelado"] = "canceled", ["cancelada"] = "canceled", ["anulado"] = "canceled",
        ["abandoned"] = "abandoned", ["abandonado"] = "abandoned", ["abandonada"] = "abandoned",
        ["unfulfilled"] = "unfulfilled", ["no procesado"] = "unfulfilled", ["nao processado"] = "unfulfilled", ["por procesar"] = "unfulfilled",
        ["requested"] = "requested", ["solicitado"] = "requested", ["fulfilled"] = "fulfilled", ["procesado"] = "fulfilled", ["processado"] = "fulfilled",
        ["in transit"] = "in_transit", ["en transito"] = "in_transit", ["em transito"] = "in_transit", ["delivered"] = "delivered", ["entregado"] = "delivered", ["entregue"] = "delivered",
        ["failed"] = "failed", ["fallido"] = "failed", ["pickup available"] = "pickup_available", ["disponible para retiro"] = "pickup_available",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static string? ToPlatform(OrderState state) => state switch
    {
        OrderState.New or OrderState.Approved => "paid",
        OrderState.AwaitingPayment => "pending_payment",
        OrderState.Processing => "requested",
        OrderState.InShipment => "in_transit",
        OrderState.Delivered => "delivered",
        OrderState.Cancelled => "canceled",
        OrderState.AwaitingApproval or OrderState.Closed or OrderState.Excluded => null,
    };

    /// <summary>The payment's word; a text that nobody knows comes back as it is.</summary>
    internal static string? PaymentOf(JsonElement order) => JsonFields.Text(order, "status_enum") ?? Word(JsonFields.Text(order, "status") ?? JsonFields.Text(order, "status_name"));

    /// <summary>The shipment's word.</summary>
    internal static string ShipmentOf(JsonElement order) => JsonFields.Text(order, "shipment_status_enum") ?? Word(JsonFields.Text(order, "shipment_status") ?? JsonFields.Text(order, "fulfillment_status")) ?? "unfulfilled";

    /// <summary>True for a checkout that was left: no order, though it may become one later.</summary>
    internal static bool IsAbandoned(string? payment) => payment == "abandoned";

    private static string? Word(string? text) => text is null ? null : Translated.GetValueOrDefault(PlaceNames.Fold(text), text);
}
