using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Subscriptions;

/// <summary>A gap that was read to its end.</summary>
/// <param name="ConnectionId">Whose.</param>
/// <param name="Name">The connection's name.</param>
/// <param name="EndedAt">When, UTC.</param>
/// <param name="Read">Orders that the shop listed.</param>
/// <param name="Missing">Of these, orders that the hub had not heard of.</param>
/// <param name="Lost">What had been missing; null when the gap was no trouble (a first registration).</param>
/// <param name="LostFrom">Since when it may have been so.</param>
/// <param name="LostOverAt">When all were on again.</param>
internal sealed record CaughtUp(ConnectionId ConnectionId, string Name, DateTimeOffset EndedAt, long Read, long Missing, string? Lost, DateTimeOffset? LostFrom, DateTimeOffset? LostOverAt);

/// <summary>What reading the gaps has found.</summary>
internal sealed class CatchUpStore(NpgsqlDataSource database)
{
    // As many rows as connections whose gap is being read: few. What is only lost_over_at of an earlier trouble was told then.
    private const string Ended = """
        SELECT r.connection_id, c.name, r.ended_at, r.read, r.missing, s.lost, s.lost_from, s.lost_over_at
        FROM reading_states r JOIN connections c ON c.id = r.connection_id JOIN subscription_checks s ON s.connection_id = r.connection_id
        WHERE r.activity = 'catch_up' AND r.ended_at IS NOT NULL
        """;

    private const string Collect = """
        WITH gone AS (DELETE FROM reading_states WHERE connection_id = $1 AND activity = 'catch_up' AND ended_at = $2 RETURNING connection_id, read, missing),
        noted AS (UPDATE subscription_checks s SET caught_up_at = $2, caught_up_read = gone.read, caught_up_missing = gone.missing FROM gone WHERE s.connection_id = gone.connection_id)
        INSERT INTO connection_history (connection_id, id, what, sentence) SELECT connection_id, $3, $4, $5 FROM gone
        """;

    /// <summary>What was read to its end and not told yet.</summary>
    public async Task<List<CaughtUp>> EndedAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Ended);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var all = new List<CaughtUp>();
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(new CaughtUp(new ConnectionId(reader.GetInt32(0)), reader.GetString(1), Time(reader, 2)!.Value, reader.GetInt64(3), reader.GetInt64(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), Time(reader, 6), Time(reader, 7)));
        }

        return all;
    }

    /// <summary>It is told: the reading is done with. Of two nodes one writes.</summary>
    public async Task CollectAsync(CaughtUp done, HistoryEntry history, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Collect);
        command.Parameters.Add(new() { Value = done.ConnectionId.Value });
        command.Parameters.Add(new() { Value = done.EndedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = Guid.CreateVersion7(done.EndedAt) });
        command.Parameters.Add(new() { Value = history.What });
        command.Parameters.Add(new() { Value = history.Sentence });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));
}
