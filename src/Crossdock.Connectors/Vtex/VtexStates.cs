using System.Collections.Frozen;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>The states of VTEX's order workflow. Source: VTEX Help Center, "Order flow and status".</summary>
internal static class VtexStates
{
    internal static readonly FrozenDictionary<string, OrderState> FromPlatform = new Dictionary<string, OrderState>(StringComparer.Ordinal)
    {
        ["order-created"] = OrderState.AwaitingPayment,
        ["on-order-completed"] = OrderState.AwaitingPayment,
        ["on-order-completed-ffm"] = OrderState.AwaitingPayment,
        ["order-completed"] = OrderState.AwaitingPayment,
        ["order-accepted"] = OrderState.AwaitingPayment,
        ["waiting-for-mkt-authorization"] = OrderState.AwaitingPayment,
        ["waiting-ffmt-authorization"] = OrderState.AwaitingPayment,
        ["waiting-for-authorization"] = OrderState.AwaitingPayment,
        ["waiting-for-order-authorization"] = OrderState.AwaitingPayment,
        ["waiting-for-manual-authorization"] = OrderState.AwaitingPayment,
        ["authorize-fulfillment"] = OrderState.AwaitingPayment,
        ["payment-pending"] = OrderState.AwaitingPayment,
        // Paid, but the shop has not let it go yet: the buyer may still cancel, the seller may still change.
        ["approve-payment"] = OrderState.AwaitingPayment,
        ["payment-approved"] = OrderState.AwaitingPayment,
        ["window-to-cancel"] = OrderState.AwaitingPayment,
        ["window-to-change-seller"] = OrderState.AwaitingPayment,
        ["waiting-seller-handling"] = OrderState.AwaitingPayment,
        ["waiting-for-seller-decision"] = OrderState.AwaitingPayment,
        ["ready-for-handling"] = OrderState.New,
        ["start-handling"] = OrderState.Processing,
        ["handling"] = OrderState.Processing,
        ["waiting-for-fulfillment"] = OrderState.Processing,
        ["ready-for-invoicing"] = OrderState.Processing,
        ["invoice"] = OrderState.InShipment,
        ["invoiced"] = OrderState.InShipment,
        ["invoice-after-cancellation-deny"] = OrderState.InShipment,
        ["request-cancel"] = OrderState.New,
        ["cancellation-requested"] = OrderState.New,
        ["cancel"] = OrderState.New,
        ["canceled"] = OrderState.Cancelled,
        ["replaced"] = OrderState.Cancelled,
        ["order-create-error"] = OrderState.New,
        ["order-creation-error"] = OrderState.New,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What hook and feed are asked to tell. A misspelt word would be silent: VTEX does not check them.</summary>
    internal static readonly IReadOnlyList<string> Announced =
    [
        "order-created", "payment-pending", "payment-approved", "window-to-cancel", "ready-for-handling", "start-handling", "handling", "waiting-for-fulfillment", "ready-for-invoicing",
        "invoice", "invoiced", "request-cancel", "cancellation-requested", "cancel", "canceled", "replaced", "order-create-error", "order-creation-error",
    ];

    internal static string? ToPlatform(OrderState state) => state switch
    {
        OrderState.New or OrderState.Approved => "ready-for-handling",
        OrderState.AwaitingPayment => "payment-pending",
        OrderState.AwaitingApproval => "waiting-for-manual-authorization",
        OrderState.Processing => "handling",
        OrderState.InShipment or OrderState.Delivered => "invoiced",
        OrderState.Cancelled => "canceled",
        OrderState.Closed or OrderState.Excluded => null,
    };

    internal static bool IsCancelRequest(string status) => status is "request-cancel" or "cancellation-requested" or "cancel";

    internal static bool IsError(string status) => status is "order-create-error" or "order-creation-error";

    /// <summary>True when the workflow is past the step that <c>start-handling</c> would take.</summary>
    internal static bool IsHandled(string? status) => status is "start-handling" or "handling" or "waiting-for-fulfillment" or "ready-for-invoicing" or "invoice" or "invoiced" or "invoice-after-cancellation-deny";

    internal static bool IsCancelled(string? status) => status is "canceled" or "replaced";
}
