using Crossdock.Backfill;
using Crossdock.Model.Connectors;
using Crossdock.Review;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Reading;

public sealed class BackfillTests : IAsyncLifetime
{
    private const int Days = 12, EachDay = 25;
    private readonly TestDatabase database = new();
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task History_is_stored_and_shown_and_delivered_only_when_a_person_says_so()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop(tellsTotal: true);
        var store = await hub.ConnectAsync("acme", shop);
        await hub.StartAsync();
        await StartAsync(hub, deliver: false);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done'", 1);
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE is_history AND state = 'approved'", Days * EachDay);
        Assert.Equal("300 300 0 300", await hub.ScalarAsync("SELECT concat_ws(' ', read, new, known, total) FROM backfills"));
        Assert.Contains("History: read by backfill ", await hub.TimelineAsync("3-3"), StringComparison.Ordinal);
        Assert.Contains("not delivered", await hub.TimelineAsync("3-3"), StringComparison.Ordinal);

        // What happens to it later is stored, and sent nowhere either.
        await hub.ReceiveAsync(store, "orders/updated", "webhook-1", "3-3", ScriptedShop.Document("3-3", Now.AddDays(-3), Now, 77));
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE total = 77 AND is_history", 1);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM deliveries"));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM holds"));

        var actions = hub.Services.GetRequiredService<OrderActions>();
        var id = (Guid)(await hub.ScalarAsync("SELECT id FROM orders WHERE external_id = '3-3'"))!;
        Assert.Equal(new OrderActionResult(true), await actions.DeliverAsync(id, "operator eva", "asked for by phone", CancellationToken.None));
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 1);
        Assert.Contains("asked for by phone", await hub.TimelineAsync("3-3"), StringComparison.Ordinal);
        Assert.NotNull((await actions.DeliverAsync(id, "operator eva", null, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task Delivering_backfill_hands_each_order_over_once_also_what_was_history_before()
    {
        await using var hub = new ReadingHub(database);
        var shop = Shop();
        await hub.ConnectAsync("acme", shop);
        await hub.StartAsync();
        await StartAsync(hub, deliver: false, lastDays: 3);
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE is_history", 3 * EachDay);
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        await StartAsync(hub, deliver: true);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done'", 2);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Days * EachDay);
        Assert.Equal(Days * EachDay, hub.Courier.Asked.Count);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM orders WHERE is_history"));

        // Repeated, it finds everything known.
        await StartAsync(hub, deliver: true);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done' AND known = 300 AND new = 0", 1);
        Assert.Equal(Days * EachDay, hub.Courier.Asked.Count);
    }

    [Fact]
    public async Task Kill_in_the_middle_loses_and_doubles_nothing()
    {
        var shop = Shop();
        var reached = new TaskCompletionSource();
        int lists = 0;
        shop.BeforeList = (request, stop) =>
        {
            if (request.OnlySummaries || reached.Task.IsCompleted || Interlocked.Increment(ref lists) < 20)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return Task.Delay(Timeout.Infinite, stop);
        };
        await using var dying = new ReadingHub(database);
        await dying.ConnectAsync("acme", shop);
        await dying.StartAsync();
        await StartAsync(dying, deliver: false);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await dying.KillAsync();
        long read = (long)(await dying.ScalarAsync("SELECT read FROM backfills"))!;
        Assert.InRange(read, 1, 299);
        await using var next = new ReadingHub(database);
        await next.ConnectAsync("acme", shop);
        await next.StartAsync();
        await next.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done'", 1);
        Assert.Equal("300 300", await next.ScalarAsync("SELECT concat_ws(' ', read, new + known) FROM backfills"));
        await next.UntilAsync("SELECT count(*) FROM orders", Days * EachDay);
        Assert.Equal((long)(Days * EachDay), await next.ScalarAsync("SELECT count(*) FROM events"));
        Assert.Equal(0L, await next.ScalarAsync("SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task Changed_configuration_is_taken_up_in_the_middle()
    {
        var shop = Shop();
        var reached = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        int lists = 0, waiting = 0;
        shop.BeforeList = (request, stop) =>
        {
            if (request.OnlySummaries || Interlocked.Increment(ref lists) < 20)
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref waiting);
            reached.TrySetResult();
            return open.Task.WaitAsync(stop);
        };
        await using var hub = new ReadingHub(database);
        var former = await hub.ConnectAsync("acme", shop);
        await hub.StartAsync();
        await StartAsync(hub, deliver: false);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await hub.ConnectAsync("acme", shop);
        // Let go, as the directory does it, when the last call must have begun and ended: a piece may have looked at the directory just before.
        for (int seen = -1; seen != Volatile.Read(ref waiting);)
        {
            seen = Volatile.Read(ref waiting);
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }

        former.Release();
        open.SetResult();
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done' AND read = 300 AND error IS NULL", 1);
        Assert.Equal(0, shop.ReadsAfterDisposal);
    }

    [Fact]
    public async Task Two_nodes_share_the_work_without_reading_anything_twice()
    {
        var shop = Shop();
        await using var one = new ReadingHub(database);
        await using var other = new ReadingHub(database);
        await one.ConnectAsync("acme", shop);
        await other.ConnectAsync("acme", shop);
        await Task.WhenAll(one.StartAsync(), other.StartAsync());
        await StartAsync(one, deliver: true);
        await one.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", Days * EachDay);
        var pages = shop.Lists.FindAll(request => request is { By: OrderClock.Placed, OnlySummaries: false });
        Assert.Equal(pages.Count, pages.Distinct().Count());
        Assert.Equal(Days * EachDay, one.Courier.Asked.Count + other.Courier.Asked.Count);
    }

    [Fact]
    public async Task Stopped_backfill_stands_still_until_it_is_resumed()
    {
        var shop = Shop();
        var open = new TaskCompletionSource();
        shop.BeforeList = async (request, stop) =>
        {
            if (!request.OnlySummaries && request.From > Now.AddDays(-6))
            {
                await open.Task.WaitAsync(stop);
            }
        };
        await using var hub = new ReadingHub(database);
        await hub.ConnectAsync("acme", shop);
        await hub.StartAsync();
        var id = await StartAsync(hub, deliver: false);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE windows_done >= 5", 1);
        var actions = hub.Services.GetRequiredService<BackfillActions>();
        Assert.Equal(id, (await actions.StopAsync(id, CancellationToken.None)).Id);
        Assert.NotNull((await actions.StopAsync(id, CancellationToken.None)).Refusal);
        open.SetResult();
        await Task.Delay(300);
        Assert.Equal("stopped", await hub.ScalarAsync("SELECT state FROM backfills"));
        object? read = await hub.ScalarAsync("SELECT read FROM backfills");
        Assert.NotEqual(300L, read);
        Assert.Equal(id, (await actions.ResumeAsync(id, CancellationToken.None)).Id);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done' AND read = 300", 1);
        Assert.Null((await actions.ResumeAsync(Guid.NewGuid(), CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task Refusal_pauses_it_in_the_platforms_words_and_it_goes_on_where_it_was()
    {
        var shop = Shop();
        bool isRefusing = true;
        shop.ListSays = (request, _) => isRefusing && !request.OnlySummaries && request.From > Now.AddDays(-4) ? new ListRefused("403 read_all_orders is missing") : null;
        await using var hub = new ReadingHub(database);
        await hub.ConnectAsync("acme", shop, polls: false);
        await hub.StartAsync();
        var id = await StartAsync(hub, deliver: false);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'paused' AND error = '403 read_all_orders is missing' AND next_at > now()", 1);
        isRefusing = false;
        await hub.Services.GetRequiredService<BackfillActions>().ResumeAsync(id, CancellationToken.None);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done' AND read = 300 AND error IS NULL", 1);
    }

    [Fact]
    public async Task Webhook_poll_and_backfill_of_one_order_are_one_order_and_one_delivery()
    {
        var shop = new ScriptedShop { Traits = new ReadingTraits { Pace = new RequestPace(10_000, 10_000, 8), PollEvery = TimeSpan.FromSeconds(1) } };
        var placed = Now.AddMinutes(-20);
        shop.Sell("same", placed);
        await using var hub = new ReadingHub(database);
        var store = await hub.ConnectAsync("acme", shop);
        await hub.StartAsync();
        var webhook = hub.ReceiveAsync(store, "orders/create", "webhook-1", "same", ScriptedShop.Document("same", placed, placed, 10));
        await StartAsync(hub, deliver: true);
        await StartAsync(hub, deliver: false);
        await webhook;
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done'", 2);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 1);
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal("1 1 2", await hub.ScalarAsync("SELECT concat_ws(' ', (SELECT count(*) FROM orders WHERE NOT is_history), (SELECT count(*) FROM deliveries), (SELECT count(*) FROM events))"));
        Assert.Single(hub.Courier.Asked);
    }

    [Fact]
    public async Task It_waits_while_live_events_are_behind()
    {
        var shop = Shop();
        await using var hub = new ReadingHub(database, new() { ["Crossdock:Reading:BacklogEvents"] = "10" });
        await hub.ConnectAsync("acme", shop);
        await hub.ScalarAsync("INSERT INTO inbox (id, event_id, kind, connection_id, not_before) SELECT gen_random_uuid(), gen_random_uuid(), 0, 1, now() + interval '1 hour' FROM generate_series(1, 10)");
        await hub.StartAsync();
        await StartAsync(hub, deliver: false);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE windows IS NOT NULL", 1);
        await Task.Delay(500);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT read FROM backfills"));
        await hub.ScalarAsync("DELETE FROM inbox WHERE not_before > now()");
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done' AND read = 300", 1);
    }

    [Fact]
    public async Task Order_placed_a_moment_ago_is_left_to_live_traffic()
    {
        var shop = Shop();
        shop.Sell("fresh", Now.AddMinutes(-2));
        await using var hub = new ReadingHub(database);
        var store = await hub.ConnectAsync("acme", shop, connectedAt: Now.AddDays(-30));
        await hub.ScalarAsync("INSERT INTO reading_states (connection_id, activity, watermark, next_at) SELECT id, 'poll', now(), now() + interval '1 hour' FROM connections WHERE key = 'acme'");
        await hub.StartAsync();
        await StartAsync(hub, deliver: false);
        await hub.UntilAsync("SELECT count(*) FROM backfills WHERE state = 'done' AND read = 301 AND left_out = 1", 1);
        await hub.ReceiveAsync(store, "orders/create", "webhook-1", "fresh", ScriptedShop.Document("fresh", Now.AddMinutes(-2), Now, 10));
        await hub.UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = 'fresh' AND d.state = 'delivered'", 1);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_with_the_reason()
    {
        await using var hub = new ReadingHub(database);
        await hub.ConnectAsync("acme", Shop());
        var actions = hub.Services.GetRequiredService<BackfillActions>();
        Assert.Equal(new BackfillAnswer(null), await actions.StartAsync("nobody", Now.AddDays(-1), Now, false, "eva", CancellationToken.None));
        Assert.Contains("cannot be read", (await actions.StartAsync("courier", Now.AddDays(-1), Now, false, "eva", CancellationToken.None)).Refusal, StringComparison.Ordinal);
        Assert.Contains("empty", (await actions.StartAsync("acme", Now.AddDays(1), Now.AddDays(2), false, "eva", CancellationToken.None)).Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3650, null, 3650)]
    [InlineData(3650, 100L, 1)]
    [InlineData(3650, 1_000_000L, 2000)]
    [InlineData(1, null, 8)]
    [InlineData(30, 1_000_000L, 64)]
    public void Range_is_cut_into_pieces_without_a_gap(int days, long? total, int pieces)
    {
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var windows = BackfillRunner.Cut(from, from.AddDays(days), total);
        Assert.Equal(pieces, windows.Count);
        Assert.Equal(from, windows[0].From);
        Assert.Equal(from.AddDays(days), windows[^1].To);
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
    }

    private static ScriptedShop Shop(bool tellsTotal = false)
    {
        var shop = new ScriptedShop { TellsTotal = tellsTotal };
        for (int day = 1; day <= Days; day++)
        {
            for (int i = 0; i < EachDay; i++)
            {
                shop.Sell($"{day}-{i}", Now.AddDays(-day).AddMinutes(i));
            }
        }

        return shop;
    }

    private static async Task<Guid> StartAsync(ReadingHub hub, bool deliver, int lastDays = 20)
    {
        var answer = await hub.Services.GetRequiredService<BackfillActions>().StartAsync("acme", Now.AddDays(-lastDays - 0.5), Now, deliver, "operator eva", CancellationToken.None);
        Assert.Null(answer.Refusal);
        return answer.Id!.Value;
    }
}
