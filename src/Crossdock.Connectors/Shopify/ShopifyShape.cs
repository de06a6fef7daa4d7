using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>What of Shopify's documents, sent or read decides whether an order is right.</summary>
internal static class ShopifyShape
{
    private static readonly string[] Below = ["", "order."];

    internal static readonly DocumentShape Documents = new()
    {
        Critical =
        [
            .. ShapePaths.Of(CriticalMeaning.Currency, Below, "currency"),
            .. ShapePaths.Of(CriticalMeaning.Amount, Below, "total_price", "total_price_set.shop_money.amount", "subtotal_price", "line_items[].price", "line_items.nodes[].price_set.shop_money.amount", "total_shipping_price_set.shop_money.amount"),
            .. ShapePaths.Of(CriticalMeaning.Lines, Below, "line_items", "line_items[].quantity", "line_items.nodes", "line_items.nodes[].quantity"),
            .. ShapePaths.Of(CriticalMeaning.Address, Below, "shipping_address", "shipping_address.address1", "shipping_address.city", "shipping_address.country_code"),
        ],
        Open = [.. Below.SelectMany(begin => (string[])["note_attributes", "line_items[].properties", "line_items.nodes[].custom_attributes", "fulfillments[].receipt", "client_details", "payment_terms"], (begin, path) => begin + path)],
        Personal = [.. Below.SelectMany(begin => (string[])["customer", "shipping_address", "billing_address", "fulfillments[].origin_address"], (begin, path) => begin + path)],
    };
}
