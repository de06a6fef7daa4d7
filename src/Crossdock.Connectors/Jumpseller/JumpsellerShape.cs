using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>What of Jumpseller's orders decides whether an order is right.</summary>
internal static class JumpsellerShape
{
    private static readonly string[] Below = ["order."];

    internal static readonly DocumentShape Documents = new()
    {
        Critical =
        [
            .. ShapePaths.Of(CriticalMeaning.Currency, Below, "currency"),
            .. ShapePaths.Of(CriticalMeaning.Amount, Below, "total", "subtotal", "products[].price"),
            .. ShapePaths.Of(CriticalMeaning.Lines, Below, "products", "products[].qty"),
            .. ShapePaths.Of(CriticalMeaning.Address, Below, "shipping_address", "shipping_address.address", "shipping_address.city", "shipping_address.country_code"),
        ],
        Open = [.. Below.SelectMany(begin => (string[])["additional_fields", "products[].options", "products[].files", "products[].stock_locations", "source"], (begin, path) => begin + path)],
        Personal = [.. Below.SelectMany(begin => (string[])["customer", "shipping_address", "billing_address", "billing_information", "pickup_address"], (begin, path) => begin + path)],
    };
}
