using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>What tests and curious people tell the emulated store, under <c>/_emulator</c>.</summary>
internal sealed class JumpsellerControl(JumpsellerEmulator emulator, JumpsellerStore store, JumpsellerHooks hooks, ShopTroubles troubles)
{
    internal async Task AnswerAsync(HttpContext call, string path)
    {
        var query = call.Request.Query;
        switch (call.Request.Method, path)
        {
            case ("GET", "/_emulator"):
                break;
            case ("GET", "/_emulator/sent"):
                await JumpsellerApi.WriteAsync(call, 200, new JsonArray([.. hooks.Sent.Select(sent => (JsonNode)new JsonObject
                {
                    ["event"] = sent.Event, ["order"] = sent.OrderId, ["attempt"] = sent.Attempt, ["status"] = sent.Status, ["at"] = sent.At.ToString("O", CultureInfo.InvariantCulture),
                })]));
                return;
            case ("POST", "/_emulator/orders"):
                await JumpsellerApi.WriteAsync(call, 201, new JsonObject { ["id"] = await emulator.PlaceOrderAsync(query["status"].ToString() is { Length: > 0 } status ? status : "paid", call.RequestAborted) });
                return;
            case ("POST", "/_emulator/retry"):
                await hooks.RetryAsync(call.RequestAborted);
                break;
            case ("POST", "/_emulator/revoke"):
                emulator.RevokeToken();
                break;
            case ("POST", _) when troubles.Hears(call):
                break;
            default:
                await JumpsellerApi.WriteAsync(call, 404, JumpsellerApi.Message("The emulated store does not know this."));
                return;
        }

        await JumpsellerApi.WriteAsync(call, 200, troubles.Describe(new JsonObject
        {
            ["orders"] = store.Count, ["sent"] = hooks.Sent.Count, ["waiting"] = hooks.WaitingCount, ["hooks"] = hooks.All.Count, ["paused"] = hooks.All.Count(hook => hook.IsPaused),
        }));
    }
}
