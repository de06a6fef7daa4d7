using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.News;

/// <summary>Who is asked for: one thing that a destination said, and where it stands in the batch.</summary>
internal readonly record struct NewsToPlace(int Place, ConnectionId Destination, DeliveryNews News);

/// <summary>The statements of a batch of news. An order is found by what was sent as its reference, or by the destination's id of it.</summary>
internal static class NewsStore
{
    // By the index on numbers, the primary keys, or shipments_by_remote_id; only orders that were to be handed to this destination count.
    private const string Find = """
        SELECT n.place, f.order_id, bool_or(f.by_reference)
        FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::uuid[]) AS n (place, destination_id, remote_id, reference, id)
        CROSS JOIN LATERAL (
            SELECT o.id AS order_id, true AS by_reference FROM orders o
            WHERE o.number = n.reference AND EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.destination_id = n.destination_id AND d.kind = 'create' AND d.state <> 'superseded')
            UNION ALL
            SELECT d.order_id, true FROM deliveries d WHERE d.order_id = n.id AND d.destination_id = n.destination_id AND d.kind = 'create'
            UNION ALL
            SELECT d.order_id, true FROM deliveries d WHERE d.id = n.id AND d.destination_id = n.destination_id
            UNION ALL
            SELECT s.order_id, false FROM shipments s WHERE s.destination_id = n.destination_id AND s.remote_id = n.remote_id) f
        GROUP BY n.place, f.order_id
        """;

    // In the order of the primary key, as everybody locks them.
    private const string LockOrders = "SELECT id, connection_id, number, state FROM orders WHERE id = ANY ($1) ORDER BY id FOR UPDATE";

    private const string Deliveries = "SELECT order_id, destination_id, kind, generation, state FROM deliveries WHERE order_id = ANY ($1) AND kind <> 'status'";

    private const string Shipments = """
        SELECT order_id, destination_id, remote_id, state, word, said_at, event_id, carrier, tracking_number, tracking_url FROM shipments WHERE order_id = ANY ($1)
        """;

    private const string Keep = """
        INSERT INTO shipments (order_id, destination_id, connection_id, remote_id, state, word, said_at, event_id, carrier, tracking_number, tracking_url, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
        ON CONFLICT (order_id, destination_id) DO UPDATE SET remote_id = excluded.remote_id, state = excluded.state, word = excluded.word, said_at = excluded.said_at, event_id = excluded.event_id,
            carrier = excluded.carrier, tracking_number = excluded.tracking_number, tracking_url = excluded.tracking_url, updated_at = excluded.updated_at
        """;

    // What waited for this destination is of no use any more; the row that stands for its own cancelling lets the order be handed over anew when a person restores it.
    private const string EndDeliveries = """
        UPDATE deliveries SET state = 'superseded', done_at = $2, last_error = 'the destination cancelled the order', leased_by = NULL, leased_until = NULL
        WHERE order_id = $1 AND kind <> 'status' AND state IN ('waiting', 'held', 'dead') AND (leased_until IS NULL OR leased_until <= $2)
        """;

    private const string NoteCancel = """
        INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, created_at, done_at, last_error)
        SELECT $2, o.id, o.connection_id, $3, 'cancel', (SELECT max(generation) + 1 FROM deliveries d WHERE d.order_id = o.id AND d.kind <> 'status'), 'delivered', $4, $4, $4, 'the destination cancelled it itself'
        FROM orders o WHERE o.id = $1
        """;

    private const string CallOff = "UPDATE orders SET cancelled_by = $2, held = false, updated_at = $3 WHERE id = $1";

    private const string CloseHolds = "UPDATE holds SET released_at = $2, released_by = $3, released_because = 'the order was cancelled' WHERE order_id = $1 AND released_at IS NULL";

    private const string Flag = "UPDATE orders SET held = true, updated_at = $2 WHERE id = $1 AND NOT held";

    // The courier can be quicker than its own answer to us: what is not known yet is looked for again a little later, then parked.
    private const string PutBack = """
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key, attempts, not_before)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::int[], $5::text[], $6::smallint[], $7::timestamptz[])
        """;

    /// <summary>Takes the inbox rows away; answers whose work it is.</summary>
    internal static async Task<HashSet<Guid>> TakeAsync(NpgsqlConnection connection, IReadOnlyList<InboxItem> items, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { ProcessingStore.TakeCommand(items) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        HashSet<Guid> taken = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add(reader.GetGuid(0));
        }

        return taken;
    }

    /// <summary>The orders that each may be about, by its place.</summary>
    internal static async Task<ILookup<int, (Guid Order, bool IsByReference)>> FindAsync(NpgsqlConnection connection, IReadOnlyList<NewsToPlace> news, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find, connection)
        {
            Parameters =
            {
                Parameters.Array(NpgsqlDbType.Integer, news, one => one.Place),
                Parameters.Array(NpgsqlDbType.Integer, news, one => one.Destination.Value),
                Parameters.Array(NpgsqlDbType.Text, news, one => ShipmentStore.Id(one.News.RemoteId)),
                Parameters.Array(NpgsqlDbType.Text, news, one => Parameters.Storable(one.News.Reference)),
                Parameters.Array(NpgsqlDbType.Uuid, news, one => Guid.TryParse(one.News.Reference, out var id) ? id : (Guid?)null),
            },
        };
        List<(int, Guid, bool)> found = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((reader.GetInt32(0), reader.GetGuid(1), reader.GetBoolean(2)));
        }

        return found.ToLookup(row => row.Item1, row => (row.Item2, row.Item3));
    }

    /// <summary>Locks these orders and reads what stands beside them.</summary>
    internal static async Task<Dictionary<Guid, OrderAtHand>> LockAsync(NpgsqlConnection connection, IReadOnlyList<Guid> orders, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { Asking(LockOrders, orders), Asking(Deliveries, orders), Asking(Shipments, orders) },
        };
        Dictionary<Guid, OrderAtHand> all = [];
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            OrderAtHand order = new(new OrderId(reader.GetGuid(0)), new ConnectionId(reader.GetInt32(1)), reader.GetString(2), EnumNames<OrderState>.Parse(reader.GetString(3))!.Value);
            all[order.Id.Value] = order;
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            all[reader.GetGuid(0)].Deliveries.Add(new DeliveryAtHand(
                new ConnectionId(reader.GetInt32(1)), EnumNames<DeliveryKind>.Parse(reader.GetString(2))!.Value, reader.GetInt32(3), EnumNames<DeliveryState>.Parse(reader.GetString(4))!.Value));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            all[reader.GetGuid(0)].Shipments[new ConnectionId(reader.GetInt32(1))] = new Shipment
            {
                RemoteId = Text(reader, 2),
                State = Text(reader, 3) is { } state ? EnumNames<OrderState>.Parse(state) : null,
                Word = Text(reader, 4),
                SaidAt = reader.IsDBNull(5) ? null : new DateTimeOffset(reader.GetDateTime(5)),
                EventId = reader.IsDBNull(6) ? null : reader.GetGuid(6),
                Carrier = Text(reader, 7),
                Number = Text(reader, 8),
                Url = Text(reader, 9),
            };
        }

        return all;
    }

    internal static NpgsqlBatchCommand Keeping(OrderAtHand order, ConnectionId destination, Shipment shipment, DateTimeOffset now) => With(Keep,
        new() { Value = order.Id.Value }, new() { Value = destination.Value }, new() { Value = order.Store.Value }, Nullable(shipment.RemoteId),
        Nullable(shipment.State is { } state ? EnumNames<OrderState>.Of(state) : null), Nullable(shipment.Word),
        new() { Value = (object?)shipment.SaidAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { Value = (object?)shipment.EventId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
        Nullable(shipment.Carrier), Nullable(shipment.Number), Nullable(shipment.Url), new() { Value = now.UtcDateTime });

    /// <summary>Everything that a destination's own cancelling means, but for the move of the state.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> CallingOff(OrderAtHand order, Connection courier, DateTimeOffset now) =>
    [
        With(EndDeliveries, new() { Value = order.Id.Value }, new() { Value = now.UtcDateTime }),
        With(NoteCancel, new() { Value = order.Id.Value }, new() { Value = Guid.CreateVersion7(now) }, new() { Value = courier.Id.Value }, new() { Value = now.UtcDateTime }),
        With(CloseHolds, new() { Value = order.Id.Value }, new() { Value = now.UtcDateTime }, new() { Value = $"destination {courier.Key}" }),
        With(CallOff, new() { Value = order.Id.Value }, new() { Value = $"destination {courier.Key}" }, new() { Value = now.UtcDateTime }),
    ];

    internal static NpgsqlBatchCommand Flagging(OrderAtHand order, DateTimeOffset now) => With(Flag, new() { Value = order.Id.Value }, new() { Value = now.UtcDateTime });

    internal static NpgsqlBatchCommand PuttingBack(IReadOnlyList<(InboxItem Item, DateTimeOffset At)> early) => With(PutBack,
        Parameters.Array(NpgsqlDbType.Uuid, early, one => one.Item.InboxId), Parameters.Array(NpgsqlDbType.Uuid, early, one => one.Item.EventId),
        Parameters.Array(NpgsqlDbType.Smallint, early, one => (short)one.Item.Kind), Parameters.Array(NpgsqlDbType.Integer, early, one => one.Item.ConnectionId.Value),
        Parameters.Array(NpgsqlDbType.Text, early, one => one.Item.OrderKey), Parameters.Array(NpgsqlDbType.Smallint, early, one => (short)one.Item.Attempts),
        Parameters.Array(NpgsqlDbType.TimestampTz, early, one => one.At.UtcDateTime));

    private static NpgsqlBatchCommand Asking(string sql, IReadOnlyList<Guid> orders) => With(sql, Parameters.Array(NpgsqlDbType.Uuid, orders, id => id));

    private static NpgsqlParameter Nullable(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlBatchCommand With(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }
}
