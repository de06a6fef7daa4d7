using System.Net;
using Crossdock.Connectors.Http;
using Crossdock.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Normalise;

/// <summary>From webhook to courier: one order, one delivery, however often and in whatever order it is announced.</summary>
public sealed class TrunkTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Five_at_once_then_an_older_then_a_newer_make_one_order_one_delivery_and_a_timeline_that_says_all_of_it()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        string order = TestHub.Order(2001, "2026-11-01T10:00:05Z");
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => hub.SendAsync(order, "w-2001")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        await hub.UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '2001' AND d.state = 'delivered'", 1);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(2001, "2026-11-01T10:00:01Z", financial: "pending"), "w-2001-older"));
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(2001, "2026-11-01T10:00:09Z"), "w-2001-newer"));
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);

        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM orders WHERE external_id = '2001'"));
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '2001'"));
        Assert.Equal("processing", await hub.ScalarAsync("SELECT state FROM orders WHERE external_id = '2001'"));
        Assert.Equal((1, 0L), (courier.Accepted, courier.Duplicates));
        var kinds = (await hub.TimelineAsync("2001")).Select(entry => entry.Kind).ToList();
        Assert.Equal(1, kinds.Count(kind => kind is TimelineKind.Received));
        Assert.Equal(4, kinds.Count(kind => kind is TimelineKind.Repeated));
        Assert.Equal(1, kinds.Count(kind => kind is TimelineKind.Older));
        Assert.Equal(1, kinds.Count(kind => kind is TimelineKind.Unchanged));
        Assert.Contains(TimelineKind.Planned, kinds);
        Assert.Contains(TimelineKind.Attempt, kinds);
    }

    [Fact]
    public async Task Newer_before_older_keeps_the_newer()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        await hub.SendAsync(TestHub.Order(2002, "2026-11-01T10:00:09Z", quantity: 3), "w-2002-b");
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = '2002'", 1);
        await hub.SendAsync(TestHub.Order(2002, "2026-11-01T10:00:01Z", quantity: 1), "w-2002-a", "orders/create");
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal("3", await hub.ScalarAsync("SELECT document -> 'lines' -> 0 ->> 'quantity' FROM orders WHERE external_id = '2002'"));
    }

    [Fact]
    public async Task Order_cancelled_before_its_payment_goes_nowhere()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        await hub.SendAsync(TestHub.Order(2003, "2026-11-01T10:00:01Z", financial: "pending"), "w-2003-a");
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '2003'", "awaiting_payment");
        await hub.SendAsync(TestHub.Order(2003, "2026-11-01T10:00:02Z", cancelledAt: "2026-11-01T10:00:02Z"), "w-2003-b", "orders/cancelled");
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '2003'", "cancelled");
        Assert.Equal(0, courier.Accepted);
    }

    [Fact]
    public async Task Order_cancelled_after_delivery_is_held_when_the_courier_cannot_be_told()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        await hub.SendAsync(TestHub.Order(2004, "2026-11-01T10:00:01Z"), "w-2004-a");
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '2004'", "delivered");
        await hub.SendAsync(TestHub.Order(2004, "2026-11-01T10:00:02Z", cancelledAt: "2026-11-01T10:00:02Z"), "w-2004-b", "orders/cancelled");
        await hub.UntilAsync("SELECT o.state || ' ' || o.held || ' ' || h.code FROM orders o JOIN holds h ON h.order_id = o.id WHERE o.external_id = '2004'", "cancelled true cancelled_after_delivery");
    }

    [Fact]
    public async Task Region_in_words_is_a_code_by_the_time_the_rules_run()
    {
        var (rules, _) = Rules.RuleText.Read("[ { name: The capital, when: { field: shipTo.region, in: [RM] }, then: [ { exclude: order, because: not ours } ] } ]");
        await using var hub = await TestHub.StartAsync(database.DataSource, rules: rules);
        await hub.SendAsync(TestHub.Order(2009).Replace("\"province\":\"Santiago Metropolitan\",\"province_code\":\"RM\",\"country_code\":\"CL\"",
            "\"province\":\"Región Metropolitana (XIII)\",\"province_code\":null,\"country_code\":null,\"country\":\"Chile\"", StringComparison.Ordinal), "w-2009");
        await hub.UntilAsync("SELECT state || ' ' || state_because || ' ' || ship_country || ' ' || ship_region FROM orders WHERE external_id = '2009'", "excluded not ours CL RM");
    }

    [Fact]
    public async Task Refund_that_comes_before_its_order_waits_for_it()
    {
        await using var hub = await TestHub.StartAsync(database.DataSource);
        const string refund = """{"id":77,"order_id":2005,"created_at":"2026-11-01T11:00:00Z","note":"damaged","refund_line_items":[],"transactions":[{"id":1,"kind":"refund","status":"success","amount":"100.00","currency":"CLP"}]}""";
        await hub.SendAsync(refund, "w-2005-refund", "refunds/create");
        await hub.UntilAsync("SELECT count(*) FROM parked_events WHERE order_key = '2005' AND waits_for_order", 1);
        await hub.SendAsync(TestHub.Order(2005), "w-2005", "orders/create");
        await hub.UntilAsync("SELECT document -> 'refunds' -> 0 -> 'amount' ->> 'amount' FROM orders WHERE external_id = '2005'", "100.00");
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM parked_events WHERE order_key = '2005'"));
    }

    [Fact]
    public async Task Store_that_wants_approval_sends_nothing_before_it()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, needsApproval: true);
        await hub.SendAsync(TestHub.Order(2006), "w-2006");
        await hub.UntilAsync("SELECT state FROM orders WHERE external_id = '2006'", "awaiting_approval");
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '2006'"));
    }

    [Fact]
    public async Task Answer_lost_after_the_courier_accepted_ends_in_one_shipment()
    {
        await using var courier = await CourierEmulator.StartAsync();
        courier.Next(CourierMood.Drop);
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        await hub.SendAsync(TestHub.Order(2007), "w-2007");
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '2007'", "delivered");
        Assert.Equal((1, 0L), (courier.Accepted, courier.Duplicates));
    }
}
