using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Normalise;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Reading;

/// <summary>An order to be fetched, leased by this node.</summary>
/// <param name="ConnectionId">The store.</param>
/// <param name="ExternalId">The order.</param>
/// <param name="EventId">Its last announcement; null when a list named it without its document.</param>
/// <param name="What">What was announced, in words; without an announcement the source it is stored with.</param>
/// <param name="Version">Rises with every announcement.</param>
/// <param name="Attempts">Failures before.</param>
/// <param name="NotFound">How often the platform said that there is none.</param>
internal sealed record FetchRow(ConnectionId ConnectionId, string ExternalId, Guid? EventId, string What, int Version, int Attempts, int NotFound);

/// <summary>Orders of which only the id is known.</summary>
internal sealed class FetchStore(NpgsqlDataSource database, NodeIdentity node)
{
    // A few of each connection, so that none keeps the others waiting; of a connection that refuses us only one, to see whether it still does.
    // The lease is looked at again when the row is written: of two nodes that chose the same one only one gets it.
    private const string Claim = """
        WITH due AS (
            SELECT f.connection_id, f.external_id
            FROM unnest($1::int[], $2::int[], $3::bigint[]) AS c (id, room, version)
            LEFT JOIN reading_states s ON s.connection_id = c.id AND s.activity = 'fetch' AND s.problem IS NOT NULL AND s.version = c.version
            CROSS JOIN LATERAL (
                SELECT connection_id, external_id FROM fetches
                WHERE connection_id = c.id AND not_before <= $4 AND (leased_until IS NULL OR leased_until < $4 OR ($7 AND leased_by <> $6))
                ORDER BY not_before
                LIMIT CASE WHEN s.problem IS NULL THEN c.room ELSE least(c.room, 1) END) f
            WHERE s.problem IS NULL OR s.next_at <= $4)
        UPDATE fetches f SET leased_until = $5, leased_by = $6
        FROM due
        WHERE f.connection_id = due.connection_id AND f.external_id = due.external_id AND (f.leased_until IS NULL OR f.leased_until < $4 OR ($7 AND f.leased_by <> $6))
        RETURNING f.connection_id, f.external_id, f.event_id, f.what, f.version, f.attempts, f.not_found
        """;

    // Announced again meanwhile: it stays and is fetched once more.
    private const string Finish = """
        WITH gone AS (DELETE FROM fetches WHERE connection_id = $1 AND external_id = $2 AND version = $3 RETURNING 1)
        UPDATE fetches SET leased_until = NULL, leased_by = NULL, not_before = $4, attempts = 0, not_found = 0, last_error = NULL
        WHERE connection_id = $1 AND external_id = $2 AND version <> $3 AND leased_by = $5
        """;

    private const string GiveUp = """
        WITH gone AS (DELETE FROM fetches WHERE connection_id = $1 AND external_id = $2 AND version = $3 RETURNING connection_id, external_id, event_id)
        INSERT INTO parked_events (event_id, connection_id, order_key, waits_for_order, reason, parked_at)
        SELECT event_id, connection_id, external_id, false, $4, $5 FROM gone WHERE event_id IS NOT NULL
        ON CONFLICT (event_id) DO UPDATE SET reason = excluded.reason, parked_at = excluded.parked_at, times = parked_events.times + 1
        """;

    private const string Later = """
        UPDATE fetches SET leased_until = NULL, leased_by = NULL, not_before = CASE WHEN version = $3 THEN $4 ELSE not_before END,
            attempts = attempts + 1, not_found = CASE WHEN version = $3 THEN $5 ELSE not_found END, last_error = $6
        WHERE connection_id = $1 AND external_id = $2 AND leased_by = $7
        """;

    private const string Release = "UPDATE fetches SET leased_until = NULL, leased_by = NULL WHERE leased_by = $1";

    /// <summary>Has orders fetched that a list named without their documents.</summary>
    public async Task AskAsync(IReadOnlyCollection<WantedFetch> wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(ProcessingStore.AskFetchCommand(wanted, now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes what is due, at most as many of each connection as there is room for.</summary>
    public async Task<List<FetchRow>> ClaimAsync(IReadOnlyCollection<(Connection Connection, int Room)> connections, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = connections.Select(one => one.Connection.Id.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = connections.Select(one => one.Room).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = connections.Select(one => one.Connection.Version).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(Time(now));
        command.Parameters.Add(Time(now + lease));
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = node.IsAlone });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<FetchRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new FetchRow(
                new ConnectionId(reader.GetInt32(0)), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetInt32(6)));
        }

        return rows;
    }

    /// <summary>The order is stored: the row goes, unless it was announced again meanwhile.</summary>
    public Task FinishAsync(FetchRow row, DateTimeOffset now, CancellationToken cancellationToken) =>
        ExecuteAsync(Finish, Key(row, Number(row.Version), Time(now), new() { Value = node.Id }), cancellationToken);

    /// <summary>There is no such order: the announcement is parked with the reason.</summary>
    public Task GiveUpAsync(FetchRow row, string reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        ExecuteAsync(GiveUp, Key(row, Number(row.Version), Text(reason), Time(now)), cancellationToken);

    /// <summary>Not now.</summary>
    public Task LaterAsync(FetchRow row, string because, int notFound, DateTimeOffset notBefore, CancellationToken cancellationToken) =>
        ExecuteAsync(Later, Key(row, Number(row.Version), Time(notBefore), Number(notFound), Text(because), new() { Value = node.Id }), cancellationToken);

    /// <summary>Gives back everything this node holds.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => ExecuteAsync(Release, [new() { Value = node.Id }], cancellationToken);

    private async Task ExecuteAsync(string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter[] Key(FetchRow row, params NpgsqlParameter[] more) => [Number(row.ConnectionId.Value), new() { Value = row.ExternalId }, .. more];

    private static NpgsqlParameter Number(int value) => new() { Value = value };

    private static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Text(string text) => new() { Value = text.Replace("\0", "", StringComparison.Ordinal) };
}
