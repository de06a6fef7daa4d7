using System.Text.Json;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Normalise;

/// <summary>An event to be parked.</summary>
internal sealed record ParkedRow(Guid EventId, ConnectionId ConnectionId, string? OrderKey, bool WaitsForOrder, string Reason, string? Path, string? Value);

/// <summary>An order of which only the id is known.</summary>
/// <param name="ConnectionId">The store.</param>
/// <param name="ExternalId">The order.</param>
/// <param name="EventId">The announcement; null when a list named it without its document.</param>
/// <param name="What">What was announced, in words.</param>
internal sealed record WantedFetch(ConnectionId ConnectionId, string ExternalId, Guid? EventId, string What);

/// <summary>The statements of one batch's transaction beside those of <see cref="OrderStore"/>.</summary>
internal static class ProcessingStore
{
    // Taking the row away is what makes the work ours: of two that hold the same event only one deletes it, and a rollback puts it back.
    private const string PutBack = """
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key, attempts, not_before)
        SELECT i.id, i.event_id, 1, i.connection_id, i.order_key, i.attempts, $6 FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::smallint[]) AS i (id, event_id, connection_id, order_key, attempts)
        """;

    private const string TakeInbox = "DELETE FROM inbox WHERE id = ANY($1) RETURNING id";

    // What the shop is told is no destination's business. A row that names a node may be on its way; when the lease has run out, that node died with it and it may have arrived.
    private const string Deliveries = """
        SELECT id, order_id, destination_id, kind, generation, state, attempts, is_unclear, leased_by IS NOT NULL, remote_id
        FROM deliveries WHERE order_id = ANY($1) AND kind <> 'status' ORDER BY id
        """;

    private const string LockDeliveries = $"{Deliveries} FOR UPDATE";

    private const string Holds = "SELECT order_id, code, reason, released_at IS NULL, opened_by = 'crossdock' AND delivery_id IS NULL FROM holds WHERE order_id = ANY($1)";

    // The rows that tell of a change, as they are worded in the column: most orders have none.
    private const string Told = """
        SELECT order_id, entries::text FROM timeline WHERE order_id = ANY($1) AND entries::text LIKE '%"kind":"changed"%' ORDER BY id
        """;

    private const string Payloads = "SELECT id, connection_id, topic, order_key, occurred_at, received_at, body, source FROM events WHERE id = ANY($1)";

    private const string CopyDeliveries = """
        COPY deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, leased_until, leased_by, remote_id, created_at, document) FROM STDIN (FORMAT BINARY)
        """;

    private const string Supersede = """
        UPDATE deliveries SET state = 'superseded', done_at = $2, last_error = 'a later version of the order took its place'
        WHERE id = ANY($1) AND state IN ('waiting', 'held', 'dead')
        """;

    private const string Refresh = "UPDATE deliveries SET document = $2, next_attempt_at = least(next_attempt_at, $3) WHERE id = $1 AND state IN ('waiting', 'held', 'dead')";

    private const string OpenHold = """
        INSERT INTO holds (id, order_id, connection_id, code, reason, delivery_id, opened_at, opened_by)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[], $8::text[])
        ON CONFLICT (order_id, code, reason) WHERE released_at IS NULL DO NOTHING
        """;

    private const string CloseHold = """
        UPDATE holds SET released_at = $4, released_by = 'crossdock', released_because = 'the reason is gone'
        WHERE order_id = $1 AND code = $2 AND reason = $3 AND released_at IS NULL
        """;

    private const string Park = """
        INSERT INTO parked_events (event_id, connection_id, order_key, waits_for_order, reason, path, value, parked_at)
        SELECT *, $8 FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bool[], $5::text[], $6::text[], $7::text[])
        ON CONFLICT (event_id) DO UPDATE SET reason = excluded.reason, path = excluded.path, value = excluded.value, waits_for_order = excluded.waits_for_order,
            parked_at = excluded.parked_at, times = parked_events.times + 1
        """;

    // Parts that came before their order go back to the inbox now that it is known.
    private const string Unpark = """
        WITH freed AS (
            DELETE FROM parked_events p USING unnest($1::int[], $2::text[]) AS k (connection_id, order_key)
            WHERE p.waits_for_order AND p.connection_id = k.connection_id AND p.order_key = k.order_key
            RETURNING p.event_id, p.connection_id, p.order_key)
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT event_id, event_id, 0, connection_id, order_key FROM freed ON CONFLICT DO NOTHING
        """;

    private const string Notice = "INSERT INTO notices (id, connection_id, event_id, topic, text, at) VALUES ($1, $2, $1, $3, $4, $5) ON CONFLICT DO NOTHING";

    // History is rare beside live orders: the copy stays as narrow as it is, and these few rows are marked after it.
    private const string MarkHistory = "UPDATE orders SET is_history = true WHERE id = ANY($1)";

    // Reading took the order for history only by its time. What a person had read as history stays it; an order whose store tells of it is worked again as one of today.
    private const string LeaveHistory = $"""
        WITH told AS (
            UPDATE orders o SET is_history = false, updated_at = $5
            FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) AS h (order_id, event_id, inbox_id, timeline_id)
            WHERE o.id = h.order_id AND o.is_history AND EXISTS (SELECT 1 FROM events e WHERE e.id = h.event_id AND e.source IN ('{EventSource.HistoryPoll}', '{EventSource.HistoryReconciliation}'))
            RETURNING o.id, o.connection_id, o.external_id, o.event_id, h.inbox_id, h.timeline_id),
        said AS (INSERT INTO timeline (id, order_id, connection_id, entries) SELECT timeline_id, id, connection_id, $6::json FROM told)
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT inbox_id, event_id, 2, connection_id, external_id FROM told
        """;

    // Several announcements of one order lead to one fetch; one that comes while it is fetched leads to one more.
    private const string AskFetch = """
        INSERT INTO fetches (connection_id, external_id, event_id, what, asked_at, not_before)
        SELECT connection_id, external_id, event_id, what, $5, $5 FROM unnest($1::int[], $2::text[], $3::uuid[], $4::text[]) AS f (connection_id, external_id, event_id, what)
        ORDER BY connection_id, external_id          -- so that two batches cannot wait for each other
        ON CONFLICT (connection_id, external_id) DO UPDATE SET event_id = coalesce(excluded.event_id, fetches.event_id), what = excluded.what, version = fetches.version + 1,
            attempts = 0, not_found = 0, asked_at = excluded.asked_at, not_before = excluded.not_before
        """;

    public static NpgsqlBatchCommand MarkHistoryCommand(IEnumerable<OrderId> orders) => With(MarkHistory, Uuids(orders.Select(id => id.Value)));

    /// <summary>Takes orders for ones of today that reading alone had taken for history.</summary>
    /// <param name="orders">Orders as they were before this batch.</param>
    /// <param name="now">Now.</param>
    public static NpgsqlBatchCommand LeaveHistoryCommand(IReadOnlyList<StoredOrder> orders, DateTimeOffset now) => With(LeaveHistory,
        Uuids(orders.Select(order => order.Id.Value)), Uuids(orders.Select(order => order.EventId)), Uuids(orders.Select(_ => Guid.CreateVersion7(now))), Uuids(orders.Select(_ => Guid.CreateVersion7(now))),
        new() { Value = now.UtcDateTime },
        new() { Value = JsonSerializer.Serialize([new TimelineEntry(now, TimelineKind.Note, "crossdock", "The store told of the order itself, so it is no history: it is worked like any other.", "it had only been read, and was placed before this connection was made")], TimelineJson.Default.ListTimelineEntry), NpgsqlDbType = NpgsqlDbType.Text });

    /// <summary>Has orders fetched. Each order once.</summary>
    public static NpgsqlBatchCommand AskFetchCommand(IReadOnlyCollection<WantedFetch> wanted, DateTimeOffset now) => With(AskFetch,
        Ints(wanted.Select(fetch => fetch.ConnectionId.Value)),
        Texts(wanted.Select(fetch => fetch.ExternalId)),
        new() { Value = wanted.Select(fetch => fetch.EventId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
        Texts(wanted.Select(fetch => fetch.What.Replace("\0", "", StringComparison.Ordinal))),
        new() { Value = now.UtcDateTime });

    public static NpgsqlBatchCommand TakeCommand(IReadOnlyList<InboxItem> items) => With(TakeInbox, Uuids(items.Select(item => item.InboxId)));

    /// <summary>What stands beside these orders; their deliveries are locked, unless <paramref name="isLooking"/>.</summary>
    public static async Task<Dictionary<Guid, OrderSurroundings>> SurroundingsAsync(NpgsqlConnection connection, IReadOnlyCollection<StoredOrder> orders, CancellationToken cancellationToken, bool isLooking = false)
    {
        var all = orders.ToDictionary(order => order.Id.Value, _ => new OrderSurroundings());
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(With(isLooking ? Deliveries : LockDeliveries, Uuids(all.Keys)));
        batch.BatchCommands.Add(With(Holds, Uuids(all.Keys)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            all[reader.GetGuid(1)].Deliveries.Add(new ExistingDelivery(
                new DeliveryId(reader.GetGuid(0)), new ConnectionId(reader.GetInt32(2)), EnumNames<DeliveryKind>.Parse(reader.GetString(3))!.Value, reader.GetInt32(4),
                EnumNames<DeliveryState>.Parse(reader.GetString(5))!.Value, reader.GetInt16(6), reader.GetBoolean(7), reader.GetBoolean(8), reader.IsDBNull(9) ? null : reader.GetString(9)));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            all[reader.GetGuid(0)].Holds.Add((reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4)));
        }

        return all;
    }

    /// <summary>What the timelines of these orders tell of changes, oldest first.</summary>
    public static async Task<Dictionary<Guid, List<TimelineEntry>>> ToldAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid> orders, CancellationToken cancellationToken)
    {
        var all = new Dictionary<Guid, List<TimelineEntry>>();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { With(Told, Uuids(orders)) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var entries = JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(1), TimelineJson.Default.ListTimelineEntry) ?? [];
            if (!all.TryAdd(reader.GetGuid(0), entries))
            {
                all[reader.GetGuid(0)].AddRange(entries);
            }
        }

        return all;
    }

    /// <summary>Stored events as they would be worked again; those whose payload is gone are missing.</summary>
    public static async Task<Dictionary<Guid, InboxItem>> PayloadsAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid> events, CancellationToken cancellationToken)
    {
        var all = new Dictionary<Guid, InboxItem>(events.Count);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { With(Payloads, Uuids(events)) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var item = ReadEvent(reader);
            all[item.EventId] = item;
        }

        return all;
    }

    /// <summary>Reads a stored event: id, connection, topic, order key, occurred at, received at, body, source.</summary>
    public static InboxItem ReadEvent(NpgsqlDataReader reader) => new()
    {
        InboxId = reader.GetGuid(0),
        EventId = reader.GetGuid(0),
        Kind = InboxKind.Replay,
        ConnectionId = new ConnectionId(reader.GetInt32(1)),
        Topic = reader.GetString(2),
        OrderKey = reader.IsDBNull(3) ? null : reader.GetString(3),
        OccurredAt = reader.IsDBNull(4) ? null : new DateTimeOffset(reader.GetDateTime(4)),
        ReceivedAt = new DateTimeOffset(reader.GetDateTime(5)),
        Body = reader.GetFieldValue<byte[]>(6),
        Source = reader.GetString(7),
    };

    public static Task InsertDeliveriesAsync(NpgsqlConnection connection, IReadOnlyList<NewDelivery> deliveries, Guid node, DateTimeOffset now, CopyRows rows, CancellationToken cancellationToken)
    {
        rows.Begin();
        foreach (var row in deliveries)
        {
            rows.Row(13);
            rows.Uuid(row.Due.Id.Value);
            rows.Uuid(row.Due.OrderId.Value);
            rows.Int(row.Due.Store.Value);
            rows.Int(row.Due.Destination.Value);
            rows.Text(EnumNames<DeliveryKind>.Of(row.Due.Kind));
            rows.Int(row.Due.Generation);
            rows.Text("waiting");
            rows.Time(now);
            if (row.IsLeased)
            {
                rows.Time(row.Due.LeasedUntil);
                rows.Uuid(node);
            }
            else
            {
                rows.Null();
                rows.Null();
            }

            rows.Text(row.Due.RemoteId);
            rows.Time(now);
            if (row.OwnDocument is { } own)
            {
                rows.Bytes(own);
            }
            else
            {
                rows.Null();
            }
        }

        return rows.CopyAsync(connection, CopyDeliveries, cancellationToken);
    }

    public static NpgsqlBatchCommand SupersedeCommand(IEnumerable<DeliveryId> ids, DateTimeOffset now) =>
        With(Supersede, Uuids(ids.Select(id => id.Value)), new() { Value = now.UtcDateTime });

    public static NpgsqlBatchCommand RefreshCommand(RefreshedDelivery refreshed, DateTimeOffset now) => With(Refresh,
        new() { Value = refreshed.Id.Value },
        new() { Value = refreshed.Document is null ? DBNull.Value : OrderJson.Write(refreshed.Document), NpgsqlDbType = NpgsqlDbType.Json },
        new() { Value = now.UtcDateTime });

    public static NpgsqlBatchCommand OpenHoldsCommand(IReadOnlyList<HoldWrite> holds) => With(OpenHold,
        Uuids(holds.Select(hold => hold.Id)),
        Uuids(holds.Select(hold => hold.OrderId.Value)),
        Ints(holds.Select(hold => hold.ConnectionId.Value)),
        Texts(holds.Select(hold => hold.Code)),
        Texts(holds.Select(hold => hold.Reason)),
        new() { Value = holds.Select(hold => hold.DeliveryId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
        new() { Value = holds.Select(hold => hold.OpenedAt.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
        Texts(holds.Select(hold => hold.OpenedBy)));

    public static NpgsqlBatchCommand CloseHoldCommand(OrderId order, string code, string reason, DateTimeOffset now) => With(CloseHold,
        new() { Value = order.Value }, new() { Value = code }, new() { Value = reason }, new() { Value = now.UtcDateTime });

    public static NpgsqlBatchCommand ParkCommand(IReadOnlyList<ParkedRow> parked, DateTimeOffset now) => With(Park,
        Uuids(parked.Select(row => row.EventId)),
        Ints(parked.Select(row => row.ConnectionId.Value)),
        Texts(parked.Select(row => row.OrderKey)),
        new() { Value = parked.Select(row => row.WaitsForOrder).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean },
        Texts(parked.Select(row => row.Reason)),
        Texts(parked.Select(row => row.Path)),
        Texts(parked.Select(row => row.Value?.Replace("\0", "", StringComparison.Ordinal))),
        new() { Value = now.UtcDateTime });

    public static NpgsqlBatchCommand UnparkCommand(IReadOnlyList<OrderWrite> orders) => With(Unpark,
        Ints(orders.Select(row => row.ConnectionId.Value)), Texts(orders.Select(row => row.Order.ExternalId)));

    /// <summary>Repeats that came before their first event: worked again a little later, when its order is there to tell of them.</summary>
    public static NpgsqlBatchCommand PutBackCommand(IReadOnlyList<InboxItem> repeats, DateTimeOffset notBefore) => With(PutBack,
        Uuids(repeats.Select(item => item.InboxId)), Uuids(repeats.Select(item => item.EventId)), Ints(repeats.Select(item => item.ConnectionId.Value)), Texts(repeats.Select(item => item.OrderKey!)),
        new() { Value = repeats.Select(item => (short)item.Attempts).ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Smallint },
        new() { Value = notBefore.UtcDateTime });

    public static NpgsqlBatchCommand NoticeCommand(InboxItem item, string text, DateTimeOffset now) => With(Notice,
        new() { Value = item.EventId }, new() { Value = item.ConnectionId.Value }, new() { Value = item.Topic }, new() { Value = text }, new() { Value = now.UtcDateTime });

    private static NpgsqlBatchCommand With(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter Uuids(IEnumerable<Guid> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    private static NpgsqlParameter Ints(IEnumerable<int> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}

/// <summary>A delivery row to insert, and what the delivery role gets of it in memory.</summary>
/// <param name="Due">What the delivery role gets.</param>
/// <param name="IsLeased">True when this node takes it in memory after the commit.</param>
/// <param name="OwnDocument">What this destination gets where that is not the whole order.</param>
internal sealed record NewDelivery(DueDelivery Due, bool IsLeased, byte[]? OwnDocument);
