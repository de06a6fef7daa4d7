using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Http;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

/// <summary>The emulated courier, called by the destination that the hub uses.</summary>
public sealed class CourierEmulatorTests : IAsyncLifetime
{
    private readonly Destinations destinations = new();
    private CourierEmulator courier = null!;
    private IDestination destination = null!;

    private string Settings => $$"""
        {"create":{"url":"{{courier.Address}}/api/shipments","remoteId":"/id"},"update":{"url":"{{courier.Address}}/api/shipments/{{"{{remoteId}}"}}"},"cancel":{"url":"{{courier.Address}}/api/shipments/{{"{{remoteId}}"}}"},
         "find":{"url":"{{courier.Address}}/api/shipments?reference={{"{{number}}"}}","remoteId":"/items/0/id"},"limits":{"timeoutSeconds":5} }
        """;

    public async ValueTask InitializeAsync()
    {
        courier = await CourierEmulator.StartAsync();
        destination = destinations.Open(Settings);
    }

    public async ValueTask DisposeAsync()
    {
        destination.Dispose();
        destinations.Dispose();
        await courier.DisposeAsync();
    }

    [Fact]
    public async Task Order_is_accepted_once_however_often_its_key_comes()
    {
        Assert.Equal(new Delivered("SHP-1"), await SendAsync());
        Assert.Equal(new Delivered("SHP-1"), await SendAsync());
        Assert.Equal((1, 1L, 0L), (courier.Accepted, courier.Repeats, courier.Duplicates));
        Assert.Equal(["#1001"], courier.References);
    }

    [Fact]
    public async Task Another_key_for_a_known_reference_counts_as_a_duplicate()
    {
        await SendAsync();
        await destination.SendAsync(Destinations.Request() with { Id = new(Guid.NewGuid()) }, TestContext.Current.CancellationToken);
        Assert.Equal((2, 1L), (courier.Accepted, courier.Duplicates));
    }

    [Theory]
    [InlineData(CourierMood.BadAddress, typeof(Hold), false)]
    [InlineData(CourierMood.Throttle, typeof(RetryLater), false)]
    [InlineData(CourierMood.ServerError, typeof(RetryLater), false)]
    [InlineData(CourierMood.ErrorInside, typeof(Hold), false)]
    [InlineData(CourierMood.Garbage, typeof(Unclear), true)]
    [InlineData(CourierMood.Drop, typeof(Unclear), true)]
    [InlineData(CourierMood.Works, typeof(Delivered), true)]
    public async Task Every_mood_is_an_outcome_and_the_look_up_tells_whether_it_has_it(CourierMood mood, Type outcome, bool has)
    {
        courier.Next(mood);
        Assert.IsType(outcome, await SendAsync());
        var found = await destination.FindAsync(Destinations.Request(), TestContext.Current.CancellationToken);
        Assert.Equal((has ? FindAnswer.Has : FindAnswer.HasNot, has ? "SHP-1" : null), (found.Answer, found.RemoteId));
        Assert.Equal(new Delivered("SHP-1"), await SendAsync());
        Assert.Equal((1, 0L), (courier.Accepted, courier.Duplicates));
    }

    [Fact]
    public async Task Throttling_asks_for_a_wait()
    {
        courier.Behaviour = new CourierBehaviour { Throttle = 1, RetryAfterSeconds = 9 };
        Assert.Equal(TimeSpan.FromSeconds(9), Assert.IsType<RetryLater>(await SendAsync()).After);
    }

    [Fact]
    public async Task Slow_courier_accepts_first_and_answers_late()
    {
        courier.Behaviour = new CourierBehaviour { SlowMilliseconds = 300 };
        courier.Next(CourierMood.Slow);
        var watch = Stopwatch.StartNew();
        Assert.IsType<Delivered>(await SendAsync());
        Assert.True(watch.ElapsedMilliseconds >= 290, $"answered after {watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task Shipment_is_changed_and_cancelled_under_its_id()
    {
        await SendAsync();
        Assert.IsType<Delivered>(await SendAsync(DeliveryKind.Update, "SHP-1"));
        Assert.IsType<Delivered>(await SendAsync(DeliveryKind.Cancel, "SHP-1"));
        Assert.IsType<Rejected>(await SendAsync(DeliveryKind.Cancel, "SHP-99"));
        Assert.True(courier.IsCancelled("#1001"));
        Assert.Null(courier.IsCancelled("#unknown"));
        var shipment = (await BooksAsync("/shipments"))["items"]![0]!;
        Assert.Equal(("SHP-1", "#1001", "cancelled", 1), (shipment["id"]!.GetValue<string>(), shipment["reference"]!.GetValue<string>(), shipment["status"]!.GetValue<string>(), shipment["updates"]!.GetValue<int>()));
        Assert.Equal(Destinations.Request().Id.ToString(), shipment["key"]!.GetValue<string>());
        Assert.Equal("Madrid", shipment["body"]!["shipTo"]!["city"]!.GetValue<string>());
    }

    [Fact]
    public async Task Same_seed_misbehaves_alike()
    {
        async Task<List<string>> Run()
        {
            courier.Behaviour = new CourierBehaviour { ServerError = 0.4, BadAddress = 0.3, Seed = 11 };
            var outcomes = new List<string>();
            for (int i = 0; i < 20; i++)
            {
                outcomes.Add((await SendAsync()).GetType().Name);
            }
            return outcomes;
        }
        var first = await Run();
        Assert.Equal(first, await Run());
        Assert.Equal(["Delivered", "Hold", "RetryLater"], first.Distinct().Order());
    }

    [Fact]
    public async Task It_is_told_over_HTTP_what_to_do()
    {
        using var http = new HttpClient { BaseAddress = new Uri(courier.Address) };
        using var told = await http.PostAsJsonAsync("/_emulator", new { behaviour = new { serverError = 1.0 }, next = new[] { "works", "drop" } });
        Assert.True(told.IsSuccessStatusCode);
        Assert.IsType<Delivered>(await SendAsync());
        Assert.IsType<Unclear>(await SendAsync());
        Assert.IsType<RetryLater>(await SendAsync());
        Assert.Equal(1, (await BooksAsync(""))["accepted"]!.GetValue<int>());
        using var refused = await http.PostAsJsonAsync("/_emulator", new { next = new[] { "dance" } });
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
        using var emptied = await http.DeleteAsync(new Uri("/_emulator", UriKind.Relative));
        Assert.Equal(0, courier.Accepted);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"reference\":\"\"}")]
    public async Task Shipment_without_a_reference_is_refused(string body)
    {
        using var http = new HttpClient { BaseAddress = new Uri(courier.Address) };
        using var answer = await http.PostAsync(new Uri("/api/shipments", UriKind.Relative), new StringContent(body));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, courier.Accepted);
    }

    [Fact]
    public async Task Books_survive_a_restart()
    {
        string journal = Path.Combine(Path.GetTempPath(), $"crossdock-courier-{Guid.NewGuid():N}.jsonl");
        try
        {
            await using (var before = await CourierEmulator.StartAsync(journal: journal))
            {
                using var first = destinations.Open(Settings.Replace(courier.Address, before.Address, StringComparison.Ordinal));
                await first.SendAsync(Destinations.Request(), TestContext.Current.CancellationToken);
                await first.SendAsync(Destinations.Request(kind: DeliveryKind.Cancel, remoteId: "SHP-1"), TestContext.Current.CancellationToken);
            }
            await File.AppendAllTextAsync(journal, "{\"id\":2,\"ke");      // cut off by a kill
            await using var after = await CourierEmulator.StartAsync(journal: journal);
            Assert.Equal((1, true), (after.Accepted, after.IsCancelled("#1001")));
            using var second = destinations.Open(Settings.Replace(courier.Address, after.Address, StringComparison.Ordinal));
            Assert.Equal(new Delivered("SHP-1"), (await second.SendAsync(Destinations.Request(), TestContext.Current.CancellationToken)).Outcome);
        }
        finally
        {
            File.Delete(journal);
        }
    }

    private async Task<Outcome> SendAsync(DeliveryKind kind = DeliveryKind.Create, string? remoteId = null) =>
        (await destination.SendAsync(Destinations.Request(kind: kind, remoteId: remoteId), TestContext.Current.CancellationToken)).Outcome;

    private async Task<JsonNode> BooksAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(courier.Address) };
        return JsonNode.Parse(await http.GetStringAsync(new Uri("/_emulator" + path, UriKind.Relative)))!;
    }
}
