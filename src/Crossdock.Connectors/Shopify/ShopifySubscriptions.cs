using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>Keeps one shop's webhook subscriptions. Shopify removes those made by the API after eight failures in a row.</summary>
internal sealed class ShopifySubscriptions(ShopifyClient client) : ISubscriptions
{
    private const int MostPages = 20;

    public async Task<SubscriptionReport> CheckAsync(Uri address, bool repair, CancellationToken cancellationToken)
    {
        var (known, trouble) = await ListAsync(address, cancellationToken);
        if (trouble is not null)
        {
            return Failed([], trouble);
        }

        var found = new List<SubscriptionStatus>();
        ShopifyAnswer? failed = null;
        foreach (string topic in ShopifyTopics.Wanted)
        {
            var ours = known.Where(one => one.Topic == Name(topic)).ToList();
            var state = ours.Count == 0 ? SubscriptionState.Missing : ours.Exists(one => one.Format is null or "JSON") ? SubscriptionState.Active : SubscriptionState.Different;
            bool isActive = state == SubscriptionState.Active;
            if (!isActive && repair && failed is null)
            {
                failed = await MendAsync(topic, address, ours, cancellationToken);
                isActive = failed is null;
            }

            found.Add(new SubscriptionStatus(topic, state, isActive, state == SubscriptionState.Different ? $"format {ours[0].Format}" : null));
        }

        return failed is null ? new SubscriptionReport(found) : Failed(found, failed);
    }

    public async Task<SubscriptionReport> RemoveAsync(Uri address, CancellationToken cancellationToken)
    {
        var (known, trouble) = await ListAsync(address, cancellationToken);
        if (trouble is not null)
        {
            return Failed([], trouble);
        }

        var removed = new List<SubscriptionStatus>();
        foreach (var one in known)
        {
            var answer = await client.QueryAsync(ShopifyQueries.Unsubscribe, new JsonObject { ["id"] = one.Id }, 10, cancellationToken);
            if (!answer.IsOk)
            {
                return Failed(removed, answer);
            }

            removed.Add(new SubscriptionStatus(one.Topic, SubscriptionState.Active, false));
        }

        return new SubscriptionReport(removed);
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    private async Task<ShopifyAnswer?> MendAsync(string topic, Uri address, List<Subscription> odd, CancellationToken cancellationToken)
    {
        foreach (var one in odd)
        {
            var gone = await client.QueryAsync(ShopifyQueries.Unsubscribe, new JsonObject { ["id"] = one.Id }, 10, cancellationToken);
            if (!gone.IsOk)
            {
                return gone;
            }
        }

        var answer = await client.QueryAsync(ShopifyQueries.Subscribe, new JsonObject { ["topic"] = Name(topic), ["webhookSubscription"] = new JsonObject { ["uri"] = address.AbsoluteUri, ["format"] = "JSON" } }, 10, cancellationToken);
        if (!answer.IsOk)
        {
            return answer;
        }

        // Somebody else (another node) was faster: that is as good.
        return ShopifyMutation.Refusal(answer, "webhookSubscriptionCreate") is { } said && !said.Because.Contains("already been taken", StringComparison.OrdinalIgnoreCase) ? said : null;
    }

    private async Task<(List<Subscription> Known, ShopifyAnswer? Trouble)> ListAsync(Uri address, CancellationToken cancellationToken)
    {
        var known = new List<Subscription>();
        string? after = null;
        for (int page = 0; page < MostPages; page++)
        {
            var answer = await client.QueryAsync(ShopifyQueries.Subscriptions, new JsonObject { ["after"] = after }, 10, cancellationToken);
            if (!answer.IsOk || ShopifyJson.Get(answer.Root, "webhookSubscriptions") is not { ValueKind: JsonValueKind.Object } list || ShopifyJson.Get(list, "nodes") is not { ValueKind: JsonValueKind.Array } nodes)
            {
                return (known, answer.IsOk ? answer with { Kind = answer.Because.Length > 0 ? ShopifyAnswerKind.Refused : ShopifyAnswerKind.Later, Because = answer.Because.Length > 0 ? answer.Because : "Shopify's answer is not a list of subscriptions." } : answer);
            }

            foreach (var node in nodes.EnumerateArray())
            {
                if (ShopifyJson.Text(node, "id") is { } id && ShopifyJson.Text(node, "topic") is { } topic && Uri.TryCreate(ShopifyJson.Text(node, "uri"), UriKind.Absolute, out var target) && target == address)
                {
                    known.Add(new Subscription(id, topic, ShopifyJson.Text(node, "format")));
                }
            }

            after = ShopifyJson.Get(list, "pageInfo", "hasNextPage") is { ValueKind: JsonValueKind.True } ? ShopifyJson.Text(ShopifyJson.Get(list, "pageInfo")!.Value, "endCursor") : null;
            if (after is null)
            {
                break;
            }
        }

        return (known, null);
    }

    private static string Name(string topic) => topic.Replace('/', '_').ToUpperInvariant();

    private static SubscriptionReport Failed(IReadOnlyList<SubscriptionStatus> found, ShopifyAnswer answer) =>
        new(found, answer.Because, answer.Kind is ShopifyAnswerKind.Refused or ShopifyAnswerKind.Nothing or ShopifyAnswerKind.TooDear);

    private sealed record Subscription(string Id, string Topic, string? Format);
}

/// <summary>Whether a mutation was done: only when neither errors nor userErrors say otherwise.</summary>
internal static class ShopifyMutation
{
    /// <summary>Null when it was done.</summary>
    internal static ShopifyAnswer? Refusal(ShopifyAnswer answer, string field)
    {
        if (!answer.IsOk)
        {
            return answer;
        }

        if (ShopifyJson.Get(answer.Root, field) is not { ValueKind: JsonValueKind.Object } result)
        {
            return answer with { Kind = answer.Because.Length > 0 ? ShopifyAnswerKind.Refused : ShopifyAnswerKind.Later, Because = answer.Because.Length > 0 ? answer.Because : "Shopify's answer does not say what became of it." };
        }

        return ShopifyWords.Flat(ShopifyJson.Get(result, "userErrors")) is { } said ? answer with { Kind = ShopifyAnswerKind.Refused, Because = $"Shopify says: {ShopifyWords.Cut(said)}" } : null;
    }
}
