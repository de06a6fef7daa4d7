using System.Collections.Frozen;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>WooCommerce's own order statuses. Plugins add more; those go through a store's <c>statusMap</c>.</summary>
internal static class WooCommerceStates
{
    internal static readonly FrozenDictionary<string, OrderState> FromPlatform = new Dictionary<string, OrderState>(StringComparer.Ordinal)
    {
        ["pending"] = OrderState.AwaitingPayment,
        ["failed"] = OrderState.AwaitingPayment,
        ["on-hold"] = OrderState.AwaitingPayment,
        ["processing"] = OrderState.New,
        ["completed"] = OrderState.InShipment,
        ["cancelled"] = OrderState.Cancelled,
        ["refunded"] = OrderState.Closed,
        ["trash"] = OrderState.Cancelled,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static string? ToPlatform(OrderState state) => state switch
    {
        OrderState.New or OrderState.Approved or OrderState.Processing => "processing",
        OrderState.AwaitingPayment => "pending",
        OrderState.AwaitingApproval => "on-hold",
        OrderState.InShipment or OrderState.Delivered => "completed",
        OrderState.Cancelled => "cancelled",
        OrderState.Closed or OrderState.Excluded => null,
    };

    internal static bool IsDraft(string status) => status is "checkout-draft" or "auto-draft" or "draft";

    /// <summary>Listings of statuses carry the prefix <c>wc-</c>, orders do not; merchants copy either.</summary>
    internal static string WithoutPrefix(string status) => status.StartsWith("wc-", StringComparison.Ordinal) ? status[3..] : status;
}
