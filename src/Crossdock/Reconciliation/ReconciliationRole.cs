using System.Collections.Concurrent;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Reconciliation;

/// <summary>Compares stores on this node: takes those that are due and works on several side by side. Leases in the database keep the nodes apart.</summary>
internal sealed partial class ReconciliationRole(
    IConnectionDirectory directory, ReadingStore states, Reconciler reconciler, IOptions<ReconciliationOptions> options, IOptions<ReadingOptions> reading, TimeProvider clock, ILogger<ReconciliationRole> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<ConnectionId, Task> running = new();

    private TimeSpan LeaseLength => TimeSpan.FromSeconds(reading.Value.LeaseSeconds);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var tick = TimeSpan.FromMilliseconds(options.Value.TickMilliseconds);
        while (options.Value.IsOn && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ClaimAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (ReadingRole.IsAway(exception))
            {
                Log.LoopFailed(logger, exception.Message);
            }

            await Task.Delay(tick, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(running.Values);
    }

    private async Task ClaimAsync(CancellationToken stopping)
    {
        var free = directory.Current.All.Where(connection => connection.IsEnabled && connection.Readers is not null && !running.ContainsKey(connection.Id))
            .Take(Math.Max(0, options.Value.ConnectionsAtOnce - running.Count)).ToList();
        if (free.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        await states.EnsureAsync(free.Select(connection => connection.Id), ReadingActivity.Ledger, now, stopping);
        var byId = free.ToDictionary(connection => connection.Id);
        foreach (var state in await states.ClaimAsync(free, ReadingActivity.Ledger, now, LeaseLength, stopping))
        {
            var begin = new TaskCompletionSource();
            running[state.ConnectionId] = RunAsync(state, byId[state.ConnectionId], begin.Task, stopping);
            begin.SetResult();
        }
    }

    private async Task RunAsync(ReadingState state, Connection connection, Task begin, CancellationToken stopping)
    {
        await begin.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await WorkAsync(state, connection, stopping);
        }
        catch (Exception exception) when (ReadingRole.IsAway(exception))
        {
            // The lease runs out by itself.
            Log.LoopFailed(logger, exception.Message);
        }
        finally
        {
            running.TryRemove(state.ConnectionId, out _);
        }
    }

    private async Task WorkAsync(ReadingState state, Connection connection, CancellationToken stopping)
    {
        await using var lease = new Lease(LeaseLength, (until, token) => states.KeepAsync(state, until, token), clock, stopping);
        try
        {
            await reconciler.RunAsync(state, connection, lease.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping, or another node has it: what was found is written, and the reading goes on where it was.
            await states.ReleaseAsync(state, CancellationToken.None);
        }
#pragma warning disable CA1031 // One store's trouble, a connector's bug included, must not end the comparing of the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.RoundFailed(logger, exception, connection.Key);
            string because = ReadingRole.IsAway(exception) || exception is NotStoredException ? "What was read could not be stored; it is read again." : $"The connector failed ({exception.GetType().Name}): {exception.Message}";
            var now = clock.GetUtcNow();
            await states.FailAsync(connection.Id, ReadingActivity.Ledger, connection.Version, because, false, now + Patience.After(state.Failures, null), now, CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ReconciliationEventIds.LoopFailed, LogLevel.Warning, "comparing waits for the database: {Error}")]
        public static partial void LoopFailed(ILogger logger, string error);

        [LoggerMessage(ReconciliationEventIds.RoundFailed, LogLevel.Error, "comparing {Connection} failed")]
        public static partial void RoundFailed(ILogger logger, Exception exception, string connection);
    }
}
