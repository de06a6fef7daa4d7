using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

/// <summary>What a courier says, as the settings describe it.</summary>
public sealed class HttpNewsTests
{
    private const string Words = """{"picked_up":"processing","in_transit":"in_shipment","Delivered":"delivered","void":"cancelled","label":"none"}""";
    private static readonly Dictionary<string, string> Secrets = new() { ["webhookSecret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ["webhookToken"] = "tok-1" };
    private static readonly DateTimeOffset Arrived = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Word_place_time_and_tracking_are_read()
    {
        var news = Only("""{"reference":"/order/ref","remoteId":"/id","word":"/state","at":"/when","tracking":{"number":"/t/no","carrier":"/t/by","url":"/t/url"} }""",
            """{"id":77,"order":{"ref":"#1001"},"state":"IN_TRANSIT","when":"2026-11-20T10:00:00-03:00","t":{"no":" ST-1 ","by":"Starken","url":"https://t.test/ST-1"}}""");
        Assert.Equal(("77", "#1001", OrderState.InShipment, "IN_TRANSIT", new DateTimeOffset(2026, 11, 20, 13, 0, 0, TimeSpan.Zero)), (news.RemoteId, news.Reference, news.State, news.Word, news.At));
        Assert.Equal(new Tracking("ST-1", "Starken", "https://t.test/ST-1"), news.Tracking);
    }

    [Theory]
    [InlineData("\"2026-11-20T10:00:00\"", "2026-11-20T13:00:00Z")]
    [InlineData("\"2026-11-20T10:00:00Z\"", "2026-11-20T10:00:00Z")]
    [InlineData("1763632800", "2025-11-20T10:00:00Z")]
    [InlineData("1763632800000", "2025-11-20T10:00:00Z")]
    [InlineData("null", null)]
    public void Time_is_read_in_the_couriers_zone(string at, string? expected)
    {
        var news = Only("""{"reference":"/r","word":"/s","at":"/at","timeZone":"America/Santiago"}""", $$"""{"r":"1","s":"delivered","at":{{at}} }""");
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), news.At);
    }

    [Fact]
    public void Usual_carrier_and_address_stand_in()
    {
        var news = Only("""{"remoteId":"/id","word":"/s","tracking":{"number":"/n","url":"/u"} }""", """{"id":"a","s":"label","n":"A 1/2","u":"javascript:alert(1)"}""", "\"carrier\":\"Andes\",\"trackingUrl\":\"https://andes.test/t/{number}\",");
        Assert.Null(news.State);
        Assert.Equal(new Tracking("A 1/2", "Andes", "https://andes.test/t/A%201%2F2"), news.Tracking);
    }

    [Fact]
    public void List_holds_several()
    {
        var said = Assert.IsType<SaidNews>(Read("""{"list":"/events","remoteId":"/id","word":"/s"}""", """{"events":[{"id":"a","s":"picked_up"},{"id":"b","s":"void"}]}"""));
        Assert.Equal([("a", OrderState.Processing), ("b", (OrderState?)OrderState.Cancelled)], said.News.Select(news => (news.RemoteId!, news.State)));
        Assert.IsType<NoNews>(Read("""{"list":"/events","remoteId":"/id","word":"/s"}""", """{"events":[]}"""));
        Assert.IsType<UnreadableNews>(Read("""{"list":"/events","remoteId":"/id","word":"/s"}""", """{"events":7}"""));
    }

    [Theory]
    [InlineData("""{"r":"1","s":"lost"}""", "/s", "lost")]
    [InlineData("""{"r":"1"}""", "/s", null)]
    [InlineData("""{"s":"delivered"}""", "/r", null)]
    [InlineData("""{"r":"1","s":"delivered","at":"soon"}""", "/at", "soon")]
    [InlineData("""[]""", "/s", null)]
    [InlineData("""{"r":"1","s":""", null, null)]
    [InlineData("", null, null)]
    public void What_cannot_be_understood_names_its_place(string body, string? path, string? value)
    {
        var unreadable = Assert.IsType<UnreadableNews>(Read("""{"reference":"/r","word":"/s","at":"/at"}""", body));
        Assert.Equal((path, value), (unreadable.Path, unreadable.Value));
    }

    [Fact]
    public void Envelope_has_the_word_the_shipment_and_a_key_that_repeats_share()
    {
        var endpoint = Open("""{"remoteId":"/id","word":"/s","eventId":"/e","signature":{"kind":"token","header":"X-Key"} }""")!.Endpoint!;
        var call = Call("""{"id":"SHP-1","s":"delivered","e":"evt-9"}""", ("X-Key", "tok-1"));
        Assert.True(endpoint.CheckSignature(call).IsValid);
        Assert.False(endpoint.CheckSignature(Call("{}", ("X-Key", "tok-2"))).IsValid);
        Assert.False(endpoint.CheckSignature(Call("{}")).IsValid);
        Assert.Equal(new Envelope("delivered", "id:evt-9", "SHP-1", null), endpoint.ReadEnvelope(call));
        var (first, second, other) = (endpoint.ReadEnvelope(Call("""{"id":"SHP-1","s":"x"}""")), endpoint.ReadEnvelope(Call("""{"id":"SHP-1","s":"x"}""")), endpoint.ReadEnvelope(Call("""{"id":"SHP-1","s":"y"}""")));
        Assert.Equal(first, second);
        Assert.NotEqual(first.DedupeKey, other.DedupeKey);
        foreach (string garbage in new[] { "", "[]", "7", "{\"s\":{}}", "{\"s\":\"\\ud800\"}", "\0" })
        {
            Assert.InRange(endpoint.ReadEnvelope(Call(garbage)).DedupeKey.Length, 1, 200);
        }
    }

    [Theory]
    [InlineData("""{"webhook":{"remoteId":"/id"},"words":{"a":"delivered"} }""", "settings.status.webhook.word")]
    [InlineData("""{"webhook":{"word":"/s"},"words":{"a":"delivered"} }""", "settings.status.webhook.reference")]
    [InlineData("""{"webhook":{"word":"/s","remoteId":"/id"} }""", "settings.status.words")]
    [InlineData("""{"webhook":{"word":"/s","remoteId":"/id"},"words":{"a":"closed"} }""", "settings.status.words.a")]
    [InlineData("""{"webhook":{"word":"/s","remoteId":"/id","timeZone":"Mars/Base"},"words":{"a":"none"} }""", "settings.status.webhook.timeZone")]
    [InlineData("""{"webhook":{"word":"/s","remoteId":"/id","colour":"red"},"words":{"a":"none"} }""", "settings.status.webhook.colour")]
    [InlineData("""{"trackingUrl":"ftp://x/{number}"}""", "settings.status.trackingUrl")]
    [InlineData("""{"words":{"a":"none"} }""", "settings.status.webhook")]
    public void Wrong_settings_are_told_by_their_path(string status, string path) =>
        Assert.Equal(path, Assert.Single(new HttpConnector().Check(Settings(status)), problem => problem.Path.StartsWith("settings.status", StringComparison.Ordinal)).Path);

    [Fact]
    public void Secret_of_the_calls_is_asked_for()
    {
        var settings = Settings($$"""{"webhook":{"remoteId":"/id","word":"/s"},"words":{{Words}} }""") with { Secrets = new Dictionary<string, string>() };
        Assert.Equal("secrets.webhookSecret", Assert.Single(new HttpConnector().Check(settings)).Path);
    }

    [Fact]
    public void Courier_that_only_names_tracking_has_no_address() => Assert.Null(new HttpConnector().OpenNews(Settings("""{"carrier":"Andes"}""")));

    private static DeliveryNews Only(string webhook, string body, string more = "") => Assert.Single(Assert.IsType<SaidNews>(Read(webhook, body, more)).News);

    private static NewsOutcome Read(string webhook, string body, string more = "") => Open(webhook, more)!.Read(new ReceivedEvent(Encoding.UTF8.GetBytes(body), "t", null, null, Arrived));

    private static IDeliveryNews? Open(string webhook, string more = "")
    {
        var settings = Settings($$"""{ {{more}} "words":{{Words}},"webhook":{{webhook}} }""");
        Assert.Empty(new HttpConnector().Check(settings));
        return new HttpConnector().OpenNews(settings);
    }

    private static ConnectionSettings Settings(string status) =>
        new("courier", "Courier", "http", JsonDocument.Parse($$"""{"create":{"url":"https://courier.test/api"},"status":{{status}} }""").RootElement, Secrets);

    private static WebhookRequest Call(string body, params (string Name, string Value)[] headers) => new(Encoding.UTF8.GetBytes(body), new Headers(headers), "", Arrived);

    private sealed class Headers((string Name, string Value)[] all) : IWebhookHeaders
    {
        public string? this[string name] => all.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).SingleOrDefault();
    }
}
