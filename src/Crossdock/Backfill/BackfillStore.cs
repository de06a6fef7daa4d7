using System.Globalization;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Backfill;

/// <summary>A backfill leased by this node.</summary>
internal sealed record BackfillWork
{
    public required Guid Id { get; init; }
    public required ConnectionId ConnectionId { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public required bool Deliver { get; init; }
    public required int? Windows { get; init; }
    public required int Failures { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>As the timelines of its orders name it: <c>2026-01-01 to 2026-02-01</c>.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{From.UtcDateTime:yyyy-MM-dd} to {To.UtcDateTime:yyyy-MM-dd}");
}

/// <summary>A piece of a backfill's range that is not read yet.</summary>
internal sealed record BackfillWindow(int Number, DateTimeOffset From, DateTimeOffset To, string? Cursor);

/// <summary>How far backfills are. Only the node that holds the lease of a running one writes.</summary>
internal sealed class BackfillStore(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Claim = """
        WITH due AS (
            SELECT b.id FROM backfills b
            LEFT JOIN unnest($1::int[], $2::bigint[]) AS w (id, version) ON w.id = b.connection_id
            WHERE b.state IN ('running', 'paused') AND b.id <> ALL($3)
              AND (b.next_at <= $4 OR (b.state = 'paused' AND w.version IS NOT NULL AND b.version <> w.version))          -- a changed configuration is tried at once
              AND (b.leased_until IS NULL OR b.leased_until < $4 OR ($7 AND b.leased_by <> $6))
            ORDER BY b.id LIMIT $8
            FOR UPDATE OF b SKIP LOCKED)
        UPDATE backfills b SET leased_until = $5, leased_by = $6, started_at = coalesce(b.started_at, $4)
        FROM due, connections c
        WHERE b.id = due.id AND c.id = b.connection_id
        RETURNING b.id, b.connection_id, b.from_at, b.to_at, b.deliver, b.windows, b.failures, b.created_at, c.created_at
        """;

    private const string Keep = "UPDATE backfills SET leased_until = $3 WHERE id = $1 AND leased_by = $2 AND state IN ('running', 'paused')";

    private const string Plan = """
        WITH mine AS (
            UPDATE backfills SET windows = cardinality($3::timestamptz[]), total = $5, state = 'running', error = NULL WHERE id = $1 AND leased_by = $2 AND windows IS NULL RETURNING id)
        INSERT INTO backfill_windows (backfill_id, number, from_at, to_at)
        SELECT mine.id, w.number, w.from_at, w.to_at FROM mine, unnest($3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY AS w (from_at, to_at, number)
        """;

    private const string Open = "SELECT number, from_at, to_at, cursor FROM backfill_windows WHERE backfill_id = $1 AND NOT done ORDER BY number";

    // The page's orders are committed: the cursor may move. A lost lease, or a person's stop, moves nothing.
    private const string Advance = """
        WITH mine AS (
            UPDATE backfills SET read = read + $5, new = new + $6, known = known + $7, left_out = left_out + $8, windows_done = windows_done + $9, worked_ms = worked_ms + $10,
                state = 'running', error = NULL, failures = 0
            WHERE id = $1 AND leased_by = $2 AND state IN ('running', 'paused') RETURNING id)
        UPDATE backfill_windows w SET cursor = $4, done = $4 IS NULL FROM mine WHERE w.backfill_id = mine.id AND w.number = $3
        """;

    private const string Finish = "UPDATE backfills SET state = 'done', ended_at = $3, error = NULL, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2 AND state IN ('running', 'paused')";

    private const string Later = """
        UPDATE backfills SET state = $3, error = $4, next_at = $5, version = $6, failures = failures + 1, worked_ms = worked_ms + $7, leased_until = NULL, leased_by = NULL
        WHERE id = $1 AND leased_by = $2 AND state IN ('running', 'paused')
        """;

    private const string Fail = "UPDATE backfills SET state = 'failed', error = $3, ended_at = $4, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2";

    private const string Release = "UPDATE backfills SET leased_until = NULL, leased_by = NULL, worked_ms = worked_ms + $3 WHERE id = $1 AND leased_by = $2";

    // Counted to a bound: whether it is more does not matter.
    private const string Backlog = "SELECT count(*) FROM (SELECT FROM inbox LIMIT $1) i";

    // What an earlier backfill read as history and this one is to deliver: worked again, which makes its deliveries.
    private const string Deliver = """
        WITH freed AS (
            UPDATE orders o SET is_history = false, updated_at = $5
            FROM unnest($2::text[], $3::uuid[], $4::uuid[]) AS k (external_id, inbox_id, timeline_id)
            WHERE o.connection_id = $1 AND o.external_id = k.external_id AND o.is_history
            RETURNING o.id, o.event_id, o.external_id, k.inbox_id, k.timeline_id),
        told AS (INSERT INTO timeline (id, order_id, connection_id, entries) SELECT timeline_id, id, $1, $6::json FROM freed)
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT inbox_id, event_id, 2, $1, external_id FROM freed
        """;

    public async Task<List<BackfillWork>> ClaimAsync(IReadOnlyCollection<Connection> connections, IReadOnlyCollection<Guid> running, int room, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = connections.Select(connection => connection.Id.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = connections.Select(connection => connection.Version).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = running.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(Time(now));
        command.Parameters.Add(Time(now + lease));
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = node.IsAlone });
        command.Parameters.Add(new() { Value = room });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<BackfillWork>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new BackfillWork
            {
                Id = reader.GetGuid(0),
                ConnectionId = new ConnectionId(reader.GetInt32(1)),
                From = new DateTimeOffset(reader.GetDateTime(2)),
                To = new DateTimeOffset(reader.GetDateTime(3)),
                Deliver = reader.GetBoolean(4),
                Windows = reader.IsDBNull(5) ? null : reader.GetInt32(5),
                Failures = reader.GetInt32(6),
                CreatedAt = new DateTimeOffset(reader.GetDateTime(7)),
                ConnectedAt = new DateTimeOffset(reader.GetDateTime(8)),
            });
        }

        return claimed;
    }

    /// <summary>Sign of life; false when another node has taken over, or a person stopped it.</summary>
    public Task<bool> KeepAsync(BackfillWork work, DateTimeOffset until, CancellationToken cancellationToken) => WriteAsync(Keep, work, [Time(until)], cancellationToken);

    /// <summary>Cuts the range.</summary>
    public Task PlanAsync(BackfillWork work, IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> windows, long? total, CancellationToken cancellationToken) => WriteAsync(Plan, work,
    [
        Times(windows.Select(window => window.From)), Times(windows.Select(window => window.To)),
        new() { Value = (object?)total ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
    ], cancellationToken);

    /// <summary>What is not read yet, oldest first.</summary>
    public async Task<List<BackfillWindow>> OpenWindowsAsync(BackfillWork work, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Open);
        command.Parameters.Add(new() { Value = work.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var windows = new List<BackfillWindow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            windows.Add(new(reader.GetInt32(0), new DateTimeOffset(reader.GetDateTime(1)), new DateTimeOffset(reader.GetDateTime(2)), reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return windows;
    }

    /// <summary>A page is committed; false when another node has taken over, or a person stopped it.</summary>
    public Task<bool> AdvanceAsync(BackfillWork work, int window, string? cursor, PageCount count, long workedMs, CancellationToken cancellationToken) => WriteAsync(Advance, work,
    [
        new() { Value = window }, Text(cursor), Number(count.Read), Number(count.New), Number(count.Known), Number(count.LeftOut), new() { Value = cursor is null ? 1 : 0 }, Number(workedMs),
    ], cancellationToken);

    public Task FinishAsync(BackfillWork work, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(Finish, work, [Time(now)], cancellationToken);

    /// <summary>Not now: goes on by itself at the given time; <c>paused</c> where a person has to act.</summary>
    public Task LaterAsync(BackfillWork work, bool needsPerson, string because, DateTimeOffset nextAt, long version, long workedMs, CancellationToken cancellationToken) => WriteAsync(Later, work,
        [Text(needsPerson ? "paused" : "running"), Text(because), Time(nextAt), Number(version), Number(workedMs)], cancellationToken);

    public Task FailAsync(BackfillWork work, string because, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(Fail, work, [Text(because), Time(now)], cancellationToken);

    /// <summary>Gives it back, so that nobody waits for the lease.</summary>
    public Task ReleaseAsync(BackfillWork work, long workedMs, CancellationToken cancellationToken) => WriteAsync(Release, work, [Number(workedMs)], cancellationToken);

    /// <summary>How many events wait to be worked, counted to the given bound.</summary>
    public async Task<long> BacklogAsync(int bound, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Backlog);
        command.Parameters.Add(new() { Value = bound });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Has delivered what was history until now.</summary>
    public async Task DeliverAsync(BackfillWork work, string[] externalIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Deliver);
        List<TimelineEntry> entries = [new(now, TimelineKind.Note, "crossdock", $"History until now; backfill {work.Name} has it delivered.")];
        command.Parameters.Add(new() { Value = work.ConnectionId.Value });
        command.Parameters.Add(new() { Value = externalIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(Uuids(externalIds.Select(_ => Guid.CreateVersion7(now))));
        command.Parameters.Add(Uuids(externalIds.Select(_ => Guid.CreateVersion7(now))));
        command.Parameters.Add(Time(now));
        command.Parameters.Add(Text(JsonSerializer.Serialize(entries, TimelineJson.Default.ListTimelineEntry)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> WriteAsync(string sql, BackfillWork work, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = work.Id });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.AddRange(values);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Times(IEnumerable<DateTimeOffset> values) => new() { Value = values.Select(at => at.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Uuids(IEnumerable<Guid> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    private static NpgsqlParameter Number(long value) => new() { Value = value };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text?.Replace("\0", "", StringComparison.Ordinal) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

/// <summary>What a page brought.</summary>
internal readonly record struct PageCount(int Read, int New, int Known, int LeftOut);
