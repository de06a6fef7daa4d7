using Crossdock.Database;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Review;

/// <summary>Who approved an order first.</summary>
public sealed record FirstApproval
{
    public required Guid OrderId { get; init; }
    public required string ApprovedBy { get; init; }
    public required DateTimeOffset ApprovedAt { get; init; }
    public string? Because { get; init; }
}

/// <summary>Where two people have to approve an order: who has looked at what it is now. Everything that writes does so while the order is locked.</summary>
public sealed class FirstApprovals(NpgsqlDataSource database)
{
    // Whoever changed something that still stands has looked at the order too.
    private const string Seen = """
        SELECT approved_by FROM order_approvals WHERE order_id = $1 AND content_hash = $2 AND ended_at IS NULL
        UNION ALL SELECT edited_by FROM order_edits WHERE order_id = $1 AND ended_at IS NULL AND edited_by LIKE 'operator %'
        """;

    private const string Keep = "INSERT INTO order_approvals (id, order_id, connection_id, content_hash, approved_by, approved_at, because) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    private const string End = "UPDATE order_approvals SET ended_at = $2 WHERE order_id = $1 AND ended_at IS NULL";

    private const string Of = """
        SELECT DISTINCT ON (a.order_id) a.order_id, a.approved_by, a.approved_at, a.because
        FROM order_approvals a JOIN orders o ON o.id = a.order_id AND o.content_hash = a.content_hash
        WHERE a.order_id = ANY(@orders) AND a.ended_at IS NULL AND (@seen::int[] IS NULL OR a.connection_id = ANY(@seen))
        ORDER BY a.order_id, a.id
        """;

    /// <summary>First approvals that count, by order.</summary>
    public async Task<IReadOnlyDictionary<Guid, FirstApproval>> OfAsync(IReadOnlyCollection<Guid> orders, CancellationToken cancellationToken) =>
        (await database.ReadAsync<FirstApproval>(Of, new { orders = orders.ToArray(), seen = Caller.Seen }, cancellationToken)).ToDictionary(one => one.OrderId);

    /// <summary>Whether a program asks, which is none of two people.</summary>
    internal static bool IsProgram => Caller.Current is { Kind: not CallerKind.User };

    /// <summary>Who has approved the order as it is, or changed it.</summary>
    internal static async Task<List<string>> SeenAsync(NpgsqlConnection connection, StoredOrder order, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Seen, connection) { Parameters = { new() { Value = order.Id.Value }, new() { Value = order.ContentHash } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> seen = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            seen.Add(reader.GetString(0));
        }

        return seen;
    }

    internal static NpgsqlBatchCommand Keeping(StoredOrder order, string actor, string? because, DateTimeOffset now) => new(Keep)
    {
        Parameters =
        {
            new() { Value = Guid.CreateVersion7(now) }, new() { Value = order.Id.Value }, new() { Value = order.ConnectionId.Value }, new() { Value = order.ContentHash }, new() { Value = actor }, Parameters.Time(now),
            new() { Value = (object?)Parameters.Storable(because) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        },
    };

    /// <summary>Former approvals are used, or void.</summary>
    internal static NpgsqlBatchCommand Ending(Guid order, DateTimeOffset now) => new(End) { Parameters = { new() { Value = order }, Parameters.Time(now) } };
}
