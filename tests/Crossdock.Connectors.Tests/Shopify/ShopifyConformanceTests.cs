using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Shopify;

public sealed class ShopifyWebhookConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector => ShopifySamples.Connector;
    protected override ConnectionSettings Valid => ShopifySamples.Settings();
    protected override ConnectionSettings OtherStore => ShopifySamples.Settings(secrets: ("webhookSecret", "another"));
    protected override string SignatureHeader => "X-Shopify-Hmac-Sha256";
    protected override byte[] SampleBody => ShopifySamples.Payload("order-pickup-point-pln.json");
    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (ShopifySamples.Settings("{}"), "settings.shop"),
        (ShopifySamples.Settings("""{"shop":"www.andina.example"}"""), "settings.shop"),
        (ShopifySamples.Settings("""{"shop":"a.myshopify.com","shipOnAuthorization":"perhaps"}"""), "settings.shipOnAuthorization"),
        (ShopifySamples.Settings(secrets: ("webhookSecret", " ")), "secrets.webhookSecret"),
    ];

    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => ShopifySamples.Sign(body, connection.Secret("webhookSecret")!);
}

public sealed class ShopifyMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector => ShopifySamples.Connector;
    protected override ConnectionSettings Valid => ShopifySamples.Settings();
    protected override IEnumerable<(string Topic, byte[] Payload)> Samples =>
    [
        ("orders/create", ShopifySamples.Payload("order-pickup-point-pln.json")),
        ("orders/updated", ShopifySamples.Payload("order-delivered-refunded.json")),
        ("orders/create", ShopifySamples.Payload("order-old-shape-cod-chile.json")),
        ("refunds/create", ShopifySamples.Payload("refund.json")),
        ("fulfillments/create", ShopifySamples.Payload("fulfilment.json")),
        ("order_transactions/create", ShopifySamples.Payload("transaction.json")),
        ("orders/delete", """{"id":6120417755213}"""u8.ToArray()),
    ];
}

public sealed class ShopifyStatesConformanceTests : OrderStatesConformance
{
    protected override IConnector Connector => ShopifySamples.Connector;
    protected override ConnectionSettings Valid => ShopifySamples.Settings();
}

public sealed class ShopifySourceConformanceTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new ShopifyStore();
}

public sealed class ShopifyRestSourceConformanceTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new ShopifyStore("rest");
}

public sealed class ShopifyExpiringTokenConformanceTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new ShopifyStore(isExpiring: true);
}

public sealed class ShopifySubscriptionConformanceTests : SubscriptionConformance
{
    protected override EmulatedShop NewShop() => new ShopifyStore();
}

public sealed class ShopifyStatusConformanceTests : OrderStatusConformance
{
    protected override IReadOnlyList<Model.Orders.OrderState> Recorded => [Model.Orders.OrderState.InShipment, Model.Orders.OrderState.Delivered];
    protected override EmulatedShop NewShop() => new ShopifyStore();
}

public sealed class ShopifyTestConformanceTests : ConnectionTestConformance
{
    protected override EmulatedShop NewShop() => new ShopifyStore();
}

public sealed class ShopifyShapeTests : ShapeConformance
{
    protected override EmulatedShop NewShop() => new ShopifyStore();
}

public sealed class ShopifyRestShapeTests : ShapeConformance
{
    protected override EmulatedShop NewShop() => new ShopifyStore("rest");
}
