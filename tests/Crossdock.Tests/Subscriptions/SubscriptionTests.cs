using Crossdock.Subscriptions;
using Crossdock.Testing.Database;
using Crossdock.Tests.Reading;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Subscriptions;

/// <summary>Looking after webhooks, with a shop that does what a test says.</summary>
public sealed class SubscriptionTests : IAsyncLifetime
{
    private const string Address = "https://hub.example/in/acme";
    private const string Good = "SELECT count(*) FROM subscription_checks WHERE good_at IS NOT NULL AND problem IS NULL AND leased_by IS NULL";
    private const string NoCatchUp = "SELECT count(*) FROM reading_states WHERE activity = 'catch_up'";
    private readonly TestDatabase database = new();
    private readonly ScriptedSubscriptions hooks = new();
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Missing_webhook_is_put_back_told_and_what_was_sold_meanwhile_is_read()
    {
        await using var hub = new ReadingHub(database);
        var shop = new ScriptedShop { Subscriptions = hooks };
        await hub.ConnectAsync("acme", shop, polls: false);
        await hub.StartAsync();
        await hub.UntilAsync(Good, 1);
        await hub.UntilAsync(NoCatchUp, 0);
        Assert.Equal(2, hooks.CountFor(Address));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM alerts"));
        Assert.Contains("Registered its webhooks (orders/create, orders/updated)", (string?)await hub.ScalarAsync("SELECT string_agg(sentence, ' ' ORDER BY id) FROM connection_history"), StringComparison.Ordinal);

        hooks.Lose("orders/create");
        shop.Sell("unheard", Now.AddMinutes(-10));
        await hub.ScalarAsync("UPDATE subscription_checks SET good_at = good_at - interval '30 minutes', next_at = now()");
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = 'unheard'", 1);
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered'", 1);
        await hub.UntilAsync("SELECT count(*) FROM alerts WHERE kind = 'webhooks_lost' AND ended_at IS NOT NULL", 1);
        Assert.Equal(2, hooks.CountFor(Address));
        Assert.Contains("No webhook had told of it", await hub.TimelineAsync("unheard"), StringComparison.Ordinal);
        string told = (string)(await hub.ScalarAsync("SELECT concat_ws(' | ', sentence, ended_because) FROM alerts"))!;
        Assert.Contains("orders/create (missing)", told, StringComparison.Ordinal);
        Assert.Contains("1 order that the hub had not heard of", told, StringComparison.Ordinal);
        await hub.UntilAsync("SELECT count(*) FROM connection_history WHERE what = 'webhooks_put_back'", 1);
        await hub.UntilAsync("SELECT count(*) FROM connection_history WHERE what = 'webhooks_caught_up'", 2);

        var seen = await hub.Services.GetRequiredService<SubscriptionQueries>().FindAsync("acme", CancellationToken.None);
        Assert.True(seen is { IsWatched: true, Problem: null, Loss: { What: "orders/create (missing)", Missing: 1, OverAt: not null, CaughtUpAt: not null } });
        Assert.True(seen!.Loss!.From < seen.Loss.FoundAt && seen.Loss.FoundAt <= seen.Loss.OverAt);
        Assert.Equal(["orders/create missing True", "orders/updated active True"], seen.Topics.Select(topic => $"{topic.Topic} {topic.Found} {topic.IsActive}"));
        Assert.True(seen.Topics[0].Since > seen.Topics[1].Since);
    }

    [Fact]
    public async Task Gap_is_remembered_when_the_node_dies_between_putting_back_and_telling()
    {
        var shop = new ScriptedShop { Subscriptions = hooks };
        var gate = new TaskCompletionSource();
        await using (var dying = new ReadingHub(database))
        {
            await dying.ConnectAsync("acme", shop, polls: false);
            await dying.StartAsync();
            await dying.UntilAsync(Good, 1);
            await dying.UntilAsync(NoCatchUp, 0);
            hooks.Lose("orders/create");
            shop.Sell("unheard", Now.AddMinutes(-10));
            hooks.BeforeAnswer = gate.Task;
            await dying.ScalarAsync("UPDATE subscription_checks SET next_at = now()");
            await UntilAsync(() => hooks.CountFor(Address) == 2);
            await dying.KillAsync();
        }

        gate.SetResult();
        await using var next = new ReadingHub(database);
        await next.ConnectAsync("acme", shop, polls: false);
        await next.ScalarAsync("UPDATE subscription_checks SET leased_until = now() - interval '1 second', next_at = now()");
        await next.StartAsync();
        await next.UntilAsync("SELECT count(*) FROM orders WHERE external_id = 'unheard'", 1);
        await next.UntilAsync("SELECT count(*) FROM alerts WHERE kind = 'webhooks_lost' AND ended_at IS NOT NULL", 1);
    }

    [Fact]
    public async Task Refusal_needs_a_person_is_told_in_the_platforms_words_and_a_changed_connection_is_checked_at_once()
    {
        await using var hub = new ReadingHub(database);
        var shop = new ScriptedShop { Subscriptions = hooks };
        hooks.Refuses = "401 \"Invalid API key\"";
        await hub.ConnectAsync("acme", shop, polls: false);
        await hub.StartAsync();
        await hub.UntilAsync("SELECT count(*) FROM subscription_checks WHERE needs_person AND problem LIKE '%Invalid API key%' AND next_at > now() + interval '1 minute'", 1);
        await hub.UntilAsync("SELECT count(*) FROM alerts WHERE kind = 'webhooks_not_managed' AND severity = 'critical' AND sentence LIKE '%Invalid API key%' AND ended_at IS NULL", 1);
        hooks.Refuses = null;
        await hub.ConnectAsync("acme", shop, polls: false, version: 2);
        await hub.UntilAsync(Good, 1);
        await hub.UntilAsync("SELECT count(*) FROM alerts WHERE ended_at IS NOT NULL", 1);
        await hub.UntilAsync(NoCatchUp, 0);
        Assert.NotEmpty(shop.Lists);
    }

    [Fact]
    public async Task What_cannot_be_put_back_stays_open_until_it_can_and_the_gap_reaches_back_to_the_last_time_all_was_well()
    {
        await using var hub = new ReadingHub(database);
        var shop = new ScriptedShop { Subscriptions = hooks };
        await hub.ConnectAsync("acme", shop, polls: false);
        await hub.StartAsync();
        await hub.UntilAsync(Good, 1);
        await hub.UntilAsync(NoCatchUp, 0);
        hooks.Lose("orders/create");
        (hooks.Refuses, hooks.RefusesRepair) = ("403 write_webhooks is missing", true);
        shop.Sell("unheard", Now.AddMinutes(-10));
        await hub.ScalarAsync("UPDATE subscription_checks SET next_at = now()");
        await hub.UntilAsync("SELECT count(*) FROM alerts WHERE kind = 'webhooks_lost' AND severity = 'critical' AND sentence LIKE '%could not be put back: 403%' AND ended_at IS NULL", 1);
        await hub.UntilAsync("SELECT count(*) FROM subscription_checks WHERE gap_from < good_at AND lost IS NOT NULL AND lost_over_at IS NULL AND leased_by IS NULL", 1);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM orders"));
        hooks.Refuses = null;
        Assert.NotNull((await hub.Services.GetRequiredService<SubscriptionActions>().CheckAsync("acme", CancellationToken.None)).Subscriptions);
        await hub.UntilAsync("SELECT count(*) FROM alerts WHERE ended_at IS NULL", 0);
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = 'unheard'", 1);
    }

    [Fact]
    public async Task Order_that_the_shops_list_shows_late_is_found_by_a_second_look_before_the_alert_ends()
    {
        await using var hub = new ReadingHub(database);
        var shop = new ScriptedShop { Subscriptions = hooks, Traits = new() { Pace = new(10_000, 10_000, 8), ListLag = TimeSpan.FromSeconds(2) } };
        await hub.ConnectAsync("acme", shop, polls: false);
        await hub.StartAsync();
        await hub.UntilAsync(Good, 1);
        await hub.UntilAsync(NoCatchUp, 0);
        hooks.Lose("orders/create");
        shop.Sell("listed", Now.AddMinutes(-10));
        int before = shop.Lists.Count;
        await hub.ScalarAsync("UPDATE subscription_checks SET next_at = now()");
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = 'listed'", 1);
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM alerts WHERE ended_at IS NOT NULL"));
        shop.Sell("late", Now.AddSeconds(-1));
        await hub.UntilAsync("SELECT count(*) FROM alerts WHERE ended_at IS NOT NULL", 1);
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = 'late'", 1);
        Assert.Equal(2, shop.Lists.Count - before);
    }

    [Fact]
    public async Task Two_nodes_check_once()
    {
        var shop = new ScriptedShop { Subscriptions = hooks };
        await using var one = new ReadingHub(database);
        await using var two = new ReadingHub(database);
        await one.ConnectAsync("acme", shop, polls: false);
        await two.ConnectAsync("acme", shop, polls: false);
        var gate = new TaskCompletionSource();
        hooks.Gate = gate.Task;
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        await UntilAsync(() => hooks.CallsOf("check") > 0);
        // Both nodes look several times while the first check is under way.
        await Task.Delay(400, TestContext.Current.CancellationToken);
        gate.SetResult();
        await one.UntilAsync(Good, 1);
        await one.UntilAsync(NoCatchUp, 0);
        Assert.Equal([$"check {Address}", $"repair {Address}"], hooks.Calls);
    }

    [Fact]
    public async Task Hanging_platform_is_told_and_keeps_no_other_connection_waiting()
    {
        await using var hub = new ReadingHub(database, new() { ["Crossdock:Subscriptions:PatienceSeconds"] = "1", ["Crossdock:Subscriptions:ConnectionsAtOnce"] = "2" });
        var gate = new TaskCompletionSource();
        var stuck = new ScriptedSubscriptions { Gate = gate.Task };
        var buggy = new ScriptedSubscriptions { Throws = true };
        await hub.ConnectAsync("stuck", new ScriptedShop { Subscriptions = stuck }, polls: false);
        await hub.ConnectAsync("buggy", new ScriptedShop { Subscriptions = buggy }, polls: false);
        await hub.ConnectAsync("acme", new ScriptedShop { Subscriptions = hooks }, polls: false);
        await hub.StartAsync();
        await hub.UntilAsync(Good, 1);
        await hub.UntilAsync("SELECT count(*) FROM subscription_checks WHERE problem LIKE 'The platform did not answer within 1 seconds%'", 1);
        await hub.UntilAsync("SELECT count(*) FROM subscription_checks WHERE problem LIKE 'The connector failed (InvalidOperationException): a bug'", 1);
        // Asked again, it is not called a second time while the first call still hangs.
        await hub.ScalarAsync("UPDATE subscription_checks SET next_at = now() WHERE problem LIKE 'The platform%'");
        await hub.UntilAsync("SELECT count(*) FROM subscription_checks WHERE problem LIKE 'The connector still hangs%'", 1);
        Assert.Equal(1, stuck.CallsOf("check"));
        gate.SetResult();
        await hub.ScalarAsync("UPDATE subscription_checks SET next_at = now() WHERE problem LIKE '%hangs%'");
        await hub.UntilAsync(Good, 2);
    }

    [Fact]
    public async Task Disabled_connection_has_its_webhooks_taken_away_those_of_another_hub_stay_and_enabling_puts_them_back_without_an_alarm()
    {
        var shop = new ScriptedShop { Subscriptions = hooks };
        await hooks.CheckAsync(new Uri("https://other.example/in/acme"), repair: true, CancellationToken.None);
        await using var hub = new ReadingHub(database);
        await hub.ConnectAsync("acme", shop, polls: false);
        await hub.StartAsync();
        await hub.UntilAsync(Good, 1);
        await hub.UntilAsync(NoCatchUp, 0);
        await hub.ConnectAsync("acme", shop, polls: false, isEnabled: false, version: 2);
        await hub.UntilAsync("SELECT count(*) FROM subscription_checks WHERE removed_at IS NOT NULL AND address IS NULL AND leased_by IS NULL", 1);
        Assert.Equal((0, 2), (hooks.CountFor(Address), hooks.CountFor("https://other.example/in/acme")));
        Assert.Contains("because the connection was disabled", (string?)await hub.ScalarAsync("SELECT sentence FROM connection_history WHERE what = 'webhooks_removed'"), StringComparison.Ordinal);
        Assert.Contains("is disabled", (await hub.Services.GetRequiredService<SubscriptionActions>().CheckAsync("acme", CancellationToken.None)).Refusal, StringComparison.Ordinal);

        shop.Sell("meanwhile", Now);
        await hub.ConnectAsync("acme", shop, polls: false, version: 3);
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = 'meanwhile'", 1);
        Assert.Equal((2, 2), (hooks.CountFor(Address), hooks.CountFor("https://other.example/in/acme")));
        Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM alerts"));
    }

    [Fact]
    public async Task Stopping_a_node_takes_nothing_away()
    {
        await using (var hub = new ReadingHub(database))
        {
            await hub.ConnectAsync("acme", new ScriptedShop { Subscriptions = hooks }, polls: false);
            await hub.StartAsync();
            await hub.UntilAsync(Good, 1);
        }

        Assert.Equal(2, hooks.CountFor(Address));
        Assert.Equal(0, hooks.CallsOf("remove"));
    }

    [Fact]
    public async Task Copy_of_the_database_under_another_address_leaves_the_first_hubs_webhooks_alone()
    {
        var shop = new ScriptedShop { Subscriptions = hooks };
        await using (var first = new ReadingHub(database))
        {
            await first.ConnectAsync("acme", shop, polls: false);
            await first.StartAsync();
            await first.UntilAsync(Good, 1);
            await first.UntilAsync(NoCatchUp, 0);
        }

        await using var copy = new ReadingHub(database, publicAddress: "https://copy.example/crossdock/");
        await copy.ConnectAsync("acme", shop, polls: false, isEnabled: false, version: 2);
        await copy.StartAsync();
        await copy.UntilAsync("SELECT count(*) FROM connection_history WHERE what = 'webhooks_left_there' AND sentence LIKE '%may be another hub''s%'", 1);
        await copy.ConnectAsync("acme", shop, polls: false, version: 3);
        await copy.UntilAsync("SELECT count(*) FROM subscription_checks WHERE address = 'https://copy.example/crossdock/in/acme' AND problem IS NULL", 1);
        Assert.Equal((2, 2), (hooks.CountFor(Address), hooks.CountFor("https://copy.example/crossdock/in/acme")));
        Assert.Equal(0, hooks.CallsOf("remove"));
        Assert.Equal(0L, await copy.ScalarAsync("SELECT count(*) FROM alerts"));
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (int attempt = 0; attempt < 600 && !isSo(); attempt++)
        {
            await Task.Delay(50);
        }

        Assert.True(isSo());
    }
}
