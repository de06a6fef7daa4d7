using System.Text.Json;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Orders;

/// <summary>Reads and writes orders in the transaction of whoever works on them. The only class that writes the state column.</summary>
internal sealed partial class OrderStore
{
    private const string Find = """
        SELECT o.id, o.connection_id, o.external_id, o.number, o.state, o.held, o.source_updated_at, o.event_id, o.content_hash, o.rules_version, o.version, o.generation, o.document::text, o.cancelled_by, o.is_history, o.erased_at IS NOT NULL, o.edited
        FROM unnest($1::int[], $2::text[]) AS k (connection_id, external_id)
        JOIN orders o USING (connection_id, external_id)
        """;

    // In the order of the primary key, so that two batches cannot wait for each other.
    private const string Lock = $"{Find} ORDER BY o.id FOR UPDATE OF o";

    private const string Copy = """
        COPY orders (id, connection_id, external_id, number, state, state_because, state_changed_at, held, payment_status, fulfilment_status, platform_status,
            placed_at, source_updated_at, event_id, content_hash, currency, total, customer_name, customer_email, ship_country, ship_region,
            rules_version, version, generation, created_at, updated_at, document) FROM STDIN (FORMAT BINARY)
        """;

    // The version read under the lock is the version replaced.
    private const string Update = """
        UPDATE orders SET number = $2, state = $3, state_because = coalesce($4, state_because),
            state_changed_at = CASE WHEN state = $3 THEN state_changed_at ELSE $5 END,
            held = $6, payment_status = $7, fulfilment_status = $8, platform_status = $9, placed_at = $10, source_updated_at = $11, event_id = $12, content_hash = $13,
            currency = $14, total = $15, customer_name = $16, customer_email = $17, ship_country = $18, ship_region = $19,
            rules_version = $20, version = version + 1, generation = $21, updated_at = $5, document = $22
        WHERE id = $1
        """;

    // An event with newer times and the same content moves the clock and nothing else.
    private const string Touch = "UPDATE orders SET source_updated_at = $2, event_id = $3 WHERE id = $1";

    private const string CopyTimeline = "COPY timeline (id, order_id, connection_id, entries) FROM STDIN (FORMAT BINARY)";

    /// <summary>The orders among these keys that exist, locked.</summary>
    public static NpgsqlBatchCommand LockCommand(IReadOnlyCollection<(int Connection, string ExternalId)> keys) => ByKeys(Lock, keys);

    /// <summary>The same without locking them, for who only looks.</summary>
    public static NpgsqlBatchCommand FindCommand(IReadOnlyCollection<(int Connection, string ExternalId)> keys) => ByKeys(Find, keys);

    private static NpgsqlBatchCommand ByKeys(string sql, IReadOnlyCollection<(int Connection, string ExternalId)> keys) => new(sql)
    {
        Parameters =
        {
            new() { Value = keys.Select(key => key.Connection).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
            new() { Value = keys.Select(key => key.ExternalId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        },
    };

    /// <summary>Reads a row of <see cref="LockCommand"/>.</summary>
    public static StoredOrder Read(NpgsqlDataReader reader) => new()
    {
        Id = new OrderId(reader.GetGuid(0)),
        ConnectionId = new ConnectionId(reader.GetInt32(1)),
        ExternalId = reader.GetString(2),
        Number = reader.GetString(3),
        State = EnumNames<OrderState>.Parse(reader.GetString(4))!.Value,
        IsHeld = reader.GetBoolean(5),
        SourceUpdatedAt = reader.IsDBNull(6) ? null : new DateTimeOffset(reader.GetDateTime(6)),
        EventId = reader.GetGuid(7),
        ContentHash = reader.GetGuid(8),
        RulesVersion = reader.GetInt32(9),
        Version = reader.GetInt32(10),
        Generation = reader.GetInt32(11),
        Document = reader.GetFieldValue<byte[]>(12),
        CancelledBy = reader.IsDBNull(13) ? null : reader.GetString(13),
        IsHistory = reader.GetBoolean(14),
        IsErased = reader.GetBoolean(15),
        IsEdited = reader.GetBoolean(16),
    };

    /// <summary>Inserts new orders. Another node's order of the same key makes it fail with a unique violation: the batch is worked again and then finds it.</summary>
    public static Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<OrderWrite> orders, DateTimeOffset now, CopyRows rows, CancellationToken cancellationToken)
    {
        rows.Begin();
        foreach (var row in orders)
        {
            var order = row.Order;
            rows.Row(27);
            rows.Uuid(row.Id.Value);
            rows.Int(row.ConnectionId.Value);
            rows.Text(order.ExternalId);
            rows.Text(order.Number);
            rows.Text(EnumNames<OrderState>.Of(row.State));
            rows.Text(row.StateBecause);
            rows.Time(now);
            rows.Bool(row.IsHeld);
            rows.Text(EnumNames<PaymentStatus>.Of(order.PaymentStatus));
            rows.Text(EnumNames<FulfilmentStatus>.Of(order.FulfilmentStatus));
            rows.Text(order.PlatformStatus);
            rows.Time(order.PlacedAt);
            rows.Time(row.SourceUpdatedAt);
            rows.Uuid(row.EventId);
            rows.Uuid(row.ContentHash);
            rows.Text(order.Currency);
            rows.Numeric(order.Totals.Total.Amount);
            rows.Text(CustomerName(order));
            rows.Text(order.Customer?.Email);
            rows.Text(order.ShipTo?.Country);
            rows.Text(order.ShipTo?.Region);
            rows.Int(row.RulesVersion);
            rows.Int(1);
            rows.Int(row.Generation);
            rows.Time(now);
            rows.Time(now);
            rows.Bytes(row.Document);
        }

        return rows.CopyAsync(connection, Copy, cancellationToken);
    }

    /// <summary>Replaces a locked order.</summary>
    public static NpgsqlBatchCommand UpdateCommand(OrderWrite row, DateTimeOffset now) => new(Update)
    {
        Parameters =
        {
            new() { Value = row.Id.Value },
            new() { Value = row.Order.Number },
            new() { Value = EnumNames<OrderState>.Of(row.State) },
            new() { Value = (object?)row.StateBecause ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = now.UtcDateTime },
            new() { Value = row.IsHeld },
            new() { Value = EnumNames<PaymentStatus>.Of(row.Order.PaymentStatus) },
            new() { Value = EnumNames<FulfilmentStatus>.Of(row.Order.FulfilmentStatus) },
            new() { Value = (object?)row.Order.PlatformStatus ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)row.Order.PlacedAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)row.SourceUpdatedAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = row.EventId },
            new() { Value = row.ContentHash },
            new() { Value = row.Order.Currency },
            new() { Value = row.Order.Totals.Total.Amount },
            new() { Value = (object?)CustomerName(row.Order) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)row.Order.Customer?.Email ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)row.Order.ShipTo?.Country ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)row.Order.ShipTo?.Region ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = row.RulesVersion },
            new() { Value = row.Generation },
            new() { Value = row.Document, NpgsqlDbType = NpgsqlDbType.Json },
        },
    };

    /// <summary>Moves a locked order's clock on without changing it.</summary>
    public static NpgsqlBatchCommand TouchCommand(OrderId id, DateTimeOffset? sourceUpdatedAt, Guid eventId) => new(Touch)
    {
        Parameters =
        {
            new() { Value = id.Value },
            new() { Value = (object?)sourceUpdatedAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = eventId },
        },
    };

    /// <summary>Appends to timelines.</summary>
    public static Task AppendTimelineAsync(NpgsqlConnection connection, IReadOnlyList<TimelineWrite> writes, CopyRows rows, CancellationToken cancellationToken)
    {
        rows.Begin();
        foreach (var row in writes)
        {
            rows.Row(4);
            rows.Uuid(row.Id);
            rows.Uuid(row.OrderId.Value);
            rows.Int(row.ConnectionId.Value);
            rows.Bytes(JsonSerializer.SerializeToUtf8Bytes(row.Entries, TimelineJson.Default.ListTimelineEntry));
        }

        return rows.CopyAsync(connection, CopyTimeline, cancellationToken);
    }

    private static string? CustomerName(Order order) => order.Customer?.Name ?? order.ShipTo?.Name ?? order.BillTo?.Name;
}
