using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Delivery;

/// <summary>What hangs on connections that are deleted.</summary>
internal sealed class ConnectionWork(TimeProvider clock) : IConnectionWork
{
    internal const string Because = "the destination was deleted";

    private const string Find = """
        SELECT * FROM (
            SELECT c.key,
                (SELECT count(*) FROM deliveries WHERE destination_id = c.id AND state = 'waiting') AS waiting,          -- deliveries_due
                (SELECT count(*) FROM deliveries WHERE destination_id = c.id AND state = 'held') AS held,                -- deliveries_open
                (SELECT count(*) FROM inbox WHERE connection_id = c.id) AS events,
                (SELECT count(*) FROM orders WHERE connection_id = c.id AND (state = 'awaiting_approval' OR held AND state NOT IN ('cancelled', 'excluded', 'closed'))) AS orders,
                (SELECT count(*) FROM deliveries WHERE connection_id = c.id AND state IN ('waiting', 'held')) AS own
            FROM connections c WHERE c.key = ANY ($1) AND c.deleted_at IS NULL) w
        WHERE waiting + held + events + orders + own > 0 ORDER BY key
        """;

    // Orders before deliveries, in the order of their ids, as everybody locks them. What is being sent has its outcome on the way, and is looked at again.
    private const string LockOrders = """
        SELECT o.id FROM orders o WHERE o.id IN (
            SELECT d.order_id FROM connections c CROSS JOIN LATERAL (
                (SELECT order_id FROM deliveries WHERE destination_id = c.id AND state = 'waiting' AND (leased_until IS NULL OR leased_until <= $1))
                UNION ALL SELECT order_id FROM deliveries WHERE destination_id = c.id AND state = 'held') d
            WHERE c.deleted_at IS NOT NULL)
        ORDER BY o.id FOR UPDATE
        """;

    private const string End = """
        UPDATE deliveries d SET state = 'dead', done_at = $1, last_error = $3, leased_until = NULL, leased_by = NULL, is_unclear = d.is_unclear OR d.leased_by IS NOT NULL
        FROM connections c
        WHERE d.order_id = ANY ($2) AND c.id = d.destination_id AND c.deleted_at IS NOT NULL AND d.state IN ('waiting', 'held') AND (d.leased_until IS NULL OR d.leased_until <= $1)
        RETURNING d.id, d.order_id, d.connection_id, c.key
        """;

    public async Task<IReadOnlyList<HangingWork>> FindAsync(NpgsqlConnection connection, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(Find, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<HangingWork> found = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)));
        }
        return found;
    }

    public async Task<int> EndAsync(NpgsqlConnection connection, string actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        List<Guid> orders = [];
        await using (NpgsqlCommand locking = new(LockOrders, connection) { Parameters = { Parameters.Time(now) } })
        await using (var reader = await locking.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                orders.Add(reader.GetGuid(0));
            }
        }
        if (orders.Count == 0)
        {
            return 0;
        }
        List<(Guid Id, Guid Order, int Store, string Key)> ended = [];
        await using (NpgsqlCommand ending = new(End, connection) { Parameters = { Parameters.Time(now), Parameters.Array(NpgsqlDbType.Uuid, orders, id => id), new() { Value = Because } } })
        await using (var reader = await ending.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                ended.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetString(3)));
            }
        }
        await using NpgsqlBatch batch = new(connection);
        batch.BatchCommands.Add(DeliveryActions.ClosingHolds([.. ended.Select(row => row.Id)], now, actor, Because));
        batch.BatchCommands.Add(DeliveryActions.Telling([.. ended.Select(row => (row.Order, row.Store, new TimelineEntry(now, TimelineKind.Delivery, actor, $"The delivery to {row.Key} was given up.", Because, row.Id)))], now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return ended.Count;
    }
}
