using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>Tries a connection's settings without changing anything in the account.</summary>
internal sealed class VtexTest(VtexClient client, TimeProvider clock)
{
    private static readonly TimeSpan LargestDifference = TimeSpan.FromMinutes(2);

    private readonly List<TestFinding> findings = [];

    internal async Task<IReadOnlyList<TestFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (!client.Settings.HasKeys)
        {
            findings.Add(new("Credentials", TestVerdict.Failed, "There is no appKey and appToken: without them no order can be read. Account settings → API keys → Generate key."));
            return findings;
        }

        var list = await client.GetAsync("/api/oms/pvt/orders?per_page=1&page=1&orderBy=" + Uri.EscapeDataString("creationDate,desc"), cancellationToken);
        if (!Listed(list))
        {
            return findings;
        }

        Clock(list);
        await OrderAsync(list, cancellationToken);
        await HookAsync(cancellationToken);
        await FeedAsync(cancellationToken);
        if (client.Settings.TellsStatus)
        {
            findings.Add(new("Permission to tell the shop", TestVerdict.Warning,
                "This cannot be tried without changing an order. The appKey's role needs Change order workflow status, Notify invoice and Cancel order; a missing one shows at the first order as HTTP 403."));
        }

        return findings;
    }

    private bool Listed(PlatformAnswer answer)
    {
        if (answer is { Status: 401, Problem: null })
        {
            findings.Add(new("Credentials", TestVerdict.Failed, $"VTEX refuses the key (HTTP 401): {client.Words(answer)}. Check appKey and appToken, and that the key belongs to the account {client.Settings.Account}."));
            return false;
        }

        if (client.TroubleOf(answer, "List Orders") is { } trouble && answer.Status != 403)
        {
            findings.Add(new("Account", TestVerdict.Failed, trouble.Because));
            return false;
        }

        findings.Add(new("Credentials", TestVerdict.Passed, $"VTEX accepts the key for the account {client.Settings.Account}."));
        if (answer.Status == 403)
        {
            findings.Add(new("Permission to list orders", TestVerdict.Failed, $"The role of the appKey lacks the resource List Orders (HTTP 403): {client.Words(answer)}. Account settings → Access profiles → the key's role → OMS."));
            return true;
        }

        using var document = answer.Json();
        bool isList = document is not null && JsonFields.Get(document.RootElement, "list") is { ValueKind: JsonValueKind.Array };
        findings.Add(isList
            ? new("Permission to list orders", TestVerdict.Passed, "Orders can be listed for reconciliation and backfill.")
            : new("Permission to list orders", TestVerdict.Failed, $"The answer is no list of orders: {client.Words(answer)}."));
        return isList;
    }

    private void Clock(PlatformAnswer answer)
    {
        if (answer.Date is { } theirs)
        {
            var difference = clock.GetUtcNow() - theirs;
            findings.Add(difference.Duration() > LargestDifference
                ? new("Clock", TestVerdict.Warning, string.Create(CultureInfo.InvariantCulture, $"The hub's clock and VTEX's differ by {Math.Round(difference.Duration().TotalMinutes, 1)} minutes: synchronise the hub's (NTP)."))
                : new("Clock", TestVerdict.Passed, "The clocks agree."));
        }
    }

    private async Task OrderAsync(PlatformAnswer list, CancellationToken cancellationToken)
    {
        if (FirstId(list) is not { } id)
        {
            findings.Add(new("Permission to read an order", TestVerdict.Warning, "The account lists no order yet, so reading one could not be tried. The role needs the resource View order."));
            return;
        }

        var answer = await client.GetAsync(client.ReadingPath(id), cancellationToken);
        if (client.TroubleOf(answer, "View order") is { } trouble)
        {
            findings.Add(new("Permission to read an order", TestVerdict.Failed, trouble.Because + (client.Settings.PersonalDataReason is null ? "" : "; for personal data the role needs the right to see them in clear")));
            return;
        }

        findings.Add(new("Permission to read an order", TestVerdict.Passed, $"Order {id} can be read."));
        var outcome = VtexRedaction.Redact(answer.Body) is { } payload
            ? new VtexOrderMapping(client.Settings).Map(new ReceivedEvent(payload, VtexOrderMapping.ReadTopic, id, null, clock.GetUtcNow())) : null;
        if (outcome is not MappedOrder { Order: var order })
        {
            return;
        }

        if (VtexAddresses.IsMasked(order.ShipTo))
        {
            findings.Add(new("Personal data", client.Settings.PersonalDataReason is null ? TestVerdict.Failed : TestVerdict.Warning,
                "Names and addresses arrive masked: the account keeps personal data apart. Fill in “Reason for reading personal data”, and give the key's role the right to see them."));
        }

        findings.Add(new("Amounts", TestVerdict.Passed, $"Order {order.Number} is read as {order.Totals.Total}: compare it with the Admin, and change “Decimals of amounts” only if it is wrong."));
    }

    private async Task HookAsync(CancellationToken cancellationToken)
    {
        using var subscriptions = new VtexSubscriptions(client);
        var (hook, problem) = await subscriptions.ReadAsync(cancellationToken);
        findings.Add(problem is { Problem: { } because }
            ? new("Permission for hook and feed", problem.NeedsPerson ? TestVerdict.Failed : TestVerdict.Warning, because)
            : hook is null || subscriptions.IsOurs(hook)
                ? new("Permission for hook and feed", TestVerdict.Passed, hook is null ? "No hook is registered for this appKey yet; the hub registers its own when the connection is enabled." : $"The hub's {hook} is registered.")
                : client.Settings.ManagesHook
                    ? new("Hook", TestVerdict.Failed, $"This appKey has a {hook} already, and VTEX has one for each key: generate an appKey for the hub alone.")
                    : new("Hook", TestVerdict.Warning, $"This appKey has a {hook}. If that is not the hub, orders are announced elsewhere."));
    }

    private async Task FeedAsync(CancellationToken cancellationToken)
    {
        if (!client.Settings.ReadsFeed || findings.Exists(finding => finding is { What: "Permission for hook and feed", Verdict: not TestVerdict.Passed }))
        {
            return;
        }

        var answer = await client.GetAsync("/api/orders/feed/config", cancellationToken);
        bool isMissing = answer is { Status: 404, Problem: null };
        findings.Add(!isMissing && client.TroubleOf(answer, "Feed v3 and Hook Admin") is { } trouble
            ? new("Feed", trouble.NeedsPerson ? TestVerdict.Failed : TestVerdict.Warning, trouble.Because)
            : new("Feed", TestVerdict.Passed, isMissing ? "No feed is configured for this appKey yet; the hub configures one." : $"The feed is configured{Waiting(answer)}."));
    }

    private static string Waiting(PlatformAnswer answer)
    {
        using var document = answer.Json();
        return document is not null && JsonFields.TryNumber(JsonFields.Get(document.RootElement, "quantity")) is { } quantity ? string.Create(CultureInfo.InvariantCulture, $"; {quantity} messages wait in it") : "";
    }

    private static string? FirstId(PlatformAnswer list)
    {
        using var document = list.Json();
        try
        {
            return document is null ? null : JsonFields.Items(document.RootElement, "list").Select(row => JsonFields.Text(row, "orderId")).FirstOrDefault(id => id is not null);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
