using System.Text;
using System.Text.Json;
using Crossdock.Connectors;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Rules;
using Xunit;

namespace Crossdock.Tests.Normalise;

public sealed class PackedDocumentTests
{
    [Fact]
    public void Packages_put_in_give_what_writing_the_packed_order_gives()
    {
        int packed = 0;
        for (int seed = 0; seed < 50; seed++)
        {
            var order = Mapped(seed);
            var decision = StoreRules.Default.Decide(order, ["courier"], DateTimeOffset.UnixEpoch);
            packed += decision.IsOnlyPacked ? 1 : 0;
            Assert.Equal(OrderJson.Write(decision.Order), decision.IsOnlyPacked ? PackedDocument.Write(OrderJson.Write(order), decision.Order) : OrderJson.Write(decision.Order));
        }

        Assert.True(packed > 10, "hardly any order was only packed: this says nothing");
    }

    [Fact]
    public void Text_that_looks_like_packages_is_left_alone()
    {
        var order = Mapped(1) with { Note = ",\"packages\":[]", Attributes = new Dictionary<string, string> { ["packages"] = "[]" } };
        var decision = StoreRules.Default.Decide(order, ["courier"], DateTimeOffset.UnixEpoch);
        Assert.True(decision.IsOnlyPacked);
        Assert.Equal(Encoding.UTF8.GetString(OrderJson.Write(decision.Order)), Encoding.UTF8.GetString(PackedDocument.Write(OrderJson.Write(order), decision.Order)));
    }

    [Fact]
    public void Order_that_a_rule_changed_is_not_only_packed()
    {
        var order = Mapped(1);
        var changed = StoreRules.Default.Decide(order with { IsTest = true }, ["courier"], DateTimeOffset.UnixEpoch);
        Assert.False(changed.IsOnlyPacked);
        var decision = StoreRules.Default.Decide(order with { Packages = StoreRules.Default.Decide(order, ["courier"], DateTimeOffset.UnixEpoch).Order.Packages }, ["courier"], DateTimeOffset.UnixEpoch);
        Assert.False(decision.IsOnlyPacked);
    }

    private static Order Mapped(int seed)
    {
        byte[] document = ShopifyDocuments.Order(6_120_417_755_213, new Random(seed), new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero));
        using var settings = JsonDocument.Parse("{\"shop\":\"acme.myshopify.com\"}");
        var mapping = ((IOrderMapper)BuiltInConnectors.All.Single(connector => connector.Manifest.Platform == "shopify"))
            .MappingFor(new ConnectionSettings("acme", "Acme", "shopify", settings.RootElement, new Dictionary<string, string> { ["webhookSecret"] = "0123456789" }));
        var outcome = mapping.Map(new ReceivedEvent(document, "orders/create", null, null, DateTimeOffset.UnixEpoch));
        return Assert.IsType<MappedOrder>(outcome).Order with { UpdatedAt = null, IsTest = false };
    }
}
