using System.Text;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Vtex;

public sealed class VtexWebhooksTests
{
    private static readonly IWebhookEndpoint Endpoint = VtexSamples.Connector.Open(VtexSamples.Store());

    [Fact]
    public void Test_call_of_the_hook_is_answered_200_only_with_the_token()
    {
        byte[] ping = """{"hookConfig":"ping"}"""u8.ToArray();
        Assert.Equal(200, Endpoint.Probe(VtexSamples.Hook(ping).At(DateTimeOffset.UnixEpoch))?.Status);
        Assert.Null(Endpoint.Probe(VtexSamples.Hook(ping, "somebody-elses-token-1").At(DateTimeOffset.UnixEpoch)));
        Assert.Null(Endpoint.Probe(new SampleRequest(ping, new SampleHeaders()).At(DateTimeOffset.UnixEpoch)));
        Assert.Null(Endpoint.Probe(VtexSamples.Hook("""{"hookConfig":"pong"}"""u8.ToArray()).At(DateTimeOffset.UnixEpoch)));
    }

    [Theory]
    [InlineData("andesoutdoor", true)]
    [InlineData("AndesOutdoor", true)]
    [InlineData("otheraccount", false)]
    public void Account_of_the_sender_must_be_the_connections(string account, bool isValid)
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"Domain":"Fulfillment","OrderId":"1-01","State":"handling","Origin":{"Account":"{{account}}","Key":"k"} }""");
        Assert.Equal(isValid, Endpoint.CheckSignature(VtexSamples.Hook(body).At(DateTimeOffset.UnixEpoch)).IsValid);
    }

    [Fact]
    public void Envelope_says_order_state_and_time()
    {
        var envelope = Endpoint.ReadEnvelope(VtexSamples.Hook(VtexSamples.Payload("hook-ready")).At(DateTimeOffset.UnixEpoch));
        Assert.Equal(("Fulfillment/ready-for-handling", "1493120655871-01", new DateTimeOffset(2026, 11, 2, 14, 33, 42, TimeSpan.Zero).AddTicks(5560117)), (envelope.Topic, envelope.OrderKey, envelope.OccurredAt!.Value));
        Assert.Equal("1493120655871-01|Fulfillment|ready-for-handling|20261102143342556", envelope.DedupeKey);
    }

    [Fact]
    public void Same_state_at_another_time_and_a_changed_document_are_other_events()
    {
        string Key(string body) => Endpoint.ReadEnvelope(VtexSamples.Hook(Encoding.UTF8.GetBytes(body)).At(DateTimeOffset.UnixEpoch)).DedupeKey;
        Assert.NotEqual(Key("""{"Domain":"Fulfillment","OrderId":"1-01","State":"invoiced","LastChange":"2026-11-02T14:33:41Z"}"""), Key("""{"Domain":"Fulfillment","OrderId":"1-01","State":"invoiced","LastChange":"2026-11-02T14:35:41Z"}"""));
        Assert.NotEqual(Key("""{"Domain":"Fulfillment","OrderId":"1-01","State":"invoiced","LastChange":"2026-11-02T14:33:41Z"}"""), Key("""{"Domain":"Marketplace","OrderId":"1-01","State":"invoiced","LastChange":"2026-11-02T14:33:41Z"}"""));
        Assert.NotEqual(Key("""{"Domain":"OrdersDocumentUpdated","OrderId":"1-01","State":"unknow","LastChange":"2026-11-02T14:33:41","CurrentChange":"0001-01-01T00:00:00","a":1}"""),
            Key("""{"Domain":"OrdersDocumentUpdated","OrderId":"1-01","State":"unknow","LastChange":"2026-11-02T14:33:41","CurrentChange":"0001-01-01T00:00:00","a":2}"""));
    }

    [Fact]
    public void Times_without_a_zone_are_UTC_and_the_year_1_is_none()
    {
        var envelope = Endpoint.ReadEnvelope(VtexSamples.Hook("""{"Domain":"OrdersDocumentUpdated","OrderId":"1-01","State":"unknow","LastChange":"2022-12-15T20:32:06.6120711","CurrentChange":"0001-01-01T00:00:00"}"""u8.ToArray()).At(DateTimeOffset.UnixEpoch));
        Assert.Equal(new DateTimeOffset(2022, 12, 15, 20, 32, 6, TimeSpan.Zero).AddTicks(6120711), envelope.OccurredAt);
    }

    [Theory]
    [InlineData("""{"OrderId":"1-01","State":"handling","Domain":"Fulfillment","LastState":"ready-for-handling"}""", "State handling after ready-for-handling")]
    [InlineData("""{"orderId":"1-01","state":"handling","domain":"Fulfillment"}""", "State handling")]
    [InlineData("""{"OrderId":"1-01","State":"unknow","Domain":"OrdersDocumentUpdated","LastState":null}""", "The order changed in VTEX")]
    [InlineData("""{"OrderId":"1-01","State":null,"Domain":"Marketplace"}""", "The order changed in VTEX")]
    public void Announcement_names_the_order_and_never_maps_its_state(string body, string what) =>
        Assert.Equal(new Announced("1-01", what), VtexSamples.Map(Encoding.UTF8.GetBytes(body), "Fulfillment/handling"));

    [Fact]
    public void Announcement_without_an_order_is_parked_and_a_test_call_ignored()
    {
        Assert.IsType<Unmappable>(VtexSamples.Map("""{"State":"handling"}"""u8.ToArray(), "Fulfillment/handling"));
        Assert.IsType<Unmappable>(VtexSamples.Map("""{"OrderId":"1 2","State":"handling"}"""u8.ToArray(), "Fulfillment/handling"));
        Assert.IsType<Ignored>(VtexSamples.Map("""{"hookConfig":"ping"}"""u8.ToArray(), "unknown/unknown"));
    }
}
