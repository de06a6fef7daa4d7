using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Jumpseller;

public sealed class JumpsellerWebhookConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector => JumpsellerSamples.Connector;
    protected override ConnectionSettings Valid => JumpsellerSamples.Store();
    protected override ConnectionSettings OtherStore => JumpsellerSamples.Store(token: "fedcba9876543210fedcba9876543210");
    protected override string SignatureHeader => "Jumpseller-Hmac-Sha256";
    protected override byte[] SampleBody => JumpsellerSamples.Payload("paid-chile");
    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => JumpsellerSamples.Hook(body, token: connection.Secret("hooksToken")!);

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (JumpsellerSamples.Store("""{"storeCode":"taller.jumpseller.com"}"""), "settings.storeCode"),
        (JumpsellerSamples.Store("""{"storeCode":"taller","apiUrl":"api"}"""), "settings.apiUrl"),
        (JumpsellerSamples.Store("""{"storeCode":"taller","weightUnit":"t"}"""), "settings.weightUnit"),
        (JumpsellerSamples.Store("""{"storeCode":"taller","locationId":"main"}"""), "settings.locationId"),
        (JumpsellerSamples.Store("""{"storeCode":"taller","clientId":"abc"}"""), "secrets.refreshToken"),
        (JumpsellerSamples.Store(token: "short"), "secrets.hooksToken"),
        (JumpsellerSamples.Store() with { Secrets = new Dictionary<string, string> { ["hooksToken"] = JumpsellerSamples.HooksToken, ["login"] = "x" } }, "secrets.authToken"),
    ];
}

public sealed class JumpsellerMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector => JumpsellerSamples.Connector;
    protected override ConnectionSettings Valid => JumpsellerSamples.Store();

    protected override IEnumerable<(string Topic, byte[] Payload)> Samples => [("order_paid", JumpsellerSamples.Payload("paid-chile")), ("orders/read", JumpsellerSamples.Payload("pickup-colombia"))];
}

public sealed class JumpsellerStatesConformanceTests : OrderStatesConformance
{
    protected override IConnector Connector => JumpsellerSamples.Connector;
    protected override ConnectionSettings Valid => JumpsellerSamples.Store();
}

public sealed class JumpsellerSourceConformanceTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new JumpsellerShop();
}

public sealed class JumpsellerSubscriptionConformanceTests : SubscriptionConformance
{
    protected override EmulatedShop NewShop() => new JumpsellerShop();
}

public sealed class JumpsellerStatusConformanceTests : OrderStatusConformance
{
    protected override EmulatedShop NewShop() => new JumpsellerShop();
    protected override IReadOnlyList<OrderState> Recorded => [OrderState.Processing, OrderState.InShipment, OrderState.Delivered];
}

public sealed class JumpsellerConnectionTestConformanceTests : ConnectionTestConformance
{
    protected override EmulatedShop NewShop() => new JumpsellerShop();
}

public sealed class JumpsellerShapeTests : ShapeConformance
{
    protected override EmulatedShop NewShop() => new JumpsellerShop();
}
