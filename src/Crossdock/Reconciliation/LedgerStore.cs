using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Reading;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Reconciliation;

/// <summary>The ledgers, and how far their readings are. Only the node that holds a connection's lease writes.</summary>
internal sealed class LedgerStore(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Guard = "UPDATE reading_states SET leased_until = greatest(leased_until, $4) WHERE connection_id = $1 AND activity = $2 AND leased_by = $3";

    private const string Move = """
        UPDATE reading_states SET watermark = greatest(watermark, $4), succeeded_at = $5, failures = 0, problem = NULL, problem_since = NULL, needs_person = false
        WHERE connection_id = $1 AND activity = $2 AND leased_by = $3
        """;

    private const string EndRound = """
        UPDATE reading_states SET leased_until = NULL, leased_by = NULL, failures = 0, problem = NULL, problem_since = NULL, needs_person = false,
            next_at = least($4,
                (SELECT min(check_at) FROM ledger_differences WHERE connection_id = $1 AND check_at IS NOT NULL),
                (SELECT min(next_read_at) FROM ledger_days WHERE connection_id = $1 AND next_read_at IS NOT NULL))
        WHERE connection_id = $1 AND activity = $2 AND leased_by = $3
        """;

    private const string PollPlace = "SELECT watermark FROM reading_states WHERE connection_id = $1 AND activity = 'poll' AND problem IS NULL";

    private const string Pass = "SELECT day, from_at, to_at, until_at, step_seconds, cursor, figures, seen, requests, started_at FROM ledger_passes WHERE connection_id = $1 AND kind = $2";

    private const string SavePass = """
        INSERT INTO ledger_passes (connection_id, kind, day, from_at, to_at, until_at, step_seconds, cursor, figures, seen, requests, started_at)
        SELECT $1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
        WHERE EXISTS (SELECT FROM reading_states WHERE connection_id = $1 AND activity = $2 AND leased_by = $3)
        ON CONFLICT (connection_id, kind) DO UPDATE SET day = excluded.day, from_at = excluded.from_at, to_at = excluded.to_at, until_at = excluded.until_at, step_seconds = excluded.step_seconds,
            cursor = excluded.cursor, figures = excluded.figures, seen = excluded.seen, requests = excluded.requests, started_at = excluded.started_at
        """;

    private const string DropPass = "DELETE FROM ledger_passes WHERE connection_id = $1 AND kind = $2";

    private const string DropPasses = "DELETE FROM ledger_passes WHERE connection_id = $1";

    // What a rolling window counted is added; a day that was read as a whole has it already.
    private const string AddDays = """
        INSERT INTO ledger_days AS d (connection_id, day, from_at, to_at, zone, listed, hash, counted_to, next_read_at)
        SELECT $1, t.day, t.from_at, t.to_at, $2, t.listed, t.hash, t.counted_to, t.next_read_at
        FROM unnest($3::date[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::bigint[], $8::timestamptz[], $9::timestamptz[]) AS t (day, from_at, to_at, listed, hash, counted_to, next_read_at)
        ON CONFLICT (connection_id, day) DO UPDATE SET listed = d.listed + excluded.listed, hash = d.hash # excluded.hash, counted_to = greatest(d.counted_to, excluded.counted_to)
        WHERE NOT d.is_whole
        """;

    private const string AddSums = """
        INSERT INTO ledger_sums AS s (connection_id, day, currency, listed)
        SELECT $1, t.day, t.currency, t.listed FROM unnest($2::date[], $3::text[], $4::numeric[]) AS t (day, currency, listed)
        WHERE NOT EXISTS (SELECT FROM ledger_days d WHERE d.connection_id = $1 AND d.day = t.day AND d.is_whole)
        ON CONFLICT (connection_id, day, currency) DO UPDATE SET listed = s.listed + excluded.listed
        """;

    private const string Due = """
        SELECT day, from_at, listed, asked_by FROM ledger_days WHERE connection_id = $1 AND next_read_at <= $2
        ORDER BY asked_by IS NULL, day DESC LIMIT 1
        """;

    private const string OneDay = "SELECT day, from_at, listed, asked_by FROM ledger_days WHERE connection_id = $1 AND day = $2";

    private const string WriteDay = """
        UPDATE ledger_days SET from_at = $3, to_at = $4, zone = $5, listed = $6, hash = $7, counted_to = $8, is_whole = $9, read_at = $10, reads = reads + 1, next_read_at = $11, asked_by = NULL
        WHERE connection_id = $1 AND day = $2
        """;

    private const string DropSums = "DELETE FROM ledger_sums WHERE connection_id = $1 AND day = $2";

    // What this reading did not meet any more is not in the new figures; what was open is looked at.
    private const string Sweep = """
        UPDATE ledger_differences SET counted = false, check_at = CASE WHEN state IN ('open', 'waiting', 'parked') THEN $4 ELSE check_at END
        WHERE connection_id = $1 AND day = $2 AND counted AND seen_at < $3
        """;

    private static readonly string Activity = ReadingActivity.Ledger;

    /// <summary>Where polling stands; null when the connection is not polled, or cannot be.</summary>
    public async Task<DateTimeOffset?> PollPlaceAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PollPlace);
        command.Parameters.Add(Typed.Int(connection.Value));
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at) : null;
    }

    /// <summary>The reading that was begun; null when none was.</summary>
    public async Task<LedgerPass?> PassAsync(ConnectionId connection, string kind, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Pass);
        command.Parameters.Add(Typed.Int(connection.Value));
        command.Parameters.Add(Typed.Text(kind));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null : new LedgerPass
        {
            ConnectionId = connection,
            Kind = kind,
            Day = Typed.DayOf(reader, 0),
            From = Typed.TimeOf(reader, 1)!.Value,
            To = Typed.TimeOf(reader, 2)!.Value,
            Until = Typed.TimeOf(reader, 3)!.Value,
            Step = TimeSpan.FromSeconds(reader.GetInt32(4)),
            Cursor = Typed.TextOf(reader, 5),
            Tally = new Tally(reader.GetString(6), reader.GetFieldValue<byte[]>(7)),
            Requests = reader.GetInt32(8),
            StartedAt = Typed.TimeOf(reader, 9)!.Value,
        };
    }

    /// <summary>Keeps how far a reading is; false when another node has taken over.</summary>
    public async Task<bool> SaveAsync(LedgerPass pass, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SavePass);
        command.Parameters.AddRange(Own(pass.ConnectionId));
        command.Parameters.AddRange(new[]
        {
            Typed.Text(pass.Kind), Typed.Day(pass.Day), Typed.Time(pass.From), Typed.Time(pass.To), Typed.Time(pass.Until), Typed.Int((int)pass.Step.TotalSeconds), Typed.Text(pass.Cursor),
            Typed.Text(pass.Tally.Figures()), Typed.Bytes(pass.Tally.SeenBytes()), Typed.Int(pass.Requests), Typed.Time(pass.StartedAt),
        });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Begins again: what was read with another configuration means nothing any more.</summary>
    public async Task DropPassesAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(DropPasses);
        command.Parameters.Add(Typed.Int(connection.Value));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A window of what changed lately is compared: its figures are added to their days and the watermark moves, together. False when another node has taken over.</summary>
    public Task<bool> FinishRollingAsync(ConnectionId connection, string zone, DateTimeOffset watermark, IReadOnlyList<DayWrite> days, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sums = days.SelectMany(day => day.Tally.Sums.Select(sum => (day.Day, sum.Key, sum.Value))).ToList();
        return TogetherAsync(Typed.Command(Move, [.. Own(connection), Typed.Time(watermark), Typed.Time(now)]),
        [
            Typed.Command(AddDays, Typed.Int(connection.Value), Typed.Text(zone), Days(days.Select(day => day.Day)), Times(days.Select(day => day.From)), Times(days.Select(day => day.To)),
                Typed.Array(NpgsqlDbType.Bigint, days.Select(day => day.Tally.Listed)), Typed.Array(NpgsqlDbType.Bigint, days.Select(day => day.Tally.Hash)),
                Times(days.Select(day => day.CountedTo)), Typed.Array(NpgsqlDbType.TimestampTz, days.Select(day => day.NextReadAt?.UtcDateTime))),
            Typed.Command(AddSums, Typed.Int(connection.Value), Days(sums.Select(sum => sum.Day)), Typed.Array(NpgsqlDbType.Text, sums.Select(sum => sum.Key)), Typed.Array(NpgsqlDbType.Numeric, sums.Select(sum => sum.Value))),
            Typed.Command(DropPass, Typed.Int(connection.Value), Typed.Text(PassKind.Rolling)),
        ], cancellationToken);
    }

    /// <summary>The day to read now: those that a person asked for first, then the latest.</summary>
    public Task<DueDay?> DueAsync(ConnectionId connection, DateTimeOffset now, CancellationToken cancellationToken) => DayAsync(Due, connection, Typed.Time(now), cancellationToken);

    public Task<DueDay?> DayAsync(ConnectionId connection, LocalDate day, CancellationToken cancellationToken) => DayAsync(OneDay, connection, Typed.Day(day), cancellationToken);

    /// <summary>A day is read: its figures take the place of the former. False when another node has taken over.</summary>
    public Task<bool> FinishDayAsync(LedgerPass pass, DayWrite day, bool isWhole, DateTimeOffset leasedUntil, DateTimeOffset now, CancellationToken cancellationToken)
    {
        int id = pass.ConnectionId.Value;
        return TogetherAsync(Typed.Command(Guard, [.. Own(pass.ConnectionId), Typed.Time(leasedUntil)]),
        [
            Typed.Command(WriteDay, Typed.Int(id), Typed.Day(day.Day), Typed.Time(day.From), Typed.Time(day.To), Typed.Text(day.Zone), Typed.Long(day.Tally.Listed), Typed.Long(day.Tally.Hash),
                Typed.Time(day.CountedTo), Typed.Bool(isWhole), Typed.Time(now), Typed.Time(day.NextReadAt)),
            Typed.Command(DropSums, Typed.Int(id), Typed.Day(day.Day)),
            .. day.Tally.Sums.Select(sum => Typed.Command("INSERT INTO ledger_sums (connection_id, day, currency, listed) VALUES ($1, $2, $3, $4)",
                Typed.Int(id), Typed.Day(day.Day), Typed.Text(sum.Key), new() { Value = sum.Value })),
            Typed.Command(Sweep, Typed.Int(id), Typed.Day(day.Day), Typed.Time(pass.StartedAt), Typed.Time(now)),
            Typed.Command(DropPass, Typed.Int(id), Typed.Text(PassKind.Day)),
        ], cancellationToken);
    }

    /// <summary>Nothing more is to be done now: the next look is at this time, or when a day or a difference is due.</summary>
    public async Task EndRoundAsync(ConnectionId connection, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(EndRound);
        command.Parameters.AddRange(Own(connection));
        command.Parameters.Add(Typed.Time(nextAt));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<DueDay?> DayAsync(string sql, ConnectionId connection, NpgsqlParameter which, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(Typed.Int(connection.Value));
        command.Parameters.Add(which);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(Typed.DayOf(reader, 0)!.Value, Typed.TimeOf(reader, 1)!.Value, reader.GetInt64(2), Typed.TextOf(reader, 3)) : null;
    }

    private async Task<bool> TogetherAsync(NpgsqlBatchCommand guard, IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var first = new NpgsqlBatch(connection) { BatchCommands = { guard } })
        {
            if (await first.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return false;
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private NpgsqlParameter[] Own(ConnectionId connection) => [Typed.Int(connection.Value), Typed.Text(Activity), new() { Value = node.Id }];

    private static NpgsqlParameter Days(IEnumerable<LocalDate> days) => Typed.Array(NpgsqlDbType.Date, days.Select(day => day.ToDateOnly()));

    private static NpgsqlParameter Times(IEnumerable<DateTimeOffset> times) => Typed.Array(NpgsqlDbType.TimestampTz, times.Select(at => at.UtcDateTime));
}
