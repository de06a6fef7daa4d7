using System.Collections.Frozen;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>Magento's own order states, and the statuses that it assigns to them itself. Shops add statuses; those go through a store's <c>statusMap</c>.</summary>
internal static class MagentoStates
{
    internal static readonly FrozenDictionary<string, OrderState> FromPlatform = new Dictionary<string, OrderState>(StringComparer.Ordinal)
    {
        ["new"] = OrderState.AwaitingPayment,
        ["pending"] = OrderState.AwaitingPayment,
        ["pending_payment"] = OrderState.AwaitingPayment,
        ["payment_review"] = OrderState.AwaitingPayment,
        ["fraud"] = OrderState.AwaitingPayment,
        ["processing"] = OrderState.New,
        ["complete"] = OrderState.InShipment,
        ["closed"] = OrderState.Closed,
        ["canceled"] = OrderState.Cancelled,
        ["holded"] = OrderState.New,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static string? ToPlatform(OrderState state) => state switch
    {
        OrderState.New or OrderState.Approved or OrderState.Processing => "processing",
        OrderState.AwaitingPayment => "pending_payment",
        OrderState.AwaitingApproval => "holded",
        OrderState.InShipment or OrderState.Delivered => "complete",
        OrderState.Closed => "closed",
        OrderState.Cancelled => "canceled",
        OrderState.Excluded => null,
    };
}
