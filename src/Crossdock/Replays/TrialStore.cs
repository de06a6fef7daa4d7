using System.Data;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Edits;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Replays;

/// <summary>Orders of one page to be tried, and events that would be parked with no order to tell of it.</summary>
/// <param name="Orders">To be tried.</param>
/// <param name="Counted">How many of them stand on an event of this page, or are new: each order of a window is counted once.</param>
/// <param name="Lost">Events not understood any more.</param>
internal sealed record TrialPage(IReadOnlyList<TrialOrder> Orders, int Counted, IReadOnlyList<TrialEvent> Lost);

/// <summary>Reads what a trial needs, page by page. Everything beside the events is read in one read-only transaction: nothing can be changed here, and a page sees one moment.</summary>
internal sealed class TrialStore(KeyedDatabase database)
{
    // events_by_connection within the day's partitions. No more than fits by its bytes either, but always one.
    private const string Page = """
        SELECT id, connection_id, topic, order_key, occurred_at, received_at, body, source FROM (
            SELECT p.*, sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS before FROM (
                SELECT id, connection_id, topic, order_key, occurred_at, received_at, body, source FROM events
                WHERE connection_id = $1 AND id > $2 AND id < $3
                ORDER BY id LIMIT $4) p) s
        WHERE before < $5 ORDER BY id
        """;

    private const string ReadOnly = "SET TRANSACTION READ ONLY";

    // Not worked yet: it is live work that waits, no difference.
    private const string Waiting = "SELECT id FROM inbox WHERE id = ANY($1)";

    // Parked already, or given up by a person.
    private const string Settled = """
        SELECT event_id FROM parked_events WHERE event_id = ANY($1)
        UNION SELECT event_id FROM event_actions WHERE event_id = ANY($1)
        UNION SELECT id FROM inbox WHERE id = ANY($1)
        """;

    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>The next events of a connection, oldest first.</summary>
    /// <param name="connection">The store.</param>
    /// <param name="after">The last one done.</param>
    /// <param name="before">End of the window.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<List<InboxItem>> PageAsync(ConnectionId connection, Guid after, Guid before, int most, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(Page);
        command.Parameters.Add(new() { Value = connection.Value });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = most });
        command.Parameters.Add(new() { Value = (long)MostBytes });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<InboxItem>(most);
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(ProcessingStore.ReadEvent(reader));
        }

        return items;
    }

    /// <summary>Finds the orders of a page's events and what stands beside them.</summary>
    public async Task<TrialPage> LookAsync(Connection store, IReadOnlyList<TrialEvent> events, CancellationToken cancellationToken)
    {
        var byId = events.ToDictionary(one => one.Item.EventId);
        var byKey = Grouped(events);
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var stored = await StoredAsync(connection, store, byKey.Keys, cancellationToken);
        var concerned = stored.Values.Where(order => byId.ContainsKey(order.EventId) || byKey[order.ExternalId].Exists(one => OrderTrial.IsRelevant(order, [], one))).ToList();
        var around = concerned.Count == 0 ? [] : await ProcessingStore.SurroundingsAsync(connection, concerned, cancellationToken, isLooking: true);
        var standing = concerned.Count == 0 ? [] : await StandingChanges.ReadAsync(connection, [.. concerned.Select(order => (order, store))], cancellationToken);

        var edits = concerned.Exists(order => order.IsEdited) ? await EditStore.StandingAsync(connection, [.. concerned.Where(order => order.IsEdited).Select(order => order.Id.Value)], cancellationToken) : [];

        // Of an order that stands on an event elsewhere only what is newer than that counts here.
        concerned.RemoveAll(order => !byId.ContainsKey(order.EventId) && !byKey[order.ExternalId].Exists(one => OrderTrial.IsRelevant(order, Standing(order), one)));
        var elsewhere = concerned.Where(order => !byId.ContainsKey(order.EventId)).Select(order => order.EventId).ToList();
        var payloads = elsewhere.Count == 0 ? [] : await ProcessingStore.PayloadsAsync(connection, elsewhere, cancellationToken);
        var unknown = byKey.Where(group => !stored.ContainsKey(group.Key) && group.Value.Exists(one => EventMapping.Snapshot(one.Outcome, group.Key) is not null)).ToList();
        var waiting = await IdsAsync(connection, Waiting,
            [.. concerned.SelectMany(order => byKey[order.ExternalId].Where(one => OrderTrial.IsRelevant(order, Standing(order), one))).Concat(unknown.SelectMany(group => group.Value)).Select(one => one.Item.EventId)], cancellationToken);

        var orders = new List<TrialOrder>(concerned.Count + unknown.Count);
        foreach (var order in concerned)
        {
            TrialEvent? known = byId.TryGetValue(order.EventId, out var here) ? here
                : payloads.TryGetValue(order.EventId, out var item) ? new TrialEvent(item, EventMapping.Map(item, store)) : null;
            List<TrialEvent> others = [.. byKey[order.ExternalId].Where(one => !waiting.Contains(one.Item.EventId) && OrderTrial.IsRelevant(order, Standing(order), one))];
            if (others.Count > 0 || byId.ContainsKey(order.EventId))
            {
                orders.Add(new TrialOrder { Store = store, ExternalId = order.ExternalId, Stored = order, Around = around[order.Id.Value], Standing = Standing(order), Edits = edits.GetValueOrDefault(order.Id.Value, []), Base = known, Others = others });
            }
        }

        foreach (var (key, group) in unknown)
        {
            List<TrialEvent> others = [.. group.Where(one => !waiting.Contains(one.Item.EventId))];
            if (others.Exists(one => EventMapping.Snapshot(one.Outcome, key) is not null))
            {
                orders.Add(new TrialOrder { Store = store, ExternalId = key, Others = others });
            }
        }

        var lost = events.Where(one => one.Item.OrderKey is null && one.Outcome is Unmappable).ToList();
        var settled = await IdsAsync(connection, Settled, [.. lost.Select(one => one.Item.EventId)], cancellationToken);
        return new TrialPage(orders, orders.Count(order => order.Stored is null || byId.ContainsKey(order.Stored.EventId)), [.. lost.Where(one => !settled.Contains(one.Item.EventId))]);

        IReadOnlyList<StandingChange> Standing(StoredOrder order) => standing.TryGetValue(order.Id.Value, out var changes) ? changes : [];
    }

    private static Dictionary<string, List<TrialEvent>> Grouped(IReadOnlyList<TrialEvent> events)
    {
        var groups = new Dictionary<string, List<TrialEvent>>(events.Count, StringComparer.Ordinal);
        foreach (var one in events)
        {
            switch (one.Outcome)
            {
                case MappedOrder mapped:
                    Add(mapped.Order.ExternalId, one);
                    break;
                case MappedOrders many:
                    foreach (string id in many.Orders.Select(order => order.ExternalId).Distinct(StringComparer.Ordinal))
                    {
                        Add(id, one);
                    }

                    break;
                case MappedChange change:
                    Add(change.ExternalId, one);
                    break;
            }

            // The envelope names the order also where its document is not understood any more.
            if (one.Item.OrderKey is { } key && (!groups.TryGetValue(key, out var known) || known[^1] != one))
            {
                Add(key, one);
            }
        }

        return groups;

        void Add(string key, TrialEvent one)
        {
            if (!groups.TryGetValue(key, out var group))
            {
                groups[key] = group = [];
            }

            group.Add(one);
        }
    }

    private static async Task<Dictionary<string, StoredOrder>> StoredAsync(NpgsqlConnection connection, Connection store, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<string, StoredOrder>(keys.Count, StringComparer.Ordinal);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(ReadOnly), OrderStore.FindCommand([.. keys.Select(key => (store.Id.Value, key))]) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var order = OrderStore.Read(reader);
            stored[order.ExternalId] = order;
        }

        return stored;
    }

    private static async Task<HashSet<Guid>> IdsAsync(NpgsqlConnection connection, string sql, Guid[] events, CancellationToken cancellationToken)
    {
        var ids = new HashSet<Guid>();
        if (events.Length == 0)
        {
            return ids;
        }

        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = events, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }
}
