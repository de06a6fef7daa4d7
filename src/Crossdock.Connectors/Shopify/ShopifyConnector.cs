using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

/// <summary>Shopify: webhooks signed by the app or by the shop, orders in the REST shape.</summary>
public sealed class ShopifyConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "shopify",
        Title = "Shopify",
        Summary = "Receives orders, refunds, fulfilments and cancellations of a Shopify shop through its signed webhooks.",
        Settings =
        [
            new SettingField
            {
                Name = "shop",
                Label = "Shop",
                Help = "The shop's permanent domain, for example acme.myshopify.com (not its own domain). In the Shopify admin: Settings, Domains, the one that ends in myshopify.com.",
                IsRequired = true,
            },
            new SettingField
            {
                Name = "shipOnAuthorization",
                Label = "Ship when authorised",
                Help = "Whether an order whose payment is authorised but not yet captured may be shipped. In the Shopify admin: Settings, Payments, Payment capture shows how this shop takes its money.",
                Type = SettingType.Switch,
                Default = "false",
            },
            new SettingField
            {
                Name = "pubSub",
                Label = "Google Pub/Sub",
                Help = "For shops whose webhooks are published to a Pub/Sub topic. Make a push subscription to this connection's capture address followed by /pubsub, with authentication enabled.",
                Type = SettingType.Group,
                Fields =
                [
                    new SettingField { Name = "serviceAccount", Label = "Service account", Help = "The e-mail of the service account that the push subscription signs in as. Google Cloud console: Pub/Sub, Subscriptions, the subscription, Push, Service account.", IsRequired = true },
                    new SettingField { Name = "audience", Label = "Audience", Help = "The audience set at the subscription, as it stands there; where none is set, Google uses the push address itself, so enter that.", IsRequired = true },
                ],
            },
        ],
        Secrets =
        [
            new SettingField
            {
                Name = "webhookSecret",
                Label = "Webhook secret",
                Help = "What the webhooks are signed with. For webhooks made by an app: the app's client secret (Dev Dashboard, the app, Settings). For webhooks made in the admin: Settings, Notifications, Webhooks, the key at the bottom of the page.",
                IsRequired = true,
            },
            new SettingField
            {
                Name = "previousWebhookSecret",
                Label = "Previous webhook secret",
                Help = "The secret before the last rotation. Shopify may sign with it for up to an hour after the new one was made; remove it afterwards.",
            },
            new SettingField
            {
                Name = "accessToken",
                Label = "Access token",
                Help = "The Admin API access token (shpat_...), with the scope read_orders, for reading orders and keeping subscriptions alive. Dev Dashboard, the app, API credentials. Not needed for webhooks alone.",
            },
        ],
    };

    public IReadOnlyDictionary<string, OrderState> FromPlatform => ShopifyStates.FromPlatform;

    public string? ToPlatform(OrderState state) => ShopifyStates.ToPlatform(state);

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection)
    {
        var problems = new List<SettingProblem>();
        string? shop = connection.Text("shop");
        if (shop is null)
        {
            problems.Add(new SettingProblem("settings.shop", "The shop's domain is missing; enter it as acme.myshopify.com."));
        }
        else if (Uri.CheckHostName(ShopifySettings.Normalise(shop)) != UriHostNameType.Dns || !ShopifySettings.Normalise(shop).EndsWith(".myshopify.com", StringComparison.Ordinal))
        {
            problems.Add(new SettingProblem("settings.shop", $"\"{shop}\" is not a shop's permanent domain; enter the one that ends in myshopify.com, because Shopify names it in every webhook."));
        }
        if (connection.Text("shipOnAuthorization") is { } ship && ship is not ("true" or "false"))
        {
            problems.Add(new SettingProblem("settings.shipOnAuthorization", $"\"{ship}\" is neither true nor false."));
        }
        if (connection.Settings.ValueKind is System.Text.Json.JsonValueKind.Object && connection.Settings.TryGetProperty("pubSub", out _))
        {
            if (ShopifySettings.PubSubSetting(connection, "serviceAccount") is not { } account || !account.Contains('@', StringComparison.Ordinal))
            {
                problems.Add(new SettingProblem("settings.pubSub.serviceAccount", "The e-mail of the push subscription's service account is missing; without it anybody with a Google account could send orders."));
            }
            if (ShopifySettings.PubSubSetting(connection, "audience") is null)
            {
                problems.Add(new SettingProblem("settings.pubSub.audience", "The push subscription's audience is missing; enter the one set there, or the push address where none is set."));
            }
        }
        if (string.IsNullOrWhiteSpace(connection.Secret("webhookSecret")))
        {
            problems.Add(new SettingProblem("secrets.webhookSecret", "The webhook secret is missing; without it no webhook can be trusted."));
        }
        return problems;
    }

    public IWebhookEndpoint Open(ConnectionSettings connection) => new ShopifyWebhooks(connection);

    public IOrderMapping MappingFor(ConnectionSettings connection) => new ShopifyOrderMapping(ShopifySettings.Of(connection));
}
