using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Reconciliation;

/// <summary>One round of one store under its lease: differences that are due, what changed lately, then days, one window at a time, so that neither waits for a long one of the others.</summary>
internal sealed partial class Reconciler(
    LedgerStore store, ReadingStore states, RollingPass rolling, DayPass days, Rechecker rechecker, LedgerAlerts alerts, IOptions<ReconciliationOptions> options, TimeProvider clock, ILogger<Reconciler> logger)
{
    private TimeSpan Every => TimeSpan.FromSeconds(options.Value.EverySeconds);

    public async Task RunAsync(ReadingState state, Connection connection, CancellationToken cancellationToken)
    {
        var round = new Round(state, connection, StoreCalendar.ZoneOf(connection, options.Value.TimeZone));
        if (!state.IsSameConfiguration)
        {
            await store.DropPassesAsync(connection.Id, cancellationToken);
        }

        var trouble = await WorkAsync(round, cancellationToken);
        await alerts.TellAsync(connection, cancellationToken);
        if (trouble is null)
        {
            await store.EndRoundAsync(connection.Id, DueAt(round), cancellationToken);
            return;
        }

        var now = clock.GetUtcNow();
        var nextAt = now + (trouble.NeedsPerson ? Patience.Refused : Patience.After(state.Failures, trouble.After));
        await states.FailAsync(connection.Id, ReadingActivity.Ledger, connection.Version, trouble.Because, trouble.NeedsPerson, nextAt, now, cancellationToken);
        Log.Waits(logger, connection.Key, trouble.NeedsPerson, trouble.Because, nextAt);
    }

    private async Task<Trouble?> WorkAsync(Round round, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await rechecker.RunAsync(round, cancellationToken) is { } trouble)
            {
                return trouble;
            }

            if (DueAt(round) <= clock.GetUtcNow())
            {
                if (await rolling.RunAsync(round, cancellationToken) is { } found)
                {
                    return found;
                }

                continue;
            }

            var (hasWorked, met) = await days.SliceAsync(round, cancellationToken);
            if (met is not null || !hasWorked)
            {
                return met;
            }
        }
    }

    private DateTimeOffset DueAt(Round round) => round.IsBehind || round.ComparedAt is not { } at ? clock.GetUtcNow() : at + Every;

    private static partial class Log
    {
        [LoggerMessage(ReconciliationEventIds.Waits, LogLevel.Warning, "{Connection} could not be compared (needs a person: {NeedsPerson}): {Because}; again at {NextAt}")]
        public static partial void Waits(ILogger logger, string connection, bool needsPerson, string because, DateTimeOffset nextAt);
    }
}
