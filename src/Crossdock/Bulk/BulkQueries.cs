using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;

namespace Crossdock.Bulk;

/// <summary>Reads what is and was done to many orders, and how orders stand before it.</summary>
public sealed class BulkQueries(NpgsqlDataSource database)
{
    private const string Columns = "b.id, b.action, b.filter, b.because, b.state, b.total, b.done, b.refused, b.error, b.actor, b.created_at, b.ended_at";

    private const string List = $"SELECT {Columns} FROM bulk_actions b WHERE (@seen::int[] IS NULL OR b.connections <@ @seen::int[]) AND (@after::uuid IS NULL OR b.id < @after) ORDER BY b.id DESC LIMIT @take";

    private const string One = $"SELECT {Columns} FROM bulk_actions b WHERE b.id = @id AND (@seen::int[] IS NULL OR b.connections <@ @seen::int[])";

    private const string Refusals = """
        SELECT r.because, r.count, r.example, o.number FROM (
            SELECT because, count(*)::int AS count, (array_agg(order_id ORDER BY place))[1] AS example FROM bulk_action_orders WHERE bulk_id = @id AND outcome = 'refused' GROUP BY because) r
        LEFT JOIN orders o ON o.id = r.example ORDER BY r.count DESC, r.because LIMIT 20
        """;

    // As the actions themselves look at an order: its state, its open holds, and its deliveries that may be sent again.
    private const string Standings = """
        SELECT x.state, x.is_held_already, x.has_hold, x.can_resend, count(*)::int AS count FROM (
            SELECT o.state,
                @isHold AND EXISTS (SELECT FROM holds h WHERE h.order_id = o.id AND h.released_at IS NULL AND h.code = 'operator' AND h.reason = @reason) AS is_held_already,
                @isRelease AND EXISTS (SELECT FROM holds h WHERE h.order_id = o.id AND h.released_at IS NULL) AS has_hold,
                @isResend AND EXISTS (SELECT FROM deliveries d JOIN connections c ON c.id = d.destination_id AND c.deleted_at IS NULL
                    WHERE d.order_id = o.id AND d.state IN ('held', 'dead') AND (d.leased_until IS NULL OR d.leased_until <= @now) AND (d.kind IN ('cancel', 'status') OR o.state NOT IN ('cancelled', 'excluded'))) AS can_resend
            FROM orders o WHERE o.id = ANY (@ids) AND (@seen::int[] IS NULL OR o.connection_id = ANY (@seen))) x
        GROUP BY 1, 2, 3, 4
        """;

    private const string Resendable = "SELECT id FROM deliveries WHERE order_id = @order AND state IN ('held', 'dead') ORDER BY id";

    /// <summary>What was and is done to many orders, newest first.</summary>
    public async Task<Page<BulkRow>> ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        Page<BulkRow>.Cut(await database.ReadAsync<BulkRow>(List, new { seen = Caller.Seen, after = page.After, take = page.Take + 1 }, cancellationToken), page, row => row.Id);

    /// <summary>One, with the reasons of its refusals; null when there is none.</summary>
    public async Task<BulkRow?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await database.ReadOneAsync<BulkRow>(One, new { id, seen = Caller.Seen }, cancellationToken) is { } row ? row with { Refusals = await database.ReadAsync<BulkRefusal>(Refusals, new { id }, cancellationToken) } : null;

    internal async Task<IReadOnlyList<(BulkStanding Standing, int Count)>> StandingsAsync(BulkKind kind, IReadOnlyList<Guid> ids, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync<Row>(Standings, new { ids = ids.ToArray(), seen = Caller.Seen, isHold = kind is BulkKind.Hold, isRelease = kind is BulkKind.Release, isResend = kind is BulkKind.Resend, reason, now = now.UtcDateTime }, cancellationToken);
        return [.. rows.Select(row => (new BulkStanding(EnumNames<OrderState>.Parse(row.State)!.Value, row.IsHeldAlready, row.HasHold, row.CanResend), row.Count))];
    }

    internal Task<List<Guid>> ResendableAsync(Guid order, CancellationToken cancellationToken) => database.ReadAsync<Guid>(Resendable, new { order }, cancellationToken);

    private sealed record Row
    {
        public required string State { get; init; }
        public required bool IsHeldAlready { get; init; }
        public required bool HasHold { get; init; }
        public required bool CanResend { get; init; }
        public required int Count { get; init; }
    }
}
