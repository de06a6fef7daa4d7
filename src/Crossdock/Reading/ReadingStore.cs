using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Reading;

/// <summary>Where polling and feeds stand. A row's lease says which node works on it; whoever lost it writes nothing any more.</summary>
internal sealed class ReadingStore(NpgsqlDataSource database, NodeIdentity node)
{
    // The first poll begins when the connection was made: what lies before is a backfill's business.
    private const string Ensure = """
        INSERT INTO reading_states (connection_id, activity, watermark, next_at)
        SELECT id, $2, created_at, $3 FROM connections WHERE id = ANY($1)
        ON CONFLICT DO NOTHING
        """;

    private const string Claim = """
        UPDATE reading_states s SET leased_until = $5, leased_by = $6
        FROM unnest($1::int[], $2::bigint[]) AS w (id, version), connections c
        WHERE s.connection_id = w.id AND s.activity = $3 AND c.id = w.id AND s.ended_at IS NULL
          AND (s.next_at <= $4 OR (s.problem IS NOT NULL AND s.version <> w.version))          -- a changed configuration is tried at once
          AND (s.leased_until IS NULL OR s.leased_until < $4 OR ($7 AND s.leased_by <> $6))
        RETURNING s.connection_id, s.watermark, s.window_from, s.window_to, s.cursor, s.failures, c.created_at, s.problem, s.version = w.version, s.until_at, s.succeeded_at
        """;

    private const string Keep = "UPDATE reading_states SET leased_until = $4 WHERE connection_id = $1 AND activity = $2 AND leased_by = $3";

    private const string Progress = """
        UPDATE reading_states SET window_from = $4, window_to = $5, cursor = $6, leased_until = $7
        WHERE connection_id = $1 AND activity = $2 AND leased_by = $3
        """;

    private const string Success = """
        UPDATE reading_states SET watermark = greatest(watermark, $4), window_from = NULL, window_to = NULL, cursor = NULL, next_at = $5, failures = 0, problem = NULL, problem_since = NULL,
            needs_person = false, succeeded_at = $6, leased_until = NULL, leased_by = NULL
        WHERE connection_id = $1 AND activity = $2 AND leased_by = $3
        """;

    private const string Failure = """
        INSERT INTO reading_states AS s (connection_id, activity, watermark, next_at, failures, problem, problem_since, needs_person, version)
        SELECT id, $2, created_at, $5, 1, $6, $4, $7, $8 FROM connections WHERE id = $1
        ON CONFLICT (connection_id, activity) DO UPDATE SET next_at = $5, failures = s.failures + 1, problem = $6, problem_since = coalesce(s.problem_since, $4), needs_person = $7, version = $8,
            leased_until = NULL, leased_by = NULL
        WHERE s.leased_by IS NULL OR s.leased_by = $3
        """;

    private const string Clear = """
        UPDATE reading_states SET problem = NULL, problem_since = NULL, needs_person = false, failures = 0, succeeded_at = $3
        WHERE connection_id = $1 AND activity = $2 AND problem IS NOT NULL
        """;

    private const string Notice = "UPDATE reading_states SET notice = $3, notice_at = $4 WHERE connection_id = $1 AND activity = $2";

    private const string Release = "UPDATE reading_states SET leased_until = NULL, leased_by = NULL WHERE connection_id = $1 AND activity = $2 AND leased_by = $3";

    // By the unique index of the orders.
    private const string Count = """
        UPDATE reading_states SET read = read + cardinality($4), missing = missing + cardinality($4) - (SELECT count(*) FROM orders WHERE connection_id = $1 AND external_id = ANY($4))
        WHERE connection_id = $1 AND activity = $2 AND leased_by = $3
        """;

    private const string End = """
        UPDATE reading_states SET watermark = greatest(watermark, $4), ended_at = $4, succeeded_at = $4, window_from = NULL, window_to = NULL, cursor = NULL, failures = 0, problem = NULL, problem_since = NULL,
            needs_person = false, leased_until = NULL, leased_by = NULL
        WHERE connection_id = $1 AND activity = $2 AND leased_by = $3
        """;

    public async Task EnsureAsync(IEnumerable<ConnectionId> connections, string activity, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Ensure);
        command.Parameters.Add(Ints(connections.Select(id => id.Value)));
        command.Parameters.Add(new() { Value = activity });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes what is due among these connections.</summary>
    public async Task<List<ReadingState>> ClaimAsync(IReadOnlyCollection<Connection> connections, string activity, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(Ints(connections.Select(connection => connection.Id.Value)));
        command.Parameters.Add(new() { Value = connections.Select(connection => connection.Version).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = activity });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = (now + lease).UtcDateTime });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = node.IsAlone });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new List<ReadingState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            // A cursor may mean nothing any more after a problem was mended by another configuration: the window begins again.
            bool isSameVersion = reader.GetBoolean(8) || reader.IsDBNull(7);
            states.Add(new ReadingState
            {
                ConnectionId = new ConnectionId(reader.GetInt32(0)),
                Activity = activity,
                Watermark = Time(reader, 1) ?? now,
                WindowFrom = isSameVersion ? Time(reader, 2) : null,
                WindowTo = isSameVersion ? Time(reader, 3) : null,
                Cursor = isSameVersion && !reader.IsDBNull(4) ? reader.GetString(4) : null,
                Failures = reader.GetInt32(5),
                ConnectedAt = Time(reader, 6)!.Value,
                Until = Time(reader, 9),
                Problem = reader.IsDBNull(7) ? null : reader.GetString(7),
                SucceededAt = Time(reader, 10),
                IsSameConfiguration = isSameVersion,
            });
        }

        return states;
    }

    /// <summary>Sign of life; false when another node has taken over.</summary>
    public Task<bool> KeepAsync(ReadingState state, DateTimeOffset until, CancellationToken cancellationToken) => WriteAsync(Keep, state, [Time(until)], cancellationToken);

    /// <summary>Writes how far a window is read; false when another node has taken over.</summary>
    public Task<bool> ProgressAsync(ReadingState state, DateTimeOffset from, DateTimeOffset to, string? cursor, DateTimeOffset leasedUntil, CancellationToken cancellationToken) =>
        WriteAsync(Progress, state, [Time(from), Time(to), Text(cursor), Time(leasedUntil)], cancellationToken);

    /// <summary>Ends a round that went well.</summary>
    public Task<bool> SucceedAsync(ReadingState state, DateTimeOffset watermark, DateTimeOffset nextAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(Success, state, [Time(watermark), Time(nextAt), Time(now)], cancellationToken);

    /// <summary>Ends a round that did not; what was read so far stays, and so does the cursor.</summary>
    public async Task FailAsync(ConnectionId connection, string activity, long version, string problem, bool needsPerson, DateTimeOffset nextAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Failure);
        Identify(command, connection, activity);
        command.Parameters.Add(Time(now));
        command.Parameters.Add(Time(nextAt));
        command.Parameters.Add(Text(problem));
        command.Parameters.Add(new() { Value = needsPerson });
        command.Parameters.Add(new() { Value = version });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>All is well again.</summary>
    public async Task ClearAsync(ConnectionId connection, string activity, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Clear);
        command.Parameters.Add(new() { Value = connection.Value });
        command.Parameters.Add(new() { Value = activity });
        command.Parameters.Add(Time(now));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task NoticeAsync(ReadingState state, string notice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Notice);
        command.Parameters.Add(new() { Value = state.ConnectionId.Value });
        command.Parameters.Add(new() { Value = state.Activity });
        command.Parameters.Add(Text(notice));
        command.Parameters.Add(Time(now));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Counts a page of an activity that is done once, before it is stored: how many orders, and how many of them the hub has not heard of.</summary>
    public Task<bool> CountAsync(ReadingState state, string[] orders, CancellationToken cancellationToken) =>
        WriteAsync(Count, state, [new() { Value = orders, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }], cancellationToken);

    /// <summary>Ends an activity that is done once; whoever asked for it takes the row away.</summary>
    public Task<bool> EndAsync(ReadingState state, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(End, state, [Time(now)], cancellationToken);

    /// <summary>Gives it back, so that nobody waits for the lease.</summary>
    public Task ReleaseAsync(ReadingState state, CancellationToken cancellationToken) => WriteAsync(Release, state, [], cancellationToken);

    private async Task<bool> WriteAsync(string sql, ReadingState state, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        Identify(command, state.ConnectionId, state.Activity);
        command.Parameters.AddRange(values);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private void Identify(NpgsqlCommand command, ConnectionId connection, string activity)
    {
        command.Parameters.Add(new() { Value = connection.Value });
        command.Parameters.Add(new() { Value = activity });
        command.Parameters.Add(new() { Value = node.Id });
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));

    private static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text?.Replace("\0", "", StringComparison.Ordinal) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Ints(IEnumerable<int> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };
}
