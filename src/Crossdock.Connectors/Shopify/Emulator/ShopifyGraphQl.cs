using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>The four GraphQL operations that Crossdock uses. No parser: the operation is known by its field, arguments come as variables or as literals.</summary>
internal sealed partial class ShopifyGraphQl(ShopifyEmulatorOptions options, ShopifyEmulator shop, ShopifyHooks hooks, TimeProvider clock)
{
    private readonly ShopifyPoints points = new(options.GraphQlPoints, options.GraphQlPointsPerSecond, clock);

    /// <summary>The answer, always with HTTP 200: throttling too is told in the body.</summary>
    internal byte[] Answer(JsonElement request)
    {
        string query = request.TryGetProperty("query", out var text) ? text.GetString() ?? "" : "";
        var variables = request.TryGetProperty("variables", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        int cost = query.Contains("mutation", StringComparison.Ordinal) ? 10 : 2 + First(query, variables);
        if (!points.Take(cost, out double left))
        {
            return Errors("Throttled", "THROTTLED", cost, left);
        }
        if (Dispatch(query, variables) is not { } data)
        {
            return Errors("The emulated shop does not know this operation", "undefinedField", cost, left);
        }
        return Json(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
            WriteCost(json, cost, cost, left);
            json.WriteEndObject();
        });
    }

    private byte[]? Dispatch(string query, JsonElement variables)
    {
        return query switch
        {
            _ when query.Contains("webhookSubscriptionCreate", StringComparison.Ordinal) => Subscribe(query, variables),
            _ when query.Contains("webhookSubscriptionDelete", StringComparison.Ordinal) => Unsubscribe(query, variables),
            _ when query.Contains("webhookSubscriptions", StringComparison.Ordinal) => Data("webhookSubscriptions", json =>
            {
                json.WriteStartArray("nodes");
                foreach (var subscription in hooks.Subscriptions)
                {
                    WriteNode(json, subscription);
                }
                json.WriteEndArray();
                WritePage(json, null);
            }),
            _ when query.Contains("orders", StringComparison.Ordinal) => Orders(query, variables),
            _ => null,
        };
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

    private byte[] Subscribe(string query, JsonElement variables)
    {
        string topic = (Variable(variables, "topic") ?? TopicLiteral().Match(query).Groups["value"].Value).ToLowerInvariant();
        int place = topic.LastIndexOf('_');
        topic = place < 0 ? topic : topic.StartsWith("orders_", StringComparison.Ordinal) ? "orders/" + topic[7..] : $"{topic[..place]}/{topic[(place + 1)..]}";
        string? address = variables.ValueKind == JsonValueKind.Object && variables.TryGetProperty("webhookSubscription", out var input) ? Variable(input, "uri") ?? Variable(input, "callbackUrl") : UriLiteral().Match(query).Groups["value"].Value;
        var made = Uri.TryCreate(address, UriKind.Absolute, out var uri) ? hooks.Subscribe(topic, uri) : null;
        return Data("webhookSubscriptionCreate", json =>
        {
            if (made is null)
            {
                json.WriteNull("webhookSubscription");
                WriteErrors(json, uri is null ? "Address is invalid" : "Address for this topic has already been taken");
                return;
            }
            json.WritePropertyName("webhookSubscription");
            WriteNode(json, made);
            WriteErrors(json, null);
        });
    }

    private byte[] Unsubscribe(string query, JsonElement variables)
    {
        string gid = Variable(variables, "id") ?? IdLiteral().Match(query).Groups["value"].Value;
        bool isGone = long.TryParse(gid[(gid.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture, out long id) && hooks.Unsubscribe(id);
        return Data("webhookSubscriptionDelete", json =>
        {
            json.WriteString("deletedWebhookSubscriptionId", isGone ? gid : null);
            WriteErrors(json, isGone ? null : "Webhook subscription does not exist");
        });
    }

    private byte[] Orders(string query, JsonElement variables)
    {
        int first = First(query, variables);
        string[] cursor = (Variable(variables, "after") ?? Variable(variables, "cursor") ?? "").Split('_');
        long ticks = cursor.Length == 2 && long.TryParse(cursor[0], CultureInfo.InvariantCulture, out long at) ? at : 0;
        long after = cursor.Length == 2 && long.TryParse(cursor[1], CultureInfo.InvariantCulture, out long last) ? last : 0;
        DateTimeOffset since = DateTimeOffset.TryParse(SinceLiteral().Match(Variable(variables, "query") ?? query).Groups["value"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : DateTimeOffset.MinValue;
        var found = shop.Read(order => order.UpdatedAt >= since && (order.UpdatedAt.UtcTicks > ticks || (order.UpdatedAt.UtcTicks == ticks && order.Id > after)), first + 1, order => order);
        return Data("orders", json =>
        {
            json.WriteStartArray("nodes");
            foreach (var order in found.Take(first))
            {
                json.WriteStartObject();
                json.WriteString("id", ShopifyDocuments.Gid("Order", order.Id));
                json.WriteString("legacyResourceId", order.Id.ToString(CultureInfo.InvariantCulture));
                json.WriteString("name", ShopifyDocuments.Name(order));
                json.WriteString("createdAt", Utc(order.CreatedAt));
                json.WriteString("updatedAt", Utc(order.UpdatedAt));
                json.WriteString("cancelledAt", order.CancelledAt is { } cancelled ? Utc(cancelled) : null);
                json.WriteBoolean("test", order.IsTest);
                json.WriteString("displayFinancialStatus", order.FinancialStatus.ToUpperInvariant());
                json.WriteString("displayFulfillmentStatus", order.FulfillmentStatus?.ToUpperInvariant() ?? "UNFULFILLED");
                json.WriteString("currencyCode", order.Currency);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WritePage(json, found.Count > first ? string.Create(CultureInfo.InvariantCulture, $"{found[first - 1].UpdatedAt.UtcTicks}_{found[first - 1].Id}") : null);
        });
    }

    private static byte[] Data(string field, Action<Utf8JsonWriter> write) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject(field);
        write(json);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private byte[] Errors(string message, string code, int cost, double left) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteString("message", message);
        json.WriteStartObject("extensions");
        json.WriteString("code", code);
        json.WriteString("documentation", "https://shopify.dev/api/usage/rate-limits");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        WriteCost(json, cost, null, left);
        json.WriteEndObject();
    });

    private void WriteCost(Utf8JsonWriter json, int requested, int? actual, double left)
    {
        json.WriteStartObject("extensions");
        json.WriteStartObject("cost");
        json.WriteNumber("requestedQueryCost", requested);
        if (actual is { } paid)
        {
            json.WriteNumber("actualQueryCost", paid);
        }
        else
        {
            json.WriteNull("actualQueryCost");
        }
        json.WriteStartObject("throttleStatus");
        json.WriteNumber("maximumAvailable", (double)options.GraphQlPoints);
        json.WriteNumber("currentlyAvailable", (int)left);
        json.WriteNumber("restoreRate", (double)options.GraphQlPointsPerSecond);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static int First(string query, JsonElement variables) =>
        int.TryParse(Variable(variables, "first") ?? FirstLiteral().Match(query).Groups["value"].Value, CultureInfo.InvariantCulture, out int asked) ? Math.Clamp(asked, 1, 250) : 50;

    private static void WriteNode(Utf8JsonWriter json, ShopifySubscription subscription)
    {
        json.WriteStartObject();
        json.WriteString("id", ShopifyDocuments.Gid("WebhookSubscription", subscription.Id));
        json.WriteString("topic", subscription.Topic.Replace('/', '_').ToUpperInvariant());
        json.WriteString("uri", subscription.Address.ToString());
        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, string? problem)
    {
        json.WriteStartArray("userErrors");
        if (problem is not null)
        {
            json.WriteStartObject();
            json.WriteNull("field");
            json.WriteString("message", problem);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WritePage(Utf8JsonWriter json, string? next)
    {
        json.WriteStartObject("pageInfo");
        json.WriteBoolean("hasNextPage", next is not null);
        json.WriteString("endCursor", next);
        json.WriteEndObject();
    }

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Variable(JsonElement variables, string name) => variables.ValueKind == JsonValueKind.Object && variables.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value.ToString() : null;

    [GeneratedRegex("topic:\\s*(?<value>[A-Z_]+)", RegexOptions.None, 1000)]
    private static partial Regex TopicLiteral();

    [GeneratedRegex("(?:uri|callbackUrl):\\s*\"(?<value>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex UriLiteral();

    [GeneratedRegex("\\bid:\\s*\"(?<value>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex IdLiteral();

    [GeneratedRegex("first:\\s*(?<value>[0-9]+)", RegexOptions.None, 1000)]
    private static partial Regex FirstLiteral();

    [GeneratedRegex("updated_at:>=?'?(?<value>[0-9T:.Z+-]+)", RegexOptions.None, 1000)]
    private static partial Regex SinceLiteral();
}
