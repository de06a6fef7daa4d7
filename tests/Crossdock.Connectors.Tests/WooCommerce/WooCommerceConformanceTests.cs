using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.WooCommerce;

public sealed class WooCommerceWebhookConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector => Woo.Connector;
    protected override ConnectionSettings Valid => Woo.Store();
    protected override ConnectionSettings OtherStore => Woo.Store(secret: "AnotherShopsSecret123456789");
    protected override string SignatureHeader => "X-WC-Webhook-Signature";
    protected override byte[] SampleBody => Woo.Payload("cash-on-delivery");
    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => Woo.Signed(body, secret: connection.Secret("webhookSecret")!);

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (Woo.Store("""{"siteUrl":"tienda"}"""), "settings.siteUrl"),
        (Woo.Store("""{"siteUrl":"https://eva:geheim@tienda.example/"}"""), "settings.siteUrl"),
        (Woo.Store("""{"siteUrl":"https://tienda.example","completedMeans":"gone"}"""), "settings.completedMeans"),
        (Woo.Store("""{"siteUrl":"https://tienda.example","statusMap":{"shipped":"sent"}}"""), "settings.statusMap.shipped"),
        (Woo.Store("""{"siteUrl":"https://tienda.example","statusMap":{"shipped":"approved"}}"""), "settings.statusMap.shipped"),
        (Woo.Store(secret: ""), "secrets.webhookSecret"),
        (Woo.Store(secret: "a&b<c>"), "secrets.webhookSecret"),
        (Woo.Store() with { Secrets = new Dictionary<string, string> { ["webhookSecret"] = "abc", ["consumerKey"] = "ck_1" } }, "secrets.consumerKey"),
    ];
}

public sealed class WooCommerceMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector => Woo.Connector;
    protected override ConnectionSettings Valid => Woo.Store();

    protected override IEnumerable<(string Topic, byte[] Payload)> Samples =>
    [
        ("order.updated", Woo.Payload("cash-on-delivery")),
        ("order.updated", Woo.Payload("chile-two-packages")),
        ("order.deleted", """{"id":48213}"""u8.ToArray()),
    ];
}

public sealed class WooCommerceStatesConformanceTests : OrderStatesConformance
{
    protected override IConnector Connector => Woo.Connector;
    protected override ConnectionSettings Valid => Woo.Store();
}

public sealed class WooCommerceSourceConformanceTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new WooCommerceStore();
}

public sealed class WooCommerceSubscriptionConformanceTests : SubscriptionConformance
{
    protected override EmulatedShop NewShop() => new WooCommerceStore();
}

public sealed class WooCommerceStatusConformanceTests : OrderStatusConformance
{
    protected override IReadOnlyList<Model.Orders.OrderState> Recorded => [Model.Orders.OrderState.Processing, Model.Orders.OrderState.InShipment, Model.Orders.OrderState.Delivered];
    protected override EmulatedShop NewShop() => new WooCommerceStore();
}

public sealed class WooCommerceTestConformanceTests : ConnectionTestConformance
{
    protected override EmulatedShop NewShop() => new WooCommerceStore();
}

public sealed class WooCommerceShapeTests : ShapeConformance
{
    protected override EmulatedShop NewShop() => new WooCommerceStore();
}
