using System.Text;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

public sealed class PrestaShopWebhooksTests
{
    private static readonly byte[] Body = Presta.Payload("gift-paid-by-wire");

    private static IWebhookEndpoint Endpoint { get; } = Presta.Connector.Open(Presta.Store());

    [Fact]
    public void Published_vector_holds()
    {
        var endpoint = new PrestaShopWebhooks("test-secret");
        var request = new SampleRequest("{\"schema\":1}"u8.ToArray(), new SampleHeaders(
            ("Crossdock-Event-Id", "7b1f4f5e-0d0a-4c8e-9b37-0a3d5c2f9e11"), ("Crossdock-Timestamp", "1793630622"),
            ("Crossdock-Signature", "v1=96fe111ffb37eb6ece3e18bdad80a20ea6eadef79714cdd7f1b99c20a819f2d2"))).At(DateTimeOffset.FromUnixTimeSeconds(1793630622));
        Assert.True(endpoint.CheckSignature(request).IsValid);
    }

    [Theory]
    [InlineData(300, null)]
    [InlineData(-300, null)]
    [InlineData(301, "too_old")]
    [InlineData(-301, "too_old")]
    public void Signature_is_good_for_five_minutes(int seconds, string? refusal) =>
        Assert.Equal(refusal, Endpoint.CheckSignature(Presta.Signed(Body, at: Presta.Noon.AddSeconds(seconds)).At(Presta.Noon)).RefusedBecause);

    [Theory]
    [InlineData("Crossdock-Event-Id", "4d0a6f0c-6a3e-4c1b-9a52-1f7be0d2c3a5")]
    [InlineData("Crossdock-Timestamp", "1793620001")]
    public void Time_and_event_are_signed_too(string header, string value)
    {
        var request = Presta.Signed(Body);
        Assert.False(Endpoint.CheckSignature((request with { Headers = request.Headers.With(header, value) }).At(Presta.Noon)).IsValid);
    }

    [Fact]
    public void While_the_secret_is_changed_both_count()
    {
        const string Next = "bmV4dC1zZWNyZXQtb2YtdGhlLW1vZHVsZS0wMTIzNDU2";
        var both = Presta.Connector.Open(Presta.Store(secret: Next) with { Secrets = new Dictionary<string, string> { ["webhookSecret"] = Next, ["previousWebhookSecret"] = Presta.Secret } });
        Assert.True(both.CheckSignature(Presta.Signed(Body).At(Presta.Noon)).IsValid);
        Assert.True(both.CheckSignature(Presta.Signed(Body, secret: Next).At(Presta.Noon)).IsValid);

        var old = Presta.Signed(Body);
        string two = $"{old.Headers["Crossdock-Signature"]}, {Presta.Signed(Body, secret: Next).Headers["Crossdock-Signature"]}";
        var request = (old with { Headers = old.Headers.With("Crossdock-Signature", two) }).At(Presta.Noon);
        Assert.True(Endpoint.CheckSignature(request).IsValid);
        Assert.True(Presta.Connector.Open(Presta.Store(secret: Next)).CheckSignature(request).IsValid);
        Assert.False(Presta.Connector.Open(Presta.Store(secret: "dGhpcmQtc2VjcmV0")).CheckSignature(request).IsValid);
    }

    [Fact]
    public void Without_a_secret_nothing_is_accepted()
    {
        var endpoint = Presta.Connector.Open(Presta.Store() with { Secrets = new Dictionary<string, string> { ["webserviceKey"] = Presta.Key } });
        Assert.Equal("wrong", endpoint.CheckSignature(Presta.Signed(Body, secret: "").At(Presta.Noon)).RefusedBecause);
    }

    [Fact]
    public void Envelope_tells_event_order_and_time()
    {
        var envelope = Endpoint.ReadEnvelope(Presta.Signed(Body).At(Presta.Noon));
        Assert.Equal(("order.state_changed", Presta.EventId, "2077", new DateTimeOffset(2026, 11, 3, 15, 20, 11, 250, TimeSpan.Zero)),
            (envelope.Topic, envelope.DedupeKey, envelope.OrderKey, envelope.OccurredAt!.Value));
        Assert.NotEqual(envelope.DedupeKey, Endpoint.ReadEnvelope(Presta.Signed(Body, id: "other").At(Presta.Noon)).DedupeKey);
        Assert.Null(Endpoint.ReadEnvelope(Presta.Signed(Encoding.UTF8.GetBytes("""{"product":{"id":5}}"""), "stock.changed").At(Presta.Noon)).OrderKey);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("", true)]
    [InlineData("text/html", false)]
    public void Only_JSON_is_sent(string type, bool accepted) => Assert.Equal(accepted, Endpoint.Accepts(type));
}
