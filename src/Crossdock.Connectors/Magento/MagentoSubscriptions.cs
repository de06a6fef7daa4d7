using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>Registrations of the async-events modules of Mage-OS: one per event, its name in the address, since the request does not say it. They can be switched off, not deleted.</summary>
internal sealed class MagentoSubscriptions(MagentoClient client, string token) : ISubscriptions
{
    private const int MostPages = 20;
    private const int PageSize = 100;

    public void Dispose() { }

    public async Task<SubscriptionReport> CheckAsync(Uri address, bool repair, CancellationToken cancellationToken)
    {
        var (found, problem) = await ListAsync(cancellationToken);
        if (problem is not null)
        {
            return Report([], problem);
        }

        List<SubscriptionStatus> statuses = [];
        MagentoReply? trouble = null;
        foreach (string topic in MagentoTopics.Subscribed)
        {
            string url = Address(address, topic);
            var ours = found.Where(one => one.Topic == topic && one.Url == url).ToList();
            if (ours.Any(one => one.IsActive))
            {
                statuses.Add(new(topic, SubscriptionState.Active, true));
                continue;
            }

            var state = ours.Count == 0 ? SubscriptionState.Missing : SubscriptionState.Disabled;
            bool isMended = false;
            if (repair && trouble is null)
            {
                using var reply = ours.Count == 0 ? await AddAsync(topic, url, cancellationToken) : await SwitchAsync(ours[0], true, cancellationToken);
                isMended = reply.Kind == MagentoAnswer.Fine && reply.Root.ValueKind == JsonValueKind.Object;
                trouble = isMended ? null : reply;
            }

            statuses.Add(new(topic, state, isMended));
        }

        return Report(statuses, trouble);
    }

    public async Task<SubscriptionReport> RemoveAsync(Uri address, CancellationToken cancellationToken)
    {
        var (found, problem) = await ListAsync(cancellationToken);
        if (problem is not null)
        {
            return Report([], problem);
        }

        List<SubscriptionStatus> statuses = [];
        foreach (var one in found.Where(one => one.IsActive && MagentoTopics.Subscribed.Contains(one.Topic) && one.Url == Address(address, one.Topic)))
        {
            using var reply = await SwitchAsync(one, false, cancellationToken);
            if (reply.Kind != MagentoAnswer.Fine)
            {
                return Report(statuses, reply);
            }

            statuses.Add(new(one.Topic, SubscriptionState.Active, false));
        }

        return Report(statuses, null);
    }

    private static string Address(Uri address, string topic) => $"{address.AbsoluteUri}{(address.Query.Length == 0 ? "?" : "&")}event={topic}";

    private static SubscriptionReport Report(IReadOnlyList<SubscriptionStatus> statuses, MagentoReply? trouble) => trouble is null
        ? new(statuses)
        : new(statuses, Reason(trouble), trouble.Kind is MagentoAnswer.Refused or MagentoAnswer.Invalid or MagentoAnswer.NotFound);

    private static string Reason(MagentoReply reply) => reply.Because.Length == 0 ? "The shop answered something that is no registration of an event." : reply.Because;

    private async Task<(List<Registration> Found, MagentoReply? Trouble)> ListAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, Registration> found = new(StringComparer.Ordinal);
        for (int page = 1; page <= MostPages; page++)
        {
            using var reply = await client.GetAsync("async_events", new MagentoSearch().By("subscription_id").Page(page, PageSize).Parameters, cancellationToken);
            if (reply.Kind != MagentoAnswer.Fine)
            {
                string because = reply.Because.Contains("route", StringComparison.OrdinalIgnoreCase)
                    ? $"{reply.Because} The modules mage-os/mageos-async-events and mage-os/mageos-common-async-events are not installed in the shop; or switch manageAsyncEvents off."
                    : reply.Because;
                return ([], reply with { Because = because });
            }

            if (MagentoSearch.Items(reply.Root) is not { } items)
            {
                return ([], reply with { Kind = MagentoAnswer.Later, Because = "The shop answered something that is no list of registrations.", Document = null });
            }

            int before = found.Count;
            foreach (var item in items)
            {
                if (Read(item) is { } one)
                {
                    found.TryAdd(one.Id, one);
                }
            }

            // Beyond the end some versions repeat the last page for ever.
            if (items.Count < PageSize || found.Count == before)
            {
                break;
            }
        }

        return ([.. found.Values], null);
    }

    private static Registration? Read(JsonElement item)
    {
        try
        {
            return MagentoText.Id(item, "subscription_id") is { } id && JsonFields.Text(item, "event_name") is { } topic
                ? new(id, topic, JsonFields.Text(item, "recipient_url") ?? "", JsonFields.Get(item, "status") is null || MagentoText.Flag(item, "status"))
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private Task<MagentoReply> AddAsync(string topic, string url, CancellationToken cancellationToken) => client.PostAsync("async_event", Json(new()
    {
        ["event_name"] = topic, ["recipient_url"] = url, ["verification_token"] = token, ["metadata"] = "http",
    }), cancellationToken);

    private Task<MagentoReply> SwitchAsync(Registration one, bool isOn, CancellationToken cancellationToken) => client.PutAsync($"async_event/{one.Id}", Json(new()
    {
        ["subscription_id"] = long.Parse(one.Id, System.Globalization.CultureInfo.InvariantCulture), ["event_name"] = one.Topic, ["recipient_url"] = one.Url, ["verification_token"] = token, ["metadata"] = "http", ["status"] = isOn,
    }), cancellationToken);

    private static byte[] Json(JsonObject registration) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["asyncEvent"] = registration });

    private sealed record Registration(string Id, string Topic, string Url, bool IsActive);
}
