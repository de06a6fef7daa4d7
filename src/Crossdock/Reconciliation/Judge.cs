using Crossdock.Model.Connectors;
using Crossdock.Reading;
using NodaTime;

namespace Crossdock.Reconciliation;

/// <summary>A listed order and where it belongs.</summary>
/// <param name="Order">As the store lists it.</param>
/// <param name="Day">The store's day; null where that cannot be told.</param>
/// <param name="IsCounted">It is in its day's figures.</param>
internal sealed record Judged(ListedOrder Order, LocalDate? Day, bool IsCounted);

/// <summary>Compares a page of listed orders with what is here, writes down what differs, and has the gaps fetched.</summary>
internal sealed class Judge(HubLookup hub, DifferenceStore differences, Healer healer, TimeProvider clock)
{
    public static readonly TimeSpan Verify = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LookAtParked = TimeSpan.FromMinutes(30);

    /// <summary>Judges one page.</summary>
    /// <param name="round">Whose.</param>
    /// <param name="by">The time the list goes by.</param>
    /// <param name="page">The orders.</param>
    /// <param name="settled">What changed later may still be on its way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Trouble?> JudgeAsync(Round round, OrderClock by, IReadOnlyList<Judged> page, DateTimeOffset settled, CancellationToken cancellationToken)
    {
        var store = round.Connection.Id;
        // The list was made first: what is here can only be newer.
        var here = await hub.OrdersAsync(store, [.. page.Select(one => one.Order.ExternalId)], cancellationToken);
        var found = page.Select(one => (One: one, Here: here.GetValueOrDefault(one.Order.ExternalId), Young: (one.Order.UpdatedAt ?? one.Order.PlacedAt) >= settled))
            .Select(one => (one.One, one.Here, one.Young, Kind: Comparison.Compare(one.One.Order, one.Here)))
            .Where(one => one.Kind is DifferenceKind.Missing || (one.Kind is not null && !one.Young)).ToList();
        if (found.Count == 0)
        {
            return null;
        }

        string[] ids = [.. found.Select(one => one.One.Order.ExternalId)];
        var known = (await differences.KnownAsync(store, ids, cancellationToken)).ToDictionary(row => row.ExternalId, StringComparer.Ordinal);
        var onTheWay = await hub.OnTheWayAsync(store, ids, cancellationToken);
        var now = clock.GetUtcNow();
        List<Difference> rows = [];
        List<(ListedOrder Order, Difference? Row)> gaps = [];
        foreach (var (one, copy, isYoung, kind) in found)
        {
            var former = known.GetValueOrDefault(one.Order.ExternalId);
            var row = Difference.Of(one.Order, copy, kind!.Value, one.Day, one.IsCounted || former?.Counted == true, now);
            if (former is { State: DifferenceState.Explained } && former.ListedHash == row.ListedHash && former.HereHash == row.HereHash)
            {
                rows.Add(former with { Counted = row.Counted, Day = row.Day });
                continue;
            }

            bool isOpen = former is { ClosedAt: null };
            row = row with { FoundAt = isOpen ? former!.FoundAt : now, WasGap = isOpen && former!.WasGap, Attempts = isOpen ? former!.Attempts : 0, LastError = isOpen ? former!.LastError : null };
            if (kind is DifferenceKind.Missing && !row.Counted && !isOpen && one.Order.PlacedAt < round.State.ConnectedAt)
            {
                // Placed before the store was connected: nobody owes it. It is kept as history, like polling does.
                if (!onTheWay.ContainsKey(row.ExternalId))
                {
                    gaps.Add((one.Order, null));
                }
            }
            else if (onTheWay.TryGetValue(row.ExternalId, out var captured))
            {
                rows.Add(Captured(row, captured, now));
            }
            else if (isYoung)
            {
                rows.Add(row with { State = DifferenceState.Waiting, CheckAt = now + (now - settled), Outcome = "It became an order a moment ago; it may be on its way." });
            }
            else if (isOpen && former!.State is DifferenceState.Open && former.CheckAt > now)
            {
                rows.Add(row with { WasGap = true, CheckAt = former.CheckAt });
            }
            else
            {
                row = row with { WasGap = true, CheckAt = now + Verify };
                rows.Add(row);
                gaps.Add((one.Order, row));
            }
        }

        // Written before anything is fetched: a node that dies now leaves them to the next.
        await differences.WriteAsync(store, rows, now, cancellationToken);
        return gaps.Count == 0 ? null : await healer.HealAsync(round, by, gaps, cancellationToken);
    }

    /// <summary>A difference whose order is captured: no gap.</summary>
    public static Difference Captured(Difference row, Captured captured, DateTimeOffset now) => captured.EventId is { } parked
        ? row with { State = DifferenceState.Parked, CheckAt = now + LookAtParked, EventId = parked, Outcome = $"It is here and could not be understood: {captured.Reason}" }
        // What was stored a moment ago is done in a moment.
        : row with { State = DifferenceState.Waiting, CheckAt = now + (row.WasGap && row.Attempts < 6 ? Verify : LookAgain), Outcome = "It is here or announced, and waits for its turn." };
}
