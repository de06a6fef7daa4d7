using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Emulators;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>What tests and curious people tell the emulated shop, under <c>/_emulator</c>.</summary>
internal sealed class PrestaShopControl(PrestaShopEmulator emulator, PrestaShopShop shop, PrestaShopModule module, ShopTroubles troubles)
{
    private readonly Lock door = new();
    private int brokenAnswers;
    private int calls;
    private volatile bool hasNotices;
    private long slowness;

    internal ConcurrentQueue<(long Order, string What)> Told { get; } = new();

    /// <summary>Tracking numbers told with a mail to the buyer.</summary>
    internal int Mails { get; set; }

    internal TimeSpan Slowness => TimeSpan.FromMilliseconds(Interlocked.Read(ref slowness));

    /// <summary>What PHP prints before a document when a module is careless.</summary>
    internal string Notices => hasNotices ? "<br />\n<b>Notice</b>:  Undefined index: {delay} in <b>/var/www/modules/x/x.php</b> on line <b>12</b><br />\n" : "";

    internal void Count() => Interlocked.Increment(ref calls);

    /// <summary>True when the next change of state is made but answered with an error.</summary>
    internal bool TakeBrokenAnswer()
    {
        lock (door)
        {
            return brokenAnswers > 0 && brokenAnswers-- > 0;
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
                await PrestaShopWebservice.JsonAsync(call, 200, new JsonArray([.. module.Sent.Select(sent => (JsonNode)new JsonObject
                {
                    ["event"] = sent.EventId, ["topic"] = sent.Topic, ["order"] = sent.OrderId, ["attempt"] = sent.Attempt, ["status"] = sent.Status, ["at"] = sent.At.ToString("O", CultureInfo.InvariantCulture),
                })]));
                return;
            case ("POST", "/_emulator/orders"):
                var ids = await emulator.PlaceOrderAsync(query["split"] == "true", call.RequestAborted);
                await PrestaShopWebservice.JsonAsync(call, 201, new JsonObject { ["id"] = ids[^1], ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) });
                return;
            case ("POST", "/_emulator/state"):
                await emulator.ChangeStateAsync(Number(query["order"], 0), Number(query["state"], 0), call.RequestAborted);
                break;
            case ("POST", "/_emulator/repeat"):
                await emulator.RepeatLastAsync(call.RequestAborted);
                break;
            case ("POST", _) when troubles.Hears(call):
                break;
            case ("POST", "/_emulator/break"):
                lock (door)
                {
                    brokenAnswers = Number(query["count"], 1);
                }

                break;
            case ("POST", "/_emulator/notices"):
                hasNotices = query["on"] != "false";
                break;
            case ("POST", "/_emulator/slow"):
                Interlocked.Exchange(ref slowness, Number(query["milliseconds"], 0));
                break;
            case ("POST", "/_emulator/pause"):
                module.IsPaused = true;
                break;
            case ("POST", "/_emulator/resume"):
                module.IsPaused = false;
                await module.DrainAsync(call.RequestAborted);
                break;
            case ("POST", "/_emulator/drain"):
                await module.DrainAsync(call.RequestAborted);
                break;
            default:
                await PrestaShopWebservice.JsonAsync(call, 404, new JsonObject { ["error"] = "The emulated shop does not know this." });
                return;
        }

        await PrestaShopWebservice.JsonAsync(call, 200, troubles.Describe(new JsonObject
        {
            ["orders"] = shop.Count, ["calls"] = Volatile.Read(ref calls), ["sent"] = module.Sent.Count, ["waiting"] = module.Waiting, ["isPaused"] = module.IsPaused, ["isStopped"] = module.IsStopped, ["mails"] = Mails,
        }));
    }

    private static int Number(string? text, int usual) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : usual;
}
