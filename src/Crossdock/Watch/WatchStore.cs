using Crossdock.Database;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Watch;

/// <summary>Whose turn it is, and what nodes report.</summary>
internal sealed class WatchStore(NpgsqlDataSource database)
{
    // Of several nodes one gets each look; where it dies, another has the next.
    private const string Turn = "UPDATE alert_watch SET next_at = $2 WHERE next_at <= $1";

    private const string Silent = """
        UPDATE alerts SET ended_at = $1, ended_because = 'The node that found it no longer reports.'
        WHERE ended_at IS NULL AND kind = ANY ($3) AND seen_at < $2
        """;

    // Once a day, or when it is another one.
    private const string Certificate = """
        INSERT INTO certificates AS c (host, not_after, seen_at, node) SELECT host, not_after, $3, $4 FROM unnest($1::text[], $2::timestamptz[]) AS n (host, not_after)
        ON CONFLICT (host) DO UPDATE SET not_after = excluded.not_after, seen_at = excluded.seen_at, node = excluded.node
        WHERE c.not_after <> excluded.not_after OR c.seen_at < excluded.seen_at - interval '1 day'
        """;

    public async Task<bool> TakeTurnAsync(DateTimeOffset now, TimeSpan every, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Turn);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameters.Time(now), Parameters.Time(now + every)]);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Ends alerts of nodes that have not renewed them since.</summary>
    public async Task EndSilentAsync(string[] kinds, DateTimeOffset now, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Silent);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameters.Time(now), Parameters.Time(since), new() { Value = kinds }]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task SeenAsync(IReadOnlyList<(string Host, DateTimeOffset NotAfter)> certificates, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Certificate);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Parameters.Array(NpgsqlDbType.Text, certificates, one => one.Host), Parameters.Array(NpgsqlDbType.TimestampTz, certificates, one => one.NotAfter.UtcDateTime), Parameters.Time(now), new() { Value = Environment.MachineName },
        ]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
