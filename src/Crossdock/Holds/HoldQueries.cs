using Crossdock.Connections;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Holds;

/// <summary>Why an order is, or was, stopped for a person.</summary>
public sealed record HoldRow
{
    public required Guid Id { get; init; }
    public required Guid OrderId { get; init; }
    public required string OrderNumber { get; init; }
    public required string OrderState { get; init; }
    /// <summary>The store's key.</summary>
    public required string Store { get; init; }
    public required string StoreName { get; init; }
    public required string Code { get; init; }
    public required string Reason { get; init; }
    public Guid? DeliveryId { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public required string OpenedBy { get; init; }
    public DateTimeOffset? ReleasedAt { get; init; }
    public string? ReleasedBy { get; init; }
    public string? ReleasedBecause { get; init; }

    /// <summary>How long it has been, or was, open.</summary>
    public TimeSpan Age(DateTimeOffset now) => (ReleasedAt ?? now) - OpenedAt;
}

/// <summary>Reads holds.</summary>
public sealed class HoldQueries(NpgsqlDataSource database, ConnectionQueries connections)
{
    private const string Columns = """
        SELECT h.id, h.order_id, o.number AS order_number, o.state AS order_state, c.key AS store, c.name AS store_name, h.code, h.reason, h.delivery_id,
               h.opened_at, h.opened_by, h.released_at, h.released_by, h.released_because
        """;

    private const string Joins = " JOIN orders o ON o.id = h.order_id JOIN connections c ON c.id = h.connection_id";

    private const string Open = Columns + """
         FROM (SELECT * FROM holds
              WHERE released_at IS NULL AND (@connection::int IS NULL OR connection_id = @connection) AND (@code::text IS NULL OR code = @code) AND (@after::uuid IS NULL OR id < @after) AND (@seen::int[] IS NULL OR connection_id = ANY(@seen))
              ORDER BY id DESC LIMIT @take          -- holds_open
              ) h
        """ + Joins + " ORDER BY h.id DESC";

    private const string One = Columns + " FROM holds h" + Joins + " WHERE h.id = @id AND (@seen::int[] IS NULL OR h.connection_id = ANY(@seen))";
    private const string OfOrder = Columns + " FROM holds h" + Joins + " WHERE h.order_id = @order AND (@seen::int[] IS NULL OR h.connection_id = ANY(@seen)) ORDER BY h.id";          // holds_by_order

    /// <summary>Open holds, newest first: of one store (by key) or all, of one code or all.</summary>
    public async Task<Page<HoldRow>> OpenAsync(string? store, string? code, PageRequest page, CancellationToken cancellationToken)
    {
        int? connection = store is null ? null : await connections.IdOfAsync(store, cancellationToken);
        return store is not null && connection is null
            ? Page<HoldRow>.Empty
            : Page<HoldRow>.Cut(
                await database.ReadAsync<HoldRow>(Open, new { connection, code = code?.Replace('\0', '\uFFFD'), after = page.After, take = page.Take + 1, seen = Caller.Seen }, cancellationToken),
                page,
                row => row.Id);
    }

    /// <summary>One hold, open or released; null when there is none with that id.</summary>
    public Task<HoldRow?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<HoldRow>(One, new { id, seen = Caller.Seen }, cancellationToken);

    internal async Task<IReadOnlyList<HoldRow>> OfOrderAsync(Guid order, CancellationToken cancellationToken) =>
        await database.ReadAsync<HoldRow>(OfOrder, new { order, seen = Caller.Seen }, cancellationToken);
}
