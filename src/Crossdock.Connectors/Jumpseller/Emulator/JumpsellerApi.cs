using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>The emulated store's API, version 1, and its accounts server: sign-in, limits with their headers, paging and errors as Jumpseller gives them.</summary>
internal sealed class JumpsellerApi(JumpsellerEmulatorOptions options, JumpsellerEmulator emulator, JumpsellerStore store, JumpsellerHooks hooks, JumpsellerAccess keys, ShopTroubles troubles, TimeProvider clock)
{
    private readonly JumpsellerControl control = new(emulator, store, hooks, troubles);

    internal async Task AnswerAsync(HttpContext call)
    {
        string path = call.Request.Path.Value ?? "";
        call.Response.Headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (path.StartsWith("/_emulator", StringComparison.Ordinal))
        {
            await control.AnswerAsync(call, path);
        }
        else if (path == "/oauth/token")
        {
            await keys.RenewAsync(call);
        }
        else if (troubles.TakeFailure() is { } status)
        {
            await WriteAsync(call, status, Message("Something went wrong"));
        }
        else if (keys.IsTooFast(call))
        {
            await WriteAsync(call, 429, Message("Too Many Requests"));
        }
        else if (!keys.IsKnown(call))
        {
            await WriteAsync(call, 401, Message("Invalid login or authentication token"));
        }
        else
        {
            string route = path.Trim('/');
            await RouteAsync(call, (route.StartsWith("v1/", StringComparison.Ordinal) ? route[3..] : route).Replace(".json", "", StringComparison.Ordinal).Split('/'));
        }
    }

    internal static JsonObject Message(string text) => new() { ["message"] = text };

    internal static async Task WriteAsync(HttpContext call, int status, JsonNode body)
    {
        call.Response.StatusCode = status;
        call.Response.ContentType = "application/json; charset=utf-8";
        await call.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), call.RequestAborted);
    }

    private Task RouteAsync(HttpContext call, string[] route) => (call.Request.Method, route) switch
    {
        ("GET", ["store", "info"]) => WriteAsync(call, 200, new JsonObject { ["store"] = new JsonObject { ["code"] = options.StoreCode, ["name"] = "Taller del Sur", ["currency"] = "CLP", ["country"] = "CL", ["timezone"] = "America/Santiago", ["weight_unit"] = "kg", ["hooks_token"] = options.HooksToken } }),
        ("GET", ["locations"]) => WriteAsync(call, 200, new JsonArray(new JsonObject { ["location"] = new JsonObject { ["id"] = 314455, ["name"] = "Taller" } })),
        ("GET", ["orders"]) => WriteAsync(call, 200, Page(call, Filtered(call))),
        ("GET", ["orders", "count"]) => WriteAsync(call, 200, new JsonObject { ["count"] = store.Count }),
        ("GET", ["orders", "after", var id]) => WriteAsync(call, 200, Page(call, store.After(Number(id)))),
        ("GET", ["orders", var id]) => store.Read(Number(id)) is { } order ? WriteAsync(call, 200, new JsonObject { ["order"] = order }) : WriteAsync(call, 404, Message("Order Not Found")),
        ("PUT", ["orders", var id]) => ChangeOrderAsync(call, Number(id)),
        ("GET", ["order", var id, "fulfillments"]) => WriteAsync(call, 200, new JsonArray([.. store.FulfilmentsOf(Number(id)).Select(one => (JsonNode)new JsonObject { ["order_fulfillment"] = one })])),
        ("POST", ["fulfillments"]) => FulfilAsync(call),
        ("PUT", ["fulfillments", var id]) => ChangeFulfilmentAsync(call, Number(id)),
        ("GET", ["hooks"]) => WriteAsync(call, 200, new JsonArray([.. hooks.All.Select(hook => (JsonNode)Shown(hook))])),
        ("POST", ["hooks"]) => AddHookAsync(call),
        ("DELETE", ["hooks", var id]) => hooks.Remove(Number(id)) ? WriteAsync(call, 200, Message("Hook deleted")) : WriteAsync(call, 404, Message("Hook Not Found")),
        _ => WriteAsync(call, 404, Message("Not Found")),
    };

    private JsonArray Page(HttpContext call, List<JsonObject> found)
    {
        int limit = Math.Min(Math.Clamp((int)Number(call.Request.Query["limit"], 50), 1, 100), options.LargestPage);
        int page = Math.Max(1, (int)Number(call.Request.Query["page"], 1));
        return [.. found.Skip((page - 1) * limit).Take(limit).Select(order => (JsonNode)new JsonObject { ["order"] = order })];
    }

    // Days of the store's own calendar, both inclusive.
    private List<JsonObject> Filtered(HttpContext call)
    {
        var query = call.Request.Query;
        var all = store.All();
        if (query["dateFilter"] != "customDate" || !DateOnly.TryParse(query["initialDate"], CultureInfo.InvariantCulture, out var from) || !DateOnly.TryParse(query["finalDate"], CultureInfo.InvariantCulture, out var to))
        {
            return all;
        }

        return [.. all.Where(order =>
        {
            var day = DateOnly.FromDateTime(JumpsellerWebhooks.Time(order["created_at"]!.GetValue<string>())!.Value.ToOffset(TimeSpan.FromHours(-3)).DateTime);
            return day >= from && day <= to;
        })];
    }

    private async Task ChangeOrderAsync(HttpContext call, long id)
    {
        if ((await BodyAsync(call))?["order"] is not JsonObject change || store.Read(id) is null)
        {
            await WriteAsync(call, 404, Message("Order Not Found"));
            return;
        }

        if (change["status"]?.ToString() is { } status)
        {
            await emulator.UpdateStatusAsync(id, status switch { "Paid" => "paid", "Canceled" => "canceled", "Pending Payment" => "pending_payment", _ => "abandoned" }, call.RequestAborted);
        }

        if (change["shipment_status"]?.ToString() is { } shipment)
        {
            store.Change(id, order => order["shipment_status_enum"] = shipment);
            await hooks.AnnounceAsync("order_updated", id, call.RequestAborted);
        }

        await WriteAsync(call, 200, new JsonObject { ["order"] = store.Read(id) });
    }

    private async Task FulfilAsync(HttpContext call)
    {
        var asked = (await BodyAsync(call))?["fulfillment"] as JsonObject;
        if (asked?["type"]?.ToString() is not { Length: > 0 } || asked["location_id"]?.ToString() is not { Length: > 0 })
        {
            await WriteAsync(call, 422, new JsonObject { ["errors"] = new JsonArray("type and location_id are required") });
            return;
        }

        if (asked["type"]!.ToString() != "manual")
        {
            await WriteAsync(call, 422, new JsonObject { ["errors"] = new JsonArray("the store has no contract with this carrier") });
            return;
        }

        if (store.Fulfil(asked) is not { } made)
        {
            await WriteAsync(call, 404, Message("Order Not Found"));
            return;
        }

        long id = made["order_id"]!.GetValue<long>();
        await hooks.AnnounceAsync("order_shipped", id, call.RequestAborted);
        await hooks.AnnounceAsync("order_updated", id, call.RequestAborted);
        await WriteAsync(call, 201, new JsonObject { ["order_fulfillment"] = made });
    }

    private async Task ChangeFulfilmentAsync(HttpContext call, long id)
    {
        if ((await BodyAsync(call))?["fulfillment"] is not JsonObject change || store.ChangeFulfilment(id, change) is not { } order)
        {
            await WriteAsync(call, 404, Message("Fulfillment Not Found"));
            return;
        }

        await hooks.AnnounceAsync("order_updated", order, call.RequestAborted);
        await WriteAsync(call, 200, new JsonObject { ["order_fulfillment"] = store.FulfilmentsOf(order).First(one => one["id"]!.GetValue<long>() == id) });
    }

    private async Task AddHookAsync(HttpContext call)
    {
        var asked = (await BodyAsync(call))?["hook"];
        if (asked?["event"]?.ToString() is not { Length: > 0 } name || !Uri.TryCreate(asked["url"]?.ToString(), UriKind.Absolute, out var url))
        {
            await WriteAsync(call, 422, new JsonObject { ["errors"] = new JsonArray("event and url are required") });
            return;
        }

        await WriteAsync(call, 201, Shown(hooks.Add(name, url.AbsoluteUri)));
    }

    private static JsonObject Shown(JumpsellerHook hook) => new() { ["hook"] = new JsonObject { ["id"] = hook.Id, ["name"] = null, ["event"] = hook.Event, ["url"] = hook.Url, ["application_id"] = null, ["paused"] = hook.IsPaused } };

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

    private static long Number(string? text, long usual = 0) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : usual;
}
