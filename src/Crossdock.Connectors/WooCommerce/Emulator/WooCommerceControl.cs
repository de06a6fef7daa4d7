using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>What tests and curious people tell the emulated shop, under <c>/_emulator</c>.</summary>
internal sealed class WooCommerceControl(WooCommerceEmulator emulator, WooCommerceShop shop, WooCommerceHooks hooks, ShopTroubles troubles)
{
    internal async Task AnswerAsync(HttpContext call, string path)
    {
        var query = call.Request.Query;
        switch (call.Request.Method, path)
        {
            case ("GET", "/_emulator"):
                break;
            case ("GET", "/_emulator/sent"):
                await WooCommerceRestApi.WriteAsync(call, 200, new JsonArray([.. hooks.Sent.Select(sent => (JsonNode)new JsonObject
                {
                    ["webhook"] = sent.Webhook, ["topic"] = sent.Topic, ["order"] = sent.OrderId, ["delivery"] = sent.DeliveryId, ["status"] = sent.Status, ["at"] = sent.At.ToString("O", CultureInfo.InvariantCulture),
                })]));
                return;
            case ("POST", "/_emulator/orders"):
                long id = await emulator.PlaceOrderAsync(query["reorder"] == "true", call.RequestAborted);
                await WooCommerceRestApi.WriteAsync(call, 201, new JsonObject { ["id"] = id });
                return;
            case ("POST", "/_emulator/repeat"):
                await emulator.RepeatLastAsync(call.RequestAborted);
                break;
            case ("POST", _) when troubles.Hears(call):
                break;
            case ("POST", "/_emulator/pause"):
                hooks.IsPaused = true;
                break;
            case ("POST", "/_emulator/resume"):
                hooks.IsPaused = false;
                await hooks.RunAsync(call.RequestAborted);
                break;
            case ("POST", "/_emulator/owner"):
                shop.HasOwnerLostRights = query["lost"] == "true";
                break;
            default:
                await WooCommerceRestApi.ErrorAsync(call, 404, "rest_no_route", "The emulated shop does not know this.");
                return;
        }

        await WooCommerceRestApi.WriteAsync(call, 200, troubles.Describe(new JsonObject
        {
            ["orders"] = shop.Count, ["sent"] = hooks.Sent.Count, ["waiting"] = hooks.Waiting, ["isPaused"] = hooks.IsPaused, ["active"] = hooks.All.Count(hook => hook.Status == "active"), ["webhooks"] = hooks.All.Count,
        }));
    }
}
