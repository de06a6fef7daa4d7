using Crossdock.Model.Connections;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>WooCommerce: orders by signed webhooks and by reading, webhooks kept, status told. Facts and choices: the README beside this file.</summary>
public sealed class WooCommerceConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates, IOrderSource, ISubscriptionSource, IOrderStatusTarget, IConnectionTest, IDocumentShape
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "woocommerce",
        Title = "WooCommerce",
        Summary = "Receives a WooCommerce shop's orders by signed webhooks, reads them so that none is missed, keeps the webhooks alive, and tells the shop when an order is shipped and delivered.",
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
            StoreFields.Switch("manageWebhooks", "Keep webhooks", true, "Whether the hub registers the four order webhooks itself and puts them back when the shop has switched them off. Needs a consumer key with read and write permission."),
            StoreFields.TellStatus("Whether the shop learns when the courier has taken, shipped or delivered an order: a note with the tracking number, and the status. Needs a consumer key with read and write permission."),
            new()
            {
                Name = "completeWhen", Label = "Complete the order when", Type = SettingType.Choice, Choices = ["shipped", "delivered", "never"],
                Help = "When the order's status becomes completed in the shop, which usually mails the buyer. Left out: as “Completed” means.",
            },
            new()
            {
                Name = "notifyCustomer", Label = "Note to the buyer", Type = SettingType.Switch, Default = "false",
                Help = "Whether the notes about shipment and delivery are notes to the customer, which WooCommerce sends by mail, instead of private ones.",
            },
            new()
            {
                Name = "tracking", Label = "Tracking plug-in", Type = SettingType.Choice, Default = "note", Choices = ["note", "shipment_tracking", "ast"],
                Help = "Where tracking numbers go besides the note: nowhere (note), WooCommerce Shipment Tracking (shipment_tracking) or Advanced Shipment Tracking (ast). In the shop: Plugins, Installed plugins.",
            },
            new()
            {
                Name = "signIn", Label = "Sign-in", Type = SettingType.Choice, Default = "auto", Choices = ["auto", "header", "query", "signature"],
                Help = "How the key is shown. Auto: over https in a header, and in the query where the shop's server takes that header away; over http by an OAuth 1.0a signature.",
            },
            new()
            {
                Name = "permalinks", Label = "Permalinks", Type = SettingType.Choice, Default = "pretty", Choices = ["pretty", "plain"],
                Help = "Plain where WordPress → Settings → Permalinks says Plain: the API is then called by ?rest_route=.",
            },
            new()
            {
                Name = "pageSize", Label = "Orders per call", Type = SettingType.Number, Default = "100",
                Help = "How many orders one call reads, 1 to 100. Fewer where the shop's server runs out of time or memory.",
            },
        ],
        Secrets =
        [
            new()
            {
                Name = "webhookSecret", Label = "Webhook secret", IsRequired = true,
                Help = "Letters and digits only, at least 32 are wise. Webhooks that the hub registers get it by themselves; for those made by hand enter the same text in WooCommerce → Settings → Advanced → Webhooks → Secret.",
            },
            new()
            {
                Name = "consumerKey", Label = "Consumer key",
                Help = "For reading orders, keeping webhooks and telling the shop: WooCommerce → Settings → Advanced → REST API → Add key, for an administrator or shop manager, with Read/Write permission; begins with ck_.",
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

    public DocumentShape ShapeOf(ConnectionSettings connection) => WooCommerceShape.Documents;

    public IOrderMapping MappingFor(ConnectionSettings connection) => new WooCommerceOrderMapping(WooCommerceSettings.Of(connection));

    public string? ToPlatform(OrderState state) => WooCommerceStates.ToPlatform(state);

    // A shop is a small server of its own without a limit that it would tell: few calls at once.
    public ReadingTraits? ReadingOf(ConnectionSettings connection) =>
        WooCommerceAccess.Of(connection) is null ? null : new ReadingTraits { Pace = new RequestPace(4, 8, 2), HasCheapSummaries = true };

    public IOrderReader OpenReader(ConnectionAccess access) => new WooCommerceReader(new WooCommerceClient(access), WooCommerceSettings.PageSize(access.Settings));

    public bool ManagesSubscriptions(ConnectionSettings connection) => WooCommerceAccess.Of(connection) is not null && connection.Text("manageWebhooks") != "false" && connection.Secret("webhookSecret") is not null;

    public ISubscriptions OpenSubscriptions(ConnectionAccess access) => new WooCommerceSubscriptions(new WooCommerceClient(access));

    public bool TellsStatus(ConnectionSettings connection) => WooCommerceAccess.Of(connection) is not null && connection.Text("tellStatus") == "true";

    public IDestination OpenStatus(ConnectionAccess access) => new WooCommerceStatus(new WooCommerceClient(access), WooCommerceTelling.Of(access.Settings));

    public async Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken)
    {
        if (WooCommerceAccess.Of(access.Settings) is null)
        {
            return [new("Credentials", TestVerdict.Warning, "There is no consumer key: webhooks are received, but nothing that they miss is read. Add one under WooCommerce → Settings → Advanced → REST API.")];
        }

        bool tells = TellsStatus(access.Settings);
        return await new WooCommerceTest(new WooCommerceClient(access), tells || ManagesSubscriptions(access.Settings), tells ? WooCommerceTelling.Of(access.Settings) : null).RunAsync(cancellationToken);
    }
}
