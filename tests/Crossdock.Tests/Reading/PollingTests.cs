using Crossdock.Model.Connectors;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Reading;

public sealed class PollingTests : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Polled_orders_are_delivered_once_and_looking_back_leaves_no_trace()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(every: 1);
        for (int i = 0; i < 25; i++)
        {
            shop.Sell($"{i}", Now.AddMinutes(-30).AddSeconds(i));
        }

        shop.Sell("late", Now.AddMinutes(-1));
        await hub.ConnectAsync("acme", shop);
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 26);
        int asked = shop.Lists.Count;
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE succeeded_at > now() - interval '10 seconds' AND watermark > now() - interval '10 seconds'", 1);
        await WaitAsync(() => shop.Lists.Count >= asked + 3);
        Assert.Equal(26L, await hub.ScalarAsync("SELECT count(*) FROM orders"));
        Assert.Equal(26L, await hub.ScalarAsync("SELECT count(*) FROM events"));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM timeline WHERE entries::text LIKE '%repeated%' OR entries::text LIKE '%unchanged%'"));
        Assert.Equal(26, hub.Courier.Asked.Count);
        Assert.Contains("Polling found the order", await hub.TimelineAsync("late"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_poll_begins_when_the_connection_was_made_and_older_orders_stay_history()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(every: 1);
        shop.Sell("unseen", Now.AddDays(-2));
        shop.Sell("old-but-changed", Now.AddDays(-2), updatedAt: Now.AddMinutes(-5));
        shop.Sell("live", Now.AddMinutes(-4));
        await hub.ConnectAsync("acme", shop, connectedAt: Now.AddMinutes(-10));
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM orders", 2);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 1);
        Assert.Equal("old-but-changed", await hub.ScalarAsync("SELECT external_id FROM orders WHERE is_history"));
        Assert.Equal("live", await hub.ScalarAsync("SELECT external_id FROM orders o WHERE EXISTS (SELECT FROM deliveries d WHERE d.order_id = o.id)"));

        // A later change does not send it either.
        shop.Sell("old-but-changed", Now.AddDays(-2), updatedAt: Now, total: 20);
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE is_history AND total = 20", 1);
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task Order_taken_for_history_by_its_time_is_delivered_once_when_its_store_tells_of_it()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(every: 1);
        // Shops write whole seconds: an order placed just after the connecting can be told as just before it.
        var connectedAt = Now.AddMinutes(-10);
        var placedAt = connectedAt.AddMilliseconds(-300);
        foreach (string id in (string[])["same", "older", "newer", "again", "silent"])
        {
            shop.Sell(id, placedAt, updatedAt: connectedAt);
        }

        var store = await hub.ConnectAsync("acme", shop, connectedAt);
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE is_history", 5);
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        await hub.ReceiveAsync(store, "orders/create", "webhook-1", "same", ScriptedShop.Document("same", placedAt, connectedAt, 10));
        await hub.ReceiveAsync(store, "orders/create", "webhook-2", "older", ScriptedShop.Document("older", placedAt, placedAt, 9));
        await hub.ReceiveAsync(store, "orders/create", "webhook-3", "newer", ScriptedShop.Document("newer", placedAt, connectedAt.AddSeconds(5), 11));
        // The webhook is the very document that was read: it counts as told again.
        await hub.ReceiveAsync(store, "orders/read", $"read:again:{connectedAt.UtcTicks}", "again", ScriptedShop.Document("again", placedAt, connectedAt, 10));
        await hub.UntilAsync("SELECT string_agg(external_id, ' ' ORDER BY external_id) FROM orders o WHERE EXISTS (SELECT FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered')", "again newer older same");
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal("silent", await hub.ScalarAsync("SELECT external_id FROM orders WHERE is_history"));
        Assert.Equal("10 11 10 10", await hub.ScalarAsync("SELECT string_agg(round(total)::text, ' ' ORDER BY external_id) FROM orders WHERE NOT is_history"));
        Assert.Contains("it is no history", await hub.TimelineAsync("older"), StringComparison.Ordinal);

        // Told once more, nothing happens twice.
        await hub.ReceiveAsync(store, "orders/updated", "webhook-5", "same", ScriptedShop.Document("same", placedAt, connectedAt.AddSeconds(9), 10));
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal(4, hub.Courier.Asked.Count);
        Assert.Equal(4L, await hub.ScalarAsync("SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task Watermark_stays_where_it_is_when_storing_fails()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(every: 1);
        for (int i = 0; i < 25; i++)
        {
            shop.Sell($"{i}", Now.AddMinutes(-30).AddSeconds(i));
        }

        await hub.ConnectAsync("acme", shop);
        // The second page cannot be stored: its table refuses it.
        await hub.ScalarAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.order_key = '15' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE failures >= 1", 1);
        Assert.Equal(true, await hub.ScalarAsync("SELECT s.watermark = c.created_at AND s.problem IS NOT NULL FROM reading_states s JOIN connections c ON c.id = s.connection_id WHERE activity = 'poll'"));
        await hub.ScalarAsync("DROP TRIGGER refuse ON inbox");
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 25);
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE problem IS NULL AND watermark > now() - interval '1 minute'", 1);
        Assert.Equal(25L, await hub.ScalarAsync("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task Refusal_is_shown_in_the_platforms_own_words_and_ends_by_itself()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(every: 1);
        shop.Sell("1", Now.AddMinutes(-1));
        shop.ListSays = (_, call) => call == 1 ? new ListRefused("401 Unauthorized: Invalid API key") : null;
        await hub.ConnectAsync("acme", shop);
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE needs_person AND problem = '401 Unauthorized: Invalid API key' AND next_at > now() + interval '1 minute'", 1);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 1, "UPDATE reading_states SET next_at = now()");
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE problem IS NULL AND NOT needs_person", 1);
    }

    [Fact]
    public async Task Two_nodes_never_poll_the_same_connection_at_once()
    {
        await using var one = new ReadingHub(database);
        await using var other = new ReadingHub(database);
        var shop = Shop(every: 0);
        int inside = 0, most = 0;
        shop.BeforeList = async (_, stop) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(20, stop);
            Interlocked.Decrement(ref inside);
        };
        for (int i = 0; i < 50; i++)
        {
            shop.Sell($"{i}", Now.AddMinutes(-30).AddSeconds(i));
        }

        await one.ConnectAsync("acme", shop);
        await other.ConnectAsync("acme", shop);
        await Task.WhenAll(one.StartAsync(), other.StartAsync());
        await one.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 50);
        await WaitAsync(() => shop.Lists.Count > 30);
        Assert.Equal(1, most);
        Assert.Equal(50, one.Courier.Asked.Count + other.Courier.Asked.Count);
    }

    [Fact]
    public async Task Killed_node_is_replaced_and_the_next_one_goes_on_at_the_same_page()
    {
        var shop = Shop(every: 1);
        for (int i = 0; i < 35; i++)
        {
            shop.Sell($"{i}", Now.AddMinutes(-30).AddSeconds(i));
        }

        var reached = new TaskCompletionSource();
        shop.BeforeList = (request, stop) =>
        {
            if (request.Cursor != "20" || reached.Task.IsCompleted)
            {
                return Task.CompletedTask;
            }

            reached.SetResult();
            return Task.Delay(Timeout.Infinite, stop);
        };
        await using var dying = new ReadingHub(database);
        await dying.ConnectAsync("acme", shop);
        await dying.StartAsync();
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await dying.KillAsync();
        await using var next = new ReadingHub(database);
        await next.ConnectAsync("acme", shop);
        await next.StartAsync();
        await next.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 35);
        Assert.Equal(35L, await next.ScalarAsync("SELECT count(*) FROM orders"));
        Assert.Equal(35L, await next.ScalarAsync("SELECT count(*) FROM deliveries"));
        Assert.Equal(1, shop.Lists.Count(request => request.Cursor == "10"));
        Assert.Equal(1, shop.Lists.Count(request => request.Cursor == "20"));
    }

    private static ScriptedShop Shop(int every) => new()
    {
        Traits = new ReadingTraits { Pace = new RequestPace(10_000, 10_000, 8), PollEvery = TimeSpan.FromSeconds(every), Overlap = TimeSpan.FromMinutes(5) },
    };

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (int attempt = 0; !condition(); attempt++)
        {
            Assert.True(attempt < 400, "waited in vain");
            await Task.Delay(50);
        }
    }
}
