using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>What a connection to a PrestaShop shop needs.</summary>
internal static class PrestaShopManifest
{
    internal static readonly ConnectorManifest Manifest = new()
    {
        Platform = "prestashop",
        Title = "PrestaShop",
        Summary = "Receives a PrestaShop shop's orders from the Crossdock module (signed, at once) and through the shop's webservice (polling, history), and tells the shop state and tracking number.",
        Settings =
        [
            new()
            {
                Name = "shopUrl", Label = "Shop address", Type = SettingType.Url, IsRequired = true,
                Help = "The shop's address as in Shop Parameters → Traffic & SEO → Set shop URL, with its folder where it has one; for example https://tienda.example/.",
            },
            new()
            {
                Name = "shopId", Label = "Shop number", Type = SettingType.Number, Minimum = 1, Maximum = 1_000_000,
                Help = "Only for an installation with several shops: the id in Advanced Parameters → Multistore. One connection per shop.",
            },
            new()
            {
                Name = "timeZone", Label = "Time zone",
                Help = "As in International → Localization, for example America/Santiago. Only needed where the webservice key may not read configurations and the module is not installed: without it times count as UTC.",
            },
            new()
            {
                Name = "format", Label = "Webservice format", Type = SettingType.Choice, Default = "json", Choices = ["json", "xml"],
                Help = "xml for PrestaShop 1.6 and for shops whose JSON is broken by other modules.",
            },
            new()
            {
                Name = "signIn", Label = "How the key is sent", Type = SettingType.Choice, Default = "header", Choices = ["header", "query"],
                Help = "query only where the web server takes the Authorization header away and cannot be mended: the key then stands in the shop's access log.",
            },
            new()
            {
                Name = "pauseMilliseconds", Label = "Pause between calls", Type = SettingType.Number, Default = "300", Minimum = 50, Maximum = 10_000,
                Help = "In milliseconds. The webservice has no limit of its own but runs on the shop's PHP: 200 to 500 is gentle. One call at a time.",
            },
            new()
            {
                Name = "pageSize", Label = "Orders per page", Type = SettingType.Number, Default = "50", Minimum = 1, Maximum = 200,
                Help = "Lower it where the shop runs into its time limit.",
            },
            new()
            {
                Name = "stateMap", Label = "Order states", Type = SettingType.Table,
                Help = "What the shop's own states mean, by number, name or configuration key, for example 17: in_shipment. Numbers stand in Shop Parameters → Order Settings → Statuses. States not listed go by their flags; one without flags is held when it was paid.",
            },
            new()
            {
                Name = "cashOnDeliveryModules", Label = "Cash on delivery modules", Type = SettingType.List, Default = string.Join(", ", PrestaShopSettings.DefaultCashModules),
                Help = "Technical names of payment modules whose money the courier collects (Modules → Module Manager). Any order's attribute module shows its name.",
            },
            new()
            {
                Name = "pickupCarriers", Label = "Pick-up carriers", Type = SettingType.List,
                Help = "Carriers that mean that the buyer collects the goods, by reference number: it stays when a carrier is edited, its id does not. Any order's shipping code shows it.",
            },
            new()
            {
                Name = "districtFrom", Label = "District comes from", Type = SettingType.Choice, Default = "none", Choices = PrestaShopSettings.AddressFields,
                Help = "Which address field holds the commune or district; in Chile checkout modules often use city or address2.",
            },
            new()
            {
                Name = "regionFrom", Label = "Region comes from", Type = SettingType.Choice, Default = "none", Choices = PrestaShopSettings.AddressFields,
                Help = "Which address field holds the region's name where the shop's countries have no states.",
            },
            StoreFields.WeightUnit("As in International → Localization; used only where the shop does not tell it.", "kg", "g", "lb", "oz"),
            new()
            {
                Name = "roundingCheck", Label = "When the total does not add up", Type = SettingType.Choice, Default = "hold", Choices = ["hold", "note"],
                Help = "hold stops an order whose parts differ from its total by more than a cent per line; note only writes the difference down, for shops whose payment module adds a fee.",
            },
            StoreFields.TellStatus("Writes tracking number and state into the shop's order. The webservice key then needs GET, PUT on order_carriers and GET, POST on order_histories."),
            new()
            {
                Name = "tellStates", Label = "States to tell", Type = SettingType.Table,
                Help = "Which of the shop's states to set, by number, name or configuration key, for processing, in_shipment, delivered, cancelled; none for nothing. Left out: the shop's default ones. in_shipment_unpaid and the like are for orders without a payment, for which a state marked as paid is never set.",
            },
            new()
            {
                Name = "mailBuyer", Label = "Mail the buyer", Type = SettingType.Switch, Default = "true",
                Help = "Whether the shop sends its usual mail with a state or tracking number that it is told.",
            },
        ],
        Secrets =
        [
            new()
            {
                Name = "webhookSecret", Label = "Module secret",
                Help = "The secret that the module's configuration page shows (Modules → Module Manager → Crossdock → Configure); the same here and there.",
            },
            new()
            {
                Name = "previousWebhookSecret", Label = "Former module secret",
                Help = "While the secret is being changed: the old one is accepted too. Take it out when the module uses the new one.",
            },
            new()
            {
                Name = "webserviceKey", Label = "Webservice key",
                Help = "Advanced Parameters → Webservice: switch it on, add a key of 32 characters with the GET right on the resources that this connector's page lists. Without it the connection only receives what the module sends.",
            },
        ],
    };
}
