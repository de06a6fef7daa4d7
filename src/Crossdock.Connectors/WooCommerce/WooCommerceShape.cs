using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>What of WooCommerce's orders decides whether an order is right.</summary>
internal static class WooCommerceShape
{
    private static readonly string[] Below = [""];

    internal static readonly DocumentShape Documents = new()
    {
        Critical =
        [
            .. ShapePaths.Of(CriticalMeaning.Currency, Below, "currency"),
            .. ShapePaths.Of(CriticalMeaning.Amount, Below, "total", "shipping_total", "line_items[].total"),
            .. ShapePaths.Of(CriticalMeaning.Lines, Below, "line_items", "line_items[].quantity"),
            .. ShapePaths.Of(CriticalMeaning.Address, Below, "shipping", "shipping.address_1", "shipping.city", "shipping.country", "billing", "billing.address_1", "billing.city", "billing.country"),
        ],
        Open = [.. Below.SelectMany(begin => (string[])["meta_data", "line_items[].meta_data", "shipping_lines[].meta_data", "fee_lines[].meta_data", "coupon_lines[].meta_data", "tax_lines[].meta_data", "_links"], (begin, path) => begin + path)],
        Personal = [.. Below.SelectMany(begin => (string[])["billing", "shipping"], (begin, path) => begin + path)],
    };
}
