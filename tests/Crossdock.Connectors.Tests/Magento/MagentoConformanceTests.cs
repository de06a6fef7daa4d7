using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Magento;

public sealed class MagentoModuleConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector => Mage.Connector;
    protected override ConnectionSettings Valid => Mage.Store();
    protected override ConnectionSettings OtherStore => Mage.Store("{}", ("webhookSecret", "AnotherShopsSecret123456789"));
    protected override DateTimeOffset ReceivedAt => Mage.At;
    protected override string SignatureHeader => "X-Hub-Signature";
    protected override byte[] SampleBody => Mage.Payload("module-order-saved");
    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => Mage.FromModule(body, connection.Secret("webhookSecret")!);

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (Mage.Store("""{"baseUrl":"tienda"}"""), "settings.baseUrl"),
        (Mage.Store("""{"baseUrl":"https://tienda.example/?a=b"}"""), "settings.baseUrl"),
        (Mage.Store("{}", ("accessToken", "abcdefgh")), "settings.baseUrl"),
        (Mage.Store("""{"storeCode":"a/b"}"""), "settings.storeCode"),
        (Mage.Store("""{"storeIds":["peru"]}"""), "settings.storeIds"),
        (Mage.Store("""{"statusMap":{"sent":"gone"}}"""), "settings.statusMap.sent"),
        (Mage.Store("""{"statusMap":{"sent":"approved"}}"""), "settings.statusMap.sent"),
        (Mage.Store("""{"completeMeans":"gone"}"""), "settings.completeMeans"),
        (Mage.Store("""{"streetLines":["street","flat"]}"""), "settings.streetLines"),
        (Mage.Store("""{"pageSize":500}"""), "settings.pageSize"),
        (Mage.Store("""{"adobePublicKeys":["-----BEGIN PUBLIC KEY-----"]}"""), "settings.adobePublicKeys"),
        (Mage.WithAdobe("") with { }, "settings.adobeClientId"),
        (Mage.Store("{}", ("webhookSecret", "short")), "secrets.webhookSecret"),
        (Mage.Store("{}", ("consumerKey", "abcdefgh")), "secrets.consumerSecret"),
        (Mage.Store("{}", ("consumerKey", "abcdefgh"), ("consumerSecret", "abcdefgh"), ("accessTokenSecret", "abcdefgh")), "secrets.accessToken"),
        (Mage.Store("""{"adminUser":"hub","baseUrl":"https://tienda.example/"}"""), "secrets.adminPassword"),
        (Mage.Store() with { Secrets = new Dictionary<string, string> { ["adminPassword"] = "abcdefgh" } }, "secrets.adminPassword"),
    ];
}

public sealed class MagentoAsyncEventConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector => Mage.Connector;
    protected override ConnectionSettings Valid => Mage.Store();
    protected override ConnectionSettings OtherStore => Mage.Store("{}", ("webhookSecret", "AnotherShopsSecret123456789"));
    protected override string SignatureHeader => "x-magento-signature";
    protected override byte[] SampleBody => Mage.Wrapped(Mage.Payload("order-cash-configurable"));
    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => Mage.FromAsyncEvents(body, secret: connection.Secret("webhookSecret")!);
}

public sealed class MagentoAdobeConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector => Mage.Connector;
    protected override ConnectionSettings Valid => Mage.WithAdobe();
    protected override ConnectionSettings OtherStore => Mage.WithAdobe("another-customer-of-adobe");
    protected override string SignatureHeader => "x-adobe-digital-signature-1";
    protected override byte[] SampleBody => Mage.Payload("adobe-order-saved");

    // Adobe signs for all customers with one key: another store's event differs by whom it is addressed to.
    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => Mage.FromAdobe(connection.Text("adobeClientId") == Mage.ClientId
        ? body : System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(body).Replace(Mage.ClientId, "another-customer-of-adobe", StringComparison.Ordinal)));
}

public sealed class MagentoMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector => Mage.Connector;
    protected override ConnectionSettings Valid => Mage.Store();

    protected override IEnumerable<(string Topic, byte[] Payload)> Samples =>
    [
        ("sales.order.created", Mage.Wrapped(Mage.Payload("order-cash-configurable"))),
        ("orders/read", Mage.Payload("read-bundle-shipped-refunded")),
        ("order.saved", Mage.Payload("module-order-saved")),
        ("observer.sales_order_save_commit_after", Mage.Payload("adobe-order-saved")),
        ("sales.shipment.created", """{"data":{"entity_id":3001,"order_id":5121,"created_at":"2026-11-04 09:30:00","items":[{"order_item_id":41,"qty":1}],"tracks":[{"track_number":"OLV1","title":"Olva","carrier_code":"custom"}]}}"""u8.ToArray()),
        ("sales.creditmemo.created", """{"data":{"entity_id":501,"order_id":5121,"order_currency_code":"PEN","grand_total":141.6,"adjustment":0,"items":[{"order_item_id":43,"qty":1,"row_total":120}]}}"""u8.ToArray()),
    ];
}

public sealed class MagentoStatesConformanceTests : OrderStatesConformance
{
    protected override IConnector Connector => Mage.Connector;
    protected override ConnectionSettings Valid => Mage.Store();
}
