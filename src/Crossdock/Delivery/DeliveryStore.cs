using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Delivery;

/// <summary>Reads and writes what the claim loop and the outcome writer need; the rows themselves are inserted with the order.</summary>
internal sealed class DeliveryStore(NpgsqlDataSource database, NodeIdentity node, TimeProvider clock)
{
    // One look over all destinations: the first row each that nobody has, by deliveries_due.
    private const string Due = """
        SELECT c.id, d.next_attempt_at
        FROM unnest($1::int[]) AS c (id)
        CROSS JOIN LATERAL (
            SELECT next_attempt_at FROM deliveries
            WHERE destination_id = c.id AND state = 'waiting' AND (leased_until IS NULL OR leased_until <= $2)
            ORDER BY next_attempt_at LIMIT 1) d
        """;

    // Deliveries of one order to one destination go one after the other, in the order of their generations; those of a held order wait, except that calling off may go on
    // and the shop may learn what has happened.
    // What never arrived is neither changed nor cancelled: SupersedeFollowers ends those.
    // A row that still names a node was held by one that died: it may have been sent.
    private const string Claim = """
        WITH picked AS (
            SELECT d.id, d.leased_by IS NOT NULL AS abandoned
            FROM deliveries d JOIN orders o ON o.id = d.order_id
            WHERE d.destination_id = $1 AND d.state = 'waiting' AND d.next_attempt_at <= $2 AND (d.leased_until IS NULL OR d.leased_until <= $2)
              AND (NOT o.held OR d.kind IN ('cancel', 'status'))
              AND NOT EXISTS (
                  SELECT 1 FROM deliveries e
                  WHERE e.order_id = d.order_id AND e.destination_id = d.destination_id AND e.state = 'waiting' AND (e.generation, e.id) < (d.generation, d.id))
              AND (d.kind IN ('create', 'status') OR EXISTS (
                  SELECT 1 FROM deliveries e
                  WHERE e.order_id = d.order_id AND e.destination_id = d.destination_id AND e.kind = 'create' AND (e.state = 'delivered' OR e.is_unclear)))
            ORDER BY d.next_attempt_at
            LIMIT $3
            FOR UPDATE OF d SKIP LOCKED),
        claimed AS (
            UPDATE deliveries d SET leased_until = $4, leased_by = $5, is_unclear = d.is_unclear OR p.abandoned
            FROM picked p WHERE d.id = p.id
            RETURNING d.id, d.order_id, d.connection_id, d.kind, d.generation, d.attempts, d.is_unclear, d.remote_id, d.body_override, d.document, d.restored)
        SELECT x.id, x.order_id, x.connection_id, x.kind, x.generation, x.attempts, x.is_unclear,
            coalesce(x.remote_id, (
                SELECT e.remote_id FROM deliveries e
                WHERE e.order_id = x.order_id AND e.destination_id = $1 AND e.state = 'delivered' AND e.remote_id IS NOT NULL
                ORDER BY e.generation DESC LIMIT 1)),
            x.body_override, CASE WHEN x.kind = 'status' THEN o.document ELSE coalesce(x.document, o.document) END::text, o.number,
            CASE WHEN x.kind = 'status' THEN x.document::text END, coalesce(x.restored, false), o.event_id
        FROM claimed x JOIN orders o ON o.id = x.order_id
        """;

    // An update or a cancellation of what never arrived is not needed any more.
    private const string SupersedeFollowers = """
        UPDATE deliveries d SET state = 'superseded', done_at = $2, last_error = 'nothing had been handed over'
        WHERE d.destination_id = ANY ($1) AND d.state = 'waiting' AND d.kind IN ('update', 'cancel') AND d.leased_until IS NULL AND d.next_attempt_at <= $2
          AND NOT EXISTS (
              SELECT 1 FROM deliveries e
              WHERE e.order_id = d.order_id AND e.destination_id = d.destination_id AND e.kind = 'create'
                AND (e.state IN ('waiting', 'delivered') OR e.is_unclear))
        """;

    // Whoever switches telling off means it at once; what is being sent has its outcome on the way, and is looked at again.
    private const string Silence = """
        UPDATE deliveries SET state = 'superseded', done_at = $2, last_error = $3, leased_by = NULL, leased_until = NULL
        WHERE destination_id = ANY ($1) AND state = 'waiting' AND kind = 'status' AND (leased_until IS NULL OR leased_until <= $2)
        RETURNING id, order_id, connection_id, document::text
        """;

    // A claim's lease is told apart by its moment: no two claims of a node have the same.
    private const string Unclaim = """
        UPDATE deliveries SET leased_until = NULL, leased_by = NULL WHERE state = 'waiting' AND leased_by = $1 AND leased_until = ANY ($2)
        """;

    // What a dead node sent last may still be at work at the destination for as long as a call may take; asking earlier could miss it.
    private const string TakeBack = """
        UPDATE deliveries d SET leased_until = $3 + make_interval(secs => t.seconds)
        FROM unnest($1::int[], $2::int[]) AS t (id, seconds)
        WHERE d.destination_id = t.id AND d.state = 'waiting' AND d.leased_by <> $4 AND d.leased_until > $3 + make_interval(secs => t.seconds)
        """;

    private const string GiveBack = """
        UPDATE deliveries d SET leased_until = NULL, leased_by = NULL, is_unclear = d.is_unclear OR u.unclear,
            -- not sent, and called off meanwhile
            state = CASE WHEN d.state = 'waiting' AND d.kind NOT IN ('cancel', 'status') AND NOT d.is_unclear AND NOT u.unclear AND EXISTS (
                    SELECT 1 FROM orders o WHERE o.id = d.order_id AND o.state IN ('cancelled', 'excluded'))
                THEN 'superseded' ELSE d.state END
        FROM unnest($1::uuid[], $2::boolean[]) AS u (id, unclear)
        WHERE d.id = u.id AND d.leased_by = $3     -- another node's lease is not ours to end
        """;

    /// <summary>When each of these destinations has something due; destinations with nothing are left out.</summary>
    internal async Task<List<(ConnectionId Destination, DateTimeOffset At)>> DueAsync(IReadOnlyList<ConnectionId> destinations, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Due);
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, destinations, id => id.Value));
        command.Parameters.Add(Parameters.Time(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(ConnectionId, DateTimeOffset)> due = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add((new ConnectionId(reader.GetInt32(0)), reader.GetFieldValue<DateTimeOffset>(1)));
        }
        return due;
    }

    /// <summary>Takes what is due for one destination.</summary>
    internal async Task<List<DueDelivery>> ClaimAsync(
        ConnectionId destination, int count, DateTimeOffset now, DateTimeOffset leasedUntil, Func<ConnectionId, string> storeKey, CancellationToken cancellationToken)
    {
        // :: Step 13: claim deliveries per destination
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = destination.Value });
        command.Parameters.Add(Parameters.Time(now));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        command.Parameters.Add(Parameters.Time(leasedUntil));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<DueDelivery> claimed = new(count);
        while (await reader.ReadAsync(cancellationToken))
        {
            ConnectionId store = new(reader.GetInt32(2));
            claimed.Add(new DueDelivery
            {
                Id = new DeliveryId(reader.GetGuid(0)),
                OrderId = new OrderId(reader.GetGuid(1)),
                Store = store,
                Destination = destination,
                Kind = EnumNames<DeliveryKind>.Parse(reader.GetString(3)) ?? throw new InvalidDataException($"unknown delivery kind {reader.GetString(3)}"),
                Generation = reader.GetInt32(4),
                Attempts = reader.GetInt16(5),
                IsUnclear = reader.GetBoolean(6),
                RemoteId = reader.IsDBNull(7) ? null : reader.GetString(7),
                BodyOverride = reader.IsDBNull(8) ? null : reader.GetString(8),
                Document = reader.GetFieldValue<byte[]>(9),
                OrderNumber = reader.GetString(10),
                Notice = reader.IsDBNull(11) ? null : ShopNotices.Read(reader.GetString(11)),
                StoreKey = storeKey(store),
                IsRestored = reader.GetBoolean(12),
                EventId = reader.GetGuid(13),
                LeasedUntil = leasedUntil,
            });
        }
        return claimed;
    }

    /// <summary>Makes dead letters of what waits for a deleted destination; answers how many.</summary>
    internal async Task<int> EndDeletedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        int ended = await new ConnectionWork(clock).EndAsync(connection, "crossdock", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ended;
    }

    /// <summary>Ends what these shops were still to be told; answers how much.</summary>
    internal async Task<int> SilenceAsync(IReadOnlyList<ConnectionId> stores, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        List<(Guid Order, int Store, TimelineEntry Entry)> ended = [];
        await using (NpgsqlCommand command = new(Silence, connection)
        {
            Parameters = { Parameters.Array(NpgsqlDbType.Integer, stores, id => id.Value), Parameters.Time(now), new NpgsqlParameter<string> { TypedValue = ShopNotices.SwitchedOff } },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                string what = ShopNotices.Words(ShopNotices.Read(reader.GetString(3)));
                ended.Add((reader.GetGuid(1), reader.GetInt32(2), new TimelineEntry(now, TimelineKind.Delivery, "crossdock", $"The shop is not told any more: {what}.", "telling it was switched off in its connection's settings", reader.GetGuid(0))));
            }
        }
        if (ended.Count > 0)
        {
            await using NpgsqlBatch telling = new(connection) { BatchCommands = { DeliveryActions.Telling(ended, now) } };
            await telling.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        return ended.Count;
    }

    internal async Task SupersedeFollowersAsync(IReadOnlyList<ConnectionId> destinations, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SupersedeFollowers);
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, destinations, id => id.Value));
        command.Parameters.Add(Parameters.Time(now));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the leases of claims that were not answered: should they have been done, nobody has the rows.</summary>
    internal async Task UnclaimAsync(IReadOnlyList<DateTimeOffset> leases, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Unclaim);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node.Id });
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.TimestampTz, leases, lease => lease.UtcDateTime));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Shortens the leases of other nodes, where there can be none, to the time that a call of theirs may still take.</summary>
    internal async Task TakeBackAsync(IReadOnlyList<(ConnectionId Destination, int Seconds)> destinations, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TakeBack);
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, destinations, one => one.Destination.Value));
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, destinations, one => one.Seconds));
        command.Parameters.Add(Parameters.Time(now));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends leases without an outcome.</summary>
    internal NpgsqlBatchCommand GivingBack(IReadOnlyList<(DeliveryId Id, bool IsUnclear)> rows) => new(GiveBack)
    {
        Parameters =
        {
            Parameters.Array(NpgsqlDbType.Uuid, rows, row => row.Id.Value),
            Parameters.Array(NpgsqlDbType.Boolean, rows, row => row.IsUnclear),
            new NpgsqlParameter<Guid> { TypedValue = node.Id },
        },
    };
}
