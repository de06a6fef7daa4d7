using Crossdock.Connectors.Shopify;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Shopify;

/// <summary>The mapping of orders that were read by GraphQL: as much damage as a webhook's has to bear.</summary>
public sealed class ShopifyReadMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector => ShopifySamples.Connector;
    protected override ConnectionSettings Valid => ShopifySamples.Settings();
    protected override IEnumerable<(string Topic, byte[] Payload)> Samples => [(ShopifyTopics.Read, ShopifySamples.Payload("order-read.json"))];

    [Fact]
    public void Document_maps_as_expected() => CanonicalAssert.Matches(ShopifySamples.Map(ShopifySamples.Payload("order-read.json"), ShopifyTopics.Read), "Payloads/order-read.expected.json");

    [Fact]
    public void Reading_by_GraphQL_is_lean_and_a_webhook_is_not()
    {
        Assert.True(Assert.IsType<MappedOrder>(ShopifySamples.Map(ShopifySamples.Payload("order-read.json"), ShopifyTopics.Read)).IsLean);
        Assert.False(Assert.IsType<MappedOrder>(ShopifySamples.Map(ShopifySamples.Payload("order-delivered-refunded.json"))).IsLean);
    }
}
