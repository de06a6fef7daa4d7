using System.Globalization;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

/// <summary>What each answer of a destination means.</summary>
public sealed class HttpAnswerTests : IAsyncLifetime
{
    private readonly Destinations destinations = new();
    private Listener courier = null!;

    private string Plain => $$"""{"create":{"url":"{{courier.Address}}/api/shipments","remoteId":"/id"} }""";

    public async ValueTask InitializeAsync() => courier = await Listener.StartAsync();

    public ValueTask DisposeAsync()
    {
        destinations.Dispose();
        return courier.DisposeAsync();
    }

    [Theory]
    [InlineData(200, """{"id":"7"}""", typeof(Delivered))]
    [InlineData(201, """{"id":7}""", typeof(Delivered))]
    [InlineData(200, """{"error":"the service centre is closed"}""", typeof(Hold))]
    [InlineData(200, "<html>it wor", typeof(Unclear))]
    [InlineData(200, "", typeof(Unclear))]
    [InlineData(302, "", typeof(Rejected))]
    [InlineData(400, """{"message":"no"}""", typeof(Hold))]
    [InlineData(401, "", typeof(Hold))]
    [InlineData(403, "", typeof(Hold))]
    [InlineData(404, "", typeof(Rejected))]
    [InlineData(408, "", typeof(RetryLater))]
    [InlineData(409, """{"id":"7"}""", typeof(Delivered))]
    [InlineData(422, """{"detail":"The address cannot be served"}""", typeof(Hold))]
    [InlineData(425, "", typeof(RetryLater))]
    [InlineData(429, "", typeof(RetryLater))]
    [InlineData(500, "", typeof(RetryLater))]
    [InlineData(503, "", typeof(RetryLater))]
    public async Task Answer_means_an_outcome(int status, string body, Type outcome)
    {
        courier.Says(status, body);
        var result = await destinations.SendAsync(Plain);
        Assert.IsType(outcome, result.Outcome);
        Assert.Equal(status == 429, result.Outcome is RetryLater { IsThrottled: true });
        Assert.Equal(result.Outcome is Delivered ? "7" : null, (result.Outcome as Delivered)?.RemoteId);
    }

    [Theory]
    [InlineData(DeliveryKind.Update)]
    [InlineData(DeliveryKind.Cancel)]
    public async Task Conflict_is_no_yes_to_a_change(DeliveryKind kind)
    {
        courier.Says(409, """{"message":"it has left already"}""");
        var result = await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s"},"update":{"url":"{{courier.Address}}/s/1"},"cancel":{"url":"{{courier.Address}}/s/1"} }""", Destinations.Request(kind: kind, remoteId: "1"));
        Assert.Equal(new Hold("it has left already"), result.Outcome);
    }

    [Theory]
    [InlineData("""{"message":"street unknown"}""", "street unknown")]
    [InlineData("""{"error":{"message":"street unknown"}}""", "street unknown")]
    [InlineData("""{"title":"Bad Request","detail":"street unknown"}""", "street unknown")]
    [InlineData("street unknown", "street unknown")]
    public async Task Person_is_told_in_the_destinations_words(string body, string because)
    {
        courier.Says(422, body);
        Assert.Equal(because, Assert.IsType<Hold>((await destinations.SendAsync(Plain)).Outcome).Because);
    }

    [Fact]
    public async Task Wait_that_is_asked_for_is_obeyed_in_seconds_and_as_a_date()
    {
        var clock = new FakeClock();
        courier.Says(429, "", ("Retry-After", "7"));
        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<RetryLater>((await destinations.SendAsync(Plain, clock: clock)).Outcome).After);
        courier.Says(503, "", ("Retry-After", clock.GetUtcNow().AddMinutes(2).ToString("R", CultureInfo.InvariantCulture)));
        Assert.Equal(TimeSpan.FromMinutes(2), Assert.IsType<RetryLater>((await destinations.SendAsync(Plain, clock: clock)).Outcome).After);
        courier.Says(503, "", ("Retry-After", "soon"));
        Assert.Null(Assert.IsType<RetryLater>((await destinations.SendAsync(Plain, clock: clock)).Outcome).After);
    }

    [Theory]
    [InlineData("""{"status":["202"]}""", 202, "{}", typeof(Delivered))]
    [InlineData("""{"status":["202"]}""", 200, "{}", typeof(Hold))]
    [InlineData("""{"status":["200-201","409"]}""", 409, "{}", typeof(Delivered))]
    [InlineData("""{"pointer":"/result/ok"}""", 200, """{"result":{"ok":true}}""", typeof(Delivered))]
    [InlineData("""{"pointer":"/result/ok"}""", 200, """{"result":{"ok":false}}""", typeof(Hold))]
    [InlineData("""{"pointer":"/result/ok"}""", 200, """{"result":{}}""", typeof(Hold))]
    [InlineData("""{"pointer":"/status","equals":"SUCCESS"}""", 200, """{"status":"SUCCESS"}""", typeof(Delivered))]
    [InlineData("""{"pointer":"/status","equals":"SUCCESS"}""", 200, """{"status":"ERROR","error_message":"closed"}""", typeof(Hold))]
    [InlineData("""{"pointer":"/code","equals":0}""", 200, """{"code":0}""", typeof(Delivered))]
    [InlineData("""{"pointer":"/ok"}""", 200, "OK", typeof(Unclear))]
    public async Task Success_is_what_the_settings_say(string rule, int status, string body, Type outcome)
    {
        courier.Says(status, body);
        Assert.IsType(outcome, (await destinations.SendAsync($$"""{"create":{"url":"{{courier.Address}}/s","success":{{rule}} } }""")).Outcome);
    }
}
