using System.Globalization;
using System.Net.Http;
using System.Security;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Tells the shop how an order gets on: first the tracking number, so that the buyer's mail has it, then the state. Never a payment.</summary>
internal sealed class PrestaShopStatus(ConnectionAccess access) : IDestination
{
    private readonly PrestaShopClient client = new(access);
    private volatile PrestaShopReference? reference;

    public DestinationLimits Limits { get; } = new() { Concurrency = 1, TimeoutSeconds = 120, BackoffSeconds = 30 };

    public bool CanFind => true;

    public bool Can(DeliveryKind kind) => kind == DeliveryKind.Status;

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request is not { Kind: DeliveryKind.Status, Notice: { } notice })
        {
            return new(new Hold("a shop is only told how its own orders get on"), null);
        }

        var (plan, trouble) = await PlanAsync(notice, cancellationToken);
        if (plan is null)
        {
            return new(Outcome(trouble!, isWrite: false), trouble!.Exchange);
        }

        Exchange? said = plan.Exchange;
        if (plan.Carrier is { } carrier)
        {
            var answer = await client.WriteAsync(HttpMethod.Put, $"order_carriers/{PrestaShopAnswers.Id(carrier)}", Mail(), Tracked(carrier, notice.TrackingNumber!), cancellationToken);
            if (answer is not ShopRows)
            {
                return new(Outcome(answer, isWrite: true), answer.Exchange);
            }

            said = answer.Exchange;
        }

        if (plan.State is { } state)
        {
            string xml = $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><prestashop><order_history><id_order_state>{state}</id_order_state><id_order>{plan.OrderId}</id_order></order_history></prestashop>";
            var answer = await client.WriteAsync(HttpMethod.Post, "order_histories", Mail(), xml, cancellationToken);
            return answer is ShopRows { Rows: var rows } ? new(new Delivered(PrestaShopAnswers.Id(rows.FirstOrDefault())), answer.Exchange) : new(Outcome(answer, isWrite: true), answer.Exchange);
        }

        return plan.Refusal is { } refusal ? new(new Hold(refusal), said) : new(new Delivered(request.RemoteId), said);
    }

    public async Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Notice is not { } notice)
        {
            return new(FindAnswer.CannotSay, null, "only what a shop was told of its own orders can be looked up", null);
        }

        var (plan, trouble) = await PlanAsync(notice, cancellationToken);
        return plan is not null ? new(plan is { Carrier: null, State: null, Refusal: null } ? FindAnswer.Has : FindAnswer.HasNot, request.RemoteId, null, plan.Exchange)
            : trouble is ShopNothing ? new(FindAnswer.HasNot, null, null, trouble.Exchange)
            : new(FindAnswer.CannotSay, null, PrestaShopReader.Because(trouble!), trouble!.Exchange);
    }

    public void Dispose()
    {
        client.Dispose();
        reference?.Dispose();
    }

    /// <summary>What is still to be done, seen from how the shop stands now: what it has already is not told again.</summary>
    private async Task<(Plan? Plan, ShopAnswer? Trouble)> PlanAsync(StatusNotice notice, CancellationToken cancellationToken)
    {
        if (notice.ExternalId.Length is 0 or > 20 || !notice.ExternalId.All(char.IsAsciiDigit))
        {
            return (null, new ShopNothing($"'{notice.ExternalId}' is no order id of PrestaShop"));
        }

        var found = await client.GetAsync($"orders/{notice.ExternalId}", "", cancellationToken);
        if (found is not ShopRows { Rows: [var order] } || PrestaShopAnswers.Id(order) != notice.ExternalId)
        {
            return (null, found is ShopRows ? new ShopLater("the shop answered without the order") : found);
        }

        var plan = new Plan(notice.ExternalId, null, null, null, found.Exchange);
        if (notice.TrackingNumber is { Length: > 0 } number)
        {
            var carriers = await client.GetAsync("order_carriers", PrestaShopClient.Join(PrestaShopClient.Filter("id_order", $"[{notice.ExternalId}]"), "display=full"), cancellationToken);
            if (carriers is not ShopRows { Rows: var rows })
            {
                return (null, carriers is ShopNothing ? new ShopRefused("the order has no carrier that a tracking number could be written to") : carriers);
            }

            rows = [.. rows.Where(row => PrestaShopAnswers.Id(row) is not null)];
            if (!rows.Exists(row => PrestaShopAnswers.Text(row, "tracking_number") == number))
            {
                // One row per shipment: an empty one first, else the last one's number was replaced by the courier.
                plan = plan with { Carrier = rows.Find(row => PrestaShopAnswers.Text(row, "tracking_number") is null) ?? rows.LastOrDefault() };
            }
        }

        return await StateAsync(plan, notice, order, cancellationToken);
    }

    private async Task<(Plan? Plan, ShopAnswer? Trouble)> StateAsync(Plan plan, StatusNotice notice, JsonObject order, CancellationToken cancellationToken)
    {
        var known = Reference();
        string? current = PrestaShopAnswers.Id(order, "current_state");
        if (await known.PrepareAsync([current], cancellationToken) is { } trouble)
        {
            return (null, trouble);
        }

        bool isPaid = PrestaShopAnswers.IsSet(known.Find("order_states", current), "paid") || (Amount(order, "total_paid_real") is { } received && received > 0 && received >= Amount(order, "total_paid_tax_incl"));
        string word = EnumNames<OrderState>.Of(notice.State);
        string? wanted = isPaid ? null : client.Settings.TellStates.GetValueOrDefault(word + "_unpaid");
        bool isForUnpaid = wanted is not null;
        wanted ??= client.Settings.TellStates.GetValueOrDefault(word) ?? PrestaShopStates.ToPlatform(notice.State);
        if (wanted is null or "" or "none")
        {
            return (plan, null);
        }

        if (StateNamed(known, wanted, notice.State) is not { } target)
        {
            return (plan with { Refusal = $"the shop has no state '{wanted}' to tell {word} with: name one in tellStates, or none" }, null);
        }

        string id = PrestaShopAnswers.Id(target)!;
        // PrestaShop would make up a payment for what is still open.
        if (id == current || (!isPaid && !isForUnpaid && PrestaShopAnswers.IsSet(target, "paid")) || (isForUnpaid && PrestaShopAnswers.IsSet(target, "paid")) || IsBehind(known, current, notice.State))
        {
            return (plan, null);
        }

        var histories = await client.GetAsync("order_histories", PrestaShopClient.Join(PrestaShopClient.Filter("id_order", $"[{notice.ExternalId}]"), "display=full"), cancellationToken);
        return histories switch
        {
            ShopRows rows => (rows.Rows.Exists(row => PrestaShopAnswers.Id(row, "id_order_state") == id) ? plan : plan with { State = id }, null),
            ShopNothing => (plan with { State = id }, null),
            _ => (null, histories),
        };
    }

    // The shop is further than what it would be told: nothing is taken back.
    private bool IsBehind(PrestaShopReference known, string? current, OrderState told)
    {
        var state = known.Find("order_states", current);
        string? key = known.KeyOf(current);
        return told switch
        {
            OrderState.Processing => PrestaShopAnswers.IsSet(state, "shipped") || key is "PS_OS_CANCELED" or "PS_OS_REFUND" or "PS_OS_DELIVERED",
            OrderState.InShipment => key is "PS_OS_CANCELED" or "PS_OS_REFUND" or "PS_OS_DELIVERED",
            OrderState.Delivered => key is "PS_OS_CANCELED" or "PS_OS_REFUND",
            OrderState.Cancelled => PrestaShopAnswers.IsSet(state, "shipped") || key is "PS_OS_REFUND",
            OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Closed or OrderState.Excluded => true,
        };
    }

    private static JsonObject? StateNamed(PrestaShopReference known, string wanted, OrderState state)
    {
        string? id = known.Configuration.GetValueOrDefault(wanted);
        var all = known.All("order_states").ToList();
        return all.Find(row => PrestaShopAnswers.Id(row) == (id ?? wanted))
            ?? all.Find(row => string.Equals(PrestaShopAnswers.Text(row, "name"), wanted, StringComparison.OrdinalIgnoreCase))
            // The key may not read configurations: the default ids, where the flags agree.
            ?? (wanted == PrestaShopStates.ToPlatform(state) && id is null ? all.Find(row => (state, PrestaShopAnswers.Id(row), PrestaShopAnswers.IsSet(row, "shipped"), PrestaShopAnswers.IsSet(row, "delivery")) is
                (OrderState.Processing, "3", false, true) or (OrderState.InShipment, "4", true, _) or (OrderState.Delivered, "5", true, _) or (OrderState.Cancelled, "6", false, false)) : null);
    }

    private static decimal? Amount(JsonObject row, string name) => decimal.TryParse(PrestaShopAnswers.Text(row, name), CultureInfo.InvariantCulture, out decimal amount) ? amount : null;

    // PUT replaces the whole row: every field goes back as it came, nothing is indented.
    private static string Tracked(JsonObject row, string number)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?><prestashop><order_carrier>");
        foreach (var (name, _) in row)
        {
            string value = name == "tracking_number" ? number : PrestaShopAnswers.Text(row, name) ?? "";
            text.Append('<').Append(name).Append('>').Append(SecurityElement.Escape(value)).Append("</").Append(name).Append('>');
        }

        return text.Append("</order_carrier></prestashop>").ToString();
    }

    private string Mail() => client.Settings.MailsBuyer ? "sendemail=1" : "";

    private static Outcome Outcome(ShopAnswer answer, bool isWrite) => answer switch
    {
        ShopLater { IsThrottled: true } later => new RetryLater(later.Because, later.After, IsThrottled: true),
        ShopLater { WasSent: true } later when isWrite => new Unclear($"sent, but {later.Because}"),
        ShopLater later => new RetryLater(later.Because, later.After),
        ShopNothing nothing => new Rejected($"the shop has no such order: {nothing.Because}"),
        _ => new Hold(PrestaShopReader.Because(answer)),
    };

    private PrestaShopReference Reference()
    {
        var current = reference;
        if (current is null || current.IsOld)
        {
            reference = current = new PrestaShopReference(client);
        }

        return current;
    }

    private sealed record Plan(string OrderId, JsonObject? Carrier, string? State, string? Refusal, Exchange? Exchange);
}
