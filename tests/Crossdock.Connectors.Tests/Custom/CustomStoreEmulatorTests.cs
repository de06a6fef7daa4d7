using Crossdock.Connectors.Custom;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Custom;

/// <summary>The emulated home-made shop, received over HTTP and read by the connector.</summary>
public sealed class CustomStoreEmulatorTests : IAsyncLifetime
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly ConnectionSettings Settings = new("own", "Own", "custom", System.Text.Json.JsonDocument.Parse("{}").RootElement, new Dictionary<string, string> { ["webhookSecret"] = Secret });
    private readonly FakeClock clock = new();
    private Listener hub = null!;
    private CustomStoreEmulator shop = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await Listener.StartAsync();
        shop = new CustomStoreEmulator(new Uri(hub.Address + "/in/own"), Secret, clock: clock);
    }

    public ValueTask DisposeAsync()
    {
        shop.Dispose();
        return hub.DisposeAsync();
    }

    [Fact]
    public async Task Announcement_verifies_and_maps()
    {
        string id = await shop.PlaceOrderAsync();
        var call = Assert.Single(hub.Calls);
        var request = new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow());
        var endpoint = new CustomConnector().Open(Settings);
        Assert.True(endpoint.CheckSignature(request).IsValid);
        Assert.Equal(("order.created", id, call.Headers["webhook-id"]), (endpoint.ReadEnvelope(request).Topic, endpoint.ReadEnvelope(request).OrderKey, endpoint.ReadEnvelope(request).DedupeKey));
        var order = Order(call);
        Assert.Equal((id, OrderState.New, PaymentStatus.Paid), (order.ExternalId, order.State, order.PaymentStatus));
        Assert.Equal(order.Totals.Total, order.Lines[0].Total);
        Assert.Equal(1, shop.Taken);
    }

    [Fact]
    public async Task Retries_keep_the_id_and_the_body_and_sign_with_a_new_time()
    {
        int calls = 0;
        hub.Answer = (context, _) => Listener.WriteAsync(context, Interlocked.Increment(ref calls) < 3 ? 503 : 200, "");
        var placing = shop.PlaceOrderAsync();
        await DriveAsync(placing);
        Assert.Equal((3, 1L, 3L, 0L), (hub.Calls.Count, shop.Taken, shop.Sent, shop.Abandoned));
        Assert.Single(hub.Calls.Select(call => call.Headers["webhook-id"]).Distinct());
        Assert.Single(hub.Calls.Select(call => Convert.ToHexString(call.Body)).Distinct());
        Assert.Equal(3, hub.Calls.Select(call => call.Headers["webhook-timestamp"]).Distinct().Count());
        var endpoint = new CustomConnector().Open(Settings);
        Assert.All(hub.Calls, call => Assert.True(endpoint.CheckSignature(new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow())).IsValid));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(302)]
    public async Task Shop_gives_up_after_six_attempts(int status)
    {
        hub.Says(status);
        await DriveAsync(shop.PlaceOrderAsync());
        Assert.Equal((6, 0L, 1L), (hub.Calls.Count, shop.Taken, shop.Abandoned));
    }

    [Fact]
    public async Task Change_cancellation_and_repeat_are_announced()
    {
        string id = await shop.PlaceOrderAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await shop.UpdateAsync(id, "ring twice");
        clock.Advance(TimeSpan.FromSeconds(1));
        await shop.CancelAsync(id);
        await shop.RepeatLastAsync();
        var orders = hub.Calls.Select(Order).ToList();
        Assert.Equal(["order.created", "order.updated", "order.cancelled", "order.cancelled"], hub.Calls.Select(call => call.Json["type"]!.GetValue<string>()));
        Assert.Equal([null, "ring twice", "ring twice", "ring twice"], orders.Select(order => order.Note));
        Assert.Equal(OrderState.Cancelled, orders[2].State);
        Assert.True(orders[2].UpdatedAt > orders[1].UpdatedAt && orders[1].UpdatedAt > orders[0].UpdatedAt);
        Assert.Equal(hub.Calls.ElementAt(2).Headers["webhook-id"], hub.Calls.ElementAt(3).Headers["webhook-id"]);
        Assert.Equal(hub.Calls.ElementAt(2).Body, hub.Calls.ElementAt(3).Body);
    }

    [Fact]
    public async Task Shop_trades_until_it_is_closed()
    {
        using var closing = new CancellationTokenSource();
        using var busy = new CustomStoreEmulator(new Uri(hub.Address + "/in/own"), Secret, seed: 3);
        var trade = busy.RunAsync(500, closing.Token);
        await hub.UntilAsync(80);
        await closing.CancelAsync();
        await trade;
        Assert.Superset(new HashSet<string> { "order.created", "order.updated", "order.cancelled" }, hub.Calls.Select(call => call.Json["type"]!.GetValue<string>()).ToHashSet());
        Assert.Contains(hub.Calls.GroupBy(call => call.Headers["webhook-id"]), same => same.Count() > 1);
    }

    [Fact]
    public void Secret_that_is_none_is_refused() => Assert.Throws<ArgumentException>(() => new CustomStoreEmulator(new Uri(hub.Address), "not base64!"));

    private static Order Order(Call call) => Assert.IsType<MappedOrder>(new CustomConnector().MappingFor(Settings).Map(new ReceivedEvent(call.Body, "order.updated", null, null, DateTimeOffset.UnixEpoch))).Order;

    private async Task DriveAsync(Task work)
    {
        for (int step = 0; !work.IsCompleted; step++)
        {
            Assert.True(step < 20_000, "it does not end");
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        await work;
    }
}
