using System.Text;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.WooCommerce;

public sealed class WooCommerceWebhooksTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static IWebhookEndpoint Endpoint => Woo.Connector.Open(Woo.Store());

    [Fact]
    public void Ping_is_answered_with_exactly_200()
    {
        var ping = new SampleRequest("webhook_id=17"u8.ToArray(), new SampleHeaders(("Content-Type", "application/x-www-form-urlencoded")));
        Assert.True(Endpoint.Accepts("application/x-www-form-urlencoded"));
        Assert.Equal(200, Endpoint.Probe(ping.At(At))?.Status);
    }

    [Theory]
    [InlineData("webhook_id=")]
    [InlineData("webhook_id=17&x=1")]
    [InlineData("webhook_id=1a")]
    [InlineData("a=webhook_id=17")]
    [InlineData("webhook_id=1234567890123456789012345")]
    public void Form_that_is_no_ping_is_refused(string body)
    {
        var request = new SampleRequest(Encoding.UTF8.GetBytes(body), new SampleHeaders()).At(At);
        Assert.Null(Endpoint.Probe(request));
        Assert.Equal("missing", Endpoint.CheckSignature(request).RefusedBecause);
    }

    [Theory]
    [InlineData("application/json; charset=UTF-8", true)]
    [InlineData("text/xml", false)]
    [InlineData("multipart/form-data; boundary=x", false)]
    public void Types_the_shop_never_sends_are_not_accepted(string type, bool isAccepted) => Assert.Equal(isAccepted, Endpoint.Accepts(type));

    [Fact]
    public void Connection_without_a_secret_accepts_nothing()
    {
        byte[] body = Woo.Payload("cash-on-delivery");
        Assert.False(Woo.Connector.Open(Woo.Store(secret: "")).CheckSignature(Woo.Signed(body, secret: "").At(At)).IsValid);
    }

    [Fact]
    public void Five_orders_under_one_delivery_id_are_five_events()
    {
        var keys = Enumerable.Range(1, 5).Select(id => Endpoint.ReadEnvelope(Woo.Signed(Woo.With($$"""{"id":{{id}}}"""), delivery: "same").At(At)).DedupeKey);
        Assert.Equal(5, keys.Distinct().Count());
    }

    [Fact]
    public void Delivery_id_makes_no_difference()
    {
        byte[] body = Woo.Payload("cash-on-delivery");
        Assert.Equal(Endpoint.ReadEnvelope(Woo.Signed(body, delivery: "one").At(At)), Endpoint.ReadEnvelope(Woo.Signed(body, delivery: "two").At(At.AddHours(1))));
    }

    [Fact]
    public void Created_and_updated_with_the_same_bytes_are_two_events_of_one_order()
    {
        byte[] body = Woo.Payload("cash-on-delivery");
        var created = Endpoint.ReadEnvelope(Woo.Signed(body, "order.created").At(At));
        var updated = Endpoint.ReadEnvelope(Woo.Signed(body).At(At));
        Assert.NotEqual(created.DedupeKey, updated.DedupeKey);
        Assert.Equal("48213", updated.OrderKey);
        Assert.Equal(created.OrderKey, updated.OrderKey);
        Assert.Equal(new DateTimeOffset(2026, 10, 14, 16, 20, 46, TimeSpan.Zero), updated.OccurredAt);
    }

    [Fact]
    public void Order_deleted_again_after_it_was_restored_is_a_new_event()
    {
        var request = Woo.Signed("""{"id":48213}"""u8.ToArray(), "order.deleted");
        Assert.NotEqual(Endpoint.ReadEnvelope(request.At(At)).DedupeKey, Endpoint.ReadEnvelope(request.At(At.AddMinutes(5))).DedupeKey);
        Assert.Equal(Endpoint.ReadEnvelope(request.At(At)).DedupeKey, Endpoint.ReadEnvelope(request.At(At.AddSeconds(5))).DedupeKey);
    }

    [Fact]
    public void Product_has_no_order_key() => Assert.Null(Endpoint.ReadEnvelope(Woo.Signed("""{"id":10}"""u8.ToArray(), "product.updated").At(At)).OrderKey);
}
