using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Privacy;

/// <summary>A request leased by this node.</summary>
internal sealed record PrivacyWork
{
    public required Guid Id { get; init; }
    public required PrivacyKind Kind { get; init; }
    public required PrivacyState State { get; init; }
    public int? Connection { get; init; }
    public required bool IsStore { get; init; }
    public string? Protected { get; init; }
    public required bool IsConfirmed { get; init; }
    public Guid? Cursor { get; init; }
    public required bool LooksAtEvents { get; init; }
    public string? Topic { get; init; }
}

/// <summary>A privacy topic of a platform that is not taken up yet.</summary>
internal sealed record PrivacyTopic(Guid EventId, int Connection, string Topic, DateTimeOffset At, byte[]? Body);

/// <summary>Requests about people's data, and where their work stands. Only the node that holds a request's lease writes.</summary>
internal sealed class PrivacyStore(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Claim = """
        WITH due AS (
            SELECT id FROM privacy_requests
            WHERE (state IN ('searching', 'working') OR (state = 'found' AND kind = 'erasure' AND is_confirmed)) AND next_at <= $1 AND (leased_until IS NULL OR leased_until < $1 OR ($4 AND leased_by <> $3))
            ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        UPDATE privacy_requests r SET leased_until = $2, leased_by = $3 FROM due WHERE r.id = due.id
        RETURNING r.id, r.kind, r.state, r.connection_id, r.is_store, r.protected, r.is_confirmed, r.cursor, r.looks_at_events, r.topic
        """;

    private const string Release = "UPDATE privacy_requests SET leased_until = NULL, leased_by = NULL, next_at = $3, error = $4 WHERE id = $1 AND leased_by = $2";

    // A page of the primary key; of it, what is this person's. Telephones by their last nine digits.
    private const string LookAtOrders = """
        WITH page AS (SELECT id, customer_email, document FROM orders WHERE ($2::uuid IS NULL OR id > $2) AND ($3::int IS NULL OR connection_id = $3) ORDER BY id LIMIT $4),
        hit AS (
            SELECT p.id FROM page p
            WHERE $7 OR lower(p.customer_email) = ANY ($5) OR EXISTS (
                SELECT FROM (VALUES (p.document #>> '{customer,email}', p.document #>> '{customer,phone}'), (p.document #>> '{shipTo,email}', p.document #>> '{shipTo,phone}'), (p.document #>> '{billTo,email}', p.document #>> '{billTo,phone}')) AS v (mail, phone)
                WHERE lower(v.mail) = ANY ($5) OR right(regexp_replace(v.phone, '\D', '', 'g'), 9) = ANY ($6))),
        kept AS (INSERT INTO privacy_orders (request_id, order_id) SELECT $1, id FROM hit ON CONFLICT DO NOTHING RETURNING order_id)
        SELECT (SELECT count(*) FROM page), (SELECT id FROM page ORDER BY id DESC LIMIT 1), (SELECT count(*) FROM kept)
        """;

    private const string NamedOrders = """
        INSERT INTO privacy_orders (request_id, order_id) SELECT $1, id FROM orders
        WHERE ($2::int IS NULL OR connection_id = $2) AND (external_id = ANY ($3) OR number = ANY ($3) OR number = ANY (SELECT '#' || n FROM unnest($3) AS n)) ON CONFLICT DO NOTHING
        """;

    // Payloads have no index by what is in them: one pass by the primary key.
    private const string LookAtEvents = """
        WITH page AS (SELECT id, body FROM events WHERE ($2::uuid IS NULL OR id > $2) AND ($3::int IS NULL OR connection_id = $3) ORDER BY id LIMIT $4),
        hit AS (SELECT p.id FROM page p WHERE $6 OR EXISTS (SELECT FROM unnest($5::bytea[]) AS word WHERE position(word IN p.body) > 0)),
        kept AS (INSERT INTO privacy_events (request_id, event_id) SELECT $1, id FROM hit ON CONFLICT DO NOTHING)
        SELECT (SELECT count(*) FROM page), (SELECT id FROM page ORDER BY id DESC LIMIT 1), 0::bigint
        """;

    private const string Advance = "UPDATE privacy_requests SET cursor = $3, looks_at_events = $4, looked = looked + $5, leased_until = $6 WHERE id = $1 AND leased_by = $2 AND state = 'searching'";

    private const string Found = $"""
        UPDATE privacy_requests r SET state = @state, cursor = NULL, done_at = CASE WHEN @state = 'done' THEN @now END, orders = (SELECT count(*) FROM privacy_orders WHERE request_id = r.id),
            events = (SELECT count(*) FROM privacy_events WHERE request_id = r.id),
            under_way = (SELECT count(*) FROM privacy_orders p JOIN orders o ON o.id = p.order_id WHERE p.request_id = r.id AND {PrivacyQueries.UnderWay})
        WHERE r.id = @id AND r.leased_by = @node AND r.state = 'searching'
        """;

    private const string Open = $"""
        SELECT p.order_id FROM privacy_orders p JOIN orders o ON o.id = p.order_id
        WHERE p.request_id = @id AND p.done_at IS NULL AND NOT {PrivacyQueries.UnderWay} ORDER BY p.order_id LIMIT 50
        """;

    private const string OpenEvents = "SELECT event_id FROM privacy_events WHERE request_id = $1 AND done_at IS NULL ORDER BY event_id LIMIT 100";

    private const string Left = "SELECT count(*) FROM privacy_orders p JOIN orders o ON o.id = p.order_id WHERE p.request_id = $1 AND p.done_at IS NULL";

    private const string Working = "UPDATE privacy_requests SET state = 'working', under_way = $3 WHERE id = $1 AND leased_by = $2 AND state IN ('found', 'working')";

    // What was asked for in clear goes with the last of the data.
    private const string Done = """
        UPDATE privacy_requests SET state = 'done', done_at = $3, under_way = 0, protected = NULL, subject = CASE WHEN is_store THEN subject ELSE 'erased (' || cardinality(keys) || CASE WHEN cardinality(keys) = 1 THEN ' key)' ELSE ' keys)' END END,
            leased_until = NULL, leased_by = NULL, error = NULL
        WHERE id = $1 AND leased_by = $2 AND state IN ('found', 'working')
        """;

    private const string Topics = """
        SELECT n.event_id, n.connection_id, n.topic, n.at, e.body FROM notices n LEFT JOIN events e ON e.id = n.event_id
        WHERE n.topic IN ('customers/data_request', 'customers/redact', 'shop/redact') AND NOT EXISTS (SELECT FROM privacy_requests r WHERE r.event_id = n.event_id) ORDER BY n.id LIMIT 50
        """;

    private const string Waiting = """
        SELECT r.id, r.kind, c.id, c.name, r.state, r.is_confirmed, r.under_way, r.due_at FROM privacy_requests r LEFT JOIN connections c ON c.id = r.connection_id
        WHERE (r.due_at IS NOT NULL AND r.state NOT IN ('done', 'withdrawn')) OR (r.topic = 'customers/data_request' AND r.state = 'found') ORDER BY r.id LIMIT 500
        """;

    public async Task<PrivacyWork?> ClaimAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = Command(Claim, Parameters.Time(now), Parameters.Time(until), new() { Value = node.Id }, new() { Value = node.IsAlone });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new PrivacyWork
            {
                Id = reader.GetGuid(0), Kind = EnumNames<PrivacyKind>.Parse(reader.GetString(1))!.Value, State = EnumNames<PrivacyState>.Parse(reader.GetString(2))!.Value, Connection = reader.IsDBNull(3) ? null : reader.GetInt32(3), IsStore = reader.GetBoolean(4),
                Protected = reader.IsDBNull(5) ? null : reader.GetString(5), IsConfirmed = reader.GetBoolean(6), Cursor = reader.IsDBNull(7) ? null : reader.GetGuid(7), LooksAtEvents = reader.GetBoolean(8), Topic = reader.IsDBNull(9) ? null : reader.GetString(9),
            }
            : null;
    }

    public async Task ReleaseAsync(PrivacyWork work, DateTimeOffset nextAt, string? error, CancellationToken cancellationToken) =>
        await RunAsync(Command(Release, Id(work), Mine(), Parameters.Time(nextAt), Text(error)), cancellationToken);

    public async Task NameOrdersAsync(PrivacyWork work, IReadOnlyList<string> orders, CancellationToken cancellationToken) =>
        await RunAsync(Command(NamedOrders, Id(work), Number(work.Connection), new() { Value = orders.ToArray() }), cancellationToken);

    /// <summary>One page of orders; the last one's id, null at the end.</summary>
    public Task<(long Looked, Guid? Last)> LookAtOrdersAsync(PrivacyWork work, PrivacyKeys keys, Guid? after, int page, CancellationToken cancellationToken) => LookAsync(Command(LookAtOrders, Id(work), Uuid(after), Number(work.Connection), new() { Value = page },
        new() { Value = keys.Mails.ToArray() }, new() { Value = keys.Phones.Select(phone => phone.Length > 9 ? phone[^9..] : phone).ToArray() }, new() { Value = work.IsStore }), cancellationToken);

    /// <summary>One page of events.</summary>
    public Task<(long Looked, Guid? Last)> LookAtEventsAsync(PrivacyWork work, IReadOnlyList<byte[]> words, Guid? after, int page, CancellationToken cancellationToken) => LookAsync(Command(LookAtEvents, Id(work), Uuid(after), Number(work.Connection), new() { Value = page },
        new() { Value = words.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea }, new() { Value = work.IsStore }), cancellationToken);

    /// <summary>Sign of life and place; false when another node has taken over, or a person withdrew it.</summary>
    public async Task<bool> AdvanceAsync(PrivacyWork work, Guid? cursor, bool looksAtEvents, long looked, DateTimeOffset until, CancellationToken cancellationToken) =>
        await RunAsync(Command(Advance, Id(work), Mine(), Uuid(cursor), new() { Value = looksAtEvents }, new() { Value = looked }, Parameters.Time(until)), cancellationToken) > 0;

    public async Task FoundAsync(PrivacyWork work, PrivacyState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Found);
        command.Parameters.AddRange((NpgsqlParameter[])[new("id", work.Id), new("node", node.Id), new("state", EnumNames<PrivacyState>.Of(state)), new("now", now.UtcDateTime)]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Orders that may be erased now, some of them.</summary>
    public Task<List<Guid>> OpenAsync(PrivacyWork work, DateTimeOffset now, CancellationToken cancellationToken) => database.ReadAsync<Guid>(Open, new { id = work.Id, now }, cancellationToken);

    public async Task<List<Guid>> OpenEventsAsync(PrivacyWork work, CancellationToken cancellationToken)
    {
        await using var command = Command(OpenEvents, Id(work));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Guid> ids = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    public async Task<int> LeftAsync(PrivacyWork work, CancellationToken cancellationToken)
    {
        await using var command = Command(Left, Id(work));
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<bool> WorkingAsync(PrivacyWork work, int left, CancellationToken cancellationToken) => await RunAsync(Command(Working, Id(work), Mine(), new() { Value = left }), cancellationToken) > 0;

    public async Task<bool> DoneAsync(PrivacyWork work, DateTimeOffset now, CancellationToken cancellationToken) => await RunAsync(Command(Done, Id(work), Mine(), Parameters.Time(now)), cancellationToken) > 0;

    public async Task<List<PrivacyTopic>> TopicsAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(Topics);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<PrivacyTopic> topics = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            topics.Add(new(reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), new DateTimeOffset(reader.GetDateTime(3)), reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4)));
        }

        return topics;
    }

    /// <summary>What a platform asked for and is not done.</summary>
    public async Task<List<(Guid Id, PrivacyKind Kind, int? Connection, string? Name, PrivacyState State, bool IsConfirmed, int UnderWay, DateTimeOffset? DueAt)>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(Waiting);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(Guid, PrivacyKind, int?, string?, PrivacyState, bool, int, DateTimeOffset?)> waiting = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add((reader.GetGuid(0), EnumNames<PrivacyKind>.Parse(reader.GetString(1))!.Value, reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3), EnumNames<PrivacyState>.Parse(reader.GetString(4))!.Value,
                reader.GetBoolean(5), reader.GetInt32(6), reader.IsDBNull(7) ? null : new DateTimeOffset(reader.GetDateTime(7))));
        }

        return waiting;
    }

    private static async Task<(long Looked, Guid? Last)> LookAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var own = command;
        command.CommandTimeout = 300;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetGuid(1));
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] values)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        return command;
    }

    private static async Task<int> RunAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var own = command;
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlParameter Mine() => new() { Value = node.Id };

    private static NpgsqlParameter Id(PrivacyWork work) => new() { Value = work.Id };

    private static NpgsqlParameter Number(int? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };

    private static NpgsqlParameter Uuid(Guid? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)Parameters.Storable(value) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
