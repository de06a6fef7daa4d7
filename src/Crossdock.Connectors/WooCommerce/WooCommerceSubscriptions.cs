using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Keeps one shop's four order webhooks.</summary>
internal sealed class WooCommerceSubscriptions(WooCommerceClient client) : ISubscriptions
{
    private const int MostPages = 20;

    internal static readonly string[] Topics = ["order.created", "order.updated", "order.deleted", "order.restored"];

    public async Task<SubscriptionReport> CheckAsync(Uri address, bool repair, CancellationToken cancellationToken)
    {
        var (hooks, trouble) = await ListAsync(address, cancellationToken);
        if (trouble is not null)
        {
            return Failed([], trouble);
        }

        var found = new List<SubscriptionStatus>();
        WooCommerceAnswer? failed = null;
        foreach (string topic in Topics)
        {
            var hook = hooks.Where(one => one.Topic == topic).OrderBy(one => one.Status == "active" ? 0 : 1).FirstOrDefault();
            var state = hook is null ? SubscriptionState.Missing : hook.Status == "active" ? SubscriptionState.Active : SubscriptionState.Disabled;
            bool isActive = state == SubscriptionState.Active;
            if (!isActive && repair && failed is null)
            {
                failed = await MendAsync(hook, topic, address, cancellationToken);
                isActive = failed is null;
            }

            found.Add(new SubscriptionStatus(topic, state, isActive, hook is null || state == SubscriptionState.Active ? null : $"status {hook.Status}"));
        }

        return failed is null ? new SubscriptionReport(found) : Failed(found, failed);
    }

    public async Task<SubscriptionReport> RemoveAsync(Uri address, CancellationToken cancellationToken)
    {
        var (hooks, trouble) = await ListAsync(address, cancellationToken);
        if (trouble is not null)
        {
            return Failed([], trouble);
        }

        var removed = new List<SubscriptionStatus>();
        foreach (var hook in hooks)
        {
            var answer = await RemoveAsync(hook.Id, cancellationToken);
            if (!answer.IsOk && answer.Kind != WooCommerceAnswerKind.Nothing)
            {
                return Failed(removed, answer);
            }

            removed.Add(new SubscriptionStatus(hook.Topic, hook.Status == "active" ? SubscriptionState.Active : SubscriptionState.Disabled, false));
        }

        return new SubscriptionReport(removed);
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    // Switching one on again does not forget its failures: the next single one would switch it off for good. So a disabled one is made anew.
    private async Task<WooCommerceAnswer?> MendAsync(Hook? hook, string topic, Uri address, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["name"] = "Crossdock", ["topic"] = topic, ["delivery_url"] = address.AbsoluteUri, ["secret"] = client.Access.Settings.Secret("webhookSecret"), ["status"] = "active",
        };
        if (hook is { Status: "paused" })
        {
            return Unless(await client.CallAsync(HttpMethod.Put, "webhooks/" + hook.Id, [], body, cancellationToken));
        }

        if (Unless(await client.CallAsync(HttpMethod.Post, "webhooks", [], body, cancellationToken)) is { } failed)
        {
            return failed;
        }

        return hook is not null && await RemoveAsync(hook.Id, cancellationToken) is var gone && !gone.IsOk && gone.Kind != WooCommerceAnswerKind.Nothing ? gone : null;
    }

    private Task<WooCommerceAnswer> RemoveAsync(string id, CancellationToken cancellationToken) => client.CallAsync(HttpMethod.Delete, "webhooks/" + id, [("force", "true")], null, cancellationToken);

    private async Task<(List<Hook> Hooks, WooCommerceAnswer? Trouble)> ListAsync(Uri address, CancellationToken cancellationToken)
    {
        var hooks = new List<Hook>();
        for (int page = 1; page <= MostPages; page++)
        {
            var answer = await client.GetAsync("webhooks", cancellationToken, ("per_page", "100"), ("page", page.ToString(CultureInfo.InvariantCulture)), ("orderby", "id"), ("order", "asc"));
            if (!answer.IsOk || answer.Root.ValueKind != JsonValueKind.Array)
            {
                return (hooks, answer.IsOk ? answer with { Kind = WooCommerceAnswerKind.Later, Because = "The shop's answer is not a list of webhooks." } : answer);
            }

            foreach (var row in answer.Root.EnumerateArray())
            {
                if (Hook.Of(row) is { } hook && Uri.TryCreate(hook.Address, UriKind.Absolute, out var target) && target == address)
                {
                    hooks.Add(hook);
                }
            }

            if (answer.Root.GetArrayLength() < 100)
            {
                break;
            }
        }

        return (hooks, null);
    }

    private static WooCommerceAnswer? Unless(WooCommerceAnswer answer) => answer.IsOk ? null : answer;

    private static SubscriptionReport Failed(IReadOnlyList<SubscriptionStatus> found, WooCommerceAnswer answer) =>
        new(found, answer.Because, answer.Kind is WooCommerceAnswerKind.Refused or WooCommerceAnswerKind.Nothing);

    private sealed record Hook(string Id, string Topic, string Status, string Address)
    {
        internal static Hook? Of(JsonElement row)
        {
            try
            {
                return WooCommercePayloads.Id(row, "id") is { } id && WooCommercePayloads.Raw(row, "topic") is { } topic && WooCommercePayloads.Raw(row, "status") is { } status && WooCommercePayloads.Text(row, "delivery_url") is { } address
                    ? new Hook(id, topic, status, address) : null;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }
}
