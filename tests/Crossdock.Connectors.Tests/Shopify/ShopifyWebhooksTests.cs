using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Connectors.Tests.Shopify;

public sealed class ShopifyWebhooksTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Body = """{"id":820982911946154508,"updated_at":"2026-10-14T16:42:11+02:00","note":"\/ñ"}"""u8.ToArray();
    private static readonly IWebhookEndpoint Endpoint = ShopifySamples.Connector.Open(ShopifySamples.Settings());

    [Fact]
    public void Previous_secret_still_passes()
    {
        var rotated = ShopifySamples.Connector.Open(ShopifySamples.Settings(secrets: [("webhookSecret", "new"), ("previousWebhookSecret", "old")]));
        Assert.True(rotated.CheckSignature(ShopifySamples.Sign(Body, "new").At(Now)).IsValid);
        Assert.True(rotated.CheckSignature(ShopifySamples.Sign(Body, "old").At(Now)).IsValid);
        Assert.False(rotated.CheckSignature(ShopifySamples.Sign(Body, "older").At(Now)).IsValid);
    }

    [Fact]
    public void Newer_headers_without_prefix_pass()
    {
        var sample = ShopifySamples.Sign(Body);
        var newer = sample with { Headers = new(("shopify-hmac-sha256", sample.Headers["X-Shopify-Hmac-Sha256"]!), ("shopify-topic", "orders/paid"), ("shopify-webhook-id", "w-1")) };
        Assert.True(Endpoint.CheckSignature(newer.At(Now)).IsValid);
        Assert.Equal(("orders/paid", "w-1"), Endpoint.ReadEnvelope(newer.At(Now)) is var envelope ? (envelope.Topic, envelope.DedupeKey) : default);
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("", "missing")]
    [InlineData("not base64 at all", "malformed")]
    [InlineData("AAAA", "malformed")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "wrong")]
    public void Wrong_signature_says_why_to_the_operator(string? header, string because)
    {
        var sample = ShopifySamples.Sign(Body);
        var headers = header is null ? sample.Headers.Without("X-Shopify-Hmac-Sha256") : sample.Headers.With("X-Shopify-Hmac-Sha256", header);
        Assert.Equal(because, Endpoint.CheckSignature((sample with { Headers = headers }).At(Now)).RefusedBecause);
    }

    [Fact]
    public void Genuine_webhook_of_another_shop_of_the_same_app_is_refused()
    {
        Assert.False(Endpoint.CheckSignature(ShopifySamples.Sign(Body, shop: "other.myshopify.com").At(Now)).IsValid);
        Assert.True(Endpoint.CheckSignature(ShopifySamples.Sign(Body, shop: "Andina-Outdoor.myshopify.com").At(Now)).IsValid);
        Assert.True(Endpoint.CheckSignature(ShopifySamples.Sign(Body, shop: null).At(Now)).IsValid);
    }

    [Theory]
    [InlineData("orders/create", """{"id":12,"line_items":[{"id":99}]}""", "12")]
    [InlineData("orders/delete", """{"id":12}""", "12")]
    [InlineData("refunds/create", """{"id":99,"order_id":12}""", "12")]
    [InlineData("fulfillments/update", """{"line_items":[{"id":7,"order_id":8}],"id":99,"order_id":12}""", "12")]
    [InlineData("order_transactions/create", """{"id":99,"order_id":12}""", "12")]
    [InlineData("orders/edited", """{"order_edit":{"id":99,"order_id":12}}""", "12")]
    [InlineData("products/update", """{"id":99}""", null)]
    [InlineData("customers/redact", """{"shop_id":1,"customer":{"id":5}}""", null)]
    [InlineData("orders/create", """{"line_items":[{"id":99}]}""", null)]
    [InlineData("orders/create", """{"id":12,"name":"#10""", "12")]
    public void Order_key_is_the_order_whatever_the_topic(string topic, string body, string? expected) =>
        Assert.Equal(expected, Endpoint.ReadEnvelope(ShopifySamples.Sign(System.Text.Encoding.UTF8.GetBytes(body), topic: topic).At(Now)).OrderKey);

    [Fact]
    public void Webhook_id_is_the_dedupe_key_and_triggered_at_the_time()
    {
        var envelope = Endpoint.ReadEnvelope(ShopifySamples.Sign(Body).At(Now));
        Assert.Equal("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", envelope.DedupeKey);
        Assert.Equal(new DateTimeOffset(2026, 10, 14, 14, 42, 12, 123, 456, TimeSpan.Zero).Date, envelope.OccurredAt!.Value.Date);
        Assert.Equal("820982911946154508", envelope.OrderKey);
    }

    [Fact]
    public void Without_a_webhook_id_topic_id_time_and_body_make_the_key()
    {
        string Key(byte[] body, string topic = "orders/create") => Endpoint.ReadEnvelope(ShopifySamples.Sign(body, topic: topic, webhookId: null).At(Now)).DedupeKey;
        Assert.StartsWith("orders/create:820982911946154508:20261014144211:", Key(Body), StringComparison.Ordinal);
        Assert.Equal(Key(Body), Key(Body));
        Assert.NotEqual(Key(Body), Key([.. Body, (byte)' ']));
        Assert.NotEqual(Key(Body), Key(Body, "orders/updated"));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("application/json", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("text/plain", false)]
    [InlineData("application/jsonp", false)]
    public void Only_JSON_is_accepted(string? contentType, bool expected) => Assert.Equal(expected, Endpoint.Accepts(contentType));
}
