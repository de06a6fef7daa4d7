using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>The GraphQL operations that Crossdock uses, answered field by field as asked, with Shopify's costs and errors. Shopify does not publish how it counts a query:
/// here a connection costs two and one for each row, and a tenth for each row of the connections inside.</summary>
internal sealed partial class ShopifyGraphQl(ShopifyEmulatorOptions options, ShopifyEmulator shop, ShopifyHooks hooks, TimeProvider clock)
{
    private const int MostPerQuery = 1000;

    private readonly ShopifyPoints points = new(options.GraphQlPoints, options.GraphQlPointsPerSecond, clock);
    private readonly ShopifyMutations mutations = new(options, shop, hooks);

    /// <summary>The answer, always with HTTP 200: throttling too is told in the body.</summary>
    internal byte[] Answer(JsonElement request)
    {
        string text = request.TryGetProperty("query", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString()! : "";
        var variables = request.TryGetProperty("variables", out var given) && given.ValueKind == JsonValueKind.Object ? JsonNode.Parse(given.GetRawText())!.AsObject() : [];
        int cost = 1;
        double left = options.GraphQlPoints;
        try
        {
            var (isMutation, fields) = ShopifyGraphQlQuery.Parse(text, variables);
            cost = isMutation ? 10 : fields.Sum(Cost);
            if (cost > MostPerQuery)
            {
                throw new ShopifyGraphQlFault($"Query cost is {cost.ToString(CultureInfo.InvariantCulture)}, which exceeds the single query max cost limit ({MostPerQuery.ToString(CultureInfo.InvariantCulture)}).", "MAX_COST_EXCEEDED");
            }

            if (!points.Take(cost, out left))
            {
                throw new ShopifyGraphQlFault("Throttled", "THROTTLED");
            }

            var data = new JsonObject();
            foreach (var field in fields)
            {
                data[field.Alias] = Project(isMutation ? mutations.Run(field) : Root(field), field);
            }

            var answer = new JsonObject { ["data"] = data, ["extensions"] = Costs(cost, cost, left) };
            return JsonSerializer.SerializeToUtf8Bytes(answer);
        }
        catch (ShopifyGraphQlFault fault)
        {
            var errors = new JsonArray((JsonNode)new JsonObject { ["message"] = fault.Message, ["extensions"] = new JsonObject { ["code"] = fault.Code, ["documentation"] = "https://shopify.dev/api/usage/rate-limits" } });
            var answer = new JsonObject { ["errors"] = errors, ["extensions"] = Costs(cost, null, left) };
            if (fault.Code == "ACCESS_DENIED")
            {
                answer.Insert(0, "data", null);
            }

            return JsonSerializer.SerializeToUtf8Bytes(answer);
        }
    }

    internal static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private JsonNode? Root(ShopifySelection field)
    {
        switch (field.Name)
        {
            case "orders":
                Wants("read_orders", "orders");
                return Orders(field);
            case "order":
                Wants("read_orders", "order");
                return Numbered(field.Argument("id")) is { } id && shop.Read(order => order.Id == id, 1, ShopifyGraphQlNodes.Order) is [var found] ? found : null;
            case "shop":
                return new JsonObject { ["name"] = options.Shop.Split('.')[0], ["myshopifyDomain"] = options.Shop, ["ianaTimezone"] = "Etc/GMT+3", ["currencyCode"] = "CLP" };
            case "currentAppInstallation":
                return new JsonObject { ["accessScopes"] = new JsonArray([.. options.Scopes.Select(scope => (JsonNode)new JsonObject { ["handle"] = scope })]) };
            case "webhookSubscriptions":
                return ShopifyGraphQlNodes.Connection(hooks.Subscriptions.Select(one => new JsonObject
                {
                    ["id"] = ShopifyDocuments.Gid("WebhookSubscription", one.Id), ["topic"] = one.Topic.Replace('/', '_').ToUpperInvariant(), ["uri"] = one.Address.ToString(), ["format"] = "JSON",
                }));
            default:
                throw new ShopifyGraphQlFault($"Field '{field.Name}' doesn't exist on type 'QueryRoot'", "undefinedField");
        }
    }

    private void Wants(string scope, string field)
    {
        if (!options.Scopes.Contains(scope))
        {
            throw new ShopifyGraphQlFault($"Access denied for {field} field. Required access: `{scope}` access scope.", "ACCESS_DENIED");
        }
    }

    // The cursor stands behind an order: its time and its id.
    private JsonObject Orders(ShopifySelection field)
    {
        int first = Math.Clamp(field.First ?? 50, 1, 250);
        string sort = field.Argument("sortKey") ?? "PROCESSED_AT";
        DateTimeOffset By(EmulatedOrder order) => sort == "UPDATED_AT" ? order.UpdatedAt : order.CreatedAt;
        bool isReverse = field.Argument("reverse") == "true";
        long ticks = 0, last = 0;
        bool isAfter = field.Argument("after")?.Split('_') is [var at, var id] && long.TryParse(at, CultureInfo.InvariantCulture, out ticks) && long.TryParse(id, CultureInfo.InvariantCulture, out last);
        var filters = Filter().Matches(field.Argument("query") ?? "").Select(match => (Name: match.Groups["name"].Value, Sign: match.Groups["sign"].Value,
            Time: DateTimeOffset.TryParse(match.Groups["time"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : DateTimeOffset.MinValue)).ToList();
        bool IsWanted(EmulatedOrder order) => filters.TrueForAll(filter => Holds(filter.Name == "updated_at" ? order.UpdatedAt : order.CreatedAt, filter.Sign, filter.Time))
            && (!isAfter || (isReverse ? (By(order).UtcTicks, order.Id).CompareTo((ticks, last)) < 0 : (By(order).UtcTicks, order.Id).CompareTo((ticks, last)) > 0));
        var found = shop.Read(IsWanted, first + 1, order => (Node: ShopifyGraphQlNodes.Order(order), Cursor: string.Create(CultureInfo.InvariantCulture, $"{By(order).UtcTicks}_{order.Id}")), By, isReverse);
        var page = ShopifyGraphQlNodes.Connection(found.Take(first).Select(one => one.Node));
        page["pageInfo"] = new JsonObject { ["hasNextPage"] = found.Count > first, ["endCursor"] = found.Count == 0 ? null : found[Math.Min(first, found.Count) - 1].Cursor };
        return page;
    }

    private static bool Holds(DateTimeOffset time, string sign, DateTimeOffset limit) => sign switch { ">=" => time >= limit, ">" => time > limit, "<=" => time <= limit, "<" => time < limit, _ => time == limit };

    private static JsonNode? Project(JsonNode? value, ShopifySelection field)
    {
        switch (value)
        {
            case JsonArray list:
                return new JsonArray([.. list.Take(field.First ?? int.MaxValue).Select(one => Project(one, field with { Arguments = new Dictionary<string, JsonNode?>() }))]);
            case JsonObject found when field.Fields.Count > 0:
                var shown = new JsonObject();
                Fill(shown, field.First is not null && found.ContainsKey("nodes") && !found.ContainsKey("pageInfo") ? Page(found, field) : found, field.Fields);
                return shown;
            case JsonObject:
                throw new ShopifyGraphQlFault($"Field must have selections (field '{field.Name}' returns an object but has no selections)", "selectionMismatch");
            default:
                return value?.DeepClone();
        }
    }

    private static void Fill(JsonObject shown, JsonObject found, IReadOnlyList<ShopifySelection> fields)
    {
        foreach (var field in fields)
        {
            if (field.OnType is not null)
            {
                if (found["__typename"]?.ToString() == field.OnType)
                {
                    Fill(shown, found, field.Fields);
                }

                continue;
            }

            shown[field.Alias] = found.TryGetPropertyValue(field.Name, out var value) ? Project(value, field)
                : throw new ShopifyGraphQlFault($"Field '{field.Name}' doesn't exist on type '{found["__typename"]}'", "undefinedField");
        }
    }

    private static JsonObject Page(JsonObject connection, ShopifySelection field)
    {
        var nodes = connection["nodes"]!.AsArray();
        int skip = int.TryParse(field.Argument("after"), CultureInfo.InvariantCulture, out int after) ? after : 0;
        int end = Math.Min(nodes.Count, skip + field.First!.Value);
        return new JsonObject
        {
            ["nodes"] = new JsonArray([.. nodes.Skip(skip).Take(end - skip).Select(node => node!.DeepClone())]),
            ["pageInfo"] = new JsonObject { ["hasNextPage"] = end < nodes.Count, ["endCursor"] = end.ToString(CultureInfo.InvariantCulture) },
        };
    }

    private static int Cost(ShopifySelection field) => field.First is { } rows ? 2 + (int)Math.Ceiling(rows * (1 + field.Fields.Sum(Inside))) : 1 + (int)Math.Ceiling(field.Fields.Sum(Inside));

    private static double Inside(ShopifySelection field) => field.Fields.Sum(Inside) + ((field.First ?? 0) / 10.0);

    private JsonObject Costs(int requested, int? actual, double left) => new()
    {
        ["cost"] = new JsonObject
        {
            ["requestedQueryCost"] = requested, ["actualQueryCost"] = actual,
            ["throttleStatus"] = new JsonObject { ["maximumAvailable"] = (double)options.GraphQlPoints, ["currentlyAvailable"] = (int)left, ["restoreRate"] = (double)options.GraphQlPointsPerSecond },
        },
    };

    internal static long? Numbered(string? gid) => long.TryParse(gid?[(gid.LastIndexOf('/') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;

    [GeneratedRegex("(?<name>[a-z_]+):(?<sign>>=|<=|>|<|)'?(?<time>[0-9T:.Z+-]+)'?", RegexOptions.None, 1000)]
    private static partial Regex Filter();
}
