using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Custom;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Custom;

public sealed class CustomTests
{
    private const string First = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Delivered = """{"type":"order.delivered","timestamp":"2024-05-01T12:00:00.000000Z","data":{"order_id":"8f14e45f","store":"ñandú"}}""";

    [Theory]
    [InlineData(First, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}""", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData(First, "msg_01HX0000000000000000000001", 1714564800, Delivered, "XegDNv3md+j1y5NhWwssrVsknu5bMP1+w9+ObXgHsyg=")]
    [InlineData("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_01HX0000000000000000000001", 1714564800, Delivered, "xVKKosPT2z8HYAEKKWODMKXXoDCJG5EobYguwO92/vo=")]
    [InlineData(First, "msg_2", 1714564800, "", "seSmr2Gf01jL+ofyLIaHsw5zCXgO1n3laQUjSgoDF5w=")]
    public void Published_vectors_pass(string secret, string id, long at, string body, string signature)
    {
        Assert.True(Check(secret, id, at, body, "v1," + signature, 0).IsValid);
        Assert.True(Check(secret["whsec_".Length..], id, at, body, "v1," + signature, 300).IsValid);
        Assert.True(Check(secret, id, at, body, $"v1a,AAAA v1,{Convert.ToBase64String(new byte[32])} v1,{signature}", -300).IsValid);
        Assert.Equal("too_old", Check(secret, id, at, body, "v1," + signature, 301).RefusedBecause);
        Assert.Equal("too_old", Check(secret, id, at, body, "v1," + signature, -301).RefusedBecause);
        Assert.False(Check(secret, id, at, body, "v2," + signature, 0).IsValid);
        Assert.False(Check(secret, id, at, body + " ", "v1," + signature, 0).IsValid);
    }

    [Fact]
    public void Bare_and_enveloped_order_map_alike()
    {
        var bare = Assert.IsType<MappedOrder>(Map("{}", CustomSamples.Bare)).Order;
        var enveloped = Assert.IsType<MappedOrder>(Map("{}", CustomSamples.Enveloped)).Order;
        Assert.Equal(OrderJson.Write(bare), OrderJson.Write(enveloped));
        Assert.Equal(new Money(24.90m, "EUR"), bare.Totals.Total);
        Assert.Equal("77", bare.Attributes["po"]);
    }

    [Theory]
    [InlineData("""{"externalId":"1","number":"1","currency":"EUR","totals":{"total":{"amount":"ten","currency":"EUR"}}}""", "/totals/total/amount", "\"ten\"")]
    [InlineData("""{"externalId":"1","number":"1","currency":"EUR","totals":{"total":{"amount":"1","currency":"EUR"}},"lines":[{"id":"1","name":"a","quantity":1,"currentQuantity":1,"colour":"red"}]}""", "/lines/0/colour", "\"red\"")]
    [InlineData("""{"externalId":"1","number":"1","currency":"EUR","totals":{"total":{"amount":"1","currency":"EUR"}},"state":"lost"}""", "/state", "\"lost\"")]
    [InlineData("""{"externalId":"1","number":"1","currency":"eur","totals":{"total":{"amount":"1","currency":"EUR"}}}""", "/currency", "\"eur\"")]
    [InlineData("""{"externalId":"1","number":"1","currency":"EUR","totals":{"total":{"amount":"1","currency":"EUR"}},"shipTo":{"country":"Spain"}}""", "/shipTo/country", "\"Spain\"")]
    [InlineData("""{"type":"order.lost","data":{}}""", "/type", "order.lost")]
    public void What_does_not_fit_is_named_with_path_and_value(string body, string path, string value)
    {
        var unmappable = Assert.IsType<Unmappable>(Map("{}", Encoding.UTF8.GetBytes(body)));
        Assert.Equal((path, value), (unmappable.Path, unmappable.Value));
    }

    [Fact]
    public void Deleted_order_is_a_change()
    {
        var change = Assert.IsType<MappedChange>(Map("{}", """{"type":"order.deleted","timestamp":"2026-01-02T03:04:05Z","data":{"externalId":"A-1"}}"""u8.ToArray()));
        Assert.Equal(("A-1", OrderState.Cancelled), (change.ExternalId, change.Change.State));
    }

    [Fact]
    public void Declared_fields_make_an_order()
    {
        var order = Assert.IsType<MappedOrder>(Map(CustomSamples.DeclaredSettings, CustomSamples.Declared)).Order;
        Assert.Equal(("9007199254740993", "N-7", OrderState.New, "CLP", "own"), (order.ExternalId, order.Number, order.State, order.Currency, order.Channel));
        Assert.Equal((new Money(42792.40m, "CLP"), new Money(2990.5m, "CLP")), (order.Totals.Total, order.Totals.Shipping!.Value));
        Assert.Equal(new DateTimeOffset(2026, 1, 15, 13, 0, 0, TimeSpan.Zero), order.PlacedAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1768482000123), order.UpdatedAt);
        Assert.Equal(("CL", "Ñuñoa", "77"), (order.ShipTo!.Country, order.ShipTo.City, order.Attributes["po"]));
        Assert.Equal((2, 1.5m, new Money(10m, "CLP")), (order.Lines.Count, order.Lines[1].CurrentQuantity, order.Lines[0].UnitPrice!.Value));
    }

    [Theory]
    [InlineData("\"status\":\"paid\"", "\"total\":4279240", "\"total\":\"4.279.240\"", "/payload/order/total", "4.279.240")]
    [InlineData("x", "\"qty\":1.5", "\"qty\":\"many\"", "/payload/order/items/1/qty", "many")]
    [InlineData("x", "\"created\":\"2026-01-15 10:00:00\"", "\"created\":\"yesterday\"", "/payload/order/created", "yesterday")]
    public void Declared_field_that_does_not_fit_is_named(string _, string before, string after, string path, string value)
    {
        string body = Encoding.UTF8.GetString(CustomSamples.Declared).Replace(before, after, StringComparison.Ordinal);
        var unmappable = Assert.IsType<Unmappable>(Map(CustomSamples.DeclaredSettings, Encoding.UTF8.GetBytes(body)));
        Assert.Equal((path, value), (unmappable.Path, unmappable.Value));
    }

    [Theory]
    [InlineData("""{"list":"/orders"}""", """{"orders":[{"id":"1","sum":5},{"id":"2","sum":6}]}""", 2)]
    [InlineData("""{"order":"/message","jsonInString":true}""", """{"message":"{\"id\":\"1\",\"sum\":5}"}""", 1)]
    [InlineData("""{"list":""}""", """[{"id":"1","sum":5}]""", 1)]
    public void Envelopes_of_all_kinds_are_opened(string envelope, string body, int count)
    {
        var outcome = Map($$"""{"envelope":{{envelope}},"fields":{"externalId":"/id","currency":{"const":"EUR"},"totals.total":"/sum"} }""", Encoding.UTF8.GetBytes(body));
        Assert.Equal(count, outcome is MappedOrders many ? many.Orders.Count : outcome is MappedOrder ? 1 : 0);
    }

    [Theory]
    [InlineData("""{"kind":"token","header":"X-Token"}""", "X-Token", "t0ken", "")]
    [InlineData("""{"kind":"token","query":"key"}""", "X-None", "", "?a=1&key=t0ken")]
    [InlineData("""{"kind":"basic","user":"shop"}""", "Authorization", "Basic c2hvcDp0MGtlbg==", "")]
    [InlineData("""{"kind":"none"}""", "X-None", "", "")]
    public void Other_schemes_are_checked(string signature, string header, string value, string query)
    {
        var settings = Settings($$"""{"signature":{{signature}} }""", ("webhookToken", "t0ken"), ("webhookPassword", "t0ken"));
        var endpoint = new CustomConnector().Open(settings);
        Assert.Empty(new CustomConnector().Check(settings));
        Assert.True(endpoint.CheckSignature(new WebhookRequest("{}"u8.ToArray(), new SampleHeaders([(header, value)]), query, default)).IsValid);
        bool isOpen = signature.Contains("none", StringComparison.Ordinal);
        Assert.Equal(isOpen, endpoint.CheckSignature(new WebhookRequest("{}"u8.ToArray(), new SampleHeaders([(header, value + "x")]), query + "x", default)).IsValid);
    }

    [Fact]
    public void Schema_is_made_from_the_model()
    {
        var schema = CustomSchema.Create();
        string text = schema.ToJsonString();
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema["$schema"]!.GetValue<string>());
        Assert.Contains("externalId", schema["required"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Contains("awaiting_payment", text, StringComparison.Ordinal);
        Assert.NotNull(schema["properties"]!["shipTo"]);
    }

    private static SignatureCheck Check(string secret, string id, long at, string body, string signature, int late) => new CustomConnector().Open(Settings("{}", ("webhookSecret", secret))).CheckSignature(
        new WebhookRequest(Encoding.UTF8.GetBytes(body), new SampleHeaders([("WEBHOOK-ID", id), ("WEBHOOK-TIMESTAMP", at.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("WEBHOOK-SIGNATURE", signature)]), "", DateTimeOffset.FromUnixTimeSeconds(at + late)));

    private static MappingOutcome Map(string settings, byte[] body) =>
        new CustomConnector().MappingFor(Settings(settings, ("webhookSecret", First))).Map(new ReceivedEvent(body, "order.updated", null, null, DateTimeOffset.UnixEpoch));

    private static ConnectionSettings Settings(string json, params (string Name, string Value)[] secrets)
    {
        using var document = JsonDocument.Parse(json);
        return new ConnectionSettings("own", "Own", "custom", document.RootElement.Clone(), secrets.ToDictionary(secret => secret.Name, secret => secret.Value));
    }
}
