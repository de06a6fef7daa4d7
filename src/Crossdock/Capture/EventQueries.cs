using System.Text;
using Crossdock.Connections;
using Crossdock.Database;
using Dapper;
using Npgsql;

namespace Crossdock.Capture;

/// <summary>One event received, without its body.</summary>
public record EventRow
{
    public required Guid Id { get; init; }
    /// <summary>The connection's key.</summary>
    public required string Connection { get; init; }
    public required string Topic { get; init; }
    public string? OrderKey { get; init; }
    public DateTimeOffset? OccurredAt { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required string Source { get; init; }
    /// <summary>Size of the body in bytes.</summary>
    public required int Bytes { get; init; }
    /// <summary>Why it is parked; null when it is not.</summary>
    public string? ParkedBecause { get; init; }
    /// <summary>The place in the document, as a JSON pointer; null for the whole of it, or when it is not parked.</summary>
    public string? ParkedPath { get; init; }
    /// <summary>What stands there, cut.</summary>
    public string? ParkedValue { get; init; }
}

/// <summary>One event with what was sent.</summary>
public sealed record EventDetail : EventRow
{
    public required string DedupeKey { get; init; }
    /// <summary>One <c>Name: value</c> a line, secrets left out.</summary>
    public required string Headers { get; init; }
    /// <summary>The bytes as the platform sent them.</summary>
    public required byte[] Body { get; init; }
    /// <summary>What people did with it, oldest first.</summary>
    public IReadOnlyList<EventAction> Actions { get; init; } = [];

    /// <summary>The body as text; what is not UTF-8 shows as replacement characters.</summary>
    public string Text() => Encoding.UTF8.GetString(Body);
}

/// <summary>What a person did with a stored event.</summary>
public sealed record EventAction
{
    public required DateTimeOffset At { get; init; }
    /// <summary>For example <c>operator admin</c>.</summary>
    public required string Actor { get; init; }
    /// <summary>What was done, in one sentence.</summary>
    public required string Text { get; init; }
    /// <summary>Why; null when nobody said.</summary>
    public string? Because { get; init; }
}

/// <summary>One event that could not be understood, or waits for its order.</summary>
public sealed record ParkedRow
{
    public required Guid EventId { get; init; }
    public required string Connection { get; init; }
    public string? Topic { get; init; }
    public string? OrderKey { get; init; }
    public required bool WaitsForOrder { get; init; }
    public required string Reason { get; init; }
    /// <summary>JSON pointer to the place; null for the whole document.</summary>
    public string? Path { get; init; }
    public string? Value { get; init; }
    public required DateTimeOffset ParkedAt { get; init; }
    public required int Times { get; init; }
}

/// <summary>What a list of events may be narrowed by.</summary>
public sealed record EventSearch
{
    /// <summary>The connection's key.</summary>
    public string? Connection { get; init; }
    /// <summary>The platform's id of the order; needs <see cref="Connection"/>, since ids are unique only there.</summary>
    public string? OrderKey { get; init; }
    /// <summary>Received at or after, UTC.</summary>
    public DateTimeOffset? From { get; init; }
    /// <summary>Received before, UTC.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Reads what was received.</summary>
public sealed class EventQueries(NpgsqlDataSource database, ConnectionQueries connections)
{
    private const string Columns = "e.id, c.key AS connection, e.topic, e.order_key, e.occurred_at, e.received_at, e.source, octet_length(e.body) AS bytes, p.reason AS parked_because, p.path AS parked_path, p.value AS parked_value";
    private const string Joins = " JOIN connections c ON c.id = e.connection_id LEFT JOIN parked_events p ON p.event_id = e.id";

    private const string List = "SELECT " + Columns + " FROM (SELECT id, connection_id, topic, order_key, occurred_at, received_at, source, body FROM events WHERE true";
    private const string ListEnd = " ORDER BY id DESC LIMIT @take) e" + Joins + " ORDER BY e.id DESC";
    private const string ByConnection = " AND connection_id = @connection";          // events_by_connection
    private const string OfSeen = " AND (@seen::int[] IS NULL OR connection_id = ANY(@seen))";
    private const string From = " AND id >= @from";
    private const string To = " AND id < @to";
    private const string After = " AND id < @after";

    // Events carry no index by order, since every webhook would pay for it. The order's timeline knows them already.
    private const string ByOrder = """
         AND id = ANY(ARRAY(
            SELECT (entry ->> 'ref')::uuid
            FROM timeline t, LATERAL json_array_elements(t.entries) entry
            WHERE t.order_id = @order AND entry ->> 'kind' IN ('received', 'repeated', 'older', 'unchanged', 'changed', 'note') AND entry ->> 'ref' IS NOT NULL
            UNION SELECT event_id FROM orders WHERE id = @order
            UNION SELECT p.event_id FROM parked_events p JOIN orders o ON o.connection_id = p.connection_id AND o.external_id = p.order_key WHERE o.id = @order))
        """;

    private const string ByParkedKey = " AND id = ANY(ARRAY(SELECT event_id FROM parked_events WHERE connection_id = @connection AND order_key = @orderKey))";

    private const string OrderOf = "SELECT id FROM orders WHERE connection_id = @connection AND external_id = @orderKey";

    private const string One = "SELECT " + Columns + ", e.dedupe_key, e.headers, e.body FROM events e" + Joins + " WHERE e.id = @id AND (@seen::int[] IS NULL OR e.connection_id = ANY(@seen))";

    private const string Actions = "SELECT at, actor, text, because FROM event_actions WHERE event_id = @id AND (@seen::int[] IS NULL OR EXISTS (SELECT FROM events e WHERE e.id = @id AND e.connection_id = ANY(@seen))) ORDER BY id LIMIT 200";

    private const string Parked = """
        SELECT p.event_id, c.key AS connection, e.topic, p.order_key, p.waits_for_order, p.reason, p.path, p.value, p.parked_at, p.times
        FROM (SELECT * FROM parked_events
              WHERE (@connection::int IS NULL OR connection_id = @connection) AND (@after::uuid IS NULL OR event_id < @after) AND (@waits::boolean IS NULL OR waits_for_order = @waits) AND (@seen::int[] IS NULL OR connection_id = ANY(@seen))
              ORDER BY event_id DESC LIMIT @take) p
        JOIN connections c ON c.id = p.connection_id
        LEFT JOIN events e ON e.id = p.event_id          -- its payload may be gone by retention
        ORDER BY p.event_id DESC
        """;

    /// <summary>Events, newest first.</summary>
    public async Task<Page<EventRow>> SearchAsync(EventSearch search, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder(List);
        var values = new DynamicParameters();
        if (search.Connection is { } key)
        {
            int? connection = await connections.IdOfAsync(key, cancellationToken);
            if (connection is null)
            {
                return Page<EventRow>.Empty;
            }

            Add(ByConnection, "connection", connection.Value);
            if (search.OrderKey is { } orderKey)
            {
                var order = await database.ReadOneAsync<Guid?>(OrderOf, new { connection, orderKey = orderKey.Replace('\0', '\uFFFD') }, cancellationToken);
                Add(order is null ? ByParkedKey : ByOrder, "order", order ?? Guid.Empty);
                values.Add("orderKey", orderKey.Replace('\0', '\uFFFD'));
            }
        }

        if (search.From is { } from)
        {
            Add(From, "from", QueryReading.Floor(from));
        }

        if (search.To is { } to)
        {
            Add(To, "to", QueryReading.Floor(to));
        }

        if (Caller.Seen is { } seen)
        {
            QueryReading.AddSeen(sql, values, seen);
        }

        if (page.After is { } after)
        {
            Add(After, "after", after);
        }

        values.Add("take", page.Take + 1);
        sql.Append(ListEnd);
        return Page<EventRow>.Cut(await database.ReadAsync<EventRow>(sql.ToString(), values, cancellationToken), page, row => row.Id);

        void Add(string condition, string name, object value)
        {
            sql.Append(condition);
            values.Add(name, value);
        }
    }

    /// <summary>One event with headers and body; null when there is none, or retention has dropped it.</summary>
    public async Task<EventDetail?> FindAsync(Guid id, CancellationToken cancellationToken) => await database.ReadOneAsync<EventDetail>(One, new { id, seen = Caller.Seen }, cancellationToken) is { } one
        ? one with { Actions = await ActionsAsync(id, cancellationToken) }
        : null;

    /// <summary>What people did with an event, oldest first; also when its payload is gone.</summary>
    public async Task<IReadOnlyList<EventAction>> ActionsAsync(Guid id, CancellationToken cancellationToken) => await database.ReadAsync<EventAction>(Actions, new { id, seen = Caller.Seen }, cancellationToken);

    /// <summary>Parked events, newest first: of one connection (by key) or all; those that wait for their order (true), those not understood (false), or both.</summary>
    public async Task<Page<ParkedRow>> ParkedAsync(string? connection, bool? waitsForOrder, PageRequest page, CancellationToken cancellationToken)
    {
        int? id = connection is null ? null : await connections.IdOfAsync(connection, cancellationToken);
        return connection is not null && id is null
            ? Page<ParkedRow>.Empty
            : Page<ParkedRow>.Cut(
                await database.ReadAsync<ParkedRow>(Parked, new { connection = id, after = page.After, waits = waitsForOrder, take = page.Take + 1, seen = Caller.Seen }, cancellationToken),
                page,
                row => row.EventId);
    }

    internal async Task<IReadOnlyList<EventRow>> OfOrderAsync(Guid order, CancellationToken cancellationToken) =>
        await database.ReadAsync<EventRow>(List + ByOrder + OfSeen + ListEnd, new { order, take = PageRequest.MaximumTake, seen = Caller.Seen }, cancellationToken);
}
