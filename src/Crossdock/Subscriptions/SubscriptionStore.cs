using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Subscriptions;

/// <summary>The checks of webhooks. A row's lease says which node checks; whoever lost it writes nothing any more.</summary>
internal sealed class SubscriptionStore(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Columns = """
        c.key, c.name, c.deleted_at IS NOT NULL, c.version, s.failures, s.address, s.removed_at, s.good_at, s.topics::text, s.problem_since,
            CASE WHEN s.lost_over_at IS NULL THEN s.lost END, s.lost_from, s.lost_found_at, s.gap_from, s.connection_id
        """;

    private const string Ensure = "INSERT INTO subscription_checks (connection_id, next_at) SELECT id, $2 FROM connections WHERE id = ANY($1) ON CONFLICT DO NOTHING";

    // By the table's own word: a node whose memory is old must not register what another has just taken away.
    private const string Claim = $"""
        UPDATE subscription_checks s SET leased_until = $4, leased_by = $5
        FROM (
            SELECT s.connection_id AS id
            FROM unnest($1::int[], $2::bigint[]) AS w (id, version) JOIN connections c ON c.id = w.id AND c.version = w.version JOIN subscription_checks s ON s.connection_id = w.id
            WHERE c.enabled AND c.deleted_at IS NULL AND (s.next_at <= $3 OR s.version <> w.version)          -- an enabled or changed connection is checked at once
              AND (s.leased_until IS NULL OR s.leased_until < $3 OR ($6 AND s.leased_by <> $5))
            ORDER BY s.next_at LIMIT $7 FOR UPDATE OF s SKIP LOCKED) due, connections c
        WHERE s.connection_id = due.id AND c.id = due.id
        RETURNING {Columns}
        """;

    private const string ClaimRemovals = $"""
        UPDATE subscription_checks s SET leased_until = $3, leased_by = $4
        FROM connections c
        WHERE s.connection_id = c.id AND s.address IS NOT NULL AND (NOT c.enabled OR c.deleted_at IS NOT NULL) AND (s.next_at <= $1 OR s.version <> c.version)
          AND (s.leased_until IS NULL OR s.leased_until < $1 OR ($5 AND s.leased_by <> $4)) AND NOT s.connection_id = ANY($2)
        RETURNING {Columns}
        """;

    private const string Keep = "UPDATE subscription_checks SET leased_until = $3 WHERE connection_id = $1 AND leased_by = $2";

    private const string Release = "UPDATE subscription_checks SET leased_until = NULL, leased_by = NULL WHERE connection_id = $1 AND leased_by = $2";

    // The last thousand events by the index on (connection_id, id).
    private const string Past = """
        SELECT c.created_at, (SELECT watermark FROM reading_states WHERE connection_id = c.id AND activity = 'poll'), max(e.received_at) FILTER (WHERE e.source LIKE 'webhook%' OR e.source LIKE 'pubsub%'), min(e.received_at)
        FROM connections c LEFT JOIN LATERAL (SELECT received_at, source FROM events WHERE connection_id = c.id ORDER BY id DESC LIMIT 1000) e ON true
        WHERE c.id = $1 GROUP BY c.id
        """;

    // Before anything is registered or put back: a crash in the middle must not make us forget since when orders may be missing.
    private const string Begin = """
        UPDATE subscription_checks SET address = $3, gap_from = least(gap_from, $4),
            lost = coalesce($5, lost), lost_from = CASE WHEN $5 IS NULL THEN lost_from ELSE $6 END, lost_found_at = CASE WHEN $5 IS NULL THEN lost_found_at ELSE $7 END,
            lost_over_at = CASE WHEN $5 IS NULL THEN lost_over_at END
        WHERE connection_id = $1 AND leased_by = $2
        """;

    // What was found and the gap that is to be read stand or fall together. A catch-up under way loses its lease and begins again at the earlier time.
    private const string Save = """
        WITH mine AS (
            UPDATE subscription_checks s SET checked_at = $3, next_at = $4, version = $5, failures = CASE WHEN $6 THEN 0 ELSE s.failures + 1 END, good_at = CASE WHEN $6 THEN $3 ELSE s.good_at END,
                address = coalesce($15, s.address), topics = coalesce($7::jsonb, s.topics), problem = $8, problem_since = CASE WHEN $8 IS NULL THEN NULL ELSE coalesce(s.problem_since, $3) END, needs_person = $9,
                removed_at = CASE WHEN $6 THEN NULL ELSE s.removed_at END, lost_over_at = CASE WHEN $6 AND s.lost IS NOT NULL THEN coalesce(s.lost_over_at, $3) ELSE s.lost_over_at END,
                gap_from = CASE WHEN $6 THEN NULL ELSE s.gap_from END, leased_until = NULL, leased_by = NULL,
                caught_up_at = CASE WHEN $6 AND s.gap_from IS NOT NULL THEN NULL ELSE s.caught_up_at END
            FROM (SELECT connection_id, gap_from FROM subscription_checks WHERE connection_id = $1 AND leased_by = $2 FOR UPDATE) was
            WHERE s.connection_id = was.connection_id
            RETURNING s.connection_id, was.gap_from),
        asked AS (
            INSERT INTO reading_states AS r (connection_id, activity, watermark, until_at, next_at)
            SELECT connection_id, 'catch_up', gap_from, $3, $3 FROM mine WHERE $6 AND gap_from IS NOT NULL AND $10
            ON CONFLICT (connection_id, activity) DO UPDATE SET watermark = CASE WHEN r.ended_at IS NULL THEN least(r.watermark, excluded.watermark) ELSE excluded.watermark END,
                window_from = NULL, window_to = NULL, cursor = NULL, next_at = $3, until_at = $3, ended_at = NULL, read = 0, missing = 0, failures = 0, leased_until = NULL, leased_by = NULL),
        told AS (
            INSERT INTO connection_history (connection_id, id, what, sentence)
            SELECT connection_id, $11, $12, $13 FROM mine WHERE $12 IS NOT NULL),
        forgotten AS (
            DELETE FROM connection_history h USING mine WHERE h.connection_id = mine.connection_id AND h.id < $14)
        SELECT count(*) FROM mine
        """;

    private const string Removed = """
        WITH mine AS (
            UPDATE subscription_checks SET address = NULL, removed_at = $3, version = $4, failures = 0, topics = '[]', problem = NULL, problem_since = NULL, needs_person = false, checked_at = $3,
                lost_over_at = CASE WHEN lost IS NOT NULL THEN coalesce(lost_over_at, $3) END, leased_until = NULL, leased_by = NULL
            WHERE connection_id = $1 AND leased_by = $2 RETURNING connection_id)
        INSERT INTO connection_history (connection_id, id, what, sentence) SELECT connection_id, $5, $6, $7 FROM mine
        """;

    /// <summary>A row for each of these connections.</summary>
    public async Task EnsureAsync(IEnumerable<ConnectionId> connections, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Ensure);
        command.Parameters.Add(Ints(connections.Select(id => id.Value)));
        command.Parameters.Add(Time(now));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes what is due among these connections, longest due first.</summary>
    public async Task<List<SubscriptionCheck>> ClaimAsync(IReadOnlyCollection<Connection> connections, int most, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(Ints(connections.Select(connection => connection.Id.Value)));
        command.Parameters.Add(new() { Value = connections.Select(connection => connection.Version).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(Time(now));
        command.Parameters.Add(Time(now + lease));
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = node.IsAlone });
        command.Parameters.Add(new() { Value = most });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Takes what is to be taken away: registered webhooks of connections that are disabled or deleted.</summary>
    public async Task<List<SubscriptionCheck>> ClaimRemovalsAsync(IEnumerable<ConnectionId> atWork, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ClaimRemovals);
        command.Parameters.Add(Time(now));
        command.Parameters.Add(Ints(atWork.Select(id => id.Value)));
        command.Parameters.Add(Time(now + lease));
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = node.IsAlone });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>What is known of the time before.</summary>
    public async Task<SubscriptionPast> PastAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Past);
        command.Parameters.Add(new() { Value = connection.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new SubscriptionPast(Time(reader, 0)!.Value, Time(reader, 1), Time(reader, 2), Time(reader, 3));
    }

    /// <summary>Sign of life; false when another node has taken over.</summary>
    public async Task<bool> KeepAsync(SubscriptionCheck check, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = Of(Keep, check);
        command.Parameters.Add(Time(until));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Gives it back, so that nobody waits for the lease.</summary>
    public async Task ReleaseAsync(SubscriptionCheck check, CancellationToken cancellationToken)
    {
        await using var command = Of(Release, check);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Writes what is about to be registered or put back; false when another node has taken over, which then does it.</summary>
    public async Task<bool> BeginAsync(SubscriptionCheck check, Uri address, DateTimeOffset? gapFrom, LostSubscriptions? lost, CancellationToken cancellationToken)
    {
        await using var command = Of(Begin, check);
        command.Parameters.Add(Text(address.AbsoluteUri));
        command.Parameters.Add(Time(gapFrom));
        command.Parameters.Add(Text(lost?.What));
        command.Parameters.Add(Time(lost?.From));
        command.Parameters.Add(Time(lost?.FoundAt));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Ends a check, and asks for the gap to be read when all is well again; false when another node has taken over.</summary>
    public async Task<bool> SaveAsync(SubscriptionCheck check, Uri? address, SubscriptionFound found, CancellationToken cancellationToken)
    {
        await using var command = Of(Save, check);
        command.Parameters.Add(Time(found.At));
        command.Parameters.Add(Time(found.NextAt));
        command.Parameters.Add(new() { Value = check.Version });
        command.Parameters.Add(new() { Value = found.IsGood });
        command.Parameters.Add(Text(found.Topics));
        command.Parameters.Add(Text(found.Problem));
        command.Parameters.Add(new() { Value = found.NeedsPerson });
        command.Parameters.Add(new() { Value = found.CanRead });
        command.Parameters.Add(new() { Value = Guid.CreateVersion7(found.At) });
        command.Parameters.Add(Text(found.History?.What));
        command.Parameters.Add(Text(found.History?.Sentence));
        command.Parameters.Add(new() { Value = QueryReading.Floor(found.At.AddDays(-400)) });
        command.Parameters.Add(Text(address?.AbsoluteUri));
        return await command.ExecuteScalarAsync(cancellationToken) is > 0L;
    }

    /// <summary>Nothing of ours is at the platform any more, or nothing that we could take away.</summary>
    public async Task RemovedAsync(SubscriptionCheck check, DateTimeOffset now, HistoryEntry history, CancellationToken cancellationToken)
    {
        await using var command = Of(Removed, check);
        command.Parameters.Add(Time(now));
        command.Parameters.Add(new() { Value = check.Version });
        command.Parameters.Add(new() { Value = Guid.CreateVersion7(now) });
        command.Parameters.Add(Text(history.What));
        command.Parameters.Add(Text(history.Sentence));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<SubscriptionCheck>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var checks = new List<SubscriptionCheck>();
        while (await reader.ReadAsync(cancellationToken))
        {
            checks.Add(new SubscriptionCheck
            {
                Key = reader.GetString(0),
                Name = reader.GetString(1),
                IsDeleted = reader.GetBoolean(2),
                Version = reader.GetInt64(3),
                Failures = reader.GetInt32(4),
                Address = reader.IsDBNull(5) ? null : reader.GetString(5),
                RemovedAt = Time(reader, 6),
                GoodAt = Time(reader, 7),
                Topics = JsonSerializer.Deserialize<List<SubscriptionTopic>>(reader.GetString(8), JsonSerializerOptions.Web) ?? [],
                ProblemSince = Time(reader, 9),
                Lost = reader.IsDBNull(10) ? null : new LostSubscriptions(reader.GetString(10), Time(reader, 11)!.Value, Time(reader, 12)!.Value),
                GapFrom = Time(reader, 13),
                ConnectionId = new ConnectionId(reader.GetInt32(14)),
            });
        }

        return checks;
    }

    private NpgsqlCommand Of(string sql, SubscriptionCheck check)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = check.ConnectionId.Value });
        command.Parameters.Add(new() { Value = node.Id });
        return command;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = (object?)at?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text?.Replace("\0", "", StringComparison.Ordinal) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Ints(IEnumerable<int> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };
}
