using Crossdock.Replays;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Replays;

/// <summary>Stopping, dying and several nodes: a trial ends with the same result, and is worked once.</summary>
public sealed class ReplayNodesTests : IAsyncLifetime
{
    private const int Orders = 60;
    private const string NotRm = "[ { name: No capital, when: { field: shipTo.region, in: [RM] }, then: [ { exclude: order, because: not ours } ] } ]";
    private static readonly Dictionary<string, string?> SmallPages = new() { ["Crossdock:Replays:PageEvents"] = "10" };
    private readonly TestDatabase database = new();
    private readonly SemaphoreSlim gate = new(0);
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isGated;
    private int mapped;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        gate.Release(10_000);
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Trial_stopped_by_a_person_goes_on_where_it_was()
    {
        await using var hub = await FilledAsync();
        isGated = true;
        var id = (await hub.Actions.StartAsync(ReplayHub.Request(NotRm), "operator eva", CancellationToken.None)).Id!.Value;
        await reached.Task;
        Assert.Equal(id, (await hub.Actions.StopAsync(id, CancellationToken.None)).Id);
        Assert.NotNull((await hub.Actions.StopAsync(id, CancellationToken.None)).Refusal);
        isGated = false;
        gate.Release(10_000);
        var stopped = (await hub.Queries.FindAsync(id, CancellationToken.None))!;
        Assert.Equal("stopped", stopped.State);
        Assert.True(stopped.Read < Orders);
        Assert.Equal(id, (await hub.Actions.ResumeAsync(id, CancellationToken.None)).Id);
        await IsRightAsync(hub, id);
    }

    [Fact]
    public async Task Trial_of_a_killed_node_is_taken_over_and_no_page_counts_twice()
    {
        await using var first = await FilledAsync();
        isGated = true;
        var id = (await first.Actions.StartAsync(ReplayHub.Request(NotRm), "operator eva", CancellationToken.None)).Id!.Value;
        await reached.Task;
        await first.KillAsync();
        isGated = false;
        gate.Release(10_000);
        await using var second = new ReplayHub(database, SmallPages);
        await second.ConnectAsync("acme");
        await second.StartAsync();
        await IsRightAsync(second, id);
    }

    [Fact]
    public async Task Two_nodes_work_one_replay_at_a_time_the_oldest_first()
    {
        await using var first = new ReplayHub(database);
        await using var second = new ReplayHub(database);
        await first.ConnectAsync("acme");
        await second.ConnectAsync("acme");
        var oldest = (await first.Actions.StartAsync(ReplayHub.Request(), "operator eva", CancellationToken.None)).Id!.Value;
        var other = (await first.Actions.StartAsync(ReplayHub.Request(), "operator eva", CancellationToken.None)).Id!.Value;
        var now = TimeProvider.System.GetUtcNow();
        var lease = TimeSpan.FromSeconds(30);
        var work = await first.Get<ReplayWorkStore>().ClaimAsync(now, lease, CancellationToken.None);
        Assert.Equal(oldest, work!.Id);
        Assert.Null(await second.Get<ReplayWorkStore>().ClaimAsync(now, lease, CancellationToken.None));

        // Its lease over, another takes it; the first one writes nothing any more.
        var taken = await second.Get<ReplayWorkStore>().ClaimAsync(now + lease + lease, lease, CancellationToken.None);
        Assert.Equal(oldest, taken!.Id);
        Assert.False(await first.Get<ReplayWorkStore>().KeepAsync(work, now + lease, CancellationToken.None));
        Assert.False(await first.Get<ReplayWorkStore>().AdvanceAsync(work, new TrialProgress(0, null, 10, 10, [], 1), new long[12], CancellationToken.None));
        await second.Get<ReplayWorkStore>().FinishAsync(taken, now, CancellationToken.None);
        Assert.Equal(other, (await first.Get<ReplayWorkStore>().ClaimAsync(now + lease + lease, lease, CancellationToken.None))!.Id);
    }

    [Fact]
    public async Task Configuration_changed_during_the_trial_ends_it_with_the_reason()
    {
        await using var hub = await FilledAsync();
        isGated = true;
        var id = (await hub.Actions.StartAsync(ReplayHub.Request(), "operator eva", CancellationToken.None)).Id!.Value;
        await reached.Task;
        await hub.ConnectAsync("acme", rules: NotRm);
        isGated = false;
        gate.Release(10_000);
        var row = await hub.EndAsync(id);
        Assert.Equal("failed", row.State);
        Assert.Contains("changed while this replay was tried", row.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trial_waits_while_live_events_wait()
    {
        await using var hub = new ReplayHub(database, new(SmallPages) { ["Crossdock:Replays:BacklogEvents"] = "1" });
        await hub.ConnectAsync("acme", mapping: Gated);
        await hub.StartAsync();
        for (int i = 0; i < Orders; i++)
        {
            await hub.ReceiveAsync(hub.Current.ByKey["acme"], "orders/create", $"w-{i}", $"{1000 + i}", TestHub.Order(1000 + i));
        }

        await hub.SettleAsync();
        // One event that no node takes before tomorrow: live work that waits.
        await hub.ScalarAsync("INSERT INTO inbox (id, event_id, kind, connection_id, not_before) SELECT gen_random_uuid(), id, 1, connection_id, now() + interval '1 day' FROM events LIMIT 1");
        var id = (await hub.Actions.StartAsync(ReplayHub.Request(NotRm), "operator eva", CancellationToken.None)).Id!.Value;
        await hub.UntilAsync($"SELECT total FROM replays WHERE id = '{id}'", Orders);
        Assert.Equal(0, (await hub.Queries.FindAsync(id, CancellationToken.None))!.Read);
        await hub.ScalarAsync("DELETE FROM inbox");
        await IsRightAsync(hub, id);
    }

    private async Task<ReplayHub> FilledAsync()
    {
        var hub = new ReplayHub(database, SmallPages);
        var store = await hub.ConnectAsync("acme", mapping: Gated);
        await hub.StartAsync();
        for (int i = 0; i < Orders; i++)
        {
            await hub.ReceiveAsync(store, "orders/create", $"w-{i}", $"{1000 + i}", TestHub.Order(1000 + i));
        }

        await hub.SettleAsync();
        return hub;
    }

    // The trial's third page does not go on before it may.
    private Model.Connectors.MappingOutcome Gated(MappedEvent known, Model.Connectors.MappingOutcome outcome)
    {
        if (isGated && Interlocked.Increment(ref mapped) > 25)
        {
            reached.TrySetResult();
            gate.Wait(TimeSpan.FromMinutes(1));
        }

        return outcome;
    }

    private static async Task IsRightAsync(ReplayHub hub, Guid id)
    {
        var row = await hub.EndAsync(id);
        Assert.Equal(("done", (long)Orders, (long)Orders, (long)Orders), (row.State, row.Read, row.Orders, row.Different));
        Assert.Equal(Orders, row.Counts["excluded"]);
        Assert.Equal(Orders, (await hub.DifferencesAsync(id)).Count);
    }
}
