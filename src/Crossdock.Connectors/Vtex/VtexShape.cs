using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>What of VTEX's orders, whose amounts are cents decides whether an order is right.</summary>
internal static class VtexShape
{
    private static readonly string[] Below = [""];

    internal static readonly DocumentShape Documents = new()
    {
        Critical =
        [
            .. ShapePaths.Of(CriticalMeaning.Currency, Below, "storePreferencesData.currencyCode"),
            .. ShapePaths.Whole(Below, "value", "totals[].value", "items[].price", "items[].sellingPrice"),
            .. ShapePaths.Of(CriticalMeaning.Lines, Below, "items", "items[].quantity"),
            .. ShapePaths.Of(CriticalMeaning.Address, Below, "shippingData", "shippingData.address.street", "shippingData.address.country", "shippingData.address.state"),
        ],
        Open = [.. Below.SelectMany(begin => (string[])["customData", "contextData", "itemMetadata", "marketplaceItems", "items[].attachments", "items[].assemblies", "items[].components", "paymentData.transactions[].payments[].connectorResponses", "openTextField", "storePreferencesData.currencyFormatInfo"], (begin, path) => begin + path)],
        Personal = [.. Below.SelectMany(begin => (string[])["clientProfileData", "shippingData", "invoiceData", "packageAttachment.packages[].restitutions"], (begin, path) => begin + path)],
    };
}
