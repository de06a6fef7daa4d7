using Crossdock.Model.Connectors;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Reading;

public sealed class FeedTests : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Feed_is_emptied_and_each_order_fetched_and_delivered_once()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(35);
        await hub.ConnectAsync("vtex", shop, polls: false);
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 35);
        Assert.Equal(35, shop.Committed.Count);
        Assert.Equal(35, shop.Fetches.Count);
        Assert.Equal(35, hub.Courier.Asked.Count);
    }

    [Fact]
    public async Task Messages_are_committed_only_after_they_are_stored_and_a_kill_in_between_repeats_nothing()
    {
        var shop = Shop(10);
        var reached = new TaskCompletionSource();
        shop.BeforeCommit = stop =>
        {
            if (reached.Task.IsCompleted)
            {
                return Task.CompletedTask;
            }

            reached.SetResult();
            return Task.Delay(Timeout.Infinite, stop);
        };
        await using var dying = new ReadingHub(database);
        await dying.ConnectAsync("vtex", shop, polls: false);
        await dying.StartAsync();
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(10L, await dying.ScalarAsync("SELECT count(*) FROM events WHERE source = 'feed'"));
        Assert.Empty(shop.Committed);
        await dying.KillAsync();
        await using var next = new ReadingHub(database);
        await next.ConnectAsync("vtex", shop, polls: false);
        await next.StartAsync();
        await next.UntilAsync("SELECT count(*) FROM reading_states WHERE succeeded_at IS NOT NULL", 1);
        await next.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 10);
        Assert.Equal(10, shop.Committed.Count);
        Assert.Equal(10L, await next.ScalarAsync("SELECT count(*) FROM events WHERE source = 'feed'"));
        Assert.Equal(10L, await next.ScalarAsync("SELECT count(*) FROM deliveries"));
        Assert.Equal(10, dying.Courier.Asked.Concat(next.Courier.Asked).Select(asked => asked.Request.Id).Distinct().Count());
    }

    [Fact]
    public async Task Nothing_is_committed_while_nothing_can_be_stored()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(5);
        await hub.ConnectAsync("vtex", shop, polls: false);
        await hub.ScalarAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE activity = 'feed' AND failures >= 1", 1);
        Assert.Empty(shop.Committed);
        await hub.ScalarAsync("DROP TRIGGER refuse ON inbox");
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 5);
        Assert.Equal(5, shop.Committed.Count);
    }

    [Fact]
    public async Task Notice_of_a_queue_that_had_vanished_is_kept_for_a_person()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(0);
        shop.FeedSays = call => call == 1 ? new FeedPage([], false, "The feed had no configuration any more and was set up again.") : null;
        await hub.ConnectAsync("vtex", shop, polls: false);
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM reading_states WHERE notice LIKE 'The feed had no configuration%' AND notice_at IS NOT NULL", 1);
    }

    private static ScriptedShop Shop(int orders)
    {
        var shop = new ScriptedShop { FeedEvery = TimeSpan.FromSeconds(1) };
        for (int i = 0; i < orders; i++)
        {
            shop.Sell($"v{i}", Now.AddMinutes(-1));
            shop.Announce($"v{i}", "State ready-for-handling");
        }

        return shop;
    }
}
