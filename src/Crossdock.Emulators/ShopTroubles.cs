using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Emulators;

/// <summary>What every emulated shop that pushes can be told to get wrong, while it runs: <c>POST /_emulator/lose?share=0.01</c> loses that share of its webhooks
/// from now on, all without a share; <c>POST /_emulator/fail?count=3&amp;status=503</c> fails the next calls of its API. It counts what was due and what was lost.</summary>
internal sealed class ShopTroubles(double lossRate, int seed)
{
    private readonly Lock door = new();
#pragma warning disable CA5394 // Dice, not keys: a seed must lose the same ones again.
    private readonly Random chance = new(seed);
#pragma warning restore CA5394
    private double share = lossRate;
    private long announced, lost;
    private int failures, failureStatus = 503;

    /// <summary>A webhook is due: true when it never leaves the shop.</summary>
    internal bool Loses()
    {
        lock (door)
        {
            announced++;
#pragma warning disable CA5394 // Dice, not keys.
            bool isLost = share > 0 && chance.NextDouble() < share;
#pragma warning restore CA5394
            lost += isLost ? 1 : 0;
            return isLost;
        }
    }

    /// <summary>What the next call of the API is answered instead; null for its true answer.</summary>
    internal int? TakeFailure()
    {
        lock (door)
        {
            return failures > 0 && failures-- > 0 ? failureStatus : null;
        }
    }

    /// <summary>Takes a call to one of its addresses; false when it is none of them.</summary>
    internal bool Hears(HttpContext call)
    {
        var query = call.Request.Query;
        lock (door)
        {
            switch (call.Request.Method, call.Request.Path.Value)
            {
                case ("POST", "/_emulator/lose"):
                    share = double.TryParse(query["share"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double told) ? Math.Clamp(told, 0, 1) : 1;
                    return true;
                case ("POST", "/_emulator/fail"):
                    (failures, failureStatus) = (Number(query["count"], 1), Number(query["status"], 503));
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>Adds its books to how the shop stands.</summary>
    internal JsonObject Describe(JsonObject standing)
    {
        lock (door)
        {
            (standing["announced"], standing["lost"], standing["lossShare"]) = (announced, lost, share);
            return standing;
        }
    }

    private static int Number(string? text, int usual) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : usual;
}
