using Crossdock.Connectors.Jumpseller;
using Crossdock.Connectors.Magento;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Connectors.Shopify;
using Crossdock.Connectors.Vtex;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors;

/// <summary>The connectors that ship with Crossdock. A new platform is one folder and one line here.</summary>
public static class BuiltInConnectors
{
    public static IReadOnlyList<IConnector> All { get; } =
    [
        new Custom.CustomConnector(),
        new Http.HttpConnector(),
        new JumpsellerConnector(),
        new MagentoConnector(),
        new PrestaShopConnector(),
        new ShopifyConnector(),
        new Spreadsheet.SpreadsheetConnector(),
        new VtexConnector(),
        new WooCommerceConnector(),
    ];
}
