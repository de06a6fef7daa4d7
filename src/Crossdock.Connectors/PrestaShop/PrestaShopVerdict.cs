using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>What an order's state means together with what else the document says.</summary>
internal sealed record PrestaShopVerdict(string? StateId, string? Word, OrderState State, PaymentStatus Payment, FulfilmentStatus Fulfilment, IReadOnlyList<Concern> Concerns)
{
    internal readonly record struct Facts(decimal Total, decimal Received, bool HasRefunds, bool IsWhollyRefunded, bool IsTracked);

    internal static PrestaShopVerdict Of(PrestaShopSettings settings, JsonElement root, JsonElement order, in Facts facts)
    {
        var state = PrestaShopPayloads.Child(root, "order_state");
        string? id = PrestaShopPayloads.Id(order, "current_state");
        if (id is null)
        {
            // Written a moment ago; its state follows.
            return new(null, "0", OrderState.AwaitingPayment, PaymentStatus.Pending, FulfilmentStatus.Unfulfilled, []);
        }

        // The state is joined from another resource and must be the order's own.
        bool isJoined = PrestaShopPayloads.Id(state, "id") == id;
        string? name = isJoined ? PrestaShopPayloads.Raw(state, "name") : null;
        string word = PrestaShopStates.Word(id, name);
        bool isCash = PrestaShopPayloads.Raw(order, "module") is { } module && settings.CashModules.Contains(module);
        bool isPaid = (isJoined && PrestaShopPayloads.IsSet(state, "paid")) || (facts.Total > 0 && facts.Received >= facts.Total);
        var (kind, isCertain) = isJoined ? PrestaShopStates.KindOf(state, settings.CashModules) : (StateKind.Placed, false);
        List<Concern> concerns = [];
        OrderState mapped;
        if (Mapped(settings, id, PrestaShopPayloads.Raw(state, "config_key"), name) is { } chosen)
        {
            mapped = chosen;
        }
        else if (!isCertain && (isPaid || isCash || !isJoined))
        {
            // Nothing says what a state of the shop's own without flags is for; while money is missing it can wait as placed.
            mapped = isPaid || isCash ? OrderState.New : OrderState.AwaitingPayment;
            concerns.Add(new("unknown_status", $"The shop's state '{word}' says nothing of payment or shipping: say what it means in this connection's setting stateMap, for example {id}: {Guess(name)}."));
        }
        else
        {
            mapped = kind == StateKind.Refunded ? (facts.IsTracked || WasShipped(root) ? OrderState.Closed : OrderState.Cancelled)
                : isCash && kind == StateKind.Placed ? OrderState.New
                : PrestaShopStates.StateOf(kind);
        }

        var payment = Money(kind, mapped, isPaid, isCash, facts);
        if (kind == StateKind.BackorderPaid && mapped == OrderState.New)
        {
            concerns.Add(new("shop_on_hold", "The shop waits for goods that are not in stock: release the order here when they are, or change its state there."));
        }

        if (!isPaid && !isCash && mapped is (OrderState.AwaitingPayment or OrderState.New) && PaidSibling(root, order) is { } sibling)
        {
            // The buyer paid once for both; PrestaShop books it on the last one only.
            mapped = OrderState.New;
            concerns.Add(new("split_order_unpaid", $"The shop split one purchase into several orders and booked the payment on order {sibling} only: check in the shop that it covers this one too, then release it, or exclude it."));
        }

        return new(id, word, mapped, payment, Goods(kind, mapped), concerns);
    }

    private static OrderState? Mapped(PrestaShopSettings settings, string id, string? key, string? name) =>
        settings.StateMap.TryGetValue(id, out var state) || (key is not null && settings.StateMap.TryGetValue(key, out state)) || (name is not null && settings.StateMap.TryGetValue(name, out state)) ? state : null;

    // Cash on delivery stays that although the state says paid: PrestaShop books the money with "processing", the courier collects it at the door.
    private static PaymentStatus Money(StateKind kind, OrderState mapped, bool isPaid, bool isCash, in Facts facts) => kind switch
    {
        StateKind.Refunded => PaymentStatus.Refunded,
        _ when facts.IsWhollyRefunded => PaymentStatus.Refunded,
        StateKind.PaymentError when !isPaid => PaymentStatus.Failed,
        _ when mapped == OrderState.Cancelled && facts.Received <= 0 && !isPaid => PaymentStatus.Voided,
        _ when (isCash || kind == StateKind.CashOnDelivery) && mapped is not (OrderState.Delivered or OrderState.Closed or OrderState.Cancelled) => PaymentStatus.CashOnDelivery,
        _ when facts.HasRefunds => PaymentStatus.PartiallyRefunded,
        _ when isPaid => PaymentStatus.Paid,
        _ => facts.Received > 0 ? PaymentStatus.PartiallyPaid : PaymentStatus.Pending,
    };

    private static FulfilmentStatus Goods(StateKind kind, OrderState mapped) => mapped switch
    {
        OrderState.InShipment => FulfilmentStatus.Fulfilled,
        OrderState.Delivered => FulfilmentStatus.Delivered,
        OrderState.New or OrderState.AwaitingPayment when kind is StateKind.BackorderPaid or StateKind.BackorderUnpaid => FulfilmentStatus.OnHold,
        OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Processing
            or OrderState.Closed or OrderState.Cancelled or OrderState.Excluded => FulfilmentStatus.Unfulfilled,
    };

    private static bool WasShipped(JsonElement root) => PrestaShopPayloads.Items(root, "order_histories").Any(row => PrestaShopPayloads.IsSet(row, "shipped"));

    private static string? PaidSibling(JsonElement root, JsonElement order)
    {
        string? cart = PrestaShopPayloads.Id(order, "id_cart");
        foreach (var sibling in PrestaShopPayloads.Items(root, "siblings"))
        {
            if (cart is not null && PrestaShopPayloads.Id(sibling, "id_cart") == cart && PrestaShopPayloads.IsSet(sibling, "paid") && PrestaShopPayloads.Id(sibling, "id") is { } id)
            {
                return id;
            }
        }

        return null;
    }

    // Only a suggestion, in the reason that a person reads.
    private static string Guess(string? name)
    {
        string text = name?.ToLowerInvariant() ?? "";
        return Has("entregad", "deliver", "livr") ? "delivered" : Has("envia", "ship", "expedi", "transit", "camino") ? "in_shipment" : Has("cancel", "annul", "anul") ? "cancelled" : Has("await", "pend", "espera", "attente") ? "awaiting_payment" : "new";

        bool Has(params ReadOnlySpan<string> parts)
        {
            foreach (string part in parts)
            {
                if (text.Contains(part, StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
