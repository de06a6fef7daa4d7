using System.Collections.Concurrent;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Subscriptions;

/// <summary>Looks after the webhooks of all connections whose platform lets the hub. Leases in the database keep the nodes apart; stopping a node takes nothing away.</summary>
internal sealed partial class SubscriptionRole(
    IConnectionDirectory directory, HubAddress hub, SubscriptionStore store, SubscriptionGuard guard, SubscriptionRemoval removal, CatchUpStore catchUps, SubscriptionAlerts alerts, IGoneConnections gone,
    IOptions<SubscriptionOptions> options, IOptions<ReadingOptions> reading, TimeProvider clock, ILogger<SubscriptionRole> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<ConnectionId, Task> checks = new();

    // A connector that ignores that its time is over: it is not called again before it has ended.
    private readonly ConcurrentDictionary<ConnectionId, Task> hanging = new();
    private readonly HashSet<ConnectionId> ensured = [];

    private TimeSpan Length => TimeSpan.FromSeconds(reading.Value.LeaseSeconds);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (hub.Public is null)
        {
            Log.NoAddress(logger, HubAddress.Unknown);
            return;
        }

        var tick = TimeSpan.FromMilliseconds(reading.Value.TickMilliseconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                await CollectAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (ReadingRole.IsAway(exception))
            {
                Log.Away(logger, exception.Message);
            }

            await Task.Delay(tick, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(checks.Values);
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        var wanted = directory.Current.All.Where(connection => connection is { IsEnabled: true, Subscriptions: not null }).ToList();
        var unknown = wanted.Select(connection => connection.Id).Where(id => !ensured.Contains(id)).ToList();
        if (unknown.Count > 0)
        {
            await store.EnsureAsync(unknown, clock.GetUtcNow(), stopping);
            ensured.UnionWith(unknown);
        }

        int room = options.Value.ConnectionsAtOnce - checks.Count;
        var free = wanted.Where(connection => !checks.ContainsKey(connection.Id)).ToList();
        if (room > 0 && free.Count > 0)
        {
            var byId = free.ToDictionary(connection => connection.Id);
            foreach (var check in await store.ClaimAsync(free, room, clock.GetUtcNow(), Length, stopping))
            {
                var connection = byId[check.ConnectionId];
                Start(check, token => CallAsync(check, late => guard.CheckAsync(check, connection, hub.CaptureOf(connection.Key)!, late), why => guard.FailAsync(check, connection, why), token), stopping);
            }
        }

        foreach (var check in await store.ClaimRemovalsAsync(checks.Keys, clock.GetUtcNow(), Length, stopping))
        {
            Start(check, token => RemoveAsync(check, token), stopping);
        }
    }

    private async Task RemoveAsync(SubscriptionCheck check, CancellationToken token)
    {
        var known = directory.Current.ById.GetValueOrDefault(check.ConnectionId);
        if (!check.IsDeleted && known?.Version != check.Version)
        {
            // This node's memory is a moment behind the table.
            await store.ReleaseAsync(check, token);
            return;
        }

        var deleted = check.IsDeleted ? await gone.PrepareAsync(check.ConnectionId, token) : null;
        try
        {
            await CallAsync(check, late => removal.RemoveAsync(check, deleted ?? (check.IsDeleted ? null : known), hub.CaptureOf(check.Key)!, late), why => removal.FailAsync(check, why, CancellationToken.None), token);
        }
        finally
        {
            deleted?.Release();
        }
    }

    // With a time of its own: a platform or connector that hangs keeps nobody else waiting, and is told like any other trouble.
    private async Task CallAsync(SubscriptionCheck check, Func<CancellationToken, Task> work, Func<string, Task> fail, CancellationToken token)
    {
        var patience = TimeSpan.FromSeconds(options.Value.PatienceSeconds);
        if (hanging.TryGetValue(check.ConnectionId, out var former) && !former.IsCompleted)
        {
            await fail("The connector still hangs in an earlier call; if this lasts, restart the hub and report it.");
            return;
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(token);
        var call = work(late.Token);
        hanging[check.ConnectionId] = call;
        try
        {
            await call.WaitAsync(patience, clock, token);
        }
        catch (TimeoutException)
        {
            await late.CancelAsync();
            await fail($"The platform did not answer within {options.Value.PatienceSeconds} seconds, or its rate limit was used up by other work.");
        }
        catch (OperationCanceledException)
        {
            // Stopping, or another node has it.
            await store.ReleaseAsync(check, CancellationToken.None);
        }
#pragma warning disable CA1031 // One connection's trouble, a connector's bug included, must not end the checks of the others.
        catch (Exception exception) when (!ReadingRole.IsAway(exception))
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception, check.Key);
            await fail($"The connector failed ({exception.GetType().Name}): {exception.Message}");
        }
    }

    private void Start(SubscriptionCheck check, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        var begin = new TaskCompletionSource();
        checks[check.ConnectionId] = RunAsync();
        begin.SetResult();

        async Task RunAsync()
        {
            await begin.Task.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                await using var lease = new Lease(Length, (until, token) => store.KeepAsync(check, until, token), clock, stopping);
                await work(lease.Token);
            }
            catch (OperationCanceledException)
            {
                // Stopping, or another node has it; the lease runs out by itself.
            }
            catch (Exception exception) when (ReadingRole.IsAway(exception))
            {
                Log.Away(logger, exception.Message);
            }
            finally
            {
                checks.TryRemove(check.ConnectionId, out _);
            }
        }
    }

    private async Task CollectAsync(CancellationToken stopping)
    {
        foreach (var done in await catchUps.EndedAsync(stopping))
        {
            var entry = await alerts.CaughtUpAsync(done, stopping);
            await catchUps.CollectAsync(done, entry, stopping);
            Log.CaughtUp(logger, done.Name, done.Read, done.Missing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.SubscriptionsUnwatched, LogLevel.Information, "{Because}")]
        public static partial void NoAddress(ILogger logger, string because);

        [LoggerMessage(ReadingEventIds.LoopFailed, LogLevel.Warning, "looking after webhooks waits for the database: {Error}")]
        public static partial void Away(ILogger logger, string error);

        [LoggerMessage(ReadingEventIds.SubscriptionsFailed, LogLevel.Error, "looking after the webhooks of {Connection} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string connection);

        [LoggerMessage(ReadingEventIds.CaughtUp, LogLevel.Information, "read what {Connection} sold while its webhooks were not there: {Read} orders, {Missing} of them unknown before")]
        public static partial void CaughtUp(ILogger logger, string connection, long read, long missing);
    }
}
