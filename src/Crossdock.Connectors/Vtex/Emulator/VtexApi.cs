using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Vtex;

/// <summary>The emulated account's API as far as Crossdock uses it: keys, resources, limits and errors as VTEX gives them.</summary>
internal sealed class VtexApi(VtexEmulatorOptions options, VtexEmulator emulator, VtexAccount account, VtexAnnouncements announcements, VtexControl control, ShopTroubles troubles, TimeProvider clock)
{
    private const string FeedAndHook = "Feed v3 and Hook Admin";

    private readonly Lock door = new();
    private DateTimeOffset minute;
    private int calls;

    internal async Task AnswerAsync(HttpContext call)
    {
        string path = call.Request.Path.Value ?? "";
        call.Response.Headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (path.StartsWith("/_emulator", StringComparison.Ordinal))
        {
            await control.AnswerAsync(call, path);
        }
        else if (troubles.TakeFailure() is { } status)
        {
            await WriteAsync(call, status, status == 429 ? Error("1", "Too many requests") : Error("1", "Internal server error"));
        }
        else if (IsTooFast())
        {
            await WriteAsync(call, 429, Error("429", "Too many requests. Wait at least one minute."));
        }
        else if (call.Request.Headers["X-VTEX-API-AppKey"] != options.AppKey || call.Request.Headers["X-VTEX-API-AppToken"] != options.AppToken)
        {
            await WriteAsync(call, 401, Error("1", "Acesso não autorizado"));
        }
        else
        {
            await RouteAsync(call, path.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray());
        }
    }

    internal static JsonObject Error(string code, string message) => new() { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["exception"] = null } };

    internal static async Task WriteAsync(HttpContext call, int status, JsonNode? body)
    {
        call.Response.StatusCode = status;
        if (body is not null)
        {
            call.Response.ContentType = "application/json; charset=utf-8";
            await call.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), call.RequestAborted);
        }
    }

    internal static async Task<JsonObject?> BodyAsync(HttpContext call)
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

    private bool IsTooFast()
    {
        lock (door)
        {
            var now = clock.GetUtcNow();
            if (now - minute >= TimeSpan.FromMinutes(1))
            {
                (minute, calls) = (now, 0);
            }

            return ++calls > options.PerMinute;
        }
    }

    private Task RouteAsync(HttpContext call, string[] route) => (call.Request.Method, route) switch
    {
        ("GET", ["api", "oms", "pvt", "orders"]) => With(call, "List Orders", () => VtexOrderList.AnswerAsync(call, options, account)),
        ("GET", ["api", "oms", "pvt", "orders", var id]) => With(call, "View order", () => account.Read(id) is { } order ? WriteAsync(call, 200, options.HasPersonalDataVault ? Masked(order) : order) : NoOrderAsync(call)),
        ("GET", ["api", "orders", "pvt", "document", var id]) => With(call, "View order", () => account.Read(id) is { } order
            ? WriteAsync(call, 200, string.IsNullOrEmpty(call.Request.Query["reason"]) ? Masked(order) : order) : NoOrderAsync(call)),
        ("POST", ["api", "oms", "pvt", "orders", var id, "start-handling"]) => With(call, "Change order workflow status", () => emulator.Workflow.StartAsync(call, id)),
        ("POST", ["api", "oms", "pvt", "orders", var id, "cancel"]) => With(call, "Cancel order", () => emulator.Workflow.CancelAsync(call, id)),
        ("POST", ["api", "oms", "pvt", "orders", var id, "invoice"]) => With(call, "Notify invoice", () => emulator.Workflow.InvoiceAsync(call, id)),
        ("PATCH", ["api", "oms", "pvt", "orders", var id, "invoice", var number]) => With(call, "Notify invoice", () => emulator.Workflow.TrackAsync(call, id, number)),
        ("PUT", ["api", "oms", "pvt", "orders", var id, "invoice", var number, "tracking"]) => With(call, "Notify invoice", () => emulator.Workflow.DeliverAsync(call, id, number)),
        ("GET", ["api", "orders", "hook", "config"]) => With(call, FeedAndHook, () => announcements.Hook is { } hook ? WriteAsync(call, 200, hook) : WriteAsync(call, 404, Error("404", "Hook configuration not found"))),
        ("POST", ["api", "orders", "hook", "config"]) => With(call, FeedAndHook, () => SaveHookAsync(call)),
        ("DELETE", ["api", "orders", "hook", "config"]) => With(call, FeedAndHook, () =>
        {
            announcements.Hook = null;
            return WriteAsync(call, 204, null);
        }),
        ("GET", ["api", "orders", "feed", "config"]) => With(call, FeedAndHook, () => announcements.Feed is { } feed ? WriteAsync(call, 200, Described(feed)) : NoFeedAsync(call)),
        ("POST", ["api", "orders", "feed", "config"]) => With(call, FeedAndHook, () => SaveFeedAsync(call)),
        ("DELETE", ["api", "orders", "feed", "config"]) => With(call, FeedAndHook, () =>
        {
            announcements.Feed = null;
            return WriteAsync(call, 204, null);
        }),
        ("GET", ["api", "orders", "feed"]) => With(call, FeedAndHook, () => ReadFeedAsync(call)),
        ("POST", ["api", "orders", "feed"]) => With(call, FeedAndHook, () => CommitAsync(call)),
        _ => WriteAsync(call, 404, Error("404", "Not found")),
    };

    private Task With(HttpContext call, string resource, Func<Task> answer) =>
        options.Lacks.Contains(resource) ? WriteAsync(call, 403, Error("2", $"Access denied: the resource {resource} is not granted")) : answer();

    private async Task SaveHookAsync(HttpContext call)
    {
        var body = await BodyAsync(call);
        if (body?["hook"]?["url"]?.ToString() is not { } url || !Uri.TryCreate(url, UriKind.Absolute, out _))
        {
            await WriteAsync(call, 400, Error("400", "The hook url is not valid"));
        }
        else if (body["filter"]?["type"]?.ToString() == "FromWorkflow" && body["filter"]!["expression"] is not null)
        {
            await WriteAsync(call, 409, Error("409", "The filters FromWorkflow and FromOrders cannot be mixed"));
        }
        else if (!await announcements.PingAsync(body, call.RequestAborted))
        {
            await WriteAsync(call, 400, Error("400", "The hook url did not answer the ping with HTTP 200 within 5000 ms"));
        }
        else
        {
            announcements.Hook = body;
            await WriteAsync(call, 200, new JsonObject { ["CacheUpdatedAt"] = VtexShelf.Time(clock.GetUtcNow()) });
        }
    }

    private async Task SaveFeedAsync(HttpContext call)
    {
        var body = await BodyAsync(call);
        int kept = body?["queue"]?["messageRetentionPeriodInSeconds"]?.GetValue<int>() ?? 345_600;
        if (body is null || kept is < 345_600 or > 1_209_600)
        {
            await WriteAsync(call, 400, Error("400", "messageRetentionPeriodInSeconds must be between 345600 and 1209600"));
            return;
        }

        announcements.Feed = body;
        await WriteAsync(call, 200, new JsonObject());
    }

    private JsonObject Described(JsonObject feed)
    {
        feed["quantity"] = announcements.InFeed;
        feed["approximateAgeOfOldestMessageInSeconds"] = 0;
        return feed;
    }

    private Task ReadFeedAsync(HttpContext call) => announcements.Feed is null ? NoFeedAsync(call)
        : int.TryParse(call.Request.Query["maxlot"], NumberStyles.None, CultureInfo.InvariantCulture, out int most) && most is >= 1 and <= 10 ? WriteAsync(call, 200, announcements.Read(most))
        : WriteAsync(call, 400, Error("400", "maxlot is required, 1 to 10"));

    private async Task CommitAsync(HttpContext call)
    {
        var handles = (await BodyAsync(call))?["handles"] as JsonArray;
        if (handles is null || handles.Count is 0 or > 10)
        {
            await WriteAsync(call, 400, Error("400", "handles: 1 to 10"));
            return;
        }

        announcements.Commit([.. handles.Select(handle => handle?.ToString() ?? "")]);
        await WriteAsync(call, 200, null);
    }

    private static JsonObject Masked(JsonObject order)
    {
        foreach (var (owner, name) in (ReadOnlySpan<(JsonNode?, string)>)
            [(order["clientProfileData"], "firstName"), (order["clientProfileData"], "lastName"), (order["clientProfileData"], "document"), (order["clientProfileData"], "phone"),
             (order["shippingData"]?["address"], "receiverName"), (order["shippingData"]?["address"], "street"), (order["shippingData"]?["address"], "number")])
        {
            if (owner?[name]?.GetValue<string>() is { Length: > 0 } text)
            {
                owner[name] = text[0] + new string('*', Math.Max(2, text.Length - 1));
            }
        }

        return order;
    }

    private static Task NoOrderAsync(HttpContext call) => WriteAsync(call, 404, Error("OMS007", "Order Not Found"));

    private static Task NoFeedAsync(HttpContext call) => WriteAsync(call, 404, Error("404", "Feed configuration not found"));
}
