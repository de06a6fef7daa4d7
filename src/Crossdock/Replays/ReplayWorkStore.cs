using System.Globalization;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Replays;

/// <summary>A replay leased by this node.</summary>
internal sealed record ReplayWork
{
    public required Guid Id { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public required IReadOnlyList<ConnectionId> Connections { get; init; }
    public required IReadOnlyList<long> Versions { get; init; }
    /// <summary>Rules tried before they are in force, as JSON; null for those in force.</summary>
    public required string? Rules { get; init; }
    public required DateTimeOffset RulesAt { get; init; }
    /// <summary>False when its trial is over and something chosen of it is to be applied.</summary>
    public required bool IsTrial { get; init; }
    public required bool IsPlanned { get; init; }
    public required int Place { get; init; }
    public required Guid? Watermark { get; init; }
    public required IReadOnlyList<long> Counts { get; init; }
    public required int Failures { get; init; }
}

/// <summary>What one page of a trial came to.</summary>
internal sealed record TrialProgress(int Place, Guid? Watermark, int Read, int Orders, IReadOnlyList<TrialDifference> Differences, long WorkedMs);

/// <summary>How far replays are. Only the node that holds the lease writes.</summary>
internal sealed class ReplayWorkStore(NpgsqlDataSource database, NodeIdentity node)
{
    // One at a time in the whole hub: only the oldest that has work is ever taken.
    private const string Claim = """
        WITH turn AS (
            SELECT r.id FROM replays r
            WHERE r.state = 'running' OR EXISTS (SELECT FROM replay_applications a WHERE a.replay_id = r.id AND a.state = 'running')
            ORDER BY r.id LIMIT 1)
        UPDATE replays r SET leased_until = $2, leased_by = $3, started_at = coalesce(r.started_at, $1)
        FROM turn
        WHERE r.id = turn.id AND r.next_at <= $1 AND (r.leased_until IS NULL OR r.leased_until < $1 OR ($4 AND r.leased_by <> $3))
        RETURNING r.id, r.from_at, r.to_at, r.connections, r.versions, r.rules::text, r.rules_at, r.state = 'running', r.total IS NOT NULL, r.place, r.watermark, r.counts, r.failures
        """;

    private const string Keep = """
        UPDATE replays r SET leased_until = $3
        WHERE r.id = $1 AND r.leased_by = $2 AND (r.state = 'running' OR EXISTS (SELECT FROM replay_applications a WHERE a.replay_id = r.id AND a.state = 'running'))
        """;

    // Retention drops whole days, oldest first: what stands on an event older than the oldest that is kept cannot be worked again.
    private const string Plan = """
        UPDATE replays SET
            total = (SELECT count(*) FROM events WHERE connection_id = ANY($3) AND id > $4 AND id < $5),
            not_kept = (SELECT count(*) FROM orders WHERE connection_id = ANY($3) AND id < $5 AND event_id > $4 AND event_id < least($5, (SELECT id FROM events ORDER BY id LIMIT 1)))
        WHERE id = $1 AND leased_by = $2
        """;

    private const string Advance = """
        UPDATE replays SET place = $3, watermark = $4, read = read + $5, orders = orders + $6, different = different + $7, worked_ms = worked_ms + $8, counts = $9, failures = 0, error = NULL
        WHERE id = $1 AND leased_by = $2 AND state = 'running'
        """;

    private const string Put = """
        INSERT INTO replay_differences (replay_id, id, connection_id, order_id, external_id, number, kinds, state_before, state_after, version, base_event, events, creates, updates, cancels, told)
        SELECT $1, d.id, d.connection_id, d.order_id, d.external_id, d.number, d.kinds, d.state_before, d.state_after, d.version, d.base_event, d.events::uuid[], d.creates, d.updates, d.cancels, d.told::json
        FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::text[], $7::int[], $8::text[], $9::text[], $10::int[], $11::uuid[], $12::text[], $13::int[], $14::int[], $15::int[], $16::text[])
            AS d (id, connection_id, order_id, external_id, number, kinds, state_before, state_after, version, base_event, events, creates, updates, cancels, told)
        ON CONFLICT (replay_id, id) DO UPDATE SET kinds = excluded.kinds, number = excluded.number, state_before = excluded.state_before, state_after = excluded.state_after, version = excluded.version,
            base_event = excluded.base_event, events = excluded.events, creates = excluded.creates, updates = excluded.updates, cancels = excluded.cancels, told = excluded.told
        """;

    // Counted anew at the end: an order that was met twice has one row.
    private const string Finish = """
        UPDATE replays SET state = 'done', ended_at = $3, error = NULL, leased_until = NULL, leased_by = NULL,
            different = (SELECT count(*) FROM replay_differences WHERE replay_id = $1),
            counts = ARRAY(SELECT coalesce(c.count, 0) FROM generate_series(0, $4 - 1) AS k (kind)
                LEFT JOIN (SELECT b.kind, count(*) FROM replay_differences d CROSS JOIN generate_series(0, $4 - 1) AS b (kind) WHERE d.replay_id = $1 AND d.kinds & (1 << b.kind) <> 0 GROUP BY b.kind) c ON c.kind = k.kind
                ORDER BY k.kind)
        WHERE id = $1 AND leased_by = $2 AND state = 'running'
        """;

    private const string Fail = "UPDATE replays SET state = 'failed', error = $3, ended_at = $4, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2 AND state = 'running'";

    private const string Later = "UPDATE replays SET error = $3, next_at = $4, failures = failures + 1, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2";

    private const string Release = "UPDATE replays SET leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2";

    // Counted to a bound: whether it is more does not matter.
    private const string Backlog = "SELECT count(*) FROM (SELECT FROM inbox LIMIT $1) i";

    private const string Old = "SELECT id FROM replays WHERE ended_at < $1 AND dropped_at IS NULL ORDER BY id LIMIT 1";

    private const string Drop = "DELETE FROM replay_differences WHERE replay_id = $1";

    private const string Dropped = "UPDATE replays SET dropped_at = $2 WHERE id = $1";

    public async Task<ReplayWork?> ClaimAsync(DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(Parameters.Time(now));
        command.Parameters.Add(Parameters.Time(now + lease));
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = node.IsAlone });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        return new ReplayWork
        {
            Id = reader.GetGuid(0),
            From = new DateTimeOffset(reader.GetDateTime(1)),
            To = new DateTimeOffset(reader.GetDateTime(2)),
            Connections = [.. reader.GetFieldValue<int[]>(3).Select(id => new ConnectionId(id))],
            Versions = reader.GetFieldValue<long[]>(4),
            Rules = reader.IsDBNull(5) ? null : reader.GetString(5),
            RulesAt = new DateTimeOffset(reader.GetDateTime(6)),
            IsTrial = reader.GetBoolean(7),
            IsPlanned = reader.GetBoolean(8),
            Place = reader.GetInt32(9),
            Watermark = reader.IsDBNull(10) ? null : reader.GetGuid(10),
            Counts = reader.GetFieldValue<long[]>(11),
            Failures = reader.GetInt32(12),
        };
    }

    /// <summary>Sign of life; false when another node has taken over, or a person stopped it.</summary>
    public Task<bool> KeepAsync(ReplayWork work, DateTimeOffset until, CancellationToken cancellationToken) => WriteAsync(Keep, work, [Parameters.Time(until)], cancellationToken);

    /// <summary>Counts the window's events, and the orders whose events are gone.</summary>
    public Task PlanAsync(ReplayWork work, CancellationToken cancellationToken) => WriteAsync(Plan, work,
    [
        new() { Value = work.Connections.Select(id => id.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
        new() { Value = QueryReading.Floor(work.From) },
        new() { Value = QueryReading.Floor(work.To) },
    ], cancellationToken);

    /// <summary>Stores a page's differences and moves on, in one transaction; false when another node has taken over, or a person stopped it: then nothing is stored.</summary>
    public async Task<bool> AdvanceAsync(ReplayWork work, TrialProgress progress, long[] counts, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var advance = new NpgsqlCommand(Advance, connection))
        {
            advance.Parameters.Add(new() { Value = work.Id });
            advance.Parameters.Add(new() { Value = node.Id });
            advance.Parameters.Add(new() { Value = progress.Place });
            advance.Parameters.Add(new() { Value = (object?)progress.Watermark ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
            advance.Parameters.Add(new() { Value = (long)progress.Read });
            advance.Parameters.Add(new() { Value = (long)progress.Orders });
            advance.Parameters.Add(new() { Value = (long)progress.Differences.Count });
            advance.Parameters.Add(new() { Value = progress.WorkedMs });
            advance.Parameters.Add(new() { Value = counts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            if (await advance.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return false;
            }
        }

        if (progress.Differences.Count > 0)
        {
            await using var put = PutCommand(work, [.. progress.Differences.GroupBy(one => one.Id).Select(group => group.Last())]);
            put.Connection = connection;
            await put.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public Task FinishAsync(ReplayWork work, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(Finish, work, [Parameters.Time(now), new() { Value = ReplayKinds.Count }], cancellationToken);

    public Task FailAsync(ReplayWork work, string because, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(Fail, work, [Text(because), Parameters.Time(now)], cancellationToken);

    /// <summary>Not now: goes on by itself at the given time.</summary>
    public Task LaterAsync(ReplayWork work, string because, DateTimeOffset nextAt, CancellationToken cancellationToken) => WriteAsync(Later, work, [Text(because), Parameters.Time(nextAt)], cancellationToken);

    /// <summary>Gives it back, so that nobody waits for the lease.</summary>
    public Task ReleaseAsync(ReplayWork work, CancellationToken cancellationToken) => WriteAsync(Release, work, [], cancellationToken);

    /// <summary>How many live events wait to be worked, counted to the given bound.</summary>
    public async Task<long> BacklogAsync(int bound, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Backlog);
        command.Parameters.Add(new() { Value = bound });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Drops the differences of one replay that ended before; true when there was one.</summary>
    public async Task<bool> DropOldAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var find = database.CreateCommand(Old);
        find.Parameters.Add(Parameters.Time(before));
        if (await find.ExecuteScalarAsync(cancellationToken) is not Guid id)
        {
            return false;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new(Drop) { Parameters = { new() { Value = id } } }, new(Dropped) { Parameters = { new() { Value = id }, Parameters.Time(now) } } },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }

    private static NpgsqlCommand PutCommand(ReplayWork work, IReadOnlyList<TrialDifference> all)
    {
        var put = new NpgsqlCommand(Put);
        put.Parameters.Add(new() { Value = work.Id });
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Uuid, all, one => one.Id));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, all, one => one.ConnectionId.Value));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Uuid, all, one => one.OrderId?.Value));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Text, all, one => one.ExternalId));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Text, all, one => Parameters.Storable(one.Number)));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, all, one => one.Kinds));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Text, all, one => one.Before is { } state ? EnumNames<OrderState>.Of(state) : null));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Text, all, one => one.After is { } state ? EnumNames<OrderState>.Of(state) : null));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, all, one => one.Version));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Uuid, all, one => one.BaseEvent));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Text, all, one => string.Create(CultureInfo.InvariantCulture, $"{{{string.Join(',', one.Events)}}}")));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, all, one => one.Creates));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, all, one => one.Updates));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, all, one => one.Cancels));
        put.Parameters.Add(Parameters.Array(NpgsqlDbType.Text, all, one => JsonSerializer.Serialize(one.Told, ReplayJson.Default.ReplayTold)));
        return put;
    }

    private async Task<bool> WriteAsync(string sql, ReplayWork work, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;
        command.Parameters.Add(new() { Value = work.Id });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.AddRange(values);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
