using Crossdock.Database;
using Npgsql;

namespace Crossdock.Privacy;

/// <summary>Reads requests about people's data.</summary>
public sealed class PrivacyQueries(NpgsqlDataSource database)
{
    /// <summary>An order that somebody still works on. Takes the alias <c>o</c>, and <c>@now</c>.</summary>
    internal const string UnderWay = """
        (NOT o.is_history AND (o.held OR o.state IN ('new', 'awaiting_payment', 'awaiting_approval', 'approved') OR (o.state IN ('processing', 'in_shipment') AND o.state_changed_at > @now - interval '30 days')
         OR EXISTS (SELECT FROM deliveries d WHERE d.order_id = o.id AND d.state IN ('waiting', 'held', 'dead'))))
        """;

    private const string Columns = """
        SELECT r.id, r.kind, c.key AS connection, r.is_store, r.subject, r.keys, r.topic, r.state, r.is_confirmed, r.looked, r.orders, r.events, r.under_way,
               (SELECT count(*) FROM privacy_orders p WHERE p.request_id = r.id AND p.done_at IS NOT NULL)::int AS orders_done,
               r.erased::text AS erased, r.because, r.error, r.created_at, r.created_by, r.due_at, r.confirmed_at, r.confirmed_by, r.done_at
        FROM privacy_requests r LEFT JOIN connections c ON c.id = r.connection_id
        """;

    private const string List = Columns + " WHERE @after::uuid IS NULL OR r.id < @after ORDER BY r.id DESC LIMIT @take";
    private const string One = Columns + " WHERE r.id = @id";

    private const string OrdersOf = $"""
        SELECT o.id, c.key AS connection, o.number, o.state, o.placed_at, {UnderWay} AS is_under_way, o.erased_at
        FROM privacy_orders p JOIN orders o ON o.id = p.order_id JOIN connections c ON c.id = o.connection_id
        WHERE p.request_id = @id AND (@after::uuid IS NULL OR o.id < @after) ORDER BY o.id DESC LIMIT @take
        """;

    /// <summary>All requests, the newest first.</summary>
    public async Task<Page<PrivacyRequest>> ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        Page<PrivacyRequest>.Cut(await database.ReadAsync<PrivacyRequest>(List, new { after = page.After, take = page.Take + 1 }, cancellationToken), page, row => row.Id);

    /// <summary>One request; null when there is none with that id.</summary>
    public Task<PrivacyRequest?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<PrivacyRequest>(One, new { id }, cancellationToken);

    /// <summary>The orders that were found, the newest first.</summary>
    public async Task<Page<PrivacyOrder>> OrdersAsync(Guid id, PageRequest page, DateTimeOffset now, CancellationToken cancellationToken) =>
        Page<PrivacyOrder>.Cut(await database.ReadAsync<PrivacyOrder>(OrdersOf, new { id, now, after = page.After, take = page.Take + 1 }, cancellationToken), page, row => row.Id);
}
