using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Custom;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Custom;

/// <summary>Documents of home-made shops through declared fields.</summary>
public sealed class DeclaredMappingTests
{
    private const string Needed = "\"externalId\":\"/id\",\"currency\":{\"path\":\"/cur\",\"default\":\"EUR\"},\"totals.total\":\"/sum\"";

    [Fact]
    public void Worked_example_of_the_README_is_true()
    {
        string readme = File.ReadAllText(Path.Combine(WooCommerce.Woo.Folder, "..", "..", "..", "..", "src", "Crossdock.Connectors", "Custom", "README.md"));
        string[] blocks = readme[readme.IndexOf("## A worked example", StringComparison.Ordinal)..].Split("```");
        byte[] body = Encoding.UTF8.GetBytes(blocks[1]["json\n".Length..^1]);
        string signature = blocks[3].Trim()["X-Botanica-Signature: ".Length..];
        var settings = Settings(blocks[5][(blocks[5].IndexOf("settings:", StringComparison.Ordinal) + 9)..]);
        Assert.Empty(new CustomConnector().Check(settings));

        var endpoint = new CustomConnector().Open(settings);
        var request = new SampleRequest(body, new SampleHeaders(("X-Botanica-Signature", signature), ("X-Botanica-Time", "1768482001"))).At(DateTimeOffset.FromUnixTimeSeconds(1768482002));
        Assert.True(endpoint.CheckSignature(request).IsValid);
        var envelope = endpoint.ReadEnvelope(request);
        Assert.Equal(("pedido.pagado", "id:e-90017", "order_01J8ZQ"), (envelope.Topic, envelope.DedupeKey, envelope.OrderKey));

        var order = Order(new CustomConnector().MappingFor(settings).Map(new ReceivedEvent(body, envelope.Topic, envelope.OrderKey, envelope.OccurredAt, DateTimeOffset.UnixEpoch)));
        Contains("", JsonNode.Parse(blocks[7]["json".Length..])!, JsonNode.Parse(OrderJson.Write(order))!);

        string unknown = Encoding.UTF8.GetString(body).Replace("\"pagado\"", "\"en bodega\"", StringComparison.Ordinal);
        var parked = Assert.IsType<Unmappable>(new CustomConnector().MappingFor(settings).Map(new ReceivedEvent(Encoding.UTF8.GetBytes(unknown), envelope.Topic, null, null, DateTimeOffset.UnixEpoch)));
        Assert.Equal(("/pedido/estado", "en bodega"), (parked.Path, parked.Value));
    }

    [Theory]
    [InlineData("\"main\"", "42792.4", "42792.4")]
    [InlineData("\"cents\"", "4279240", "42792.4")]
    [InlineData("\"cents\"", "\"1\"", "0.01")]
    [InlineData("\"main\"", "\"-5\"", "-5")]
    public void Unit_of_an_amount_is_what_the_settings_say(string unit, string sum, string expected)
    {
        var order = Order(Map($$"""{"externalId":"/id","currency":{"const":"CLP"},"totals.total":{"path":"/sum","money":{{unit}}} }""", $$"""{"id":"1","sum":{{sum}} }"""));
        Assert.Equal((decimal.Parse(expected, CultureInfo.InvariantCulture), "CLP"), (order.Totals.Total.Amount, order.Totals.Total.Currency));
    }

    [Theory]
    [InlineData("", "\"2026-01-15T10:00:00Z\"", "2026-01-15T10:00:00Z")]
    [InlineData("", "\"2026-01-15T10:00:00.123-03:00\"", "2026-01-15T13:00:00.123Z")]
    [InlineData("", "\"2026-01-15T10:00:00\"", "2026-01-15T10:00:00Z")]
    [InlineData(",\"zone\":\"America/Santiago\"", "\"2026-01-15 10:00:00\"", "2026-01-15T13:00:00Z")]
    [InlineData(",\"zone\":\"America/Santiago\"", "\"2026-07-15 10:00:00\"", "2026-07-15T14:00:00Z")]
    [InlineData(",\"date\":\"dd/MM/yyyy HH:mm\",\"zone\":\"Europe/Madrid\"", "\"15/01/2026 10:00\"", "2026-01-15T09:00:00Z")]
    [InlineData(",\"date\":\"unixSeconds\"", "1768482000", "2026-01-15T13:00:00Z")]
    [InlineData(",\"date\":\"unixSeconds\"", "\"1768482000.5\"", "2026-01-15T13:00:00.5Z")]
    [InlineData(",\"date\":\"unixMillis\"", "1768482000123", "2026-01-15T13:00:00.123Z")]
    public void Times_of_every_kind_become_UTC(string rule, string at, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), Order(Map($$"""{{{Needed}},"placedAt":{"path":"/at"{{rule}}} }""", $$"""{"id":"1","sum":1,"at":{{at}} }""")).PlacedAt);

    [Theory]
    [InlineData("\"order_01J8ZQ\"", "order_01J8ZQ")]
    [InlineData("\"77\"", "77")]
    [InlineData("9007199254740993", "9007199254740993")]
    public void Ids_keep_their_spelling_and_stand_in_for_the_number(string id, string expected)
    {
        var order = Order(Map($$"""{{{Needed}}}""", $$"""{"id":{{id}},"sum":1}"""));
        Assert.Equal((expected, expected), (order.ExternalId, order.Number));
    }

    [Theory]
    [InlineData("""{"id":"1","sum":"1.234,50"}""", "", "/sum", "1.234,50")]
    [InlineData("""{"id":"1","sum":{"value":5}}""", "", "/sum", """{"value":5}""")]
    [InlineData("""{"id":"1","sum":1,"at":"15/01/2026"}""", ",\"placedAt\":\"/at\"", "/at", "15/01/2026")]
    [InlineData("""{"id":"1","sum":1,"s":"lost"}""", ",\"state\":{\"path\":\"/s\",\"values\":{\"paid\":\"new\"}}", "/s", "lost")]
    [InlineData("""{"id":"1","sum":1,"t":"perhaps"}""", ",\"isTest\":\"/t\"", "/t", "perhaps")]
    [InlineData("""{"id":"1","sum":1,"g":"heavy"}""", ",\"weightGrams\":\"/g\"", "/g", "heavy")]
    [InlineData("""{"id":"1","sum":1,"items":{"a":1}}""", ",\"lines\":{\"path\":\"/items\",\"each\":{\"sku\":\"/s\",\"quantity\":\"/q\"}}", "/items", """{"a":1}""")]
    [InlineData("""{"id":"1","sum":1,"items":[{"s":"A","q":1},{"s":"B","q":"few"}]}""", ",\"lines\":{\"path\":\"/items\",\"each\":{\"sku\":\"/s\",\"quantity\":\"/q\"}}", "/items/1/q", "few")]
    public void What_does_not_fit_is_named_with_place_and_value(string document, string rule, string path, string value)
    {
        var parked = Assert.IsType<Unmappable>(Map($$"""{{{Needed}}{{rule}} }""", document));
        Assert.Equal((path, value), (parked.Path, parked.Value));
        Assert.NotEmpty(parked.Because);
    }

    [Theory]
    [InlineData("""{"sum":1}""")]
    [InlineData("""{"id":"1"}""")]
    [InlineData("""{"id":"1","sum":1,"cur":"pesos"}""")]
    [InlineData("""{"id":"1","sum":null}""")]
    public void What_is_missing_is_parked_with_a_reason(string document) => Assert.NotEmpty(Assert.IsType<Unmappable>(Map($$"""{{{Needed}}}""", document)).Because);

    [Theory]
    [InlineData("""{"id":"1\u0000","sum":1,"note":"a\u0000b"}""", "ab")]
    [InlineData("""{"id":"1","sum":1,"note":"a\\u0000b"}""", "a\\u0000b")]
    [InlineData("""{"id":"1","sum":1,"note":"\u0000"}""", null)]
    public void Character_that_no_database_can_hold_is_left_out(string document, string? note)
    {
        var order = Order(Map($$"""{{{Needed}},"note":"/note"}""", document));
        Assert.Equal(("1", note), (order.ExternalId, order.Note));
    }

    [Fact]
    public void Topic_that_updates_nothing_is_ignored()
    {
        var settings = Settings($$"""{"envelope":{"order":"/data","topic":{"header":"X-Topic"},"ignoreTopics":["shipment.created"]},"fields":{{{Needed}}} }""");
        byte[] body = """{"data":{"fulfillment_id":"ful_1"}}"""u8.ToArray();
        var envelope = new CustomConnector().Open(settings).ReadEnvelope(new WebhookRequest(body, new SampleHeaders(("X-Topic", "shipment.created")), "", DateTimeOffset.UnixEpoch));
        Assert.Equal(("shipment.created", null), (envelope.Topic, envelope.OrderKey));
        Assert.IsType<Ignored>(new CustomConnector().MappingFor(settings).Map(new ReceivedEvent(body, envelope.Topic, null, null, DateTimeOffset.UnixEpoch)));
    }

    private static void Contains(string path, JsonNode wanted, JsonNode? actual)
    {
        switch (wanted)
        {
            case JsonObject table:
                Assert.All(table, field => Contains($"{path}/{field.Key}", field.Value!, (actual as JsonObject)?[field.Key]));
                break;
            case JsonArray list:
                Assert.Equal(list.Count, (actual as JsonArray)?.Count);
                Assert.All(list.Index(), item => Contains($"{path}/{item.Index.ToString(CultureInfo.InvariantCulture)}", item.Item!, actual![item.Index]));
                break;
            default:
                Assert.True(JsonNode.DeepEquals(wanted, actual), $"{path} is {actual?.ToJsonString()}, not {wanted.ToJsonString()}");
                break;
        }
    }

    private static Order Order(MappingOutcome outcome) => outcome is MappedOrder mapped ? mapped.Order : throw new InvalidOperationException(outcome.ToString());

    private static MappingOutcome Map(string fields, string document)
    {
        var settings = Settings($$"""{"fields":{{fields}} }""");
        Assert.Empty(new CustomConnector().Check(settings));
        return new CustomConnector().MappingFor(settings).Map(new ReceivedEvent(Encoding.UTF8.GetBytes(document), "unknown", null, null, DateTimeOffset.UnixEpoch));
    }

    private static ConnectionSettings Settings(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new ConnectionSettings("own", "Own", "custom", document.RootElement.Clone(), new Dictionary<string, string> { ["webhookSecret"] = json.Contains("Botanica", StringComparison.Ordinal) ? "hush-botanica" : "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
    }
}
