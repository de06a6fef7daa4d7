using System.Globalization;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

/// <summary>Shopify: webhooks signed by the app or by the shop, orders read by GraphQL or REST, subscriptions kept, fulfilments told. Facts and choices: the README beside this file.</summary>
public sealed class ShopifyConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates, IOrderSource, ISubscriptionSource, IOrderStatusTarget, IConnectionTest, IDocumentShape
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "shopify",
        Title = "Shopify",
        Summary = "Receives orders, refunds, fulfilments and cancellations of a Shopify shop through its signed webhooks, reads them so that none is missed, keeps the webhooks alive, and tells the shop about shipments and deliveries.",
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
            new SettingField
            {
                Name = "clientId",
                Label = "Client ID",
                Help = "The app's client ID, where its access tokens run out: Dev Dashboard, the app, Settings. Leave empty for a permanent token (shpat_...).",
            },
            new SettingField
            {
                Name = "manageWebhooks",
                Label = "Keep webhooks",
                Help = "Whether the hub subscribes to the order topics itself and puts back what Shopify removes after failures. Switch it off where the app's own configuration (shopify.app.toml) or a person subscribes already, or every event comes twice.",
                Type = SettingType.Switch,
                Default = "true",
            },
            StoreFields.TellStatus("Whether the shop learns when an order is shipped (a fulfilment with its tracking number) and delivered. Needs the scope write_merchant_managed_fulfillment_orders."),
            new SettingField
            {
                Name = "notifyCustomer",
                Label = "Mail to the buyer",
                Help = "Whether Shopify sends the buyer its shipping confirmation when it is told. The mail's text: Shopify admin, Settings, Notifications, Customer notifications.",
                Type = SettingType.Switch,
                Default = "false",
            },
            new SettingField
            {
                Name = "api",
                Label = "Read by",
                Help = "How orders are read: graphql, or rest for apps from before 2025 that still use it.",
                Type = SettingType.Choice,
                Choices = ["graphql", "rest"],
                Default = "graphql",
            },
            new SettingField
            {
                Name = "apiVersion",
                Label = "API version",
                Help = "The Admin API's version, for example 2026-10. Shopify supports each for a year; leave it unless a release note asks for another.",
                Default = ShopifySettings.UsualVersion,
            },
            new SettingField
            {
                Name = "pageSize",
                Label = "Orders per call",
                Help = "How many orders one call reads, 1 to 250; by GraphQL 25 unless set, by REST 250. Where a query would cost more than Shopify allows, fewer are asked for by itself.",
                Type = SettingType.Number,
            },
            new SettingField
            {
                Name = "apiUrl",
                Label = "API address",
                Help = "Only for tests and proxies: where the Admin API is called instead of https://SHOP.",
                Type = SettingType.Url,
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
                Help = "The permanent Admin API access token (shpat_...) of a custom app, with the scope read_orders, for reading orders and keeping subscriptions alive. Shopify admin, Settings, Apps, Develop apps, the app, API credentials. Not needed for webhooks alone, nor with a client ID.",
            },
            new SettingField
            {
                Name = "clientSecret",
                Label = "Client secret",
                Help = "The app's client secret, with the client ID: Dev Dashboard, the app, Settings. Leave empty where the webhook secret is the same, as it is for webhooks of that app.",
            },
            new SettingField
            {
                Name = "refreshToken",
                Label = "Refresh token",
                Help = "For apps whose offline tokens run out after an hour: the refresh token that came with the first one when the shop installed the app. Renewed by the hub from then on. Leave empty for an app of the shop's own organisation, whose client ID and secret are enough.",
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
        foreach (string name in (ReadOnlySpan<string>)["manageWebhooks", "tellStatus", "notifyCustomer"])
        {
            if (connection.Text(name) is { } flag && flag is not ("true" or "false"))
            {
                problems.Add(new SettingProblem($"settings.{name}", $"\"{flag}\" is neither true nor false."));
            }
        }
        if (connection.Text("api") is { } api && api is not ("graphql" or "rest"))
        {
            problems.Add(new SettingProblem("settings.api", $"\"{api}\" is not possible; choose graphql or rest."));
        }
        if (connection.Text("apiVersion") is { } version && !(version.Length == 7 && version[4] == '-' && version.Replace("-", "", StringComparison.Ordinal).All(char.IsAsciiDigit)) && version != "unstable")
        {
            problems.Add(new SettingProblem("settings.apiVersion", $"\"{version}\" is no version of the Admin API; they are named like 2026-10."));
        }
        if (connection.Text("pageSize") is { } size && !(int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int rows) && rows is >= 1 and <= 250))
        {
            problems.Add(new SettingProblem("settings.pageSize", $"{size} is not possible; a page holds 1 to 250 orders."));
        }
        if (connection.Text("apiUrl") is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            problems.Add(new SettingProblem("settings.apiUrl", "This is not an absolute http or https address."));
        }
        if (connection.Secret("refreshToken") is not null && connection.Text("clientId") is null)
        {
            problems.Add(new SettingProblem("settings.clientId", "A refresh token is renewed with the app's client ID and secret; enter the client ID."));
        }
        if (ShopifySettings.IsOn(connection, "tellStatus") && !ShopifySettings.HasKey(connection))
        {
            problems.Add(new SettingProblem("settings.tellStatus", "The shop can only be told with an access token, or with a client ID and secret."));
        }
        if (string.IsNullOrWhiteSpace(connection.Secret("webhookSecret")))
        {
            problems.Add(new SettingProblem("secrets.webhookSecret", "The webhook secret is missing; without it no webhook can be trusted."));
        }
        return problems;
    }

    public IWebhookEndpoint Open(ConnectionSettings connection) => new ShopifyWebhooks(connection);

    public DocumentShape ShapeOf(ConnectionSettings connection) => ShopifyShape.Documents;

    public IOrderMapping MappingFor(ConnectionSettings connection) => new ShopifyOrderMapping(ShopifySettings.Of(connection));

    // Points of GraphQL on the Standard plan; the first answer says what this shop really has. A search's index lags a little behind the orders.
    public ReadingTraits? ReadingOf(ConnectionSettings connection) => !ShopifySettings.HasKey(connection) ? null : new ReadingTraits
    {
        Pace = new RequestPace(100, 2000, 4),
        HasCheapSummaries = true,
        ListLag = connection.Text("api") == "rest" ? TimeSpan.Zero : TimeSpan.FromSeconds(30),
    };

    public IOrderReader OpenReader(ConnectionAccess access)
    {
        var client = new ShopifyClient(access);
        return client.Settings.ReadsByRest ? new ShopifyRestReader(client) : new ShopifyReader(client);
    }

    public bool ManagesSubscriptions(ConnectionSettings connection) => ShopifySettings.HasKey(connection) && connection.Text("manageWebhooks") != "false";

    public ISubscriptions OpenSubscriptions(ConnectionAccess access) => new ShopifySubscriptions(new ShopifyClient(access));

    public bool TellsStatus(ConnectionSettings connection) => ShopifySettings.HasKey(connection) && ShopifySettings.IsOn(connection, "tellStatus");

    public IDestination OpenStatus(ConnectionAccess access) => new ShopifyStatus(new ShopifyClient(access));

    public async Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken) => ShopifySettings.HasKey(access.Settings)
        ? await new ShopifyTest(new ShopifyClient(access), TellsStatus(access.Settings)).RunAsync(cancellationToken)
        : [new("Credentials", TestVerdict.Warning, "There is no access token: webhooks are received, but nothing that they miss is read.")];
}
