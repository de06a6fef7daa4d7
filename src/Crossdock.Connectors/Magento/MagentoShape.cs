using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>What of Magento's orders, read or sent by our module or by Adobe's events decides whether an order is right.</summary>
internal static class MagentoShape
{
    private static readonly string[] Below = ["", "order.", "data.value."];

    internal static readonly DocumentShape Documents = new()
    {
        Critical =
        [
            .. ShapePaths.Of(CriticalMeaning.Currency, Below, "order_currency_code"),
            .. ShapePaths.Of(CriticalMeaning.Amount, Below, "grand_total", "shipping_amount", "items[].price", "items[].row_total"),
            .. ShapePaths.Of(CriticalMeaning.Lines, Below, "items", "items[].qty_ordered"),
            .. ShapePaths.Of(CriticalMeaning.Address, Below, "extension_attributes.shipping_assignments[].shipping.address", "extension_attributes.shipping_assignments[].shipping.address.street", "extension_attributes.shipping_assignments[].shipping.address.city", "extension_attributes.shipping_assignments[].shipping.address.country_id", "addresses", "addresses[].street", "addresses[].city", "addresses[].country_id"),
        ],
        Open = [.. Below.SelectMany(begin => (string[])["payment.additional_information", "extension_attributes.payment_additional_info", "items[].product_option", "items[].parent_item", "items[].extension_attributes", "extension_attributes.company_order_attributes"], (begin, path) => begin + path)],
        Personal = [.. Below.SelectMany(begin => (string[])["addresses", "billing_address", "extension_attributes.shipping_assignments", "payment"], (begin, path) => begin + path)],
    };
}
