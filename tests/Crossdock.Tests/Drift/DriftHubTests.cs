using System.Globalization;
using Crossdock.Connectors.Http;
using Crossdock.Delivery;
using Crossdock.Drift;
using Crossdock.Holds;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Drift;

/// <summary>On the main path: the order is held in the very moment it would go wrong, and goes on once, when a person accepts the change or the connector is mended.</summary>
public sealed class DriftHubTests : IAsyncLifetime
{
    private const int Learn = 20;
    private readonly TestDatabase database = new();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Held_then_accepted_is_delivered_exactly_once()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await StartAsync(courier);
        await LearnAsync(hub, 0);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Learn + 2);
        await hub.SendAsync(Number(501), "w-501");
        await hub.SendAsync(Number(502), "w-502");
        await hub.UntilAsync("SELECT count(*) FROM holds WHERE code = 'drift' AND released_at IS NULL", 2);
        Assert.Equal(Learn + 2, courier.Accepted);
        Assert.Equal("approved true 0", await hub.ScalarAsync("SELECT concat_ws(' ', state, CASE WHEN held THEN 'true' ELSE 'false' END, (SELECT count(*) FROM deliveries d WHERE d.order_id = o.id)) FROM orders o WHERE external_id = '501'"));
        string reason = (string)(await hub.ScalarAsync("SELECT reason FROM holds WHERE code = 'drift' LIMIT 1"))!;
        Assert.Contains("total_price came as a number with decimals", reason, StringComparison.Ordinal);
        Assert.Equal(2L, await hub.ScalarAsync("SELECT seen FROM drifts"));

        var role = hub.Services.GetRequiredService<DriftRole>();
        await role.RoundAsync(true, CancellationToken.None);
        Assert.Equal("critical", await hub.ScalarAsync("SELECT severity FROM alerts WHERE kind = 'shape_changed' AND ended_at IS NULL"));

        string id = (string)(await hub.ScalarAsync("SELECT id FROM drifts"))!;
        var actions = hub.Services.GetRequiredService<DriftActions>();
        Assert.Equal("Orders are held for this change: accept it if it is right, or replay it when the connector is mended.", (await actions.IgnoreAsync("acme", id, "operator ana", null, CancellationToken.None)).Refusal);
        Assert.Equal(new DriftAnswer(true, null, 2), await actions.AcceptAsync("acme", id, "operator ana", "the shop changed its form", CancellationToken.None));
        Assert.Equal(new DriftAnswer(true), await actions.AcceptAsync("acme", id, "operator ana", null, CancellationToken.None));
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Learn + 4);
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal((Learn + 4, 0L), (courier.Accepted, courier.Duplicates));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM holds WHERE released_at IS NULL"));
        Assert.Equal("operator ana", await hub.ScalarAsync("SELECT released_by FROM holds LIMIT 1"));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM drift_events"));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM alerts WHERE ended_at IS NULL"));

        // It is usual from now on.
        await hub.SendAsync(Number(503), "w-503");
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Learn + 5);
        Assert.Equal(2L, await hub.ScalarAsync("SELECT count(*) FROM holds"));
    }

    [Fact]
    public async Task Another_node_that_has_not_heard_of_it_holds_and_lets_go()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await StartAsync(courier);
        await LearnAsync(hub, 0);
        await hub.SendAsync(Number(501), "w-501");
        await hub.UntilAsync("SELECT count(*) FROM holds WHERE released_at IS NULL", 1);

        // As another node would have written it: accepted in the database, unknown to this one's memory.
        await hub.ScalarAsync("UPDATE drifts SET state = 'accepted', changed_at = now(), changed_by = 'operator eva'");
        await hub.SendAsync(Number(502), "w-502");
        await hub.UntilAsync("SELECT count(*) FROM holds", 2);
        Assert.Equal("accepted", await hub.ScalarAsync("SELECT state FROM drifts"));
        await hub.Services.GetRequiredService<DriftRole>().RoundAsync(true, CancellationToken.None);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Learn + 4);
        Assert.Equal((Learn + 4, 0L), (courier.Accepted, courier.Duplicates));
        await hub.SendAsync(Number(503), "w-503");
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Learn + 5);
        Assert.Equal(2L, await hub.ScalarAsync("SELECT count(*) FROM holds"));
    }

    [Fact]
    public async Task Released_by_hand_it_is_not_held_again_for_the_same()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await StartAsync(courier);
        await LearnAsync(hub, 0);
        await hub.SendAsync(Number(501), "w-501");
        await hub.UntilAsync("SELECT count(*) FROM holds WHERE released_at IS NULL", 1);
        var holds = new HoldStore(hub.Database, TimeProvider.System, hub.Services.GetRequiredService<IDeliveryIntake>());
        await holds.ReleaseAsync([(Guid)(await hub.ScalarAsync("SELECT id FROM holds"))!], "operator ana", "I asked the buyer", CancellationToken.None);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Learn + 3);
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM holds"));
        Assert.Equal("open", await hub.ScalarAsync("SELECT state FROM drifts"));
    }

    [Fact]
    public async Task Address_field_that_is_renamed_holds_every_order_that_has_it()
    {
        await using var hub = await StartAsync(null);
        await LearnAsync(hub, 0);
        await hub.SendAsync(Renamed(501), "w-501");
        await hub.SendAsync(Renamed(502), "w-502");
        await hub.UntilAsync("SELECT count(*) FROM holds WHERE code = 'drift' AND released_at IS NULL AND reason LIKE '%shipping_address.address1 is missing%New beside it: street_1.%'", 2);
        Assert.Equal("shipping_address.address1 missing address 2", await hub.ScalarAsync("SELECT concat_ws(' ', path, change, meaning, seen) FROM drifts"));
    }

    [Fact]
    public async Task After_a_restart_everything_is_known_and_after_the_mending_all_is_worked_again()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using (var hub = await StartAsync(courier))
        {
            await LearnAsync(hub, 0);
            await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        }

        string id;
        await using (var restarted = await StartAsync(courier))
        {
            await restarted.SendAsync(Number(601), "w-601");
            await restarted.UntilAsync("SELECT count(*) FROM holds WHERE released_at IS NULL", 1);
            id = (string)(await restarted.ScalarAsync("SELECT id FROM drifts WHERE path = 'total_price' AND change = 'type'"))!;

            // Worked again with the same connector, it is as wrong as before.
            await restarted.Services.GetRequiredService<DriftActions>().ReplayAsync("acme", id, "operator ana", null, CancellationToken.None);
            await restarted.UntilAsync("SELECT count(*) FROM inbox", 0);
            Assert.Equal(1L, await restarted.ScalarAsync("SELECT count(*) FROM holds WHERE released_at IS NULL"));
            Assert.Equal("open 1", await restarted.ScalarAsync("SELECT concat(state, ' ', seen) FROM drifts"));
            Assert.Equal(Learn + 2, courier.Accepted);
        }

        // The mended connector knows that an amount may be a number.
        await using var mended = await StartAsync(courier, new DocumentShape { Critical = [new("shipping_address.address1", CriticalMeaning.Address)] });
        var actions = mended.Services.GetRequiredService<DriftActions>();
        Assert.Equal(new DriftAnswer(true, null, 1), await actions.ReplayAsync("acme", id, "operator ana", null, CancellationToken.None));
        await mended.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Learn + 3);
        Assert.Equal((Learn + 3, 0L), (courier.Accepted, courier.Duplicates));
        Assert.Equal("replayed", await mended.ScalarAsync("SELECT state FROM drifts"));
        Assert.Equal(0L, await mended.ScalarAsync("SELECT count(*) FROM holds WHERE released_at IS NULL"));
        Assert.Contains(await mended.TimelineAsync("601"), entry => entry.Text == "No longer held: the reason is gone.");
    }

    [Fact]
    public async Task Amount_as_object_is_parked_with_its_drift_and_worked_again_when_mended()
    {
        await using var hub = await StartAsync(null);
        await LearnAsync(hub, 0);
        await hub.SendAsync(TestHub.Order(701, total: """{"amount":"25990.00"}"""), "w-701");
        await hub.UntilAsync("SELECT count(*) FROM parked_events", 1);
        Assert.Equal("total_price type amount", await hub.ScalarAsync("SELECT concat_ws(' ', path, change, meaning) FROM drifts"));
        string id = (string)(await hub.ScalarAsync("SELECT id FROM drifts"))!;
        var actions = hub.Services.GetRequiredService<DriftActions>();
        Assert.Equal(new DriftAnswer(true, null, 1), await actions.ReplayAsync("acme", id, "operator ana", null, CancellationToken.None));
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM parked_events"));
    }

    [Fact]
    public async Task Two_nodes_learn_the_same_documents()
    {
        await using var first = await StartAsync(null);
        await using var second = await StartAsync(null);
        for (int number = 0; number < 15; number++)
        {
            await first.SendAsync(TestHub.Order(1000 + number), $"a-{number}");
            await second.SendAsync(TestHub.Order(2000 + number), $"b-{number}");
        }

        await first.UntilAsync("SELECT count(*) FROM orders", 30);
        await first.UntilAsync("SELECT count(*) FROM inbox", 0);
        foreach (var hub in new[] { first, second, first })
        {
            await hub.Services.GetRequiredService<DriftRole>().RoundAsync(true, CancellationToken.None);
        }

        Assert.Equal(30L, await first.ScalarAsync("SELECT documents FROM shapes WHERE topic = 'orders/updated'"));
        await second.Services.GetRequiredService<DriftRole>().RoundAsync(true, CancellationToken.None);
        Assert.Equal(30L, await first.ScalarAsync("SELECT documents FROM shapes WHERE topic = 'orders/updated'"));

        // Neither has seen twenty by itself; together they have, and the first hears of it with its next storing.
        await first.SendAsync(TestHub.Order(1999), "a-last");
        await first.UntilAsync("SELECT count(*) FROM orders", 31);
        await first.Services.GetRequiredService<DriftRole>().RoundAsync(true, CancellationToken.None);
        await first.SendAsync(Renamed(3000), "c-1");
        await first.UntilAsync("SELECT count(*) FROM holds WHERE code = 'drift'", 1);
    }

    [Fact]
    public async Task History_is_learned_from_and_never_held()
    {
        await using var hub = await StartAsync(null);
        await LearnAsync(hub, 0);
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        await using (var put = hub.Database.CreateCommand("""
            INSERT INTO events (id, connection_id, topic, dedupe_key, order_key, received_at, source, headers, body)
            SELECT gen_random_uuid(), id, 'orders/updated', 'h1', '9001', now(), 'history backfill 1', '', convert_to($1, 'UTF8') FROM connections WHERE key = 'acme';
            """))
        {
            put.Parameters.Add(new() { Value = Renamed(9001) });
            await put.ExecuteNonQueryAsync();
        }

        await hub.ScalarAsync("INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT id, id, 0, connection_id, order_key FROM events WHERE dedupe_key = 'h1'");
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = '9001'", 1);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM holds"));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM drifts"));
    }

    private async Task<TestHub> StartAsync(CourierEmulator? courier, DocumentShape? shape = null) =>
        await TestHub.StartAsync(database.DataSource, courier?.Address, options: new() { ["Crossdock:Drift:LearnDocuments"] = Learn.ToString(CultureInfo.InvariantCulture) }, shape: shape);

    private static async Task LearnAsync(TestHub hub, int from)
    {
        for (int number = from; number < from + Learn + 2; number++)
        {
            await hub.SendAsync(TestHub.Order(100 + number), $"w-{100 + number}");
        }

        await hub.UntilAsync("SELECT count(*) FROM orders", Learn + 2);
    }

    private static string Renamed(long id) => TestHub.Order(id).Replace("\"address1\"", "\"street_1\"", StringComparison.Ordinal);

    private static string Number(long id) => TestHub.Order(id, total: "25990.00");
}
