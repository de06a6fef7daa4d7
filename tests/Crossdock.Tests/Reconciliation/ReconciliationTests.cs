using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Testing.Database;
using Crossdock.Tests.Reading;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Reconciliation;

public sealed class ReconciliationTests : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    // As late in the day as needed for every order of it to lie within: the store's zone is chosen so that it is about noon there.
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Order_that_nothing_announced_is_fetched_and_delivered_once()
    {
        await using var hub = Hub();
        var shop = Shop();
        var store = await hub.ConnectAsync("acme", shop, Now.AddHours(-2), polls: false, timeZone: Zone());
        await hub.StartAsync(role => role.GetType().Name != "ReconciliationRole");
        for (int i = 0; i < 30; i++)
        {
            shop.Sell($"A{i}", Now.AddMinutes(-90 + i));
            if (i != 17)
            {
                await BringAsync(hub, store, $"A{i}", Now.AddMinutes(-90 + i));
            }
        }

        // Placed before the store was connected and changed since: nobody owes it to the courier.
        shop.Sell("OLD", Now.AddDays(-20), Now.AddMinutes(-30));
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 29);
        await hub.StartAsync(role => role.GetType().Name == "ReconciliationRole");
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 30);
        await hub.UntilAsync("SELECT string_agg(external_id || ' ' || kind || ' ' || state, ', ') FROM ledger_differences", "A17 missing healed");
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = 'OLD' AND is_history", 1);
        Assert.Equal(30, hub.Courier.Asked.Count);
        Assert.Equal(["A17", "OLD"], shop.Fetches.Order(StringComparer.Ordinal));
        Assert.Contains("nothing had announced it; fetched", await hub.TimelineAsync("A17"), StringComparison.Ordinal);
        Assert.Contains("placed before this connection was made; not delivered", await hub.TimelineAsync("OLD"), StringComparison.Ordinal);
        Assert.Equal("30 300.00", await hub.ScalarAsync("SELECT concat_ws(' ', sum(d.listed), (SELECT round(sum(listed), 2) FROM ledger_sums)) FROM ledger_days d"));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM alerts"));
    }

    [Fact]
    public async Task Lost_change_and_wrong_total_are_mended_and_what_is_newer_here_stays()
    {
        await using var hub = Hub();
        var shop = Shop();
        var store = await hub.ConnectAsync("acme", shop, Now.AddHours(-2), polls: false, timeZone: Zone());
        await hub.StartAsync(role => role.GetType().Name != "ReconciliationRole");
        var at = Now.AddMinutes(-60);
        await BringAsync(hub, store, "EDITED", at);
        await BringAsync(hub, store, "OTHER", at, total: 12);
        await BringAsync(hub, store, "NEWER", at.AddMinutes(5), total: 99);
        await hub.UntilAsync("SELECT count(*) FROM orders", 3);
        shop.Sell("EDITED", at, at.AddMinutes(10), total: 30);
        shop.Sell("OTHER", at, total: 13);
        shop.Sell("NEWER", at, total: 50);
        await hub.StartAsync(role => role.GetType().Name == "ReconciliationRole");
        await hub.UntilAsync("SELECT string_agg(external_id || ' ' || kind || ' ' || state, ', ' ORDER BY external_id) FROM ledger_differences WHERE closed_at IS NOT NULL", "EDITED older healed, OTHER other_total healed");
        Assert.Equal("30 13 99", await hub.ScalarAsync("SELECT string_agg(trim_scale(total)::text, ' ' ORDER BY array_position(array['EDITED', 'OTHER', 'NEWER'], external_id)) FROM orders"));
        Assert.Contains("newer version, and nothing had announced it", await hub.TimelineAsync("EDITED"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_parked_or_on_its_way_is_no_gap()
    {
        await using var hub = Hub();
        var shop = Shop();
        var store = await hub.ConnectAsync("acme", shop, Now.AddHours(-2), polls: false, timeZone: Zone());
        await hub.StartAsync(role => role.GetType().Name != "ReconciliationRole");
        var at = Now.AddMinutes(-60);
        var open = new TaskCompletionSource();
        shop.FetchSays = async (id, _) =>
        {
            await open.Task;
            return null;
        };
        shop.Sell("ANNOUNCED", at);
        shop.Sell("PARKED", at);
        await hub.ReceiveAsync(store, "announced", "k1", "ANNOUNCED", ScriptedShop.Announcement("ANNOUNCED", "State paid"));
        await hub.UntilAsync("SELECT count(*) FROM fetches", 1);
        await hub.ReceiveAsync(store, "orders/updated", "k2", "PARKED", "no JSON at all"u8.ToArray());
        await hub.UntilAsync("SELECT count(*) FROM parked_events", 1);
        await hub.StartAsync(role => role.GetType().Name == "ReconciliationRole");
        await hub.UntilAsync("SELECT string_agg(external_id || ' ' || state || ' ' || was_gap, ', ' ORDER BY external_id) FROM ledger_differences", "ANNOUNCED waiting false, PARKED parked false");
        Assert.Contains("could not be understood", (string)(await hub.ScalarAsync("SELECT outcome FROM ledger_differences WHERE external_id = 'PARKED'"))!, StringComparison.Ordinal);

        // It comes: it was none, and leaves no row behind.
        open.SetResult();
        await hub.UntilAsync("SELECT count(*) FROM orders", 1);
        await hub.UntilAsync("SELECT count(*) FROM ledger_differences", 1, ReadingHub.ComparesNow);
        Assert.Equal(["ANNOUNCED"], shop.Fetches);
    }

    [Fact]
    public async Task Order_that_is_not_listed_any_more_is_explained()
    {
        await using var hub = Hub();
        var shop = Shop();
        var store = await hub.ConnectAsync("acme", shop, Now.AddHours(-26), polls: false);
        await hub.StartAsync(role => role.GetType().Name != "ReconciliationRole");
        var yesterday = new DateTimeOffset(Now.UtcDateTime.Date.AddHours(-1), TimeSpan.Zero);
        foreach (string id in (string[])["STAYS", "DELETED", "MOVED"])
        {
            await BringAsync(hub, store, id, yesterday);
        }

        await hub.UntilAsync("SELECT count(*) FROM orders", 3);
        // As if they had come when they were placed: ids begin with that time.
        await hub.ScalarAsync($"UPDATE orders SET created_at = '{yesterday:O}'");
        await hub.ScalarAsync($"ALTER TABLE orders DISABLE TRIGGER ALL; UPDATE orders SET id = (lpad(to_hex((extract(epoch FROM timestamptz '{yesterday:O}') * 1000)::bigint), 12, '0') || substr(replace(id::text, '-', ''), 13))::uuid");
        shop.Sell("STAYS", yesterday);
        shop.Sell("MOVED", yesterday.AddDays(-3), yesterday);
        await hub.StartAsync(role => role.GetType().Name == "ReconciliationRole");
        await hub.UntilAsync("SELECT string_agg(external_id || ' ' || kind || ' ' || state, ', ' ORDER BY external_id) FROM ledger_differences WHERE closed_at IS NOT NULL", "DELETED not_listed explained, MOVED not_listed explained");
        Assert.Contains("deleted it. Asked for it, it answers: 404 no such order", (string)(await hub.ScalarAsync("SELECT outcome FROM ledger_differences WHERE external_id = 'DELETED'"))!, StringComparison.Ordinal);
        Assert.Contains($"the store lists it on {yesterday.AddDays(-3):yyyy-MM-dd}", (string)(await hub.ScalarAsync("SELECT outcome FROM ledger_differences WHERE external_id = 'MOVED'"))!, StringComparison.Ordinal);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM alerts"));
    }

    [Fact]
    public async Task Gap_that_resists_is_told_and_the_telling_ends_when_it_is_closed()
    {
        await using var hub = Hub();
        var shop = Shop();
        await hub.ConnectAsync("acme", shop, Now.AddHours(-2), polls: false, timeZone: Zone());
        shop.Sell("A1", Now.AddMinutes(-60));
        shop.FetchSays = (_, _) => Task.FromResult<FetchOutcome?>(new FetchRefused("403 no read access to orders"));
        await hub.StartAsync();
        await hub.UntilAsync("SELECT string_agg(state || ' ' || last_error, ', ') FROM ledger_differences", "open 403 no read access to orders");
        await hub.ScalarAsync("UPDATE ledger_differences SET found_at = now() - interval '20 minutes'");
        await hub.UntilAsync("SELECT kind || ' ' || severity FROM alerts WHERE ended_at IS NULL", "orders_missing critical", ReadingHub.ComparesNow);
        Assert.Contains("403 no read access to orders", (string)(await hub.ScalarAsync("SELECT sentence FROM alerts"))!, StringComparison.Ordinal);
        Assert.Equal("True", (await hub.ScalarAsync("SELECT needs_person FROM reading_states WHERE activity = 'ledger'"))!.ToString());

        shop.FetchSays = (_, _) => Task.FromResult<FetchOutcome?>(null);
        await hub.UntilAsync("SELECT count(*) FROM orders", 1, ReadingHub.ComparesNow);
        await hub.UntilAsync("SELECT count(*) FROM alerts WHERE ended_at IS NULL", 0, ReadingHub.ComparesNow);
        await hub.UntilAsync("SELECT state FROM ledger_differences", "healed");
    }

    [Fact]
    public async Task Order_whose_row_was_lost_although_its_event_is_known_is_worked_anew()
    {
        await using var hub = Hub();
        var shop = Shop();
        var store = await hub.ConnectAsync("acme", shop, Now.AddHours(-2), polls: false, timeZone: Zone());
        await hub.StartAsync(role => role.GetType().Name != "ReconciliationRole");
        var at = Now.AddMinutes(-60);
        shop.Sell("A1", at);
        await hub.ReceiveAsync(store, "orders/read", $"read:A1:{at.UtcTicks}", "A1", ScriptedShop.Document("A1", at, at, 10));
        await hub.UntilAsync("SELECT count(*) FROM orders", 1);
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        await hub.ScalarAsync("DELETE FROM orders");
        await hub.StartAsync(role => role.GetType().Name == "ReconciliationRole");
        await hub.UntilAsync("SELECT count(*) FROM orders", 1);
        await hub.UntilAsync("SELECT count(*) FROM ledger_differences WHERE closed_at IS NULL OR state = 'healed'", 1);
    }

    [Fact]
    public async Task Kill_in_the_middle_of_a_day_goes_on_at_its_page_and_counts_each_order_once()
    {
        var shop = Shop();
        var from = new DateTimeOffset(Now.UtcDateTime.Date.AddDays(-3), TimeSpan.Zero);
        for (int i = 0; i < 300; i++)
        {
            shop.Sell($"A{i}", from.AddMinutes(i * 4));
        }

        var reached = new TaskCompletionSource();
        int lists = 0;
        shop.BeforeList = (request, stop) =>
        {
            if (request.By is OrderClock.Changed || request.From != from || Interlocked.Increment(ref lists) < 12)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return lists == 12 ? Task.Delay(Timeout.Infinite, stop) : Task.CompletedTask;
        };
        await using var dying = Hub();
        await dying.ConnectAsync("acme", shop, from.AddDays(-1), polls: false);
        await dying.StartAsync();
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await dying.KillAsync();
        Assert.NotNull(await dying.ScalarAsync("SELECT cursor FROM ledger_passes WHERE kind = 'day'"));
        await using var next = Hub();
        await next.ConnectAsync("acme", shop, polls: false);
        await next.StartAsync();
        await next.UntilAsync($"SELECT listed || ' ' || is_whole FROM ledger_days WHERE day = '{from:yyyy-MM-dd}' AND is_whole", "300 true");
        // Eleven pages before the kill, the one it died in once more, and the rest.
        Assert.InRange(lists, 30, 33);
        await next.UntilAsync("SELECT count(*) FROM orders", 300);
        Assert.Equal(300L, await next.ScalarAsync("SELECT count(*) FROM events"));
        await next.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 300);
        Assert.Equal(300, dying.Courier.Asked.Concat(next.Courier.Asked).Select(one => one.Request.Id).Distinct().Count());
    }

    [Fact]
    public async Task Two_nodes_never_compare_one_store_at_once_and_fetch_nothing_twice()
    {
        var shop = Shop();
        int inside = 0, most = 0;
        shop.BeforeList = async (_, stop) =>
        {
            int now = Interlocked.Increment(ref inside);
            most = Math.Max(most, now);
            await Task.Delay(20, stop);
            Interlocked.Decrement(ref inside);
        };
        await using var one = Hub();
        await using var two = Hub();
        await one.ConnectAsync("acme", shop, Now.AddHours(-2), polls: false, timeZone: Zone());
        await two.ConnectAsync("acme", shop, Now.AddHours(-2), polls: false, timeZone: Zone());
        for (int i = 0; i < 40; i++)
        {
            shop.Sell($"A{i}", Now.AddMinutes(-90 + i));
        }

        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        await one.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 40);
        await one.UntilAsync("SELECT count(*) FROM ledger_differences WHERE state = 'healed'", 40);
        Assert.Equal(1, most);
        Assert.Equal(40L, await one.ScalarAsync("SELECT count(*) FROM events"));
        Assert.Equal(40, one.Courier.Asked.Count + two.Courier.Asked.Count);
    }

    private ReadingHub Hub() => new(database, new()
    {
        ["Crossdock:Reconciliation:EverySeconds"] = "1", ["Crossdock:Reconciliation:GraceSeconds"] = "5", ["Crossdock:Reconciliation:TickMilliseconds"] = "50", ["Crossdock:Reconciliation:SettleMinutes"] = "0",
    }, compares: true);

    private static ScriptedShop Shop() => new() { Traits = new() { Pace = new RequestPace(10_000, 10_000, 8), HasCheapSummaries = true } };

    // A zone in which it is about noon: what was placed within the last hours is of one day.
    private static string Zone() => $"Etc/GMT{(Now.Hour >= 12 ? "+" : "-")}{Math.Abs(Now.Hour - 12)}";

    private static Task BringAsync(ReadingHub hub, Crossdock.Connections.Connection store, string id, DateTimeOffset at, decimal total = 10) =>
        hub.ReceiveAsync(store, "orders/updated", $"webhook:{id}", id, ScriptedShop.Document(id, at, at, total));
}
