using Crossdock.Connections;
using Crossdock.Connectors.Http;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Orders;
using Crossdock.Review;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Review;

/// <summary>Who cancelled an order decides who brings it back.</summary>
public sealed class RestoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string State = "SELECT state FROM orders WHERE external_id = ";

    [Fact]
    public async Task Order_cancelled_by_a_person_stays_so_until_a_person_restores_it()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, needsApproval: true);
        await hub.SendAsync(TestHub.Order(3001), "w-3001-a");
        await hub.UntilAsync(State + "'3001'", "awaiting_approval");
        var id = (Guid)(await hub.ScalarAsync("SELECT id FROM orders WHERE external_id = '3001'"))!;
        var actions = Actions(hub);
        Assert.Null((await actions.CancelAsync(id, "operator eva", "bought twice", default)).Refusal);

        await hub.SendAsync(TestHub.Order(3001, "2026-11-01T10:00:09Z", quantity: 2), "w-3001-b");
        await hub.UntilAsync("SELECT document -> 'lines' -> 0 ->> 'quantity' FROM orders WHERE external_id = '3001'", "2");
        Assert.Equal("cancelled", await hub.ScalarAsync(State + "'3001'"));
        var note = Assert.Single(await hub.TimelineAsync("3001"), entry => entry.Kind is TimelineKind.Note);
        Assert.Equal(("The shop's newer version was kept, and the order stays cancelled.", "operator eva cancelled it here; it goes on when a person restores it"), (note.Text, note.Because));

        Assert.Null((await actions.RestoreAsync(id, "operator udo", "it was not", default)).Refusal);
        await hub.UntilAsync(State + "'3001'", "awaiting_approval");
        Assert.Null((await actions.ApproveAsync(id, "operator udo", null, default)).Refusal);
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '3001'", "delivered");
        Assert.Equal(1, courier.Accepted);
        Assert.Contains(await hub.TimelineAsync("3001"), entry => entry is { Text: "Restored the order that operator eva had cancelled.", Actor: "operator udo", Because: "it was not" });
    }

    [Fact]
    public async Task Order_cancelled_by_a_person_after_delivery_sends_nothing_when_the_shop_changes_it()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        await hub.SendAsync(TestHub.Order(3002), "w-3002-a");
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '3002'", "delivered");
        var id = (Guid)(await hub.ScalarAsync("SELECT id FROM orders WHERE external_id = '3002'"))!;
        Assert.Null((await Actions(hub).CancelAsync(id, "operator eva", null, default)).Refusal);
        await hub.SendAsync(TestHub.Order(3002, "2026-11-01T10:00:09Z", quantity: 2), "w-3002-b");
        await hub.UntilAsync("SELECT document -> 'lines' -> 0 ->> 'quantity' FROM orders WHERE external_id = '3002'", "2");
        Assert.Equal("cancelled", await hub.ScalarAsync(State + "'3002'"));
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '3002'"));
        Assert.Equal(1, courier.Accepted);
    }

    [Fact]
    public async Task Order_cancelled_by_the_shop_comes_back_from_the_shop_and_from_nobody_else()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        await hub.SendAsync(TestHub.Order(3003, cancelledAt: "2026-11-01T10:00:00Z"), "w-3003-a");
        await hub.UntilAsync(State + "'3003'", "cancelled");
        var id = (Guid)(await hub.ScalarAsync("SELECT id FROM orders WHERE external_id = '3003'"))!;
        Assert.Contains("when the shop restores it", (await Actions(hub).RestoreAsync(id, "operator eva", null, default)).Refusal, StringComparison.Ordinal);
        await hub.SendAsync(TestHub.Order(3003, "2026-11-01T10:00:09Z"), "w-3003-b");
        await hub.UntilAsync(State + "'3003'", "approved");
        Assert.Contains("only a cancelled one", (await Actions(hub).RestoreAsync(id, "operator eva", null, default)).Refusal, StringComparison.Ordinal);
    }

    private static OrderActions Actions(TestHub hub) => new(
        hub.Database, hub.Services.GetRequiredService<IConnectionDirectory>(), new HoldStore(hub.Database, TimeProvider.System, hub.Services.GetRequiredService<IDeliveryIntake>()), hub.Services, TimeProvider.System);
}
