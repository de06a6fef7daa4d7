using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>What the emulated shop is told of its orders: notes and, with the plug-ins, tracking numbers.</summary>
internal sealed class WooCommerceTold(WooCommerceEmulatorOptions options, WooCommerceShop shop, TimeProvider clock)
{
    private static readonly string[] Core = ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wp/v2"];

    private readonly Lock door = new();
    private readonly Dictionary<long, JsonArray> notes = [];
    private readonly Dictionary<long, JsonArray> shipments = [];
    private readonly Dictionary<long, List<string>> told = [];
    private long lastNote = 300;

    /// <summary>Namespaces of the API, as <c>GET /wp-json/</c> lists them.</summary>
    internal JsonArray Namespaces => [.. Core.Concat(options.Plugins).Select(name => (JsonNode)name)];

    internal IReadOnlyList<string> Of(long order)
    {
        lock (door)
        {
            return told.TryGetValue(order, out var all) ? [.. all] : [];
        }
    }

    internal void Record(long order, string what)
    {
        lock (door)
        {
            (told.TryGetValue(order, out var all) ? all : told[order] = []).Add(what);
        }
    }

    internal JsonArray Notes(long order)
    {
        lock (door)
        {
            return notes.TryGetValue(order, out var all) ? (JsonArray)all.DeepClone() : [];
        }
    }

    internal JsonObject AddNote(long order, JsonObject body)
    {
        bool isForBuyer = body["customer_note"]?.ToString() == "true";
        lock (door)
        {
            var note = new JsonObject { ["id"] = ++lastNote, ["author"] = "Crossdock", ["note"] = body["note"]?.ToString() ?? "", ["customer_note"] = isForBuyer };
            WooCommerceShop.Stamp(note, "date_created", clock.GetUtcNow());
            (notes.TryGetValue(order, out var all) ? all : notes[order] = []).Add((JsonNode)note.DeepClone());
            (told.TryGetValue(order, out var heard) ? heard : told[order] = []).Add($"{(isForBuyer ? "customer note" : "note")} {note["note"]}");
            return note;
        }
    }

    /// <summary>A call of a tracking plug-in: <c>/wc-ast/v3/orders/ID/shipment-trackings</c>.</summary>
    internal Task PluginAsync(HttpContext call, string[] route, JsonObject? body)
    {
        if (route is not [var plugin, var version, "orders", var id, "shipment-trackings"] || !options.Plugins.Contains($"{plugin}/{version}") || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long order))
        {
            return WooCommerceRestApi.ErrorAsync(call, 404, "rest_no_route", "No route was found matching the URL and request method.");
        }

        if (shop.Read(order) is null)
        {
            return WooCommerceRestApi.ErrorAsync(call, 404, "woocommerce_rest_order_invalid_id", "Invalid order ID.");
        }

        lock (door)
        {
            var known = shipments.TryGetValue(order, out var all) ? all : shipments[order] = [];
            if (call.Request.Method == "GET")
            {
                return WooCommerceRestApi.WriteAsync(call, 200, known.DeepClone());
            }

            if (body?["tracking_number"]?.ToString() is not { Length: > 0 } number)
            {
                return WooCommerceRestApi.ErrorAsync(call, 400, "rest_missing_callback_param", "Missing parameter(s): tracking_number");
            }

            var made = (JsonObject)body.DeepClone();
            made["tracking_id"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{id}{number}{known.Count}")))[..32];
            known.Add((JsonNode)made.DeepClone());
            (told.TryGetValue(order, out var heard) ? heard : told[order] = []).Add($"tracking {number}");
            return WooCommerceRestApi.WriteAsync(call, 201, made);
        }
    }
}
