using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Vtex;

/// <summary>What tests and curious people tell the emulated account, under <c>/_emulator</c>.</summary>
internal sealed class VtexControl(VtexEmulator emulator, VtexAccount account, VtexAnnouncements announcements, ShopTroubles troubles)
{
    internal async Task AnswerAsync(HttpContext call, string path)
    {
        var query = call.Request.Query;
        switch (call.Request.Method, path)
        {
            case ("GET", "/_emulator"):
                break;
            case ("GET", "/_emulator/sent"):
                await VtexApi.WriteAsync(call, 200, new JsonArray([.. announcements.Sent.Select(sent => (JsonNode)new JsonObject
                {
                    ["order"] = sent.OrderId, ["state"] = sent.State, ["attempt"] = sent.Attempt, ["status"] = sent.Status, ["at"] = sent.At.ToString("O", CultureInfo.InvariantCulture),
                })]));
                return;
            case ("POST", "/_emulator/orders"):
                string id = await emulator.PlaceOrderAsync(cancellationToken: call.RequestAborted);
                await VtexApi.WriteAsync(call, 201, new JsonObject { ["orderId"] = id });
                return;
            case ("POST", "/_emulator/move"):
                await emulator.MoveAsync(query["order"].ToString(), query["state"].ToString(), call.RequestAborted);
                break;
            case ("POST", "/_emulator/repeat"):
                await announcements.RepeatAsync(call.RequestAborted);
                break;
            case ("POST", _) when troubles.Hears(call):
                break;
            case ("POST", "/_emulator/lose-hook"):
                announcements.Hook = null;
                break;
            case ("POST", "/_emulator/lose-feed"):
                announcements.Feed = null;
                break;
            default:
                await VtexApi.WriteAsync(call, 404, VtexApi.Error("404", "The emulated account does not know this."));
                return;
        }

        await VtexApi.WriteAsync(call, 200, troubles.Describe(new JsonObject
        {
            ["orders"] = account.Count, ["sent"] = announcements.Sent.Count, ["toRepeat"] = announcements.WaitingToRepeat, ["inFeed"] = announcements.InFeed, ["hasHook"] = announcements.Hook is not null, ["hasFeed"] = announcements.Feed is not null,
        }));
    }
}
