using Crossdock.Connections;
using Crossdock.Connectors.Http;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Rules;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Review;

/// <summary>What a person, a shop and a crash do at the same moment: nothing is sent that was called off, and nothing that was asked for is left lying.</summary>
public sealed class CrossingTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Approval_is_carried_out_when_the_shop_says_the_same_again_before_it_was_worked()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, needsApproval: true);
        await hub.SendAsync(TestHub.Order(41_000), "w-41000-a");
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '41000'", "awaiting_approval");
        object first = (await hub.ScalarAsync("SELECT event_id FROM orders WHERE external_id = '41000'"))!;
        await hub.SendAsync(TestHub.Order(41_000, "2026-11-01T10:00:09Z"), "w-41000-b");
        await hub.UntilAsync($"SELECT event_id <> '{first}' FROM orders WHERE external_id = '41000'", true);

        // As ApproveAsync leaves it when it came between the two.
        await DoAsync($"UPDATE orders SET state = 'approved' WHERE external_id = '41000'; INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT gen_random_uuid(), '{first}', 2, connection_id, '41000' FROM orders WHERE external_id = '41000'");
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '41000'", "delivered");
        Assert.Equal("2026-11-01 10:00:09", await hub.ScalarAsync("SELECT to_char(source_updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM orders WHERE external_id = '41000'"));
    }

    [Fact]
    public async Task Order_cancelled_while_a_dead_node_may_have_sent_it_is_not_passed_over()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        await hub.SendAsync(TestHub.Order(41_010), "w-41010-a");
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '41010'", "delivered");
        await DoAsync("""
            UPDATE deliveries d SET state = 'waiting', done_at = NULL, leased_by = gen_random_uuid(), leased_until = now() - interval '1 minute', next_attempt_at = now() + interval '1 hour'
            FROM orders o WHERE o.id = d.order_id AND o.external_id = '41010'
            """);
        await hub.SendAsync(TestHub.Order(41_010, "2026-11-01T10:00:09Z", cancelledAt: "2026-11-01T10:00:09Z"), "w-41010-b", "orders/cancelled");
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '41010'", "cancelled");
        Assert.Equal("cancelled_after_delivery", await hub.ScalarAsync("SELECT h.code FROM holds h JOIN orders o ON o.id = h.order_id WHERE o.external_id = '41010'"));
    }

    [Fact]
    public async Task Order_that_the_shop_has_sent_in_part_goes_on_when_its_hold_is_released()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, new Rules(order => new(order, [], null, [new Concern("rule", "look at it")], ["courier"])));
        await hub.SendAsync(InPart(41_020), "w-41020");
        await hub.UntilAsync("SELECT state || ' ' || held FROM orders WHERE external_id = '41020'", "processing true");
        var hold = (Guid)(await hub.ScalarAsync("SELECT h.id FROM holds h JOIN orders o ON o.id = h.order_id WHERE o.external_id = '41020'"))!;
        await new HoldStore(hub.Database, TimeProvider.System, hub.Services.GetRequiredService<IDeliveryIntake>()).ReleaseAsync([hold], "operator eva", null, CancellationToken.None);
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '41020'", "delivered");
    }

    [Fact]
    public async Task Order_that_the_shop_has_sent_in_part_is_excluded_by_rules_like_any_other()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, new Rules(order => new(order, [], "a test order", [], ["courier"])));
        await hub.SendAsync(InPart(41_030), "w-41030");
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '41030'", "excluded");
        Assert.Equal(0, courier.Accepted);
    }

    [Fact]
    public async Task Order_that_the_shop_has_sent_in_part_waits_for_approval_like_any_other()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, needsApproval: true);
        await hub.SendAsync(InPart(41_040), "w-41040");
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '41040'", "awaiting_approval");
        Assert.Equal(0, courier.Accepted);
    }

    [Fact]
    public async Task Lane_lives_on_when_the_database_goes_away_while_an_event_is_parked()
    {
        await using var proxy = new DatabaseProxy(database.ConnectionString);
        await using var hub = await TestHub.StartAsync(proxy.DataSource, rules: new Rules(order => order.ExternalId == "41050" ? throw new InvalidOperationException("a bug") : new(order, [], null, [], [])),
            options: new() { ["Crossdock:Processing:Lanes"] = "1" });
        proxy.LoseNext("INSERT INTO parked_events");
        await hub.SendAsync(TestHub.Order(41_050), "w-41050");
        await hub.UntilAsync("SELECT count(*) FROM parked_events WHERE order_key = '41050'", 1);
        Assert.Equal(1, proxy.LostAnswers);
        await hub.SendAsync(TestHub.Order(41_051), "w-41051");
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = '41051'", 1);
    }

    private static string InPart(long id) => TestHub.Order(id).Replace("\"fulfillment_status\":null", "\"fulfillment_status\":\"partial\"", StringComparison.Ordinal);

    private async Task DoAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Rules(Func<Order, RuleDecision> decide) : IStoreRules
    {
        public int Version => 0;

        public RuleDecision Decide(Order order, IReadOnlyList<string> destinations, DateTimeOffset at) => decide(order);
    }
}
