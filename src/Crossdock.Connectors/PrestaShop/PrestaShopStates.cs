using System.Collections.Frozen;
using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>What a shop's order state is about.</summary>
internal enum StateKind
{
    Placed, Paid, Preparing, Shipped, Delivered, Cancelled, Refunded, PaymentError, BackorderPaid, BackorderUnpaid, CashOnDelivery,
}

/// <summary>PrestaShop's order states. Their ids and names are each shop's own; what is stable are the configuration keys that point at the default ones (<c>PS_OS_PAYMENT</c>), and the flags.</summary>
internal static class PrestaShopStates
{
    private static readonly FrozenDictionary<string, StateKind> Kinds = new Dictionary<string, StateKind>(StringComparer.Ordinal)
    {
        ["PS_OS_CHEQUE"] = StateKind.Placed,
        ["PS_OS_BANKWIRE"] = StateKind.Placed,
        ["PS_OS_PAYPAL"] = StateKind.Placed,
        ["PS_OS_PAYMENT"] = StateKind.Paid,
        ["PS_OS_WS_PAYMENT"] = StateKind.Paid,
        ["PS_OS_PREPARATION"] = StateKind.Preparing,
        ["PS_OS_SHIPPING"] = StateKind.Shipped,
        ["PS_OS_DELIVERED"] = StateKind.Delivered,
        ["PS_OS_CANCELED"] = StateKind.Cancelled,
        ["PS_OS_REFUND"] = StateKind.Refunded,
        ["PS_OS_ERROR"] = StateKind.PaymentError,
        ["PS_OS_OUTOFSTOCK"] = StateKind.BackorderPaid,
        ["PS_OS_OUTOFSTOCK_PAID"] = StateKind.BackorderPaid,
        ["PS_OS_OUTOFSTOCK_UNPAID"] = StateKind.BackorderUnpaid,
        ["PS_OS_COD_VALIDATION"] = StateKind.CashOnDelivery,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static readonly FrozenDictionary<string, OrderState> FromPlatform = Kinds.ToFrozenDictionary(pair => pair.Key, pair => StateOf(pair.Value), StringComparer.Ordinal);

    internal static IReadOnlyList<string> ConfigurationKeys => Kinds.Keys;

    internal static string? ToPlatform(OrderState state) => state switch
    {
        OrderState.Processing => "PS_OS_PREPARATION",
        OrderState.InShipment => "PS_OS_SHIPPING",
        OrderState.Delivered => "PS_OS_DELIVERED",
        OrderState.Cancelled => "PS_OS_CANCELED",
        // Money is the shop's own business: it is never told that something was paid.
        OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Closed or OrderState.Excluded => null,
    };

    internal static OrderState StateOf(StateKind kind) => kind switch
    {
        StateKind.Placed or StateKind.PaymentError or StateKind.BackorderUnpaid => OrderState.AwaitingPayment,
        StateKind.Paid or StateKind.Preparing or StateKind.BackorderPaid or StateKind.CashOnDelivery => OrderState.New,
        StateKind.Shipped => OrderState.InShipment,
        StateKind.Delivered => OrderState.Delivered,
        StateKind.Cancelled => OrderState.Cancelled,
        StateKind.Refunded => OrderState.Closed,
    };

    /// <summary>What a state is about, by its configuration key, else by its id where the flags agree with the default one, else by its flags. Not certain: a state of the shop's own without flags.</summary>
    internal static (StateKind Kind, bool IsCertain) KindOf(JsonElement state, FrozenSet<string> cashModules)
    {
        if (PrestaShopPayloads.Raw(state, "config_key") is { } key && Kinds.TryGetValue(key, out var known))
        {
            // Old shops have one state for both kinds of backorder.
            return (known == StateKind.BackorderPaid && !PrestaShopPayloads.IsSet(state, "paid") ? StateKind.BackorderUnpaid : known, true);
        }

        bool isPaid = PrestaShopPayloads.IsSet(state, "paid");
        bool isShipped = PrestaShopPayloads.IsSet(state, "shipped");
        if (ByDefaultId(PrestaShopPayloads.Id(state, "id"), isPaid, isShipped, PrestaShopPayloads.IsSet(state, "delivery")) is { } usual)
        {
            return (usual, true);
        }

        string? module = PrestaShopPayloads.Raw(state, "module_name");
        string? template = PrestaShopPayloads.Raw(state, "template");
        if (isShipped)
        {
            return (StateKind.Shipped, true);
        }

        if (isPaid)
        {
            return (StateKind.Paid, true);
        }

        return (module is not null && cashModules.Contains(module)) || template == "cashondelivery" ? (StateKind.CashOnDelivery, true)
            : template == "outofstock" ? (StateKind.BackorderUnpaid, true)
            : (StateKind.Placed, module is not null);
    }

    /// <summary>How a state is shown and stored: id and name.</summary>
    internal static string Word(string id, string? name) => name is null ? id : $"{id} {name}";

    // From 11 on the defaults of 1.6 and 1.7 are shifted against each other, so that only flags count.
    private static StateKind? ByDefaultId(string? id, bool isPaid, bool isShipped, bool isDelivery) => id switch
    {
        "1" or "10" when !isPaid && !isShipped => StateKind.Placed,
        "2" when isPaid && !isShipped => StateKind.Paid,
        "3" when isPaid && isDelivery && !isShipped => StateKind.Preparing,
        "4" when isShipped => StateKind.Shipped,
        "5" when isShipped => StateKind.Delivered,
        "6" when !isPaid && !isShipped => StateKind.Cancelled,
        "7" when !isPaid && !isShipped => StateKind.Refunded,
        "8" when !isPaid && !isShipped => StateKind.PaymentError,
        "9" when !isShipped => isPaid ? StateKind.BackorderPaid : StateKind.BackorderUnpaid,
        _ => null,
    };
}
