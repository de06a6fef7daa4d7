using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>Reads one shop's orders by GraphQL. Its cursor stands behind an order, not at a page's number: what changes meanwhile moves nothing past it.</summary>
internal sealed class ShopifyReader(ShopifyClient client) : IOrderReader
{
    private const int LinesAtOnce = 20;
    private const int LinesAfterwards = 100;
    private const int MostLinePages = 200;
    private const int SummariesAtOnce = 250;

    // What a query costs is known after the first answer, and how many orders fit into one as well.
    private volatile int pageSize = client.Settings.PageSize;
    private double pageCost = 200;
    private double summaryCost = 50;

    public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        string field = request.By == OrderClock.Placed ? "processed_at" : "updated_at";
        while (true)
        {
            int size = request.OnlySummaries ? Math.Min(SummariesAtOnce, Math.Max(client.Settings.PageSize, pageSize)) : pageSize;
            var variables = new JsonObject
            {
                ["first"] = size, ["after"] = request.Cursor, ["sort"] = field.ToUpperInvariant(),
                ["query"] = $"{field}:>='{Time(request.From)}' {field}:<'{Time(End(request.To))}'",
            };
            if (!request.OnlySummaries)
            {
                variables["lines"] = LinesAtOnce;
            }

            var answer = await client.QueryAsync(request.OnlySummaries ? ShopifyQueries.Summaries : ShopifyQueries.Orders, variables, request.OnlySummaries ? summaryCost : pageCost, cancellationToken);
            Learn(answer, request.OnlySummaries);
            if (answer.Kind == ShopifyAnswerKind.TooDear && size > 1)
            {
                // The limit of one query is Shopify's: fewer orders at once.
                pageSize = size / 2;
                continue;
            }

            if (!answer.IsOk || ShopifyJson.Get(answer.Root, "orders") is not { ValueKind: JsonValueKind.Object } orders || ShopifyJson.Get(orders, "nodes") is not { ValueKind: JsonValueKind.Array } nodes)
            {
                return Refusal(answer) is { } refused ? new ListRefused(refused) : new ListLater(answer.Because.Length > 0 ? answer.Because : "Shopify's answer is not a list of orders.", answer.After);
            }

            var listed = new List<ListedOrder>(nodes.GetArrayLength());
            foreach (var node in nodes.EnumerateArray())
            {
                var (order, trouble) = await WholeAsync(node, ShopifyJson.Get(answer.Root, "shop"), request.OnlySummaries, cancellationToken);
                if (trouble is not null)
                {
                    return Refusal(trouble) is { } refused ? new ListRefused(refused) : new ListLater(trouble.Because, trouble.After);
                }

                if (order is not null)
                {
                    listed.Add(order);
                }
            }

            bool hasMore = ShopifyJson.Get(orders, "pageInfo", "hasNextPage") is { ValueKind: JsonValueKind.True };
            string? next = ShopifyJson.Get(orders, "pageInfo") is { } info ? ShopifyJson.Text(info, "endCursor") : null;
            return hasMore && next is null ? new ListLater("Shopify says that more orders follow, and not where.") : new OrderPage(listed, hasMore ? next : null);
        }
    }

    public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
    {
        if (externalId.Length is 0 or > 19 || !externalId.All(char.IsAsciiDigit))
        {
            return new FetchedNothing("A Shopify order's id is a number; this is none.");
        }

        var answer = await client.QueryAsync(ShopifyQueries.OneOrder, new JsonObject { ["id"] = "gid://shopify/Order/" + externalId, ["lines"] = LinesAfterwards }, 50, cancellationToken);
        if (!answer.IsOk || answer.Root.ValueKind != JsonValueKind.Object || !answer.Root.TryGetProperty("order", out var node))
        {
            return Refusal(answer) is { } refused ? new FetchRefused(refused) : new FetchLater(answer.Because.Length > 0 ? answer.Because : "Shopify's answer holds no order.", answer.After);
        }

        if (node.ValueKind == JsonValueKind.Null)
        {
            return answer.Because.Length > 0 ? new FetchRefused(answer.Because) : new FetchedNothing("Shopify knows no order with this id: it was deleted, or is older than 60 days and the app lacks read_all_orders.");
        }

        var (order, trouble) = await WholeAsync(node, ShopifyJson.Get(answer.Root, "shop"), false, cancellationToken);
        return trouble is not null ? Refusal(trouble) is { } denied ? new FetchRefused(denied) : new FetchLater(trouble.Because, trouble.After)
            : order is not null && order.ExternalId == externalId.TrimStart('0') ? new Fetched(order) : new FetchLater("Shopify's answer is not the order that was asked for.");
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    private void Learn(ShopifyAnswer answer, bool isSummary)
    {
        if (answer is { IsOk: true, Cost: > 0 and { } cost })
        {
            if (isSummary)
            {
                summaryCost = cost;
            }
            else
            {
                pageCost = cost;
            }
        }
    }

    private static string? Refusal(ShopifyAnswer answer) => answer.Kind is ShopifyAnswerKind.Refused or ShopifyAnswerKind.Nothing or ShopifyAnswerKind.TooDear || (answer.IsOk && answer.Because.Length > 0) ? answer.Because : null;

    // A large order's further lines are asked for until all of them are there.
    private async Task<(ListedOrder? Order, ShopifyAnswer? Trouble)> WholeAsync(JsonElement node, JsonElement? shop, bool isSummary, CancellationToken cancellationToken)
    {
        if (ShopifyListed.Of(node) is not { } order)
        {
            return (null, null);
        }

        if (isSummary)
        {
            return (order, null);
        }

        byte[] document = JsonMarshal.GetRawUtf8Value(node).ToArray();
        if (ShopifyJson.Get(node, "line_items", "pageInfo") is { } info && ShopifyJson.Get(info, "hasNextPage") is { ValueKind: JsonValueKind.True })
        {
            var whole = JsonNode.Parse(document)!;
            string? after = ShopifyJson.Text(info, "endCursor");
            for (int page = 0; after is not null; page++)
            {
                var answer = await client.QueryAsync(ShopifyQueries.MoreLines, new JsonObject { ["id"] = "gid://shopify/Order/" + order.ExternalId, ["lines"] = LinesAfterwards, ["after"] = after }, 50, cancellationToken);
                if (!answer.IsOk || ShopifyJson.Get(answer.Root, "order", "line_items") is not { } more || ShopifyJson.Get(more, "nodes") is not { ValueKind: JsonValueKind.Array } lines || page > MostLinePages)
                {
                    return (null, answer.IsOk ? answer with { Kind = ShopifyAnswerKind.Later, Because = "Shopify gave only a part of an order's lines." } : answer);
                }

                foreach (var line in lines.EnumerateArray())
                {
                    whole["line_items"]!["nodes"]!.AsArray().Add(JsonNode.Parse(line.GetRawText()));
                }

                after = ShopifyJson.Get(more, "pageInfo", "hasNextPage") is { ValueKind: JsonValueKind.True } ? ShopifyJson.Text(ShopifyJson.Get(more, "pageInfo")!.Value, "endCursor") : null;
            }

            whole["line_items"]!["pageInfo"] = new JsonObject { ["hasNextPage"] = false };
            document = JsonSerializer.SerializeToUtf8Bytes(whole);
        }

        byte[] zone = shop is { ValueKind: JsonValueKind.Object } known ? JsonMarshal.GetRawUtf8Value(known).ToArray() : "null"u8.ToArray();
        byte[] payload = [.. "{\"shop\":"u8, .. zone, .. ",\"order\":"u8, .. document, .. "}"u8];
        return (ShopifyListed.With(order, ShopifyTopics.Read, payload), null);
    }

    // Shopify's times have no fractions: the window ends with the second that its end lies in.
    private static DateTimeOffset End(DateTimeOffset to) => to.UtcTicks % TimeSpan.TicksPerSecond == 0 ? to : to.AddSeconds(1);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
