using Crossdock.Connectors.Http;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

public sealed class CourierEmulatorTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    [Fact]
    public async Task Same_key_makes_one_shipment_and_another_key_is_counted()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using var destination = Open(courier);
        var request = Request("A");
        var first = await destination.SendAsync(request, CancellationToken.None);
        Assert.Equal(first.Outcome, (await destination.SendAsync(request, CancellationToken.None)).Outcome);
        Assert.Equal((1, 1L, 0L), (courier.Accepted, courier.Repeats, courier.Duplicates));
        await destination.SendAsync(Request("A"), CancellationToken.None);
        Assert.Equal((2, 1L, 1L), (courier.Accepted, courier.Repeats, courier.Duplicates));
    }

    [Theory]
    [InlineData(CourierMood.Works, typeof(Delivered), FindAnswer.Has)]
    [InlineData(CourierMood.BadAddress, typeof(Hold), FindAnswer.HasNot)]
    [InlineData(CourierMood.Throttle, typeof(RetryLater), FindAnswer.HasNot)]
    [InlineData(CourierMood.ServerError, typeof(RetryLater), FindAnswer.HasNot)]
    [InlineData(CourierMood.ErrorInside, typeof(Hold), FindAnswer.HasNot)]
    [InlineData(CourierMood.Garbage, typeof(Unclear), FindAnswer.Has)]
    [InlineData(CourierMood.Drop, typeof(Unclear), FindAnswer.Has)]
    [InlineData(CourierMood.Slow, typeof(Unclear), FindAnswer.Has)]
    public async Task Each_mood_has_its_outcome(CourierMood mood, Type outcome, FindAnswer afterwards)
    {
        await using var courier = await CourierEmulator.StartAsync();
        using var destination = Open(courier);
        courier.Next(mood);
        var request = Request("ñ 1");
        Assert.IsType(outcome, (await destination.SendAsync(request, CancellationToken.None)).Outcome);
        Assert.Equal(afterwards, (await destination.FindAsync(request, CancellationToken.None)).Answer);
    }

    [Fact]
    public async Task Cancelled_shipment_is_known_as_such()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using var destination = Open(courier);
        var taken = (Delivered)(await destination.SendAsync(Request("A"), CancellationToken.None)).Outcome;
        Assert.IsType<Delivered>((await destination.SendAsync(Request("A") with { Kind = DeliveryKind.Cancel, RemoteId = taken.RemoteId }, CancellationToken.None)).Outcome);
        Assert.True(courier.IsCancelled("A"));
    }

    [Fact]
    public async Task Books_survive_in_the_journal()
    {
        string file = Path.GetTempFileName();
        try
        {
            var request = Request("A");
            await using (var courier = await CourierEmulator.StartAsync(journal: file))
            {
                using var destination = Open(courier);
                await destination.SendAsync(request, CancellationToken.None);
            }

            await using var again = await CourierEmulator.StartAsync(journal: file);
            using var second = Open(again);
            await second.SendAsync(request, CancellationToken.None);
            Assert.Equal((1, 1L), (again.Accepted, again.Repeats));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IDestination Open(CourierEmulator courier)
    {
        using var document = System.Text.Json.JsonDocument.Parse($$$$"""
            {"create":{"url":"{{{{courier.Address}}}}/api/shipments","body":"{\"reference\":\"{{number}}\"}","remoteId":"/id"},
             "cancel":{"url":"{{{{courier.Address}}}}/api/shipments/{{remoteId}}"},
             "find":{"url":"{{{{courier.Address}}}}/api/shipments?reference={{number}}","remoteId":"/items/0/id"},"limits":{"timeoutSeconds":1}}
            """);
        return new HttpConnector().Open(new ConnectionSettings("courier", "Courier", "http", document.RootElement.Clone(), new Dictionary<string, string>()), Http, TimeProvider.System);
    }

    private static DeliveryRequest Request(string number) => new(
        new DeliveryId(Guid.CreateVersion7()), DeliveryKind.Create, default, System.Text.Encoding.UTF8.GetBytes($$"""{"number":"{{number}}"}"""), "acme", null, null, 1);
}
