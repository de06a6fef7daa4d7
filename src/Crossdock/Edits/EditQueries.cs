using Crossdock.Database;
using Npgsql;

namespace Crossdock.Edits;

/// <summary>Reads what people changed on orders.</summary>
public sealed class EditQueries(NpgsqlDataSource database)
{
    private const string OfOrder = """
        SELECT id, order_id, save_id, field, label, before_value AS before, value, shop_value, theirs, conflict_at, version, replaces, because, edited_by, edited_at, settled_by, settled_at, ended_at, ended_by, ended_because
        FROM order_edits
        WHERE order_id = @order AND (@seen::int[] IS NULL OR connection_id = ANY(@seen))          -- order_edits_by_order
        ORDER BY id DESC LIMIT 1000
        """;

    /// <summary>All changes of an order, standing or not, newest first, at most 1,000.</summary>
    public async Task<IReadOnlyList<OrderEdit>> OfOrderAsync(Guid order, CancellationToken cancellationToken) => await database.ReadAsync<OrderEdit>(OfOrder, new { order, seen = Caller.Seen }, cancellationToken);
}
