using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>What of PrestaShop's orders, joined as our module and our reading do decides whether an order is right.</summary>
internal static class PrestaShopShape
{
    private static readonly string[] Below = [""];

    internal static readonly DocumentShape Documents = new()
    {
        Critical =
        [
            .. ShapePaths.Of(CriticalMeaning.Currency, Below, "currency.iso_code"),
            .. ShapePaths.Of(CriticalMeaning.Amount, Below, "order.total_paid", "order.total_paid_tax_incl", "order.total_shipping_tax_incl", "order.associations.order_rows[].unit_price_tax_incl"),
            .. ShapePaths.Of(CriticalMeaning.Lines, Below, "order.associations.order_rows", "order.associations.order_rows[].product_quantity"),
            .. ShapePaths.Of(CriticalMeaning.Address, Below, "addresses", "addresses.delivery", "addresses.delivery.address1", "addresses.delivery.city", "addresses.delivery.country_iso"),
        ],
        Personal = [.. Below.SelectMany(begin => (string[])["addresses", "customer", "messages"], (begin, path) => begin + path)],
    };
}
