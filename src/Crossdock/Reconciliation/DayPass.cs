using System.Globalization;
using Crossdock.Access;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Reconciliation;

/// <summary>Reads one day of a store as a whole, window by window, and looks for what is here and not on its list. Its figures take the place of those added up before.</summary>
internal sealed partial class DayPass(LedgerStore store, HubLookup hub, DifferenceStore differences, Judge judge, IConnectionDirectory directory, IOptions<ReconciliationOptions> options, TimeProvider clock, ILogger<DayPass> logger)
{
    private const int OrdersPerWindow = 2000;
    private const int MostWindows = 96;
    private const int MostNotListed = 100;
    // Where a list goes by the time of placing, later changes show only when the day is read again.
    private static readonly TimeSpan RunningDayEvery = TimeSpan.FromHours(3);

    /// <summary>One window of the day that is due.</summary>
    /// <returns>False when no day is due.</returns>
    public async Task<(bool HasWorked, Trouble? Trouble)> SliceAsync(Round round, CancellationToken cancellationToken)
    {
        var pass = await store.PassAsync(round.Connection.Id, PassKind.Day, cancellationToken) ?? await BeginAsync(round, cancellationToken);
        if (pass is null)
        {
            return (false, null);
        }

        var target = RollingPass.Earlier(pass.To, round.Watermark);
        if (pass.Until < target)
        {
            var to = RollingPass.Earlier(target, pass.Until + pass.Step);
            if (await ReadAsync(round, pass, pass.Until, to, cancellationToken) is { } trouble)
            {
                return (true, trouble);
            }

            await NotListedAsync(round, pass, pass.Until, to, cancellationToken);
            pass.Until = to;
            pass.Cursor = null;
            pass.Tally.Forget();
            if (to < target)
            {
                await KeepAsync(pass, cancellationToken);
                return (true, null);
            }
        }

        await FinishAsync(round, pass, target >= pass.To, cancellationToken);
        return (true, null);
    }

    /// <summary>When a new day is to be read first.</summary>
    public static DateTimeOffset FirstReading(Round round, DateTimeOffset dayFrom, DateTimeOffset dayTo, ReconciliationOptions options)
    {
        var settled = StoreCalendar.SettledAt(dayTo, options.SettleMinutes, round.Connection.Id.Value);
        return round.Traits.Follows is OrderClock.Placed ? RollingPass.Earlier(settled, dayFrom + RunningDayEvery) : settled;
    }

    private async Task<LedgerPass?> BeginAsync(Round round, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await store.DueAsync(round.Connection.Id, now, cancellationToken) is not { } due)
        {
            return null;
        }

        var (from, to) = StoreCalendar.Bounds(due.Day, round.Zone);
        bool isAfter = to > round.State.ConnectedAt;
        // A person who asks for a day gets all of it; by itself only what came after the store was connected is owed.
        from = due.AskedBy is null && isAfter ? RollingPass.Later(from, round.State.ConnectedAt) : from;
        double windows = due.Listed > 0 ? Math.Clamp(Math.Ceiling((double)due.Listed / OrdersPerWindow), 1, MostWindows) : due.AskedBy is null ? 1 : 4;
        return new LedgerPass
        {
            ConnectionId = round.Connection.Id, Kind = PassKind.Day, Day = due.Day, From = from, To = to, Until = from, StartedAt = now,
            Step = TimeSpan.FromSeconds(Math.Max(60, Math.Ceiling((to - from).TotalSeconds / windows))),
        };
    }

    private async Task<Trouble?> ReadAsync(Round round, LedgerPass pass, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var traits = round.Traits;
        var reader = round.Connection.Readers!.For(RequestPriority.Reconcile);
        var settled = clock.GetUtcNow() - traits.ListLag - TimeSpan.FromSeconds(options.Value.GraceSeconds);
        do
        {
            RollingPass.EnsureCurrent(round, directory);
            pass.Requests++;
            switch (await reader.ListAsync(new ReadRequest(traits.History, from, to, pass.Cursor, traits.HasCheapSummaries), cancellationToken))
            {
                case OrderPage page:
                    List<Judged> judged = [];
                    foreach (var order in page.Orders.Where(order => round.TimeOf(order) is not { } at || (at >= from && at < to)))
                    {
                        if (pass.Tally.Meet(order.ExternalId) && order.IsOrder)
                        {
                            pass.Tally.Count(pass.Day!.Value, order);
                            judged.Add(new(order, pass.Day, true));
                        }
                    }

                    if (await judge.JudgeAsync(round, traits.History, judged, settled, cancellationToken) is { } trouble)
                    {
                        return trouble;
                    }

                    pass.Cursor = page.Next;
                    if (pass.Cursor is not null && pass.Tally.Seen <= RollingPass.MostKept)
                    {
                        await KeepAsync(pass, cancellationToken);
                    }

                    break;
                case ListLater later:
                    return new Trouble(later.Because, false, later.After);
                case ListRefused refused:
                    return new Trouble(refused.Because, true, null);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        while (pass.Cursor is not null);
        return null;
    }

    // Deleted, moved to another day by an edit, or left out by the list: it is asked for one by one.
    private async Task NotListedAsync(Round round, LedgerPass pass, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<HubOrder> left = [];
        await foreach (var order in hub.OfWindowAsync(round.Connection.Id, from, to, round.Traits.History is OrderClock.Changed, pass.StartedAt, cancellationToken))
        {
            if (!pass.Tally.HasMet(order.ExternalId) && left.Count < MostNotListed)
            {
                left.Add(order);
            }
        }

        if (left.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var known = (await differences.KnownAsync(round.Connection.Id, left.Select(order => order.ExternalId), cancellationToken)).ToDictionary(row => row.ExternalId, StringComparer.Ordinal);
        List<Difference> rows = [];
        foreach (var order in left)
        {
            var former = known.GetValueOrDefault(order.ExternalId);
            var row = new Difference
            {
                ExternalId = order.ExternalId, Kind = DifferenceKind.NotListed, State = DifferenceState.Waiting, Day = pass.Day, FoundAt = now, CheckAt = now,
                HereHash = LedgerHash.Of(order.ExternalId, order.UpdatedAt, order.Total, order.Currency, order.PlatformStatus),
                HereUpdatedAt = order.UpdatedAt, HereTotal = order.Total, HereCurrency = order.Currency, HereStatus = order.PlatformStatus,
                Outcome = "The store is asked for it.",
            };
            // Asked before, and it has not changed since.
            bool isKnown = former is { Kind: DifferenceKind.NotListed, State: DifferenceState.Explained } && former.HereHash == row.HereHash && former.Day == row.Day;
            if (former is not { ClosedAt: null } && !isKnown)
            {
                rows.Add(row);
            }
        }

        await differences.WriteAsync(round.Connection.Id, rows, now, cancellationToken);
    }

    private async Task KeepAsync(LedgerPass pass, CancellationToken cancellationToken)
    {
        if (!await store.SaveAsync(pass, cancellationToken))
        {
            throw new OperationCanceledException("the lease is gone");
        }
    }

    private async Task FinishAsync(Round round, LedgerPass pass, bool isWhole, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var tally = pass.Tally.Days.GetValueOrDefault(pass.Day!.Value) ?? new();
        var write = new DayWrite(pass.Day.Value, pass.From, pass.To, round.Zone.Id, tally, pass.Until, NextReading(round, pass, isWhole, now));
        if (!await store.FinishDayAsync(pass, write, isWhole, now + TimeSpan.FromSeconds(10), now, cancellationToken))
        {
            throw new OperationCanceledException("the lease is gone");
        }

        await differences.RemoveOldAsync(round.Connection.Id, now.AddDays(-options.Value.KeepDifferencesDays), cancellationToken);
        Log.Read(logger, round.Connection.Key, pass.Day.Value.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), tally.Listed, pass.Requests, isWhole);
    }

    private DateTimeOffset? NextReading(Round round, LedgerPass pass, bool isWhole, DateTimeOffset now)
    {
        var settled = StoreCalendar.SettledAt(pass.To, options.Value.SettleMinutes, round.Connection.Id.Value);
        if (!isWhole)
        {
            return round.Traits.Follows is OrderClock.Placed ? RollingPass.Earlier(RollingPass.Later(settled, now.AddMinutes(5)), now + RunningDayEvery) : RollingPass.Later(settled, now.AddMinutes(5));
        }

        var again = options.Value.RereadAfterDays.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(days => settled.AddDays(int.Parse(days, CultureInfo.InvariantCulture))).Where(at => at > now).ToList();
        return again.Count > 0 ? again.Min() : null;
    }

    private static partial class Log
    {
        [LoggerMessage(ReconciliationEventIds.DayRead, LogLevel.Information, "read {Day} of {Connection}: {Listed} orders, {Requests} requests (whole: {IsWhole})")]
        public static partial void Read(ILogger logger, string connection, string day, long listed, int requests, bool isWhole);
    }
}
