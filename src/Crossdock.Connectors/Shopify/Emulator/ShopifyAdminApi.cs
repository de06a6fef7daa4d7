using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>The part of Shopify's REST and GraphQL Admin API that Crossdock uses, and control under <c>/_emulator</c>:
/// <c>GET /_emulator</c>, <c>GET /_emulator/sent</c>, <c>GET /_emulator/subscriptions</c>, <c>POST /_emulator/orders?reorder=true</c>, <c>POST /_emulator/repeat</c>, and <see cref="ShopTroubles"/>.</summary>
internal sealed class ShopifyAdminApi(ShopifyEmulatorOptions options, ShopifyEmulator shop, ShopifyHooks hooks, ShopTroubles troubles, TimeProvider clock)
{
    private const double RestoredIn = 20;

    private readonly ShopifyDoor tokens = new(options, clock);
    private readonly Lock door = new();
    private readonly ShopifyGraphQl graphQl = new(options, shop, hooks, clock);
    private double used;
    private DateTimeOffset leakedAt = clock.GetUtcNow();

    internal async Task AnswerAsync(HttpContext call)
    {
        string path = call.Request.Path.Value ?? "";
        string method = call.Request.Method;
        if (path.StartsWith("/_emulator", StringComparison.Ordinal))
        {
            await ControlAsync(call, method, path);
            return;
        }
        call.Response.Headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (method == "POST" && path == "/admin/oauth/access_token")
        {
            await tokens.GiveAsync(call);
            return;
        }
        if (!tokens.IsOpenTo(call.Request.Headers["X-Shopify-Access-Token"].ToString()))
        {
            await WriteAsync(call, 401, """{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}"""u8.ToArray());
            return;
        }
        if (troubles.TakeFailure() is { } status)
        {
            await WriteAsync(call, status, """{"errors":"told to fail"}"""u8.ToArray());
            return;
        }
        string[] parts = path.Trim('/').Split('/');
        if (parts.Length < 4 || parts[0] != "admin" || parts[1] != "api")
        {
            await WriteAsync(call, 404, NotFound);
            return;
        }
        call.Response.Headers["X-Shopify-API-Version"] = parts[2];
        string resource = string.Join('/', parts[3..]);
        if (resource == "graphql.json")
        {
            if (await BodyAsync(call) is not { } asked)
            {
                await WriteAsync(call, 400, """{"errors":"Bad Request"}"""u8.ToArray());
                return;
            }
            using (asked)
            {
                await WriteAsync(call, 200, graphQl.Answer(asked.RootElement));
            }
            return;
        }
        if (!TakeFromBucket(out int level))
        {
            call.Response.Headers.RetryAfter = "2.0";
            call.Response.Headers["X-Shopify-Shop-Api-Call-Limit"] = string.Create(CultureInfo.InvariantCulture, $"{options.RestRequests}/{options.RestRequests}");
            await WriteAsync(call, 429, """{"errors":"Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."}"""u8.ToArray());
            return;
        }
        call.Response.Headers["X-Shopify-Shop-Api-Call-Limit"] = string.Create(CultureInfo.InvariantCulture, $"{level}/{options.RestRequests}");
        await ResourceAsync(call, method, resource);
    }

    private static byte[] NotFound => """{"errors":"Not Found"}"""u8.ToArray();

    private Task ResourceAsync(HttpContext call, string method, string resource) => (method, resource) switch
    {
        ("GET", "orders.json") => ShopifyRestOrders.AnswerAsync(call, shop, clock.GetUtcNow()),
        ("GET", _) when IdOf(resource, "orders/") is { } id => OneOrderAsync(call, id),
        ("GET", "webhooks.json") => WriteAsync(call, 200, ShopifyGraphQl.Json(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("webhooks");
            foreach (var subscription in hooks.Subscriptions)
            {
                Write(json, subscription);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        })),
        ("POST", "webhooks.json") => SubscribeAsync(call),
        ("DELETE", _) when IdOf(resource, "webhooks/") is { } id => WriteAsync(call, hooks.Unsubscribe(id) ? 200 : 404, "{}"u8.ToArray()),
        _ => WriteAsync(call, 404, NotFound),
    };

    private Task OneOrderAsync(HttpContext call, long id)
    {
        var found = shop.Read(order => order.Id == id, 1, ShopifyDocuments.Write);
        return found.Count == 0 ? WriteAsync(call, 404, NotFound) : WriteAsync(call, 200, [.. "{\"order\":"u8, .. found[0], .. "}"u8]);
    }

    private async Task SubscribeAsync(HttpContext call)
    {
        using var body = await BodyAsync(call);
        if (body is null || !body.RootElement.TryGetProperty("webhook", out var webhook) || !webhook.TryGetProperty("topic", out var topic) || !webhook.TryGetProperty("address", out var address)
            || !Uri.TryCreate(address.GetString(), UriKind.Absolute, out var uri))
        {
            await WriteAsync(call, 422, """{"errors":{"address":["Invalid url"]}}"""u8.ToArray());
            return;
        }
        var made = hooks.Subscribe(topic.GetString()!, uri);
        await WriteAsync(call, made is null ? 422 : 201, made is null ? """{"errors":{"address":["for this topic has already been taken"]}}"""u8.ToArray() : ShopifyGraphQl.Json(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("webhook");
            Write(json, made);
            json.WriteEndObject();
        }));
    }

    private async Task ControlAsync(HttpContext call, string method, string path)
    {
        switch (method, path)
        {
            case ("GET", "/_emulator/sent"):
                await WriteAsync(call, 200, JsonSerializer.SerializeToUtf8Bytes(shop.Sent, JsonSerializerOptions.Web));
                break;
            case ("GET", "/_emulator/subscriptions"):
                await WriteAsync(call, 200, JsonSerializer.SerializeToUtf8Bytes(shop.Subscriptions, JsonSerializerOptions.Web));
                break;
            case ("GET", "/_emulator"):
            case ("POST", _) when troubles.Hears(call):
                await WriteAsync(call, 200, JsonSerializer.SerializeToUtf8Bytes(troubles.Describe(new JsonObject { ["orders"] = shop.Placed, ["sent"] = shop.Sent.Count, ["subscriptions"] = shop.Subscriptions.Count })));
                break;
            case ("POST", "/_emulator/orders"):
                long id = await shop.PlaceOrderAsync(updateFirst: call.Request.Query["reorder"] == "true", cancellationToken: call.RequestAborted);
                await WriteAsync(call, 201, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{id}}}")));
                break;
            case ("POST", "/_emulator/repeat"):
                await shop.RepeatLastAsync(call.RequestAborted);
                await WriteAsync(call, 200, "{}"u8.ToArray());
                break;
            default:
                await WriteAsync(call, 404, NotFound);
                break;
        }
    }

    private static async Task<JsonDocument?> BodyAsync(HttpContext call)
    {
        try
        {
            var body = await JsonDocument.ParseAsync(call.Request.Body, cancellationToken: call.RequestAborted);
            if (body.RootElement.ValueKind == JsonValueKind.Object)
            {
                return body;
            }
            body.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool TakeFromBucket(out int level)
    {
        lock (door)
        {
            var now = clock.GetUtcNow();
            used = Math.Max(0, used - ((now - leakedAt).TotalSeconds * options.RestRequests / RestoredIn));
            leakedAt = now;
            bool fits = used + 1 <= options.RestRequests;
            used += fits ? 1 : 0;
            level = (int)Math.Ceiling(used);
            return fits;
        }
    }

    private static void Write(Utf8JsonWriter json, ShopifySubscription subscription)
    {
        json.WriteStartObject();
        json.WriteNumber("id", subscription.Id);
        json.WriteString("address", subscription.Address.ToString());
        json.WriteString("topic", subscription.Topic);
        json.WriteString("format", "json");
        json.WriteEndObject();
    }

    private static long? IdOf(string resource, string folder) =>
        resource.StartsWith(folder, StringComparison.Ordinal) && resource.EndsWith(".json", StringComparison.Ordinal)
        && long.TryParse(resource.AsSpan(folder.Length, resource.Length - folder.Length - 5), CultureInfo.InvariantCulture, out long id) ? id : null;

    internal static async Task WriteAsync(HttpContext call, int status, byte[] body)
    {
        call.Response.StatusCode = status;
        call.Response.ContentType = "application/json; charset=utf-8";
        call.Response.ContentLength = body.Length;
        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }
}
