using Crossdock.Access;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;

namespace Crossdock.Reconciliation;

/// <summary>Gets orders that are missing or out of date, and stores them the way everything that is read is stored: the same dedupe, the same rules.</summary>
internal sealed partial class Healer(HubLookup hub, DifferenceStore differences, Listed listed, ReadCapture capture, TimeProvider clock, ILogger<Healer> logger)
{
    // From so many on a list with documents costs the platform less than one call for each.
    private const int ManyEnough = 8;
    private const int MostPages = 20;
    private const int Tries = 3;

    /// <summary>Gets all of them.</summary>
    /// <param name="round">Whose.</param>
    /// <param name="by">The time their list went by.</param>
    /// <param name="gaps">The orders as listed, and their rows; null for what belongs to nobody's ledger.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Trouble?> HealAsync(Round round, OrderClock by, IReadOnlyList<(ListedOrder Order, Difference? Row)> gaps, CancellationToken cancellationToken)
    {
        Log.Found(logger, round.Connection.Key, gaps.Count, gaps[0].Order.ExternalId);
        await StoreAsync(round, [.. gaps.Select(gap => gap.Order).Where(order => order.Document is not null)], cancellationToken);
        var rest = gaps.Where(gap => gap.Order.Document is null).ToList();
        if (rest.Count >= ManyEnough && await HealManyAsync(round, by, rest, cancellationToken) is { } trouble)
        {
            return trouble;
        }

        return rest.Count is 0 or >= ManyEnough ? null : await HealEachAsync(round, rest, cancellationToken);
    }

    /// <summary>Asks for one order and says how its difference stands then.</summary>
    public async Task<(Difference? Row, Trouble? Trouble)> FetchAsync(Round round, Difference row, CancellationToken cancellationToken)
    {
        FetchOutcome outcome;
        try
        {
            outcome = await round.Connection.Readers!.For(RequestPriority.Reconcile).FetchAsync(row.ExternalId, cancellationToken);
        }
#pragma warning disable CA1031 // A connector promises not to throw; where one does, this order waits and the others do not.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            outcome = new FetchLater($"The connector failed ({exception.GetType().Name}): {exception.Message}");
        }

        var now = clock.GetUtcNow();
        switch (outcome)
        {
            case Fetched { Order: { IsOrder: true, Document: { } document } order }:
                return (await TakeAsync(round, row, order, document, now, cancellationToken), null);
            case Fetched:
                return (row.Closed(DifferenceState.Explained, "The store counts it as no order by now.", now), null);
            case FetchedNothing nothing when row.Kind is DifferenceKind.NotListed || row.Attempts >= 1:
                return (row.Closed(DifferenceState.Explained, $"The store deleted it. Asked for it, it answers: {nothing.Because}", now), null);
            case FetchedNothing nothing:
                return (row.Later(now + TimeSpan.FromSeconds(30), nothing.Because), null);
            case FetchLater later:
                return (row.Later(now + Patience.After(row.Attempts, later.After), later.Because), later.After is null ? null : new Trouble(later.Because, false, later.After));
            case FetchRefused refused:
                return (row.Later(now + Patience.Refused, refused.Because), new Trouble(refused.Because, true, null));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<Difference> TakeAsync(Round round, Difference row, ListedOrder order, ReadDocument document, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var copy = (await hub.OrdersAsync(round.Connection.Id, [row.ExternalId], cancellationToken)).GetValueOrDefault(row.ExternalId);
        bool isSame = Comparison.Compare(order, copy) is null;
        if (!isSame)
        {
            var first = Listed.Event(order, document, Source(round, order));
            // Known and still not right: once more under a key of its own, so that it is worked anew.
            int fresh = (await capture.StoreAsync(round.Connection, [first], skipsKnown: true, cancellationToken)).New;
            if (fresh == 0)
            {
                fresh = (await capture.StoreAsync(round.Connection, [first with { DedupeKey = $"{first.DedupeKey}|again" }], skipsKnown: true, cancellationToken)).New;
            }

            if (fresh > 0 || row.Attempts < Tries)
            {
                return row.Later(now + Judge.Verify);
            }
        }

        if (row.Kind is DifferenceKind.NotListed)
        {
            var day = round.TimeOf(order) is { } at ? StoreCalendar.DayOf(at, round.Zone) : row.Day;
            return row.Closed(DifferenceState.Explained, day == row.Day ? "The store gives it when asked for it, and leaves it out of its list." : $"A change moved it to another day: the store lists it on {day:uuuu-MM-dd}.", now);
        }

        return row.Closed(DifferenceState.Explained, isSame
            ? "The store's list and the order itself differ. What the store gives when asked for the order is what is here."
            : row.Kind is DifferenceKind.Missing
                ? "The store's document is kept here, and the connector or a person decided that it is no order."
                : "The store's document is kept here, and what was made of it differs from the list.", now);
    }

    private async Task<Trouble?> HealManyAsync(Round round, OrderClock by, List<(ListedOrder Order, Difference? Row)> gaps, CancellationToken cancellationToken)
    {
        var wanted = gaps.Select(gap => gap.Order.ExternalId).ToHashSet(StringComparer.Ordinal);
        var times = gaps.Select(gap => by is OrderClock.Placed ? gap.Order.PlacedAt : gap.Order.UpdatedAt).OfType<DateTimeOffset>().ToList();
        if (times.Count == 0)
        {
            return await HealEachAsync(round, gaps, cancellationToken);
        }

        var reader = round.Connection.Readers!.For(RequestPriority.Reconcile);
        string? cursor = null;
        for (int page = 0; page < MostPages && wanted.Count > 0; page++)
        {
            switch (await reader.ListAsync(new ReadRequest(by, times.Min(), times.Max().AddSeconds(1), cursor), cancellationToken))
            {
                case OrderPage answer:
                    await StoreAsync(round, [.. answer.Orders.Where(order => order.IsOrder && wanted.Remove(order.ExternalId))], cancellationToken);
                    cursor = answer.Next;
                    break;
                case ListLater later:
                    return new Trouble(later.Because, false, later.After);
                case ListRefused refused:
                    return new Trouble(refused.Because, true, null);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }

            if (cursor is null)
            {
                break;
            }
        }

        // What changed meanwhile moved away: it is looked at one by one.
        return null;
    }

    private async Task<Trouble?> HealEachAsync(Round round, IReadOnlyList<(ListedOrder Order, Difference? Row)> gaps, CancellationToken cancellationToken)
    {
        foreach (var (order, row) in gaps)
        {
            var (moved, trouble) = await FetchAsync(round, row ?? Difference.Of(order, null, DifferenceKind.Missing, null, false, clock.GetUtcNow()), cancellationToken);
            if (row is not null && moved is not null)
            {
                await differences.MoveAsync(round.Connection.Id, [moved], cancellationToken);
            }

            if (trouble is not null)
            {
                return trouble;
            }
        }

        return null;
    }

    private async Task StoreAsync(Round round, IReadOnlyList<ListedOrder> orders, CancellationToken cancellationToken)
    {
        if (orders.Count > 0)
        {
            await listed.StoreAsync(round.Connection, orders, order => Source(round, order), cancellationToken);
        }
    }

    private static string Source(Round round, ListedOrder order) =>
        order.PlacedAt is { } placed && placed < round.State.ConnectedAt ? EventSource.HistoryReconciliation : EventSource.Reconciliation;

    private static partial class Log
    {
        [LoggerMessage(ReconciliationEventIds.GapsFound, LogLevel.Warning, "{Connection} lists {Gaps} orders that are not here as it has them, for example {Example}; fetching them")]
        public static partial void Found(ILogger logger, string connection, int gaps, string example);
    }
}
