using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>What tests and curious people tell the emulated store, under <c>/_emulator</c>.</summary>
internal sealed class JumpsellerControl(JumpsellerEmulator emulator, JumpsellerStore store, JumpsellerHooks hooks)
{
    private readonly Lock door = new();
    private int failures;
    private int failureStatus = 503;

    /// <summary>What the next call of the API is answered instead; null for its true answer.</summary>
    internal int? TakeFailure()
    {
        lock (door)
        {
            return failures > 0 && failures-- > 0 ? failureStatus : null;
        }
    }

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
            case ("POST", "/_emulator/fail"):
                lock (door)
                {
                    failures = Number(query["count"], 1);
                    failureStatus = Number(query["status"], 503);
                }

                break;
            default:
                await JumpsellerApi.WriteAsync(call, 404, JumpsellerApi.Message("The emulated store does not know this."));
                return;
        }

        await JumpsellerApi.WriteAsync(call, 200, new JsonObject
        {
            ["orders"] = store.Count, ["sent"] = hooks.Sent.Count, ["waiting"] = hooks.WaitingCount, ["hooks"] = hooks.All.Count, ["paused"] = hooks.All.Count(hook => hook.IsPaused),
        });
    }

    private static int Number(string? text, int usual) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : usual;
}
