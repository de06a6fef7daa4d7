using Crossdock.Model.Connectors;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Reading;

public sealed class FetchingTests : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Announced_order_is_fetched_and_its_timeline_says_why()
    {
        await using var hub = new ReadingHub(database);
        var shop = new ScriptedShop();
        shop.Sell("v1", Now.AddMinutes(-1));
        var store = await hub.ConnectAsync("vtex", shop, polls: false);
        await hub.StartAsync();
        await hub.ReceiveAsync(store, "announced", "v1:a", "v1", ScriptedShop.Announcement("v1", "State ready-for-handling"));
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 1);
        await hub.UntilAsync("SELECT count(*) FROM fetches", 0);
        Assert.Contains("Announced: State ready-for-handling; fetched.", await hub.TimelineAsync("v1"), StringComparison.Ordinal);

        // Announced again without a change: fetched, told, nothing sent.
        await hub.ReceiveAsync(store, "announced", "v1:b", "v1", ScriptedShop.Announcement("v1", "State invoiced"));
        await hub.UntilAsync("SELECT count(*) FROM timeline WHERE entries::text LIKE '%Announced: State invoiced; fetched, and nothing had changed.%'", 1);
        Assert.Single(hub.Courier.Asked);
    }

    [Fact]
    public async Task Announcements_during_a_fetch_have_it_fetched_once_more_and_no_oftener()
    {
        await using var hub = new ReadingHub(database);
        var shop = new ScriptedShop();
        shop.Sell("v1", Now.AddMinutes(-1));
        var open = new TaskCompletionSource();
        shop.FetchSays = async (_, call) =>
        {
            if (call == 1)
            {
                await open.Task;
            }

            return null;
        };
        var store = await hub.ConnectAsync("vtex", shop, polls: false);
        await hub.StartAsync();
        await hub.ReceiveAsync(store, "announced", "v1:0", "v1", ScriptedShop.Announcement("v1", "State 0"));
        await hub.UntilAsync("SELECT count(*) FROM fetches WHERE leased_until IS NOT NULL", 1);
        for (int i = 1; i <= 5; i++)
        {
            await hub.ReceiveAsync(store, "announced", $"v1:{i}", "v1", ScriptedShop.Announcement("v1", $"State {i}"));
        }

        // Those that one batch works count once.
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal(true, await hub.ScalarAsync("SELECT version > 1 FROM fetches"));
        shop.Sell("v1", Now.AddMinutes(-1), Now, total: 99);
        open.SetResult();
        await hub.UntilAsync("SELECT count(*) FROM fetches", 0);
        await hub.UntilAsync("SELECT total FROM orders", "99");
        Assert.Equal(2, shop.Fetches.Count);
    }

    [Fact]
    public async Task Order_that_the_platform_does_not_have_is_tried_again_and_then_parked_in_its_words()
    {
        await using var hub = new ReadingHub(database);
        var shop = new ScriptedShop();
        var store = await hub.ConnectAsync("vtex", shop, polls: false);
        await hub.StartAsync();
        await hub.ReceiveAsync(store, "announced", "v9:a", "v9", ScriptedShop.Announcement("v9", "State new"));
        for (int tried = 1; tried <= 4; tried++)
        {
            await hub.UntilAsync("SELECT not_found FROM fetches", tried);
            Assert.Equal(true, await hub.ScalarAsync("SELECT not_before > now() FROM fetches"));
            await hub.ScalarAsync("UPDATE fetches SET not_before = now()");
        }

        await hub.UntilAsync("SELECT count(*) FROM parked_events WHERE reason LIKE 'State new:%404 no such order' AND order_key = 'v9'", 1);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM fetches"));
        Assert.Equal(5, shop.Fetches.Count);
    }

    [Fact]
    public async Task Refused_fetch_pauses_the_connection_and_a_new_configuration_tries_at_once()
    {
        await using var hub = new ReadingHub(database);
        bool isRefusing = true;
        var shop = new ScriptedShop();
        shop.FetchSays = (_, _) => Task.FromResult<FetchOutcome?>(isRefusing ? new FetchRefused("403 The AppKey may not read orders") : null);
        for (int i = 0; i < 20; i++)
        {
            shop.Sell($"v{i}", Now.AddMinutes(-1));
        }

        var store = await hub.ConnectAsync("vtex", shop, polls: false);
        await hub.StartAsync();
        await hub.ReceiveAsync(store, "announced", "v0:a", "v0", ScriptedShop.Announcement("v0", "State new"));
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE activity = 'fetch' AND needs_person AND problem = '403 The AppKey may not read orders'", 1);
        int asked = shop.Fetches.Count;
        for (int i = 1; i < 20; i++)
        {
            await hub.ReceiveAsync(store, "announced", $"v{i}:a", $"v{i}", ScriptedShop.Announcement($"v{i}", "State new"));
        }

        await hub.UntilAsync("SELECT count(*) FROM fetches WHERE leased_until IS NULL", 20);
        await Task.Delay(500);
        Assert.Equal(asked, shop.Fetches.Count);
        isRefusing = false;
        await hub.ScalarAsync("UPDATE reading_states SET version = 0 WHERE activity = 'fetch'");
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 20);
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE activity = 'fetch' AND problem IS NOT NULL", 0);
    }

    [Fact]
    public async Task Fetch_of_a_killed_node_is_taken_over()
    {
        var shop = new ScriptedShop();
        shop.Sell("v1", Now.AddMinutes(-1));
        var reached = new TaskCompletionSource();
        shop.FetchSays = async (_, call) =>
        {
            if (call == 1)
            {
                reached.SetResult();
                await Task.Delay(Timeout.Infinite);
            }

            return null;
        };
        await using var dying = new ReadingHub(database);
        var store = await dying.ConnectAsync("vtex", shop, polls: false);
        await dying.StartAsync();
        await dying.ReceiveAsync(store, "announced", "v1:a", "v1", ScriptedShop.Announcement("v1", "State new"));
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await dying.KillAsync();
        await using var next = new ReadingHub(database);
        await next.ConnectAsync("vtex", shop, polls: false);
        await next.StartAsync();
        await next.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 1);
        Assert.Single(next.Courier.Asked);
    }
}
