using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Orders;
using Npgsql;

namespace Crossdock.Normalise;

/// <summary>A partial change (a refund, a fulfilment, a deletion) that an order's document holds beyond the snapshot it stands on.</summary>
internal readonly record struct StandingChange(Guid EventId, OrderChange Change);

/// <summary>What came over an order since the snapshot it stands on: worked again, that snapshot must not undo it.</summary>
internal static class StandingChanges
{
    /// <summary>The events whose meaning decides, in the order in which they were taken; empty for most orders.</summary>
    /// <param name="snapshot">The event that the order stands on.</param>
    /// <param name="told">What its timeline tells, oldest first.</param>
    public static IReadOnlyList<Guid> Candidates(Guid snapshot, IReadOnlyList<TimelineEntry> told)
    {
        int from = -1;
        var events = new List<Guid>();
        for (int i = 0; i < told.Count; i++)
        {
            // The first time that it was taken: working it again laid everything over it once more.
            if (from < 0 && told[i].Ref == snapshot && told[i].Kind is TimelineKind.Received or TimelineKind.Changed)
            {
                from = i;
                events.Clear();
            }
            else if (told[i] is { Kind: TimelineKind.Changed, Ref: { } changed } && changed != snapshot && !events.Contains(changed))
            {
                events.Add(changed);
            }
        }

        return events;
    }

    /// <summary>Walks the candidates: a snapshot among them replaced all that came before it.</summary>
    public static IReadOnlyList<StandingChange> Of(string externalId, IEnumerable<Guid> candidates, Func<Guid, MappingOutcome?> meaning)
    {
        var standing = new List<StandingChange>();
        foreach (var candidate in candidates)
        {
            var outcome = meaning(candidate);
            if (outcome is MappedChange change && change.ExternalId == externalId)
            {
                standing.Add(new(candidate, change.Change));
            }
            else if (outcome is not null && EventMapping.Snapshot(outcome, externalId) is not null)
            {
                standing.Clear();
            }
        }

        return standing;
    }

    /// <summary>Reads them for some orders; one round trip, and one more where there are candidates.</summary>
    public static async Task<Dictionary<Guid, IReadOnlyList<StandingChange>>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<(StoredOrder Order, Connection Store)> orders, CancellationToken cancellationToken)
    {
        var all = new Dictionary<Guid, IReadOnlyList<StandingChange>>();
        var told = await ProcessingStore.ToldAsync(connection, [.. orders.Select(one => one.Order.Id.Value)], cancellationToken);
        var candidates = orders.Where(one => told.ContainsKey(one.Order.Id.Value))
            .Select(one => (one.Order, one.Store, Events: Candidates(one.Order.EventId, told[one.Order.Id.Value]))).Where(one => one.Events.Count > 0).ToList();
        if (candidates.Count == 0)
        {
            return all;
        }

        var payloads = await ProcessingStore.PayloadsAsync(connection, [.. candidates.SelectMany(one => one.Events).Distinct()], cancellationToken);
        foreach (var (order, store, events) in candidates)
        {
            all[order.Id.Value] = Of(order.ExternalId, events, id => payloads.TryGetValue(id, out var item) ? EventMapping.Map(item, store) : null);
        }

        return all;
    }
}
