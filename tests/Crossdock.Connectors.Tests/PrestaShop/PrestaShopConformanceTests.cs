using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.PrestaShop;

public sealed class PrestaShopWebhookConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector => Presta.Connector;
    protected override ConnectionSettings Valid => Presta.Store();
    protected override ConnectionSettings OtherStore => Presta.Store(secret: "YW5vdGhlci1zaG9wcy1zZWNyZXQtMDEyMzQ1Njc4OTA=");
    protected override DateTimeOffset ReceivedAt => Presta.Noon;
    protected override string SignatureHeader => "Crossdock-Signature";
    protected override byte[] SampleBody => Presta.Payload("gift-paid-by-wire");
    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => Presta.Signed(body, secret: connection.Secret("webhookSecret")!);

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (Presta.Store("{}"), "settings.shopUrl"),
        (Presta.Store("""{"shopUrl":"tienda"}"""), "settings.shopUrl"),
        (Presta.Store("""{"shopUrl":"https://KEY@tienda.example/"}"""), "settings.shopUrl"),
        (Presta.Store("""{"shopUrl":"https://tienda.example","timeZone":"Chile/Nowhere"}"""), "settings.timeZone"),
        (Presta.Store("""{"shopUrl":"https://tienda.example","stateMap":{"17":"sent"}}"""), "settings.stateMap.17"),
        (Presta.Store("""{"shopUrl":"https://tienda.example","stateMap":{"17":"approved"}}"""), "settings.stateMap.17"),
        (Presta.Store("""{"shopUrl":"https://tienda.example","tellStates":{"paid":"2"}}"""), "settings.tellStates.paid"),
        (Presta.Store("""{"shopUrl":"https://tienda.example","pauseMilliseconds":1}"""), "settings.pauseMilliseconds"),
        (Presta.Store("""{"shopUrl":"https://tienda.example","shop":"2"}"""), "settings.shop"),
        (Presta.Store(secret: "short"), "secrets.webhookSecret"),
        (Presta.Store() with { Secrets = new Dictionary<string, string>() }, "secrets.webhookSecret"),
        (Presta.Store() with { Secrets = new Dictionary<string, string> { ["webserviceKey"] = "ABC" } }, "secrets.webserviceKey"),
    ];
}

public sealed class PrestaShopMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector => Presta.Connector;
    protected override ConnectionSettings Valid => Presta.Store();

    protected override IEnumerable<(string Topic, byte[] Payload)> Samples =>
    [
        ("order.state_changed", Presta.Payload("gift-paid-by-wire")),
        ("order.read", Presta.Payload("shipped-part-refunded")),
    ];
}

public sealed class PrestaShopStatesConformanceTests : OrderStatesConformance
{
    protected override IConnector Connector => Presta.Connector;
    protected override ConnectionSettings Valid => Presta.Store();
}

public sealed class PrestaShopSourceConformanceTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new EmulatedPrestaShop();
}

public sealed class PrestaShopXmlSourceConformanceTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new EmulatedPrestaShop("xml");
}

public sealed class PrestaShopStatusConformanceTests : OrderStatusConformance
{
    protected override EmulatedShop NewShop() => new EmulatedPrestaShop();
}

public sealed class PrestaShopConnectionTestConformanceTests : ConnectionTestConformance
{
    protected override EmulatedShop NewShop() => new EmulatedPrestaShop();
}

public sealed class PrestaShopShapeTests : ShapeConformance
{
    protected override EmulatedShop NewShop() => new EmulatedPrestaShop();
}
