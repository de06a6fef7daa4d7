using Crossdock.Connections;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Backfill;

/// <summary>Takes backfills that nobody works on and works on them. Their leases in the database keep the nodes apart.</summary>
internal sealed partial class BackfillRole(IConnectionDirectory directory, BackfillStore store, BackfillRunner runner, IOptions<ReadingOptions> options, TimeProvider clock, ILogger<BackfillRole> logger) : BackgroundService
{
    private readonly UnderWay<Guid> running = new(clock, exception => Log.Waits(logger, exception.Message));

    private TimeSpan Lease => TimeSpan.FromSeconds(options.Value.LeaseSeconds);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => running.LookAsync(TimeSpan.FromMilliseconds(options.Value.TickMilliseconds), ClaimAsync, stoppingToken);

    private async Task ClaimAsync(CancellationToken stopping)
    {
        int room = options.Value.BackfillsAtOnce - running.Count;
        if (room <= 0)
        {
            return;
        }

        var all = directory.Current.All;
        foreach (var work in await store.ClaimAsync(all, running.Keys, room, clock.GetUtcNow(), Lease, stopping))
        {
            running.Begin(work.Id, () => WorkAsync(work, stopping));
        }
    }

    private async Task WorkAsync(BackfillWork work, CancellationToken stopping)
    {
        if (!directory.Current.ById.TryGetValue(work.ConnectionId, out var connection))
        {
            await store.FailAsync(work, "The connection does not exist any more.", clock.GetUtcNow(), stopping);
            return;
        }

        if (connection.Readers is null || !connection.IsEnabled)
        {
            await store.LaterAsync(work, true, connection.IsEnabled ? connection.BrokenBecause ?? "The connection's settings allow no reading any more." : "The connection is switched off.",
                clock.GetUtcNow() + Patience.Refused, connection.Version, 0, stopping);
            return;
        }

        await using var lease = new Lease(Lease, (until, token) => store.KeepAsync(work, until, token), clock, stopping);
        try
        {
            await runner.RunAsync(work, connection, lease.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping, stopped by a person, or another node has it: every page that was counted is stored.
            await store.ReleaseAsync(work, 0, CancellationToken.None);
        }
#pragma warning disable CA1031 // A connector's bug must not end the other backfills.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception, connection.Key, work.Name);
            string because = ReadingRole.IsAway(exception) || exception is NotStoredException ? "What was read could not be stored; it is read again." : $"The connector failed ({exception.GetType().Name}): {exception.Message}";
            await store.LaterAsync(work, false, because, clock.GetUtcNow() + Patience.After(work.Failures, null), connection.Version, 0, CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.LoopFailed, LogLevel.Warning, "backfills wait for the database: {Error}")]
        public static partial void Waits(ILogger logger, string error);

        [LoggerMessage(ReadingEventIds.BackfillFailed, LogLevel.Error, "backfill {Name} of {Connection} failed and is tried again")]
        public static partial void Failed(ILogger logger, Exception exception, string connection, string name);
    }
}
