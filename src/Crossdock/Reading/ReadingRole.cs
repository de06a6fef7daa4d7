using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Normalise;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Reading;

/// <summary>Polling, feeds and fetching on this node: takes what is due and works on it side by side. Leases in the database keep the nodes apart.</summary>
internal sealed partial class ReadingRole(
    IConnectionDirectory directory, ReadingStore states, FetchStore fetches, Poller poller, FeedPump feeds, Fetcher fetcher, FetchBell bell,
    IOptions<ReadingOptions> options, TimeProvider clock, ILogger<ReadingRole> logger) : BackgroundService
{
    private readonly UnderWay<(ConnectionId Connection, string Activity)> rounds = new(clock, exception => Log.LoopFailed(logger, exception.Message));
    private readonly UnderWay<(ConnectionId Connection, string Order)> fetching = new(clock, exception => Log.LoopFailed(logger, exception.Message));

    private TimeSpan Lease => TimeSpan.FromSeconds(options.Value.LeaseSeconds);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var tick = TimeSpan.FromMilliseconds(options.Value.TickMilliseconds);
        await Task.WhenAll(
            Task.Run(() => LoopAsync(RoundsAsync, () => Task.Delay(tick, clock, stoppingToken), stoppingToken), CancellationToken.None),
            Task.Run(() => LoopAsync(FetchesAsync, () => bell.WaitAsync(tick, clock, stoppingToken), stoppingToken), CancellationToken.None));
        await Task.WhenAll(rounds.EndAsync(), fetching.EndAsync());
        try
        {
            await fetches.ReleaseAsync(CancellationToken.None);
        }
        catch (Exception exception) when (IsAway(exception))
        {
            // The leases run out by themselves.
            Log.LoopFailed(logger, exception.Message);
        }
    }

    private async Task LoopAsync(Func<CancellationToken, Task> look, Func<Task> wait, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await look(stopping);
                await wait();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (IsAway(exception))
            {
                Log.LoopFailed(logger, exception.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RoundsAsync(CancellationToken stopping)
    {
        var enabled = directory.Current.All.Where(connection => connection.IsEnabled).ToList();
        await ClaimAsync(ReadingActivity.Poll, enabled.FindAll(connection => connection.PollEvery is not null), poller.PollAsync, stopping);
        await ClaimAsync(ReadingActivity.CatchUp, enabled.FindAll(connection => connection.Readers is not null), poller.PollAsync, stopping);
        await ClaimAsync(ReadingActivity.Feed, enabled.FindAll(connection => connection.Feed is not null), feeds.ReadAsync, stopping);
    }

    private async Task ClaimAsync(string activity, List<Connection> connections, Func<ReadingState, Connection, CancellationToken, Task> round, CancellationToken stopping)
    {
        var free = connections.Where(connection => !rounds.Has((connection.Id, activity))).Take(Math.Max(0, options.Value.ConnectionsAtOnce - rounds.Count)).ToList();
        if (free.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        if (activity != ReadingActivity.CatchUp)
        {
            await states.EnsureAsync(free.Select(connection => connection.Id), activity, now, stopping);
        }

        var byId = free.ToDictionary(connection => connection.Id);
        foreach (var state in await states.ClaimAsync(free, activity, now, Lease, stopping))
        {
            rounds.Begin((state.ConnectionId, activity), () => RoundAsync(state, byId[state.ConnectionId], round, stopping));
        }
    }

    private async Task RoundAsync(ReadingState state, Connection connection, Func<ReadingState, Connection, CancellationToken, Task> round, CancellationToken stopping)
    {
        await using var lease = new Lease(Lease, (until, token) => states.KeepAsync(state, until, token), clock, stopping);
        try
        {
            await round(state, connection, lease.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping, or another node has it: what was stored is stored, and the cursor stands after it.
            await GiveBackAsync(() => states.ReleaseAsync(state, CancellationToken.None));
        }
#pragma warning disable CA1031 // One connection's trouble, a connector's bug included, must not end the reading of the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.RoundFailed(logger, exception, connection.Key, state.Activity);
            string because = IsAway(exception) || exception is NotStoredException ? "What was read could not be stored; it is read again." : $"The connector failed ({exception.GetType().Name}): {exception.Message}";
            var now = clock.GetUtcNow();
            await GiveBackAsync(() => states.FailAsync(connection.Id, state.Activity, connection.Version, because, false, now + Patience.After(state.Failures, null), now, CancellationToken.None));
        }
    }

    private async Task FetchesAsync(CancellationToken stopping)
    {
        var running = fetching.Keys.GroupBy(key => key.Item1).ToDictionary(group => group.Key, group => group.Count());
        var free = directory.Current.All.Where(connection => connection.IsEnabled && connection.Readers is not null)
            .Select(connection => (connection, options.Value.FetchesAtOnce - running.GetValueOrDefault(connection.Id))).Where(one => one.Item2 > 0).ToList();
        if (free.Count == 0)
        {
            return;
        }

        var byId = free.ToDictionary(one => one.connection.Id, one => one.connection);
        foreach (var row in await fetches.ClaimAsync(free, clock.GetUtcNow(), Lease * 2, stopping))
        {
            // A connector that does not end in time is still at it here: the claim only renewed its lease.
            if (fetching.Has((row.ConnectionId, row.ExternalId)))
            {
                continue;
            }

            fetching.Begin((row.ConnectionId, row.ExternalId), () => FetchAsync(row, byId[row.ConnectionId], stopping));
        }
    }

    private async Task FetchAsync(FetchRow row, Connection connection, CancellationToken stopping)
    {
        // Shorter than the lease: whoever takes the row over finds nobody else at it.
        using var patience = new CancellationTokenSource(Lease * 1.8, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            await fetcher.FetchAsync(row, connection, either.Token);
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
            {
                await GiveBackAsync(() => fetches.LaterAsync(row, "The platform's rate limit left no room for it yet.", row.NotFound, clock.GetUtcNow(), CancellationToken.None));
            }
        }
        catch (Exception exception) when (IsAway(exception) || exception is NotStoredException)
        {
            Log.LoopFailed(logger, exception.Message);
            await GiveBackAsync(() => fetches.LaterAsync(row, "What was fetched could not be stored; it is fetched again.", row.NotFound, clock.GetUtcNow() + Patience.After(row.Attempts, null), CancellationToken.None));
        }

        // The place is free: whatever else is due may go.
        bell.Ring();
    }

    private async Task GiveBackAsync(Func<Task> giveBack)
    {
        try
        {
            await giveBack();
        }
        catch (Exception exception) when (IsAway(exception))
        {
            // The lease runs out by itself.
            Log.LoopFailed(logger, exception.Message);
        }
    }

    internal static bool IsAway(Exception exception) => exception is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException;

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.LoopFailed, LogLevel.Warning, "reading waits for the database: {Error}")]
        public static partial void LoopFailed(ILogger logger, string error);

        [LoggerMessage(ReadingEventIds.ReadingFailed, LogLevel.Error, "reading {Connection} failed ({Activity})")]
        public static partial void RoundFailed(ILogger logger, Exception exception, string connection, string activity);
    }
}
