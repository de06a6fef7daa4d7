using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Vtex;

public sealed class VtexWebhookConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector => VtexSamples.Connector;
    protected override ConnectionSettings Valid => VtexSamples.Store();
    protected override ConnectionSettings OtherStore => VtexSamples.Store(token: "another-stores-token-1234");
    protected override string SignatureHeader => "X-Hub-Token";
    protected override bool SignsBody => false;
    protected override byte[] SampleBody => VtexSamples.Payload("hook-ready");
    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => VtexSamples.Hook(body, connection.Secret("hookToken")!);

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (VtexSamples.Store("""{"account":"https://andes.myvtex.com"}"""), "settings.account"),
        (VtexSamples.Store("""{"account":"andes","apiUrl":"andes"}"""), "settings.apiUrl"),
        (VtexSamples.Store("""{"account":"andes","skuField":"sku"}"""), "settings.skuField"),
        (VtexSamples.Store("""{"account":"andes","weightUnit":"lb"}"""), "settings.weightUnit"),
        (VtexSamples.Store("""{"account":"andes","invoicedMeans":"sent"}"""), "settings.invoicedMeans"),
        (VtexSamples.Store("""{"account":"andes","amountDecimals":4}"""), "settings.amountDecimals"),
        (VtexSamples.Store("""{"account":"andes","regionAliases":{"Metro":"RM"}}"""), "settings.regionAliases.Metro"),
        (VtexSamples.Store("""{"account":"andes","regionAliases":{"Metro":"CL-XX"}}"""), "settings.regionAliases.Metro"),
        (VtexSamples.Store(token: "short"), "secrets.hookToken"),
        (VtexSamples.Store(token: "with a blank in between"), "secrets.hookToken"),
        (VtexSamples.Store() with { Secrets = new Dictionary<string, string> { ["hookToken"] = VtexSamples.Token, ["appKey"] = "vtexappkey-a" } }, "secrets.appToken"),
        (VtexSamples.Store() with { Secrets = new Dictionary<string, string> { ["hookToken"] = VtexSamples.Token, ["appKey"] = "vtex key", ["appToken"] = "x" } }, "secrets.appKey"),
    ];
}

public sealed class VtexMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector => VtexSamples.Connector;
    protected override ConnectionSettings Valid => VtexSamples.Store();

    protected override IEnumerable<(string Topic, byte[] Payload)> Samples =>
    [
        ("orders/read", VtexSamples.Payload("chile-two-warehouses")),
        ("orders/read", VtexSamples.Payload("brazil-partly-sent")),
        ("orders/read", VtexSamples.Payload("pickup-canceled")),
        ("Fulfillment/ready-for-handling", VtexSamples.Payload("hook-ready")),
    ];
}

public sealed class VtexStatesConformanceTests : OrderStatesConformance
{
    protected override IConnector Connector => VtexSamples.Connector;
    protected override ConnectionSettings Valid => VtexSamples.Store();
}

public sealed class VtexSourceConformanceTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new VtexShop();
}

public sealed class VtexFeedConformanceTests : OrderFeedConformance
{
    protected override EmulatedShop NewShop() => new VtexShop();
}

public sealed class VtexSubscriptionConformanceTests : SubscriptionConformance
{
    protected override EmulatedShop NewShop() => new VtexShop();
}

public sealed class VtexStatusConformanceTests : OrderStatusConformance
{
    protected override EmulatedShop NewShop() => new VtexShop();
    protected override IReadOnlyList<OrderState> Recorded => [OrderState.Processing, OrderState.InShipment, OrderState.Delivered];
}

public sealed class VtexConnectionTestConformanceTests : ConnectionTestConformance
{
    protected override EmulatedShop NewShop() => new VtexShop();
}

public sealed class VtexShapeTests : ShapeConformance
{
    protected override EmulatedShop NewShop() => new VtexShop();
}
