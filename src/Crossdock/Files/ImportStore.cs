using System.Text.Json;
using Crossdock.Database;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Files;

/// <summary>An import leased by this node.</summary>
internal sealed record ImportWork
{
    public required Guid Id { get; init; }
    public required ConnectionId ConnectionId { get; init; }
    public required string FileName { get; init; }
    public required string Kind { get; init; }
    public required bool IsImporting { get; init; }
    public required bool GoodRowsOnly { get; init; }
    public required int DoneRow { get; init; }
    public required long? CheckedVersion { get; init; }
    public required DateTimeOffset? StartedAt { get; init; }
}

/// <summary>What is known of an order that a file brings.</summary>
internal enum Verdict
{
    /// <summary>Not known.</summary>
    New,
    /// <summary>Known with other content.</summary>
    Update,
    /// <summary>Known with the same content.</summary>
    Duplicate,
    /// <summary>Imported by this very import, before it was broken off.</summary>
    Mine,
}

/// <summary>A verdict, and whether the same content was known at some time.</summary>
internal readonly record struct Standing(Verdict Verdict, bool IsKnownContent);

/// <summary>Counts of a check.</summary>
internal sealed record CheckCounts(int Rows, int Orders, int Good, int Bad, int BadRows, int New, int Updates, int Duplicates, int Errors);

/// <summary>How far imports are. Only the node that holds the lease of one writes.</summary>
internal sealed class ImportStore(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Claim = """
        WITH due AS (
            SELECT id FROM file_imports
            WHERE state IN ('checking', 'importing') AND next_at <= $1 AND id <> ALL($2)
              AND (leased_until IS NULL OR leased_until < $1 OR ($5 AND leased_by <> $4))
            ORDER BY id LIMIT $6
            FOR UPDATE SKIP LOCKED)
        UPDATE file_imports i SET leased_until = $3, leased_by = $4
        FROM due WHERE i.id = due.id
        RETURNING i.id, i.connection_id, i.file_name, i.kind, i.state = 'importing', i.good_rows_only, i.done_row, i.checked_version, i.started_at
        """;

    private const string Keep = "UPDATE file_imports SET leased_until = $3 WHERE id = $1 AND leased_by = $2 AND state IN ('checking', 'importing')";

    private const string Checking = "UPDATE file_imports SET done_row = $3 WHERE id = $1 AND leased_by = $2 AND state = 'checking'";

    private const string Checked = """
        UPDATE file_imports SET state = CASE WHEN state = 'checking' THEN 'checked' ELSE state END, done_row = CASE WHEN state = 'checking' THEN 0 ELSE done_row END,
            rows = $3, orders = $4, good = $5, bad = $6, bad_rows = $7, new = $8, updates = $9, duplicates = $10, errors = $11, preview = $12, checked_version = $13, error = NULL,
            leased_until = CASE WHEN state = 'checking' THEN NULL ELSE leased_until END, leased_by = CASE WHEN state = 'checking' THEN NULL ELSE leased_by END
        WHERE id = $1 AND leased_by = $2 AND state IN ('checking', 'importing')
        """;

    // The rows are committed: the place may move. A lost lease, or a person's stop, moves nothing.
    private const string Advance = """
        UPDATE file_imports SET done_row = $3, done_orders = done_orders + $4 + $5 + $6, imported = imported + $4, skipped = skipped + $5, left_out = left_out + $6, worked_ms = worked_ms + $7, error = NULL
        WHERE id = $1 AND leased_by = $2 AND state = 'importing'
        """;

    private const string Finish = "UPDATE file_imports SET state = 'done', ended_at = $3, error = NULL, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2 AND state = 'importing'";

    private const string Refuse = "UPDATE file_imports SET state = 'checked', started_at = NULL, started_by = NULL, error = $3, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2 AND state = 'importing'";

    private const string Fail = "UPDATE file_imports SET state = 'failed', error = $3, ended_at = $4, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2";

    private const string Later = "UPDATE file_imports SET error = $3, next_at = $4, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2";

    private const string Release = "UPDATE file_imports SET leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2";

    // Each by a key. The event an order's document came from carries the content's hash in its dedupe key.
    private const string Known = """
        SELECT k.place, o.event_id, e.dedupe_key, n.event_id
        FROM unnest($2::text[], $3::uuid[]) WITH ORDINALITY AS k (external_id, key_hash, place)
        LEFT JOIN orders o ON o.connection_id = $1 AND o.external_id = k.external_id
        LEFT JOIN events e ON e.id = o.event_id
        LEFT JOIN event_keys n ON n.connection_id = $1 AND n.key_hash = k.key_hash
        """;

    // Counted to a bound: whether it is more does not matter.
    private const string Backlog = "SELECT count(*) FROM (SELECT FROM inbox LIMIT $1) i";

    private const string DropOld = """
        WITH old AS (
            UPDATE file_imports SET file_dropped_at = $2, state = CASE WHEN state IN ('checked', 'stopped') THEN 'discarded' ELSE state END
            WHERE id IN (SELECT id FROM file_imports WHERE file_dropped_at IS NULL AND created_at < $1 AND state NOT IN ('checking', 'importing') ORDER BY id LIMIT 100) RETURNING id)
        DELETE FROM file_chunks WHERE import_id IN (SELECT id FROM old)
        """;

    public async Task<List<ImportWork>> ClaimAsync(IReadOnlyCollection<Guid> running, int room, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(Time(now));
        command.Parameters.Add(new() { Value = running.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(Time(now + lease));
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = node.IsAlone });
        command.Parameters.Add(new() { Value = room });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<ImportWork>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new ImportWork
            {
                Id = reader.GetGuid(0),
                ConnectionId = new ConnectionId(reader.GetInt32(1)),
                FileName = reader.GetString(2),
                Kind = reader.GetString(3),
                IsImporting = reader.GetBoolean(4),
                GoodRowsOnly = reader.GetBoolean(5),
                DoneRow = reader.GetInt32(6),
                CheckedVersion = reader.IsDBNull(7) ? null : reader.GetInt64(7),
                StartedAt = reader.IsDBNull(8) ? null : new DateTimeOffset(reader.GetDateTime(8)),
            });
        }

        return claimed;
    }

    /// <summary>Sign of life; false when another node has taken over, or a person stopped it.</summary>
    public Task<bool> KeepAsync(ImportWork work, DateTimeOffset until, CancellationToken cancellationToken) => WriteAsync(Keep, work, [Time(until)], cancellationToken);

    public Task<bool> CheckingAsync(ImportWork work, int row, CancellationToken cancellationToken) => WriteAsync(Checking, work, [Number(row)], cancellationToken);

    public Task<bool> CheckedAsync(ImportWork work, CheckCounts counts, ImportPreview preview, long version, CancellationToken cancellationToken) => WriteAsync(Checked, work,
    [
        Number(counts.Rows), Number(counts.Orders), Number(counts.Good), Number(counts.Bad), Number(counts.BadRows), Number(counts.New), Number(counts.Updates), Number(counts.Duplicates), Number(counts.Errors),
        new() { Value = JsonSerializer.Serialize(preview, ImportPreview.Json), NpgsqlDbType = NpgsqlDbType.Json }, new() { Value = version },
    ], cancellationToken);

    /// <summary>Everything up to this row is committed.</summary>
    public Task<bool> AdvanceAsync(ImportWork work, int row, int imported, int skipped, int leftOut, long workedMs, CancellationToken cancellationToken) =>
        WriteAsync(Advance, work, [Number(row), Number(imported), Number(skipped), Number(leftOut), new() { Value = workedMs }], cancellationToken);

    public Task<bool> FinishAsync(ImportWork work, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(Finish, work, [Time(now)], cancellationToken);

    /// <summary>Back to the person's decision: the file has errors by the settings of now.</summary>
    public Task<bool> RefuseAsync(ImportWork work, string because, CancellationToken cancellationToken) => WriteAsync(Refuse, work, [Text(because)], cancellationToken);

    public Task<bool> FailAsync(ImportWork work, string because, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(Fail, work, [Text(because), Time(now)], cancellationToken);

    public Task<bool> LaterAsync(ImportWork work, string because, DateTimeOffset nextAt, CancellationToken cancellationToken) => WriteAsync(Later, work, [Text(because), Time(nextAt)], cancellationToken);

    public Task<bool> ReleaseAsync(ImportWork work, CancellationToken cancellationToken) => WriteAsync(Release, work, [], cancellationToken);

    /// <summary>What is known of these orders, in their order.</summary>
    public async Task<Standing[]> KnownAsync(ConnectionId connection, string[] externalIds, string[] dedupeKeys, Guid import, DateTimeOffset? startedAt, CancellationToken cancellationToken)
    {
        var standings = new Standing[externalIds.Length];
        await using var command = database.CreateCommand(Known);
        command.Parameters.Add(new() { Value = connection.Value });
        command.Parameters.Add(new() { Value = externalIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = dedupeKeys.Select(Capture.CaptureEndpoint.KeyHash).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            int place = (int)reader.GetInt64(0) - 1;
            Guid? orderEvent = reader.IsDBNull(1) ? null : reader.GetGuid(1), contentEvent = reader.IsDBNull(3) ? null : reader.GetGuid(3);
            string? orderKey = reader.IsDBNull(2) ? null : reader.GetString(2), own = Again(dedupeKeys[place], import);
            bool isSame = orderEvent is null ? contentEvent is not null
                : orderKey is null ? contentEvent == orderEvent
                : orderKey == dedupeKeys[place] || orderKey.StartsWith(dedupeKeys[place] + ":", StringComparison.Ordinal);
            bool isMine = isSame && (orderKey == own || (startedAt is { } started && contentEvent is { } id && id.CompareTo(QueryReading.Floor(started)) >= 0));
            standings[place] = new Standing(isMine ? Verdict.Mine : isSame ? Verdict.Duplicate : orderEvent is null ? Verdict.New : Verdict.Update, contentEvent is not null);
        }

        return standings;
    }

    /// <summary>The dedupe key of content that an order once had and gets again: without the import's id it would be taken for the event of then.</summary>
    public static string Again(string dedupeKey, Guid import) => $"{dedupeKey}:{import:N}";

    /// <summary>How many events wait to be worked, counted to the given bound.</summary>
    public async Task<long> BacklogAsync(int bound, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Backlog);
        command.Parameters.Add(new() { Value = bound });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Drops files that were uploaded before that; answers how many pieces.</summary>
    public async Task<int> DropOldAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(DropOld);
        command.Parameters.Add(Time(before));
        command.Parameters.Add(Time(now));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> WriteAsync(string sql, ImportWork work, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = work.Id });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.AddRange(values);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Number(int value) => new() { Value = value };

    private static NpgsqlParameter Text(string text) => new() { Value = text.Replace("\0", "", StringComparison.Ordinal) };
}
