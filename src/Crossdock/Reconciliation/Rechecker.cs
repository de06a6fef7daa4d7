namespace Crossdock.Reconciliation;

/// <summary>Looks at differences again: has it come, is it on its way, does it need to be fetched once more?</summary>
internal sealed class Rechecker(HubLookup hub, DifferenceStore differences, Healer healer, TimeProvider clock)
{
    private const int AtOnce = 100;
    private const int MostBatches = 20;

    /// <summary>Looks at what is due.</summary>
    public async Task<Trouble?> RunAsync(Round round, CancellationToken cancellationToken)
    {
        for (int batch = 0; batch < MostBatches; batch++)
        {
            var due = await differences.DueAsync(round.Connection.Id, clock.GetUtcNow(), AtOnce, cancellationToken);
            if (due.Count == 0)
            {
                return null;
            }

            if (await CheckAsync(round, due, cancellationToken) is { } trouble)
            {
                return trouble;
            }
        }

        return null;
    }

    private async Task<Trouble?> CheckAsync(Round round, List<Difference> due, CancellationToken cancellationToken)
    {
        var store = round.Connection.Id;
        var now = clock.GetUtcNow();
        var here = await hub.OrdersAsync(store, [.. due.Select(row => row.ExternalId)], cancellationToken);
        var isRight = due.ToLookup(row => row.Kind is not DifferenceKind.NotListed && Comparison.Compare(row.Listed(), here.GetValueOrDefault(row.ExternalId)) is null);
        await differences.RemoveAsync(store, [.. isRight[true].Where(row => !row.WasGap).Select(row => row.ExternalId)], cancellationToken);
        await differences.MoveAsync(store, [.. isRight[true].Where(row => row.WasGap).Select(row => row.Closed(DifferenceState.Healed,
            row.Kind is DifferenceKind.Missing ? "Fetched and stored by itself." : "Fetched, and the copy here is up to date.", now))], cancellationToken);

        var rest = isRight[false].ToList();
        var onTheWay = await hub.OnTheWayAsync(store, [.. rest.Select(row => row.ExternalId)], cancellationToken);
        foreach (var row in rest)
        {
            Trouble? trouble = null;
            Difference moved;
            if (row.Kind is not DifferenceKind.NotListed && onTheWay.TryGetValue(row.ExternalId, out var captured))
            {
                moved = Judge.Captured(row, captured, now) with { Attempts = row.Attempts + 1 };
            }
            else
            {
                (var asked, trouble) = await healer.FetchAsync(round, row.Kind is DifferenceKind.NotListed ? row : row with { State = DifferenceState.Open, WasGap = true, EventId = null, Outcome = null, Attempts = row.State is DifferenceState.Open ? row.Attempts : 0 }, cancellationToken);
                moved = asked!;
            }

            await differences.MoveAsync(store, [moved], cancellationToken);
            if (trouble is not null)
            {
                return trouble;
            }
        }

        return null;
    }
}
