using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Reads the shipments that the Shipment Tracking and AST plugins keep in an order's metadata.</summary>
internal static class WooCommerceTracking
{
    internal static List<Fulfilment> Read(JsonElement root)
    {
        List<Fulfilment> fulfilments = [];
        foreach (var entry in WooCommercePayloads.Items(WooCommercePayloads.Get(root, "meta_data")))
        {
            if (WooCommercePayloads.Raw(entry, "key") != "_wc_shipment_tracking_items")
            {
                continue;
            }

            foreach (var item in WooCommercePayloads.Items(WooCommercePayloads.Get(entry, "value")))
            {
                string? number = WooCommercePayloads.Raw(item, "tracking_number");
                string? address = WooCommercePayloads.Text(item, "custom_tracking_link");
                if ((WooCommercePayloads.Raw(item, "tracking_id") ?? number) is { } id)
                {
                    fulfilments.Add(new()
                    {
                        Id = id,
                        At = ShippedAt(WooCommercePayloads.Raw(item, "date_shipped")),
                        Carrier = WooCommercePayloads.Text(item, "custom_tracking_provider") ?? WooCommercePayloads.Text(item, "tracking_provider"),
                        TrackingNumbers = number is null ? [] : [number],
                        TrackingUrls = address is null ? [] : [address],
                    });
                }
            }
        }

        return fulfilments;
    }

    // Seconds since 1970 as text; some versions write a date.
    private static DateTimeOffset? ShippedAt(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds is > 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : WooCommercePayloads.Time(text);
}
