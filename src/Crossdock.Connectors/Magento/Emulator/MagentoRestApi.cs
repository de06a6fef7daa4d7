using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Magento;

/// <summary>The emulated shop's REST API as far as Crossdock uses it: sign-in, lists and errors as Magento gives them.</summary>
internal sealed class MagentoRestApi(MagentoEmulatorOptions options, MagentoEmulator emulator, MagentoShop shop, MagentoSender sender, MagentoDoor door, ShopTroubles troubles, TimeProvider clock)
{
    private readonly Lock gate = new();
    private (long Second, int Count) pace;

    internal async Task AnswerAsync(HttpContext call)
    {
        string path = call.Request.Path.Value ?? "";
        call.Response.Headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        if (path.StartsWith("/_emulator", StringComparison.Ordinal))
        {
            await ControlAsync(call, path);
            return;
        }

        string[] steps = path.Trim('/').Split('/');
        if (steps.Length < 4 || steps[0] != "rest" || steps[2] != "V1")
        {
            await WriteAsync(call, 404, Error("Request does not match any route."));
        }
        else if (troubles.TakeFailure() is { } failure)
        {
            // The cache in front answers with a page.
            await WriteAsync(call, failure, "<!DOCTYPE html><html><head><title>503 Backend fetch failed</title></head><body>Guru Meditation</body></html>"u8.ToArray(), "text/html; charset=utf-8");
        }
        else if (IsTooOften())
        {
            call.Response.Headers.RetryAfter = "2";
            await WriteAsync(call, 429, Error("Too Many Requests"));
        }
        else
        {
            await RouteAsync(call, steps[3..]);
        }
    }

    private async Task RouteAsync(HttpContext call, string[] route)
    {
        var body = call.Request.Method is "POST" or "PUT" ? await BodyAsync(call) : null;
        if (call.Request.Method == "POST" && route is ["integration", "admin", "token"])
        {
            var (status, answer) = door.SignIn(body);
            await WriteAsync(call, status, answer);
            return;
        }

        string resource = route[0] switch { "order" => "Magento_Sales::ship", "shipment" => "Magento_Sales::ship", "async_event" or "async_events" => "MageOS_AsyncEvents::manage", _ => "Magento_Sales::actions_view" };
        if (door.Refusal(call, resource) is { } refusal)
        {
            await WriteAsync(call, 401, refusal);
            return;
        }

        var (code, document) = (call.Request.Method, route) switch
        {
            ("GET", ["orders" or "shipments" or "creditmemos"]) => shop.Ask(route[0], rows => MagentoLists.Of(rows, call.Request.Query, options)),
            ("GET", ["async_events"]) => MagentoLists.Of(sender.Registrations.Select(Describe), call.Request.Query, options),
            ("GET", ["orders", var id]) => shop.Read(Number(id)) is { } order ? (200, order) : Missing(),
            ("POST", ["orders", var id, "comments"]) => await emulator.CommentAsync(Number(id), body, call.RequestAborted) ? (200, JsonValue.Create(true)) : Missing(),
            ("POST", ["orders", var id, "hold" or "unhold" or "cancel"]) => await emulator.MoveAsync(Number(id), route[2], call.RequestAborted) is { } moved ? (200, JsonValue.Create(moved)) : Missing(),
            ("POST", ["order", var id, "ship"]) => await ShipAsync(Number(id), body, call.RequestAborted),
            ("POST", ["shipment", "track"]) => await TrackAsync(body, call.RequestAborted),
            ("POST", ["async_event"]) => Register(body),
            ("PUT", ["async_event", var id]) => Switch(Number(id), body),
            _ => (404, Error("Request does not match any route.")),
        };
        if (code == 200 && call.Request.Query["fields"].ToString() is { Length: > 0 } fields)
        {
            document = MagentoLists.Choose(document, fields);
        }

        await WriteAsync(call, code, document);
    }

    private async Task<(int Status, JsonNode Body)> ShipAsync(long id, JsonObject? body, CancellationToken cancellationToken)
    {
        if (shop.Read(id) is not { } order)
        {
            return Missing();
        }

        if (order["state"]!.GetValue<string>() is "canceled" or "closed" or "holded" or "payment_review")
        {
            return (400, Error("Shipment Document Validation Error(s):\nA shipment cannot be created when an order has a status of %1", order["status"]!.ToString()));
        }

        var tracks = (body?["tracks"] as JsonArray ?? []).Select(track => (track?["track_number"]?.ToString() ?? "", track?["title"]?.ToString() ?? "", track?["carrier_code"]?.ToString() ?? "")).ToList();
        return await emulator.MakeShipmentAsync(id, tracks, body?["comment"]?["comment"]?.ToString(), cancellationToken) is { } shipment
            ? (200, JsonValue.Create(shipment.ToString(CultureInfo.InvariantCulture)))
            : (400, Error("Shipment Document Validation Error(s):\nYou can't create a shipment without products."));
    }

    private async Task<(int Status, JsonNode Body)> TrackAsync(JsonObject? body, CancellationToken cancellationToken)
    {
        var entity = body?["entity"] as JsonObject;
        string[] wanted = ["order_id", "parent_id", "track_number", "title", "carrier_code", "qty", "weight", "description"];
        if (wanted.FirstOrDefault(name => entity?[name] is null) is { } missing)
        {
            return (400, Error("\"%fieldName\" is required. Enter and try again.", missing));
        }

        long shipment = Number(entity!["parent_id"]!.ToString());
        return await emulator.AddTrackAsync(shipment, entity["track_number"]!.ToString(), entity["title"]!.ToString(), cancellationToken) ? (200, entity.DeepClone()) : Missing();
    }

    private (int Status, JsonNode Body) Register(JsonObject? body)
    {
        var wanted = body?["asyncEvent"];
        if (wanted?["event_name"]?.ToString() is not { Length: > 0 } topic || wanted["recipient_url"]?.ToString() is not { Length: > 0 } url || wanted["verification_token"]?.ToString() is not { Length: > 0 } token)
        {
            return (400, Error("One or more input exceptions have occurred."));
        }

        return (200, Describe(sender.Register(topic, url, token)));
    }

    private (int Status, JsonNode Body) Switch(long id, JsonObject? body)
    {
        if (sender.Registrations.Find(one => one.Id == id) is not { } found)
        {
            return (404, Error("Async event with subscription ID %1 does not exist", id.ToString(CultureInfo.InvariantCulture)));
        }

        if (body?["asyncEvent"]?["status"] is not { } status)
        {
            return (400, Error("Status is required"));
        }

        found.IsActive = status.GetValue<bool>();
        return (200, Describe(found));
    }

    private static JsonObject Describe(MagentoSender.Registration one) => new()
    {
        ["subscription_id"] = one.Id, ["event_name"] = one.Topic, ["recipient_url"] = one.Url, ["status"] = one.IsActive, ["subscribed_at"] = "2026-01-01 00:00:00",
    };

    // What tests and curious people tell it; the README lists it.
    private async Task ControlAsync(HttpContext call, string path)
    {
        switch (call.Request.Method, path)
        {
            case ("GET", "/_emulator"):
                break;
            case ("GET", "/_emulator/sent"):
                await WriteAsync(call, 200, new JsonArray([.. sender.Sent.Select(one => (JsonNode)new JsonObject
                {
                    ["event"] = one.Event, ["order"] = one.OrderId, ["attempt"] = one.Attempt, ["status"] = one.Status, ["at"] = one.At.ToString("O", CultureInfo.InvariantCulture),
                })]));
                return;
            case ("POST", "/_emulator/orders"):
                await WriteAsync(call, 201, new JsonObject { ["entity_id"] = await emulator.PlaceOrderAsync(call.RequestAborted) });
                return;
            case ("POST", _) when troubles.Hears(call):
                break;
            case ("POST", "/_emulator/revoke"):
                door.RevokeTokens();
                break;
            case ("POST", "/_emulator/run"):
                await sender.RunAsync(call.RequestAborted);
                break;
            default:
                await WriteAsync(call, 404, Error("The emulated shop does not know this."));
                return;
        }

        await WriteAsync(call, 200, troubles.Describe(new JsonObject { ["orders"] = shop.Count, ["sent"] = sender.Sent.Count, ["waiting"] = sender.WaitingCount, ["registrations"] = sender.Registrations.Count(one => one.IsActive) }));
    }

    private bool IsTooOften()
    {
        if (options.CallsPerSecond is not { } most)
        {
            return false;
        }

        lock (gate)
        {
            long second = clock.GetUtcNow().ToUnixTimeSeconds();
            pace = pace.Second == second ? (second, pace.Count + 1) : (second, 1);
            return pace.Count > most;
        }
    }

    private static (int, JsonNode) Missing() => (404, Error("The entity that was requested doesn't exist. Verify the entity and try again."));

    private static JsonObject Error(string message, params string[] parameters)
    {
        var error = new JsonObject { ["message"] = message };
        if (parameters.Length > 0)
        {
            error["parameters"] = message.Contains("%fieldName", StringComparison.Ordinal) ? new JsonObject { ["fieldName"] = parameters[0] } : new JsonArray([.. parameters.Select(parameter => JsonValue.Create(parameter))]);
        }

        return error;
    }

    private static async Task<JsonObject?> BodyAsync(HttpContext call)
    {
        try
        {
            return call.Request.ContentLength is 0 or null ? null : await JsonNode.ParseAsync(call.Request.Body, cancellationToken: call.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task WriteAsync(HttpContext call, int status, JsonNode body) => WriteAsync(call, status, Encoding.UTF8.GetBytes(body.ToJsonString().Replace("/", "\\/", StringComparison.Ordinal)), "application/json; charset=utf-8");

    private static async Task WriteAsync(HttpContext call, int status, byte[] body, string type)
    {
        call.Response.StatusCode = status;
        call.Response.ContentType = type;
        call.Response.ContentLength = body.Length;
        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }

    private static long Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
