using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Vtex;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Crossdock.Testing.Reading;
using Xunit;

namespace Crossdock.Connectors.Tests.Vtex;

/// <summary>What the emulated account sends, received over HTTP and read by the connector.</summary>
public sealed class VtexEmulatorTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private Listener hub = null!;

    public async ValueTask InitializeAsync() => hub = await Listener.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Hook_is_registered_through_its_test_call_and_tells_ids_only()
    {
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock });
        await RegisterAsync(shop);
        var ping = Assert.Single(hub.Calls);
        var endpoint = VtexSamples.Connector.Open(VtexSamples.Store());
        Assert.Equal(200, endpoint.Probe(new SampleRequest(ping.Body, ping.Headers).At(clock.GetUtcNow()))?.Status);
        string id = await shop.PlaceOrderAsync();
        var calls = hub.Calls.Skip(1).ToList();
        Assert.Equal(["order-created", "payment-pending", "payment-approved", "window-to-cancel", "ready-for-handling"], calls.Select(call => call.Json["State"]!.GetValue<string>()));
        foreach (var call in calls)
        {
            var request = new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow());
            Assert.True(endpoint.CheckSignature(request).IsValid);
            Assert.True(endpoint.Accepts(call.Headers["Content-Type"]));
            Assert.Equal(id, endpoint.ReadEnvelope(request).OrderKey);
            Assert.Equal(id, Assert.IsType<Announced>(VtexSamples.Map(call.Body, endpoint.ReadEnvelope(request).Topic)).ExternalId);
            Assert.DoesNotContain("items", call.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Hook_and_feed_tell_one_occurrence_with_one_key()
    {
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock });
        await RegisterAsync(shop);
        using var access = Access(shop);
        using var feed = VtexSamples.Connector.OpenFeed(access.Access);
        Assert.NotNull(Assert.IsType<FeedPage>(await feed.ReadAsync(CancellationToken.None)).Notice);
        await shop.PlaceOrderAsync();
        var endpoint = VtexSamples.Connector.Open(VtexSamples.Store());
        var told = hub.Calls.Skip(1).Select(call => endpoint.ReadEnvelope(new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow())).DedupeKey).Order();
        var queued = Assert.IsType<FeedPage>(await feed.ReadAsync(CancellationToken.None)).Messages.Select(message => message.Envelope.DedupeKey).Order();
        Assert.Equal(told, queued);
    }

    [Fact]
    public async Task Only_200_in_time_counts_and_the_rest_comes_again_at_growing_intervals()
    {
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock, Attempts = 3 });
        shop.Hook(hub.Address + "/in/andes", VtexSamples.Token);
        hub.Says(202);
        string id = await shop.PlaceOrderAsync("order-created");
        Assert.Equal(1, shop.WaitingToRepeat);
        clock.Advance(TimeSpan.FromSeconds(9));
        await shop.RepeatAsync();
        Assert.Single(shop.Sent);
        clock.Advance(TimeSpan.FromSeconds(1));
        await shop.RepeatAsync();
        hub.Says(200);
        clock.Advance(TimeSpan.FromSeconds(20));
        await shop.RepeatAsync();
        Assert.Equal([(1, 202), (2, 202), (3, 200)], shop.Sent.Select(sent => (sent.Attempt, sent.Status!.Value)));
        Assert.All(shop.Sent, sent => Assert.Equal(id, sent.OrderId));
        Assert.Equal(0, shop.WaitingToRepeat);
    }

    [Fact]
    public async Task What_the_hook_dropped_is_in_the_feed()
    {
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock, LossRate = 1, SparseRate = 0.5 });
        shop.Hook(hub.Address + "/in/andes", VtexSamples.Token);
        using var access = Access(shop);
        using var feed = VtexSamples.Connector.OpenFeed(access.Access);
        await feed.ReadAsync(CancellationToken.None);
        string id = await shop.PlaceOrderAsync();
        Assert.Empty(hub.Calls);
        var read = new List<FeedMessage>();
        // An empty answer does not prove that the queue is empty.
        for (int page = 0; page < 100 && read.Count < 5; page++)
        {
            read.AddRange(Assert.IsType<FeedPage>(await feed.ReadAsync(CancellationToken.None)).Messages);
        }

        Assert.Equal(5, read.Count(message => message.Envelope.OrderKey == id));
        Assert.Equal(5, shop.InFeed);
        Assert.Null(await feed.CommitAsync([.. read.Select(message => message.Handle)], CancellationToken.None));
        Assert.Equal(0, shop.InFeed);
    }

    [Fact]
    public async Task Feed_that_heard_nothing_for_its_retention_is_gone_and_set_up_again()
    {
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock });
        using var access = Access(shop);
        using var feed = VtexSamples.Connector.OpenFeed(access.Access);
        await feed.ReadAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromDays(13));
        Assert.True(shop.HasFeed);
        clock.Advance(TimeSpan.FromDays(1.1));
        Assert.False(shop.HasFeed);
        Assert.NotNull(Assert.IsType<FeedPage>(await feed.ReadAsync(CancellationToken.None)).Notice);
        Assert.True(shop.HasFeed);
    }

    [Fact]
    public async Task Its_orders_map_without_a_concern_and_add_up()
    {
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock });
        for (int order = 0; order < 40; order++)
        {
            var mapped = VtexSamples.Order(Encoding.UTF8.GetBytes(shop.Read(await shop.PlaceOrderAsync())!.ToJsonString()));
            Assert.Empty(mapped.Concerns);
            Assert.Equal(mapped.Totals.Total, mapped.Totals.Subtotal!.Value + mapped.Totals.Shipping!.Value + mapped.Totals.Tax!.Value);
            Assert.True(mapped.ShipTo is not { Region: null }, mapped.ShipTo?.RegionName);
        }
    }

    [Fact]
    public async Task It_is_told_over_HTTP()
    {
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock });
        shop.Hook(hub.Address + "/in/andes", VtexSamples.Token);
        using var http = new HttpClient { BaseAddress = new Uri(shop.Address) };
        string id = JsonNode.Parse(await (await http.PostAsync("/_emulator/orders", null)).Content.ReadAsStringAsync())!["orderId"]!.GetValue<string>();
        await http.PostAsync($"/_emulator/move?order={id}&state=handling", null);
        await http.PostAsync("/_emulator/fail?status=500&count=1", null);
        Assert.Equal(HttpStatusCode.InternalServerError, (await http.GetAsync("/api/oms/pvt/orders")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/oms/pvt/orders")).StatusCode);
        await http.PostAsync("/_emulator/repeat", null);
        await http.PostAsync("/_emulator/lose-hook", null);
        await http.PostAsync("/_emulator/lose-feed", null);
        var state = JsonNode.Parse(await http.GetStringAsync("/_emulator"))!;
        Assert.Equal((1, 6, false), (state["orders"]!.GetValue<int>(), state["sent"]!.GetValue<int>(), state["hasHook"]!.GetValue<bool>()));
        Assert.Equal(6, JsonNode.Parse(await http.GetStringAsync("/_emulator/sent"))!.AsArray().Count);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/_emulator/nothing")).StatusCode);
    }

    [Fact]
    public async Task It_trades_until_it_is_closed()
    {
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock, CancelRate = 0.5, IncompleteRate = 0.3, RepeatRate = 0.3 });
        shop.Hook(hub.Address + "/in/andes", VtexSamples.Token);
        using var closing = new CancellationTokenSource();
        var trade = shop.RunAsync(1, closing.Token);
        for (int wait = 0; wait < 2000 && shop.Sent.Count < 30; wait++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        await closing.CancelAsync();
        await trade;
        Assert.Contains(shop.Sent, sent => sent.State == "canceled");
    }

    private async Task RegisterAsync(VtexEmulator shop)
    {
        using var access = Access(shop);
        using var subscriptions = VtexSamples.Connector.OpenSubscriptions(access.Access);
        var report = await subscriptions.CheckAsync(new Uri(hub.Address + "/in/andes"), true, CancellationToken.None);
        Assert.True(report is { Problem: null } && report.Subscriptions.Single().IsActive, report.Problem);
    }

    private TestAccess Access(VtexEmulator shop) => new("vtex", $$"""{"account":"andesoutdoor","apiUrl":"{{shop.Address}}"}""", VtexSamples.Secrets, clock);
}
