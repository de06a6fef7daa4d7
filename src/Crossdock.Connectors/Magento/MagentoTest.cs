using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>Tries a connection's settings: address, key, permissions, clock. What would write is tried with an order that cannot exist, so that only the permission answers.</summary>
internal sealed class MagentoTest(ConnectionAccess access, MagentoSettings settings)
{
    private static readonly TimeSpan SmallDifference = TimeSpan.FromSeconds(60);

    private readonly MagentoClient client = new(access, settings);
    private readonly List<TestFinding> findings = [];

    internal async Task<IReadOnlyList<TestFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (settings.SignIn == MagentoSignIn.None)
        {
            findings.Add(new("Credentials", TestVerdict.Warning, "No key for reading is given: orders come only by the shop's messages, and what a message misses nobody fetches. Give an integration's access token (System → Integrations)."));
            return findings;
        }

        if (!await ReadsAsync(cancellationToken))
        {
            return findings;
        }

        await CompanionsAsync("shipments", "Magento_Sales::shipment", cancellationToken);
        await CompanionsAsync("creditmemos", "Magento_Sales::sales_creditmemo", cancellationToken);
        if (settings.TellsStatus)
        {
            await WritesAsync("order/0/ship", "{\"items\":[],\"notify\":false}"u8.ToArray(), "Permission to ship", "Magento_Sales::ship", cancellationToken);
            await WritesAsync("orders/0/comments", "{\"statusHistory\":{\"comment\":\"-\",\"parent_id\":0,\"is_customer_notified\":0,\"is_visible_on_front\":0}}"u8.ToArray(), "Permission to comment", "Magento_Sales::comment", cancellationToken);
        }

        if (settings.ManagesAsyncEvents)
        {
            using var events = await client.GetAsync("async_events", new MagentoSearch().Page(1, 1).Parameters, cancellationToken);
            findings.Add(events.Kind == MagentoAnswer.Fine
                ? new("Async events", TestVerdict.Passed, "The async-events module answers.")
                : new("Async events", TestVerdict.Failed, $"{events.Because} Install mage-os/mageos-async-events and mage-os/mageos-common-async-events and give the integration MageOS_AsyncEvents::manage, or switch manageAsyncEvents off."));
        }

        if (access.Settings.Secret("webhookSecret") is null)
        {
            findings.Add(new("Webhooks", TestVerdict.Warning, "No webhook secret is given, so orders are only polled: install our module in the shop for orders within seconds (shop-modules/README.md)."));
        }

        return findings;
    }

    private async Task<bool> ReadsAsync(CancellationToken cancellationToken)
    {
        using var reply = await client.GetAsync("orders", new MagentoSearch().Page(1, 1).Only("items[entity_id,increment_id],total_count").Parameters, cancellationToken);
        if (reply.Kind == MagentoAnswer.Fine && MagentoSearch.Items(reply.Root) is not null)
        {
            long total = reply.Root.TryGetProperty("total_count", out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out long number) ? number : 0;
            findings.Add(new("Credentials", TestVerdict.Passed, "The shop accepts the key."));
            findings.Add(new("Permission to read orders", TestVerdict.Passed, string.Create(CultureInfo.InvariantCulture, $"The shop has {total} orders.")));
            Clock(reply);
            return true;
        }

        findings.Add(reply.Kind switch
        {
            MagentoAnswer.Refused when reply.Answer.Status is 401 or 403 => new("Credentials", TestVerdict.Failed, $"{reply.Because} Reading orders needs Magento_Sales::actions_view."),
            MagentoAnswer.Fine => new("Address", TestVerdict.Failed, "Something answers at this address, but it is no list of orders: check the shop's address."),
            MagentoAnswer.NotFound or MagentoAnswer.Invalid or MagentoAnswer.Refused or MagentoAnswer.Throttled or MagentoAnswer.Later => new("Address", TestVerdict.Failed, reply.Because),
        });
        return false;
    }

    private void Clock(MagentoReply reply)
    {
        if (reply.Answer.Date is not { } theirs)
        {
            return;
        }

        var difference = (theirs - access.Clock.GetUtcNow()).Duration();
        findings.Add(difference <= SmallDifference
            ? new("Clock", TestVerdict.Passed, "The shop's clock and ours agree.")
            : new("Clock", difference > MagentoWebhooks.Tolerance ? TestVerdict.Failed : TestVerdict.Warning, string.Create(CultureInfo.InvariantCulture,
                $"The shop's clock and ours differ by {(int)difference.TotalSeconds} seconds: messages of our module count only within {MagentoWebhooks.Tolerance.TotalMinutes} minutes, and signed calls may be refused. Set the server's clock by NTP.")));
    }

    private async Task CompanionsAsync(string path, string permission, CancellationToken cancellationToken)
    {
        using var reply = await client.GetAsync(path, new MagentoSearch().Page(1, 1).Only("items[entity_id],total_count").Parameters, cancellationToken);
        findings.Add(reply.Kind == MagentoAnswer.Fine && MagentoSearch.Items(reply.Root) is not null
            ? new($"Permission to read {path}", TestVerdict.Passed, "Allowed.")
            : new($"Permission to read {path}", TestVerdict.Warning, $"{(reply.Because.Length == 0 ? "The answer is no list." : reply.Because)} Orders come without them; give the integration {permission}."));
    }

    private async Task WritesAsync(string path, byte[] body, string what, string permission, CancellationToken cancellationToken)
    {
        using var reply = await client.PostAsync(path, body, cancellationToken);
        findings.Add(reply.Kind switch
        {
            MagentoAnswer.NotFound or MagentoAnswer.Invalid => new(what, TestVerdict.Passed, "Allowed (tried with an order that does not exist)."),
            MagentoAnswer.Refused => new(what, TestVerdict.Failed, $"{reply.Because} Telling the shop needs {permission}."),
            MagentoAnswer.Fine or MagentoAnswer.Throttled or MagentoAnswer.Later => new(what, TestVerdict.Warning, $"It could not be found out: {(reply.Because.Length == 0 ? "the shop accepted an order that cannot exist" : reply.Because)}"),
        });
    }
}
