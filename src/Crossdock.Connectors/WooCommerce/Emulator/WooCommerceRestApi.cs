using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>The emulated shop's REST API, <c>wc/v3</c>, as far as Crossdock uses it: sign-in, paging and errors as WordPress gives them.</summary>
internal sealed class WooCommerceRestApi(WooCommerceEmulatorOptions options, WooCommerceEmulator emulator, WooCommerceShop shop, WooCommerceHooks hooks, WooCommerceTold told, ShopTroubles troubles, TimeProvider clock)
{
    private readonly WooCommerceControl control = new(emulator, shop, hooks, troubles);
    private readonly WooCommerceDoor door = new(options, clock);
    private readonly Lock gate = new();
    private double allowance = options.CallsPerSecond ?? 0;
    private DateTimeOffset allowedAt = clock.GetUtcNow();

    internal async Task AnswerAsync(HttpContext call)
    {
        string path = call.Request.Path.Value ?? "";
        if (path.StartsWith("/_emulator", StringComparison.Ordinal))
        {
            await control.AnswerAsync(call, path);
            return;
        }

        // Without pretty permalinks the route is a parameter.
        string route = (path.StartsWith("/wp-json/", StringComparison.Ordinal) ? path["/wp-json".Length..] : call.Request.Query["rest_route"].ToString()).TrimEnd('/');
        call.Response.Headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (route.Length == 0 && (path.StartsWith("/wp-json", StringComparison.Ordinal) || call.Request.Query.ContainsKey("rest_route")))
        {
            await WriteAsync(call, 200, new JsonObject { ["name"] = "Tienda", ["namespaces"] = told.Namespaces });
        }
        else if (!TakeTurn())
        {
            call.Response.Headers.RetryAfter = "1";
            await WriteAsync(call, 429, Encoding.UTF8.GetBytes("<html><head><title>429 Too Many Requests</title></head><body><center><h1>429 Too Many Requests</h1></center></body></html>"), "text/html");
        }
        else if (!route.StartsWith("/wc/v3/", StringComparison.Ordinal) && !route.StartsWith("/wc-", StringComparison.Ordinal))
        {
            await ErrorAsync(call, 404, "rest_no_route", "No route was found matching the URL and request method.");
        }
        else if (troubles.TakeFailure() is { } status)
        {
            // Hosts and security plugins answer with a page, whatever was asked.
            await WriteAsync(call, status, Encoding.UTF8.GetBytes("<!DOCTYPE html><html><body>Please wait while your request is being verified...</body></html>"), "text/html; charset=UTF-8");
        }
        else if (door.Refusal(call) is { } refusal)
        {
            await ErrorAsync(call, 401, refusal.Code, refusal.Message);
        }
        else if (route.StartsWith("/wc-", StringComparison.Ordinal))
        {
            await told.PluginAsync(call, route[1..].Split('/'), call.Request.Method == "GET" ? null : await BodyAsync(call));
        }
        else
        {
            await RouteAsync(call, route["/wc/v3/".Length..].Split('/'));
        }
    }

    internal static Task ErrorAsync(HttpContext call, int status, string code, string message) => WriteAsync(call, status, WooCommerceShop.Php(WooCommerceShop.Error(code, message, status)));

    internal static Task WriteAsync(HttpContext call, int status, JsonNode body) => WriteAsync(call, status, WooCommerceShop.Php(body));

    private static async Task WriteAsync(HttpContext call, int status, byte[] body, string type = "application/json; charset=UTF-8")
    {
        call.Response.StatusCode = status;
        call.Response.ContentType = type;
        call.Response.ContentLength = body.Length;
        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }

    private bool TakeTurn()
    {
        if (options.CallsPerSecond is not { } most)
        {
            return true;
        }

        lock (gate)
        {
            var now = clock.GetUtcNow();
            allowance = Math.Min(most, allowance + ((now - allowedAt).TotalSeconds * most));
            allowedAt = now;
            if (allowance < 1)
            {
                return false;
            }

            allowance--;
            return true;
        }
    }

    private Task RouteAsync(HttpContext call, string[] route) => (call.Request.Method, route) switch
    {
        ("GET", ["orders"]) => WooCommerceOrderList.AnswerAsync(call, shop),
        ("GET", ["orders", var id]) => ReadOrderAsync(call, Number(id)),
        ("POST", ["orders", "batch"]) => BatchAsync(call),
        ("GET", ["orders", var id, "notes"]) => shop.Read(Number(id)) is null ? NoOrderAsync(call) : WriteAsync(call, 200, told.Notes(Number(id))),
        ("POST", ["orders", var id, "notes"]) => AddNoteAsync(call, Number(id)),
        ("PUT" or "POST", ["orders", var id]) => WriteOrderAsync(call, Number(id)),
        ("DELETE", ["orders", var id]) => DeleteOrderAsync(call, Number(id)),
        ("GET", ["orders", var id, "refunds"]) => shop.Read(Number(id)) is { } order ? WriteAsync(call, 200, order["refunds"]!.DeepClone()) : NoOrderAsync(call),
        ("GET", ["webhooks"]) => ListHooksAsync(call),
        ("POST", ["webhooks"]) => AddHookAsync(call),
        ("GET", ["webhooks", var id]) => hooks.Find(Number(id)) is { } hook ? WriteAsync(call, 200, Describe(hook)) : NoHookAsync(call),
        ("PUT", ["webhooks", var id]) => ChangeHookAsync(call, hooks.Find(Number(id))),
        ("DELETE", ["webhooks", var id]) => DeleteHookAsync(call, Number(id)),
        _ => ErrorAsync(call, 404, "rest_no_route", "No route was found matching the URL and request method."),
    };

    private Task ReadOrderAsync(HttpContext call, long id) => shop.Read(id) is { } order ? WriteAsync(call, 200, order) : NoOrderAsync(call);

    private async Task WriteOrderAsync(HttpContext call, long id)
    {
        if (await BodyAsync(call) is not { } body)
        {
            await ErrorAsync(call, 400, "rest_invalid_json", "Invalid JSON body passed.");
            return;
        }

        if (shop.Read(id) is null)
        {
            await NoOrderAsync(call);
            return;
        }

        if (body["status"]?.ToString() is { } status && status != shop.Read(id)!["status"]!.ToString())
        {
            told.Record(id, $"status {status}");
            await emulator.UpdateStatusAsync(id, status, call.RequestAborted);
        }

        await ReadOrderAsync(call, id);
    }

    private async Task AddNoteAsync(HttpContext call, long id)
    {
        var body = await BodyAsync(call);
        if (shop.Read(id) is null)
        {
            await NoOrderAsync(call);
        }
        else if (body?["note"]?.ToString() is not { Length: > 0 })
        {
            await ErrorAsync(call, 400, "rest_missing_callback_param", "Missing parameter(s): note");
        }
        else
        {
            await WriteAsync(call, 201, told.AddNote(id, body));
        }
    }

    // Only a batch of nothing is of use here: it tells whether the key may write.
    private async Task BatchAsync(HttpContext call)
    {
        if (await BodyAsync(call) is not { } body || body.Any(list => list.Value is JsonArray { Count: > 0 }))
        {
            await ErrorAsync(call, 501, "crossdock_emulator_batch", "The emulated shop works no batches.");
            return;
        }

        await WriteAsync(call, 200, new JsonObject());
    }

    private Task ListHooksAsync(HttpContext call)
    {
        int size = int.TryParse(call.Request.Query["per_page"], NumberStyles.None, CultureInfo.InvariantCulture, out int rows) ? Math.Clamp(rows, 1, 100) : 10;
        int page = int.TryParse(call.Request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? Math.Max(1, asked) : 1;
        var all = hooks.All;
        call.Response.Headers["X-WP-Total"] = all.Count.ToString(CultureInfo.InvariantCulture);
        call.Response.Headers["X-WP-TotalPages"] = ((all.Count + size - 1) / size).ToString(CultureInfo.InvariantCulture);
        return WriteAsync(call, 200, new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(hook => (JsonNode)Describe(hook))]));
    }

    private async Task DeleteOrderAsync(HttpContext call, long id)
    {
        if (shop.Read(id) is not { } order)
        {
            await NoOrderAsync(call);
        }
        else if (call.Request.Query["force"] == "true")
        {
            await emulator.DeleteAsync(id, call.RequestAborted);
            await WriteAsync(call, 200, order);
        }
        else if (order["status"]!.GetValue<string>() == "trash")
        {
            await ErrorAsync(call, 410, "woocommerce_rest_already_trashed", "The order has already been deleted.");
        }
        else
        {
            await emulator.TrashAsync(id, call.RequestAborted);
            await ReadOrderAsync(call, id);
        }
    }

    private async Task AddHookAsync(HttpContext call)
    {
        var body = await BodyAsync(call);
        string? topic = body?["topic"]?.ToString();
        string? address = body?["delivery_url"]?.ToString();
        if (topic is null || !topic.Contains('.', StringComparison.Ordinal))
        {
            await ErrorAsync(call, 400, "woocommerce_rest_webhook_invalid_topic", "Webhook topic must be valid.");
        }
        else if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            await ErrorAsync(call, 400, "woocommerce_rest_webhook_invalid_delivery_url", "Webhook delivery URL must be a valid URL starting with http:// or https://.");
        }
        else
        {
            string secret = body?["secret"]?.ToString() is { Length: > 0 } given ? given : Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(25));
            var made = await hooks.AddAsync(body?["name"]?.ToString() ?? "Webhook", topic, address, secret, body?["status"]?.ToString() ?? "active", call.RequestAborted);
            await WriteAsync(call, 201, Describe(made));
        }
    }

    private async Task ChangeHookAsync(HttpContext call, WooCommerceHook? hook)
    {
        if (hook is null)
        {
            await NoHookAsync(call);
            return;
        }

        var body = await BodyAsync(call);
        (hook.Name, hook.Topic) = (body?["name"]?.ToString() ?? hook.Name, body?["topic"]?.ToString() ?? hook.Topic);
        (hook.Address, hook.Secret) = (body?["delivery_url"]?.ToString() ?? hook.Address, body?["secret"]?.ToString() ?? hook.Secret);
        if (body?["status"]?.ToString() is { } status)
        {
            if (status is not ("active" or "paused" or "disabled"))
            {
                await ErrorAsync(call, 400, "rest_invalid_param", "Invalid parameter(s): status");
                return;
            }

            bool isWoken = status == "active" && hook.Status != "active";
            hook.Status = status;      // the failures are not forgotten
            await (isWoken ? hooks.PingAsync(hook, call.RequestAborted) : Task.CompletedTask);
        }

        await WriteAsync(call, 200, Describe(hook));
    }

    private Task DeleteHookAsync(HttpContext call, long id)
    {
        if (hooks.Find(id) is not { } hook)
        {
            return NoHookAsync(call);
        }

        if (call.Request.Query["force"] != "true")
        {
            return ErrorAsync(call, 501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.");
        }

        hooks.Remove(id);
        return WriteAsync(call, 200, Describe(hook));
    }

    private static Task NoOrderAsync(HttpContext call) => ErrorAsync(call, 404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.");

    private static Task NoHookAsync(HttpContext call) => ErrorAsync(call, 404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.");

    // The secret is never shown again.
    private static JsonObject Describe(WooCommerceHook hook)
    {
        var shown = new JsonObject
        {
            ["id"] = hook.Id, ["name"] = hook.Name, ["status"] = hook.Status, ["topic"] = hook.Topic, ["resource"] = hook.Topic.Split('.')[0], ["event"] = hook.Topic.Split('.')[^1],
            ["hooks"] = new JsonArray(), ["delivery_url"] = hook.Address,
        };
        WooCommerceShop.Stamp(shown, "date_created", hook.CreatedAt);
        WooCommerceShop.Stamp(shown, "date_modified", hook.CreatedAt);
        return shown;
    }

    private static async Task<JsonObject?> BodyAsync(HttpContext call)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<JsonObject>(call.Request.Body, cancellationToken: call.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
