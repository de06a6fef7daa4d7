using Crossdock.Access;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Crossdock.Reconciliation;

/// <summary>Compares what changed lately. Windows of time follow each other without a gap; each order that was placed within one is counted for its day, once.</summary>
internal sealed partial class RollingPass(LedgerStore store, Judge judge, IConnectionDirectory directory, IOptions<ReconciliationOptions> options, TimeProvider clock, ILogger<RollingPass> logger)
{
    /// <summary>From so many orders on the place is kept only as far as here: what a crash repeats is less than what keeping it would cost.</summary>
    internal const int MostKept = 20_000;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);
    private static readonly TimeSpan FarthestBack = TimeSpan.FromDays(7);
    private static readonly TimeSpan PollingIsLate = TimeSpan.FromMinutes(10);

    /// <summary>One window.</summary>
    public async Task<Trouble?> RunAsync(Round round, CancellationToken cancellationToken)
    {
        var connection = round.Connection;
        var traits = round.Traits;
        var now = clock.GetUtcNow();
        var pass = await store.PassAsync(connection.Id, PassKind.Rolling, cancellationToken);
        if (pass is null)
        {
            var settled = await SettledAsync(round, now, cancellationToken);
            var from = Later(round.Watermark, now - FarthestBack);
            var to = Earlier(settled, from + LongestWindow);
            if (to <= from)
            {
                round.IsBehind = false;
                round.ComparedAt = now;
                return await FinishAsync(round, round.Watermark, [], now, cancellationToken);
            }

            // An order placed in the window and changed after it is listed by its last change: up to the present, so that it is counted all the same.
            pass = new LedgerPass
            {
                ConnectionId = connection.Id, Kind = PassKind.Rolling, From = from, To = to, StartedAt = now,
                Until = traits.Follows is OrderClock.Changed && to == settled ? now : to,
            };
        }

        var reader = connection.Readers!.For(RequestPriority.Reconcile);
        do
        {
            EnsureCurrent(round, directory);
            pass.Requests++;
            switch (await reader.ListAsync(new ReadRequest(traits.Follows, pass.From - traits.Overlap, pass.Until, pass.Cursor, traits.HasCheapSummaries), cancellationToken))
            {
                case OrderPage page:
                    if (await judge.JudgeAsync(round, traits.Follows, Take(round, pass, page), pass.To, cancellationToken) is { } trouble)
                    {
                        return trouble;
                    }

                    pass.Cursor = page.Next;
                    if (pass.Cursor is not null && pass.Tally.Seen <= MostKept && !await store.SaveAsync(pass, cancellationToken))
                    {
                        throw new OperationCanceledException("the lease is gone");
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

        var done = clock.GetUtcNow();
        round.IsBehind = pass.To < await SettledAsync(round, done, cancellationToken) - TimeSpan.FromSeconds(options.Value.EverySeconds);
        round.ComparedAt = done;
        Log.Compared(logger, connection.Key, pass.From, pass.To, pass.Tally.Seen, pass.Requests);
        return await FinishAsync(round, pass.To, Days(round, pass), done, cancellationToken);
    }

    /// <summary>The orders of a page that are judged; counts those that belong to the window.</summary>
    private static List<Judged> Take(Round round, LedgerPass pass, OrderPage page)
    {
        List<Judged> judged = [];
        foreach (var order in page.Orders.Where(order => order.IsOrder && pass.Tally.Meet(order.ExternalId)))
        {
            var at = round.TimeOf(order);
            LocalDate? day = at is { } time ? StoreCalendar.DayOf(time, round.Zone) : null;
            bool isCounted = at >= pass.From && at < pass.To;
            if (isCounted)
            {
                pass.Tally.Count(day!.Value, order);
            }

            if (isCounted || (order.UpdatedAt ?? order.PlacedAt) is not { } changed || changed < pass.To)
            {
                judged.Add(new(order, day, isCounted));
            }
        }

        return judged;
    }

    // Every day the window touches has its row, also one without orders. After a long absence, so have the days before.
    private List<DayWrite> Days(Round round, LedgerPass pass)
    {
        var first = round.State.SucceededAt is null ? pass.From : Earlier(round.Watermark, pass.From);
        return [.. StoreCalendar.Days(first, pass.To, round.Zone).Select(day => Day(round, day, pass))];
    }

    private DayWrite Day(Round round, LocalDate day, LedgerPass pass)
    {
        var (from, to) = StoreCalendar.Bounds(day, round.Zone);
        from = Earlier(to, Later(from, round.State.ConnectedAt));
        return new(day, from, to, round.Zone.Id, pass.Tally.Days.GetValueOrDefault(day) ?? new(), Earlier(to, pass.To), DayPass.FirstReading(round, from, to, options.Value));
    }

    private async Task<Trouble?> FinishAsync(Round round, DateTimeOffset watermark, List<DayWrite> days, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await store.FinishRollingAsync(round.Connection.Id, round.Zone.Id, watermark, days, now, cancellationToken))
        {
            throw new OperationCanceledException("the lease is gone");
        }

        round.Watermark = watermark;
        return null;
    }

    /// <summary>Up to here everything that will be listed is listed, and has had time to arrive.</summary>
    private async Task<DateTimeOffset> SettledAsync(Round round, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var settled = now - round.Traits.ListLag - TimeSpan.FromSeconds(options.Value.GraceSeconds);
        if (round.Connection.PollEvery is { } every && await store.PollPlaceAsync(round.Connection.Id, cancellationToken) is { } place && place < now - (every * 2) - round.Traits.ListLag - PollingIsLate)
        {
            // Polling catches up after an absence: what it has not come to yet is on its way.
            settled = Earlier(settled, place);
        }

        return settled;
    }

    /// <summary>What a reader was opened with may be out of date and soon disposed: the next round has the new one.</summary>
    internal static void EnsureCurrent(Round round, IConnectionDirectory directory)
    {
        if (!ReferenceEquals(directory.Current.ById.GetValueOrDefault(round.Connection.Id), round.Connection))
        {
            throw new OperationCanceledException("the configuration has changed");
        }
    }

    internal static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    internal static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private static partial class Log
    {
        [LoggerMessage(ReconciliationEventIds.Compared, LogLevel.Debug, "compared {Connection} from {From} to {To}: {Orders} orders, {Requests} requests")]
        public static partial void Compared(ILogger logger, string connection, DateTimeOffset from, DateTimeOffset to, int orders, int requests);
    }
}
