using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Orders;

/// <summary>Writes the tables that lists and searches of orders stand on, from the orders as they are.</summary>
internal sealed class OrderListStore(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Claim = """
        UPDATE order_list_progress SET leased_by = $1, leased_until = $2 + interval '30 seconds', seen_at = $2
        WHERE id = 1 AND (leased_by IS NULL OR leased_by = $1 OR leased_until < $2 OR $3)
        RETURNING filled_to, filled_at IS NOT NULL, watermark, (SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()), clock_timestamp()
        """;

    private const string Watermark = "UPDATE order_list_progress SET watermark = $2 WHERE id = 1 AND leased_by = $1";

    private const string Filled = "UPDATE order_list_progress SET filled_to = $2, filled_at = CASE WHEN $3 THEN now() END WHERE id = 1 AND leased_by = $1";

    private const string Release = "UPDATE order_list_progress SET leased_by = NULL, leased_until = NULL WHERE id = 1 AND leased_by = $1";

    private const string Told = "SELECT id, order_id FROM timeline WHERE id > $1 ORDER BY id LIMIT $2          -- the primary key of the timeline's newest parts";

    private const string Next = "SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2";

    // The newest delivery to each destination says how it stands there; what a shop is told of its own order is none.
    private const string Read = """
        SELECT o.id, o.connection_id, o.external_id, o.number, o.state, o.held, o.payment_status, o.fulfilment_status, o.placed_at, o.total, o.customer_name, o.customer_email, o.ship_country, o.ship_region, o.document::text,
               (SELECT array_agg(x.destination_id || ' ' || x.state) FROM (SELECT DISTINCT ON (d.destination_id) d.destination_id, d.state FROM deliveries d WHERE d.order_id = o.id AND d.kind <> 'status'
                    ORDER BY d.destination_id, (d.state = 'superseded'), d.generation DESC, d.id DESC) x),
               (SELECT array_agg(t.word) FROM (SELECT unnest(ARRAY[s.tracking_number, s.remote_id]) AS word FROM shipments s WHERE s.order_id = o.id) t WHERE t.word IS NOT NULL)
        FROM orders o WHERE o.id = ANY ($1)
        """;

    private const string Write = """
        INSERT INTO order_list AS l (id, connection_id, state, held, payment, fulfilment, placed_at, total, number_key, customer_key, country, region, sent, tags)
        SELECT r.id, r.connection_id, r.state, r.held, r.payment, r.fulfilment, r.placed_at, r.total, r.number_key, r.customer_key, r.country, r.region, string_to_array(r.sent, ',')::int[], string_to_array(r.tags, E'\x1f')
        FROM unnest($1::uuid[], $2::int[], $3::smallint[], $4::boolean[], $5::smallint[], $6::smallint[], $7::timestamptz[], $8::numeric[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
            AS r (id, connection_id, state, held, payment, fulfilment, placed_at, total, number_key, customer_key, country, region, sent, tags)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, held = excluded.held, payment = excluded.payment, fulfilment = excluded.fulfilment, placed_at = excluded.placed_at, total = excluded.total,
            number_key = excluded.number_key, customer_key = excluded.customer_key, country = excluded.country, region = excluded.region, sent = excluded.sent, tags = excluded.tags
        WHERE (l.state, l.held, l.payment, l.fulfilment, l.placed_at, l.total, l.number_key, l.customer_key, l.country, l.region, l.sent, l.tags) IS DISTINCT FROM
            (excluded.state, excluded.held, excluded.payment, excluded.fulfilment, excluded.placed_at, excluded.total, excluded.number_key, excluded.customer_key, excluded.country, excluded.region, excluded.sent, excluded.tags)
        """;

    private const string WriteWords = """
        INSERT INTO order_search AS s (id, words)
        SELECT r.id, array_to_tsvector(string_to_array(r.words, E'\x1f')) FROM unnest($1::uuid[], $2::text[]) AS r (id, words)
        ON CONFLICT (id) DO UPDATE SET words = excluded.words WHERE s.words IS DISTINCT FROM excluded.words
        """;

    private const string Forget = """
        WITH gone AS (SELECT x.id FROM unnest($1::uuid[]) AS x (id) WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = x.id)), listed AS (DELETE FROM order_list l USING gone WHERE l.id = gone.id)
        DELETE FROM order_search s USING gone WHERE s.id = gone.id
        """;

    /// <summary>Takes or keeps the work for half a minute; null while another node has it.</summary>
    public async Task<OrderListProgress?> ClaimAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(Parameters.Time(now));
        command.Parameters.Add(new() { Value = node.IsAlone });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new OrderListProgress(reader.GetGuid(0), reader.GetBoolean(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.IsDBNull(3) ? null : new DateTimeOffset(reader.GetDateTime(3)), new DateTimeOffset(reader.GetDateTime(4)))
            : null;
    }

    public Task KeepWatermarkAsync(Guid watermark, CancellationToken cancellationToken) => RunAsync(Watermark, cancellationToken, watermark);

    public Task KeepFilledAsync(Guid to, bool isDone, CancellationToken cancellationToken) => RunAsync(Filled, cancellationToken, to, isDone);

    public Task ReleaseAsync(CancellationToken cancellationToken) => RunAsync(Release, cancellationToken);

    /// <summary>Of which orders the timeline tells after a place, in its order.</summary>
    public async Task<IReadOnlyList<(Guid Id, Guid Order)>> ToldAsync(Guid after, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Told);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(Guid, Guid)> all = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }

        return all;
    }

    public async Task<IReadOnlyList<Guid>> NextAsync(Guid after, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Next);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Guid> all = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(reader.GetGuid(0));
        }

        return all;
    }

    /// <summary>Writes what lists and searches need of these orders, as they are now. May be repeated; each order once.</summary>
    public async Task RefreshAsync(IReadOnlyCollection<Guid> orders, CancellationToken cancellationToken)
    {
        var rows = new List<OrderListEntry>(orders.Count);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var read = new NpgsqlCommand(Read, connection))
        {
            read.Parameters.Add(new() { Value = orders.ToArray() });
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(OrderListEntry.Of(reader));
            }
        }

        // In one order of ids, so that two nodes cannot wait for each other.
        rows.Sort((left, right) => left.Id.CompareTo(right.Id));
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Write)
        {
            Parameters =
            {
                Parameters.Array(NpgsqlDbType.Uuid, rows, row => row.Id), Parameters.Array(NpgsqlDbType.Integer, rows, row => row.Connection), Parameters.Array(NpgsqlDbType.Smallint, rows, row => row.State),
                Parameters.Array(NpgsqlDbType.Boolean, rows, row => row.IsHeld), Parameters.Array(NpgsqlDbType.Smallint, rows, row => row.Payment), Parameters.Array(NpgsqlDbType.Smallint, rows, row => row.Fulfilment),
                Parameters.Array(NpgsqlDbType.TimestampTz, rows, row => row.PlacedAt), Parameters.Array(NpgsqlDbType.Numeric, rows, row => row.Total), Parameters.Array(NpgsqlDbType.Text, rows, row => row.NumberKey),
                Parameters.Array(NpgsqlDbType.Text, rows, row => row.CustomerKey), Parameters.Array(NpgsqlDbType.Text, rows, row => row.Country), Parameters.Array(NpgsqlDbType.Text, rows, row => row.Region),
                Parameters.Array(NpgsqlDbType.Text, rows, row => row.Sent), Parameters.Array(NpgsqlDbType.Text, rows, row => row.Tags),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(WriteWords) { Parameters = { Parameters.Array(NpgsqlDbType.Uuid, rows, row => row.Id), Parameters.Array(NpgsqlDbType.Text, rows, row => row.Words) } });
        if (rows.Count < orders.Count)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Forget) { Parameters = { new() { Value = orders.ToArray() } } });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = node.Id });
        foreach (object value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>How far the worker is.</summary>
/// <param name="FilledTo">Orders that were there before it began, up to here.</param>
/// <param name="IsFilled">All of them are in.</param>
/// <param name="Watermark">Everything that the timeline told before this is in; null before the first look.</param>
/// <param name="OldestWork">When the oldest transaction under way began, by the database's clock; null for none.</param>
/// <param name="Now">The database's clock.</param>
internal sealed record OrderListProgress(Guid FilledTo, bool IsFilled, Guid? Watermark, DateTimeOffset? OldestWork, DateTimeOffset Now);

/// <summary>One order as lists and searches need it.</summary>
internal sealed record OrderListEntry(
    Guid Id, int Connection, short State, bool IsHeld, short Payment, short Fulfilment, DateTime PlacedAt, decimal Total, string NumberKey, string CustomerKey, string? Country, string? Region, string? Sent, string? Tags, string Words)
{
    private const char Between = '\x1f';
    private static readonly DateTime Never = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);      // PostgreSQL's -infinity

    internal static OrderListEntry Of(NpgsqlDataReader reader)
    {
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        string number = reader.GetString(3);
        var (texts, whole, phones, tags) = OrderWords.OfDocument(reader.GetFieldValue<byte[]>(14));
        var words = OrderWords.Of([number, reader.GetString(2), Text(10), .. texts], [Text(11), .. whole, .. reader.IsDBNull(16) ? [] : reader.GetFieldValue<string[]>(16)], phones);
        tags.RemoveAll(tag => tag.Contains(Between, StringComparison.Ordinal));
        return new(
            reader.GetGuid(0), reader.GetInt32(1), Code<OrderState>(reader.GetString(4)), reader.GetBoolean(5), Code<PaymentStatus>(reader.GetString(6)), Code<FulfilmentStatus>(reader.GetString(7)),
            reader.IsDBNull(8) ? Never : reader.GetDateTime(8), reader.GetDecimal(9), OrderWords.NumberKey(number), OrderWords.CustomerKey(Text(10)), Text(12), Text(13),
            reader.IsDBNull(15) ? null : string.Join(',', reader.GetFieldValue<string[]>(15).Select(Sent1).Order()), tags.Count == 0 ? null : string.Join(Between, tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
            string.Join(Between, words.Where(word => !word.Contains(Between, StringComparison.Ordinal))));
    }

    /// <summary>One destination with how the order stands there, as one number.</summary>
    internal static int SentCode(int destination, Delivery.DeliveryState state) => (destination * 8) + (int)state;

    private static int Sent1(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return SentCode(int.Parse(text.AsSpan(0, space), System.Globalization.CultureInfo.InvariantCulture), EnumNames<Delivery.DeliveryState>.Parse(text[(space + 1)..])!.Value);
    }

    private static short Code<T>(string name) where T : struct, Enum => (short)Convert.ToInt32(EnumNames<T>.Parse(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
}
