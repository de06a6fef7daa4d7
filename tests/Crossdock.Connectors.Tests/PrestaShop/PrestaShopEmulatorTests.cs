using System.Globalization;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>What the emulated shop's module sends, received over HTTP and read by the connector.</summary>
public sealed class PrestaShopEmulatorTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private Listener hub = null!;

    public async ValueTask InitializeAsync() => hub = await Listener.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Order_is_told_at_once_signed_and_maps()
    {
        await using var shop = await OpenAsync();
        long id = (await shop.PlaceOrderAsync())[0];
        var endpoint = Presta.Connector.Open(Presta.Store());
        Assert.Equal(["order.created", "order.state_changed"], hub.Calls.Select(call => call.Headers["Crossdock-Topic"]));
        foreach (var call in hub.Calls)
        {
            var request = new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow());
            Assert.True(endpoint.Accepts(call.Headers["Content-Type"]));
            Assert.True(endpoint.CheckSignature(request).IsValid);
            Assert.Equal(id.ToString(CultureInfo.InvariantCulture), endpoint.ReadEnvelope(request).OrderKey);
            var order = Presta.Order(call.Body);
            Assert.Equal((OrderState.New, "CLP", clock.GetUtcNow()), (order.State, order.Currency, order.PlacedAt!.Value));
            Assert.Empty(order.Concerns);
            Assert.DoesNotContain("$2y$10$", call.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("4242", call.Text, StringComparison.Ordinal);
        }

        Assert.Equal(2, hub.Calls.Select(call => call.Headers["Crossdock-Event-Id"]).Distinct().Count());
    }

    [Fact]
    public async Task What_happens_later_is_told_as_the_order_is_then()
    {
        await using var shop = await OpenAsync();
        long id = (await shop.PlaceOrderAsync())[0];
        clock.Advance(TimeSpan.FromHours(1));
        await shop.TrackAsync(id, "CL-1");
        Assert.Equal(["CL-1"], Last().Fulfilments.Single().TrackingNumbers);
        await shop.ChangeStateAsync(id, 4);
        Assert.Equal((OrderState.InShipment, clock.GetUtcNow()), (Last().State, Last().UpdatedAt!.Value));
        await shop.ChangeAddressAsync(id, "Calle Nueva 1");
        Assert.Equal("Calle Nueva 1", Last().ShipTo!.Line1);
        await shop.RefundAsync(id);
        Assert.Single(Last().Refunds);
        await shop.ChangeStateAsync(id, 6);
        Assert.Equal((OrderState.Cancelled, clock.GetUtcNow()), (Last().State, Last().CancelledAt!.Value));

        Order Last() => Presta.Order(hub.Calls.Last().Body);
    }

    [Fact]
    public async Task What_fails_waits_longer_each_time_and_keeps_its_orders_order()
    {
        await using var shop = await OpenAsync();
        hub.Says(503);
        long id = (await shop.PlaceOrderAsync())[0];
        Assert.Single(hub.Calls);
        foreach (int minutes in new[] { 1, 5, 15, 60 })
        {
            await shop.DrainAsync();
            int before = hub.Calls.Count;
            clock.Advance(TimeSpan.FromMinutes(minutes));
            await shop.DrainAsync();
            Assert.Equal(before + 1, hub.Calls.Count);
        }

        hub.Says(200);
        clock.Advance(TimeSpan.FromHours(3));
        await shop.DrainAsync();
        Assert.Equal((0, 7), (shop.Waiting, hub.Calls.Count));
        Assert.Equal(["order.created", "order.state_changed"], hub.Calls.TakeLast(2).Select(call => call.Headers["Crossdock-Topic"]));
        Assert.All(shop.Sent, sent => Assert.Equal(id, sent.OrderId));
        var request = new SampleRequest(hub.Calls.Last().Body, hub.Calls.Last().Headers).At(clock.GetUtcNow());
        Assert.True(Presta.Connector.Open(Presta.Store()).CheckSignature(request).IsValid);
    }

    [Fact]
    public async Task Events_that_wait_are_merged_and_a_repeat_has_its_id()
    {
        await using var shop = await OpenAsync(new() { RunsModule = false });
        long id = (await shop.PlaceOrderAsync())[0];
        await shop.ChangeStateAsync(id, 3);
        await shop.ChangeStateAsync(id, 4);
        Assert.Equal(2, shop.Waiting);
        await shop.DrainAsync();
        await shop.RepeatLastAsync();
        await shop.DrainAsync();
        Assert.Equal(3, hub.Calls.Count);
        Assert.Equal(2, hub.Calls.Select(call => call.Headers["Crossdock-Event-Id"]).Distinct().Count());
    }

    [Fact]
    public async Task Connection_that_is_gone_stops_it()
    {
        await using var shop = await OpenAsync();
        hub.Says(410);
        await shop.PlaceOrderAsync();
        await shop.PlaceOrderAsync();
        Assert.True(shop.IsStopped);
        Assert.Single(hub.Calls);
    }

    [Fact]
    public async Task Split_purchase_is_two_orders_of_one_reference_and_the_unpaid_one_is_held()
    {
        await using var shop = await OpenAsync();
        var ids = await shop.PlaceOrderAsync(split: true);
        var orders = hub.Calls.Where(call => call.Headers["Crossdock-Topic"] == "order.state_changed").Select(call => Presta.Order(call.Body)).ToList();
        Assert.Equal(2, ids.Count);
        Assert.Equal(2, orders.Select(order => order.ExternalId).Distinct().Count());
        Assert.Single(orders.Select(order => order.Number).Distinct());
        Assert.Contains(orders, order => order.Concerns.Any(concern => concern.Code == "split_order_unpaid") || order.PaymentStatus == PaymentStatus.CashOnDelivery);
    }

    [Fact]
    public async Task Trade_survives_a_hub_that_is_away()
    {
        await using var shop = await PrestaShopEmulator.StartAsync();
        shop.InstallModule($"http://127.0.0.1:{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}/in/x", Presta.Secret);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await shop.RunAsync(50, stop.Token);
        Assert.All(shop.Sent, sent => Assert.Null(sent.Status));
        Assert.NotEmpty(shop.Sent);
    }

    private async Task<PrestaShopEmulator> OpenAsync(PrestaShopEmulatorOptions? options = null)
    {
        var shop = await PrestaShopEmulator.StartAsync((options ?? new()) with { Clock = clock, UnpaidRate = 0 });
        shop.InstallModule(hub.Address + "/in/tienda", Presta.Secret);
        return shop;
    }
}
