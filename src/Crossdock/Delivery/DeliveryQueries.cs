using System.Text;
using Crossdock.Connections;
using Crossdock.Database;
using Dapper;
using Npgsql;

namespace Crossdock.Delivery;

/// <summary>Reads deliveries and their attempts.</summary>
public sealed class DeliveryQueries(NpgsqlDataSource database, ConnectionQueries connections)
{
    private const string Columns = """
        d.id, d.order_id, o.number AS order_number, s.key AS store, t.key AS destination, t.name AS destination_name, d.kind, CASE WHEN d.kind = 'status' THEN d.document ->> 'state' END AS tells, d.generation, d.state, d.attempts, d.is_unclear,
        d.next_attempt_at, d.remote_id, d.last_error, d.body_override IS NOT NULL AS is_edited, d.created_at, d.done_at,
        CASE WHEN d.state = 'waiting' AND NOT t.enabled AND t.deleted_at IS NULL THEN CASE d.kind WHEN 'status' THEN 'store is disabled' ELSE 'destination is disabled' END END AS paused_because
        """;

    private const string Joins = " JOIN connections s ON s.id = d.connection_id JOIN connections t ON t.id = d.destination_id LEFT JOIN orders o ON o.id = d.order_id";

    private const string List = "SELECT " + Columns + " FROM (SELECT * FROM deliveries WHERE true";
    private const string ListEnd = " ORDER BY id DESC LIMIT @take) d" + Joins + " ORDER BY d.id DESC";
    private const string ByDestination = " AND destination_id = @destination";          // deliveries_by_destination
    private const string ByStore = " AND connection_id = @store";                       // deliveries_by_store
    private const string After = " AND id < @after";

    // One text per state, not a parameter: only so can the planner see that a partial index fits.
    private static readonly Dictionary<string, string> ByState = DeliverySearch.States.ToDictionary(state => state, state => $" AND state = '{state}'", StringComparer.Ordinal);

    private const string OfOrder = "SELECT " + Columns + " FROM deliveries d" + Joins + " WHERE d.order_id = @order AND (@seen::int[] IS NULL OR d.connection_id = ANY(@seen)) ORDER BY d.id";          // unique key, first column
    private const string One = "SELECT " + Columns + ", d.body_override, coalesce(d.document, o.document, '{}') AS document FROM deliveries d" + Joins + " WHERE d.id = @id AND (@seen::int[] IS NULL OR d.connection_id = ANY(@seen))";

    private const string Shipments = """
        SELECT t.key AS destination, t.name AS destination_name, s.remote_id, s.state, s.word, s.said_at, s.carrier, s.tracking_number, s.tracking_url
        FROM shipments s JOIN connections t ON t.id = s.destination_id WHERE s.order_id = @order AND (@seen::int[] IS NULL OR s.connection_id = ANY(@seen)) ORDER BY s.created_at          -- primary key, first column
        """;

    // The id is a UUIDv7 of the start; its first 48 bits are milliseconds.
    private const string Attempts = """
        SELECT id, delivery_id, to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AS at, number, purpose, outcome, because, status, elapsed_ms,
               method, url, request_headers, request_body, response_headers, response_body, error
        FROM attempts
        WHERE delivery_id = @delivery AND id > @after AND (@seen::int[] IS NULL OR EXISTS (SELECT FROM deliveries d WHERE d.id = @delivery AND d.connection_id = ANY(@seen)))          -- attempts_by_delivery
        ORDER BY id LIMIT @take
        """;

    /// <summary>Deliveries, newest first.</summary>
    public async Task<Page<DeliveryRow>> SearchAsync(DeliverySearch search, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder(List);
        var values = new DynamicParameters();
        if (search.State is { } state)
        {
            if (!ByState.TryGetValue(state, out string? condition))
            {
                return Page<DeliveryRow>.Empty;
            }

            sql.Append(condition);
        }

        if (search.Destination is { } destination && !await AddAsync(ByDestination, "destination", destination, ofStore: false))
        {
            return Page<DeliveryRow>.Empty;
        }

        if (search.Store is { } store && !await AddAsync(ByStore, "store", store, ofStore: true))
        {
            return Page<DeliveryRow>.Empty;
        }

        if (Caller.Seen is { } seen)
        {
            QueryReading.AddSeen(sql, values, seen);
        }

        if (page.After is { } after)
        {
            sql.Append(After);
            values.Add("after", after);
        }

        values.Add("take", page.Take + 1);
        sql.Append(ListEnd);
        return Page<DeliveryRow>.Cut(await database.ReadAsync<DeliveryRow>(sql.ToString(), values, cancellationToken), page, row => row.Id);

        // What one sees belongs to the store; where it goes may be named by anybody who sees it.
        async Task<bool> AddAsync(string condition, string name, string key, bool ofStore)
        {
            int? id = ofStore ? await connections.IdOfAsync(key, cancellationToken) : await connections.AnyIdOfAsync(key, cancellationToken);
            sql.Append(condition);
            values.Add(name, id);
            return id is not null;
        }
    }

    /// <summary>Deliveries that will not be tried again by themselves, newest first.</summary>
    public Task<Page<DeliveryRow>> DeadLettersAsync(string? destination, PageRequest page, CancellationToken cancellationToken) =>
        SearchAsync(new DeliverySearch { State = "dead", Destination = destination }, page, cancellationToken);

    /// <summary>One delivery; null when there is none with that id.</summary>
    public Task<DeliveryDetail?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<DeliveryDetail>(One, new { id, seen = Caller.Seen }, cancellationToken);

    /// <summary>A delivery's attempts, oldest first.</summary>
    public async Task<Page<AttemptRow>> AttemptsAsync(Guid delivery, PageRequest page, CancellationToken cancellationToken) => Page<AttemptRow>.Cut(
        await database.ReadAsync<AttemptRow>(Attempts, new { delivery, after = page.After ?? Guid.Empty, take = page.Take + 1, seen = Caller.Seen }, cancellationToken),
        page,
        row => row.Id);

    internal async Task<IReadOnlyList<ShipmentRow>> ShipmentsAsync(Guid order, CancellationToken cancellationToken) =>
        await database.ReadAsync<ShipmentRow>(Shipments, new { order, seen = Caller.Seen }, cancellationToken);

    internal async Task<IReadOnlyList<DeliveryRow>> OfOrderAsync(Guid order, CancellationToken cancellationToken) =>
        await database.ReadAsync<DeliveryRow>(OfOrder, new { order, seen = Caller.Seen }, cancellationToken);
}
