using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>WooCommerce: orders by signed webhooks. Facts and choices: the README beside this file.</summary>
public sealed class WooCommerceConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "woocommerce",
        Title = "WooCommerce",
        Summary = "Receives a WooCommerce shop's orders by signed webhooks: creation, changes, refunds, deletion and restoring.",
        Settings =
        [
            new()
            {
                Name = "siteUrl", Label = "Shop address", Type = SettingType.Url, IsRequired = true,
                Help = "The shop's address as in Settings → General → WordPress Address, with the path where several shops share a host; for example https://tienda.example/.",
            },
            new()
            {
                Name = "statusMap", Label = "Custom statuses", Type = SettingType.Table,
                Help = "What statuses added by plugins mean, for example shipped: in_shipment. An order with a status that is neither WooCommerce's own nor listed here is held. The shop's statuses: WooCommerce → Orders, above the list.",
            },
            new()
            {
                Name = "completedMeans", Label = "“Completed” means", Type = SettingType.Choice, Default = "in_shipment", Choices = ["in_shipment", "delivered"],
                Help = "Most shops complete an order when the parcel leaves (in_shipment); choose delivered where they complete it when the buyer has it.",
            },
            new()
            {
                Name = "taxIdKeys", Label = "Tax number fields", Type = SettingType.List, Default = string.Join(", ", WooCommerceSettings.DefaultTaxIdKeys),
                Help = "Metadata keys that may hold the buyer's tax or identity number (NIF, RUT, CPF), first found wins. A checkout plugin's documentation names its key; any order's attributes show it.",
            },
            new()
            {
                Name = "houseNumberKeys", Label = "House number fields", Type = SettingType.List, Default = string.Join(", ", WooCommerceSettings.DefaultHouseNumberKeys),
                Help = "Metadata keys, or plugin fields inside billing and shipping, that hold the house number apart from the street. A key naming billing or shipping counts for that address only.",
            },
            new()
            {
                Name = "districtKeys", Label = "District fields", Type = SettingType.List, Default = string.Join(", ", WooCommerceSettings.DefaultDistrictKeys),
                Help = "Metadata keys, or plugin fields inside billing and shipping, that hold the commune or district.",
            },
        ],
        Secrets =
        [
            new()
            {
                Name = "webhookSecret", Label = "Webhook secret", IsRequired = true,
                Help = "Letters and digits only, at least 32 are wise. Enter the same text in WooCommerce → Settings → Advanced → Webhooks → Secret, in each of the four order webhooks.",
            },
            new()
            {
                Name = "consumerKey", Label = "Consumer key",
                Help = "Only for reading the shop: WooCommerce → Settings → Advanced → REST API → Add key; begins with ck_.",
            },
            new()
            {
                Name = "consumerSecret", Label = "Consumer secret",
                Help = "Shown once together with the consumer key; begins with cs_.",
            },
        ],
    };

    public IReadOnlyDictionary<string, OrderState> FromPlatform => WooCommerceStates.FromPlatform;

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => WooCommerceSettings.Problems(connection);

    public IWebhookEndpoint Open(ConnectionSettings connection) => new WooCommerceWebhooks(connection.Secret("webhookSecret"));

    public IOrderMapping MappingFor(ConnectionSettings connection) => new WooCommerceOrderMapping(WooCommerceSettings.Of(connection));

    public string? ToPlatform(OrderState state) => WooCommerceStates.ToPlatform(state);
}
