using Crossdock.Model;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Reconciliation;

/// <summary>The differences, one row an order.</summary>
internal sealed class DifferenceStore(NpgsqlDataSource database)
{
    private const string Columns = """
        external_id, kind, state, was_gap, day, counted, listed_hash, here_hash, placed_at, listed_updated_at, listed_total, listed_currency, listed_status,
        here_updated_at, here_total, here_currency, here_status, found_at, check_at, closed_at, attempts, last_error, outcome, event_id
        """;

    private const string Known = $"SELECT {Columns} FROM ledger_differences WHERE connection_id = $1 AND external_id = ANY($2)";

    private const string Due = $"SELECT {Columns} FROM ledger_differences WHERE connection_id = $1 AND check_at <= $2 ORDER BY check_at LIMIT $3";

    private const string Write = $"""
        INSERT INTO ledger_differences (connection_id, seen_at, {Columns})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
        ON CONFLICT (connection_id, external_id) DO UPDATE SET seen_at = excluded.seen_at, kind = excluded.kind, state = excluded.state, was_gap = excluded.was_gap, day = excluded.day, counted = excluded.counted,
            listed_hash = excluded.listed_hash, here_hash = excluded.here_hash, placed_at = excluded.placed_at, listed_updated_at = excluded.listed_updated_at, listed_total = excluded.listed_total,
            listed_currency = excluded.listed_currency, listed_status = excluded.listed_status, here_updated_at = excluded.here_updated_at, here_total = excluded.here_total,
            here_currency = excluded.here_currency, here_status = excluded.here_status, found_at = excluded.found_at, check_at = excluded.check_at, closed_at = excluded.closed_at,
            attempts = excluded.attempts, last_error = excluded.last_error, outcome = excluded.outcome, event_id = excluded.event_id
        """;

    private const string Move = """
        UPDATE ledger_differences SET state = $3, was_gap = $4, check_at = $5, closed_at = $6, attempts = $7, last_error = $8, outcome = $9, event_id = $10
        WHERE connection_id = $1 AND external_id = $2
        """;

    private const string Remove = "DELETE FROM ledger_differences WHERE connection_id = $1 AND external_id = ANY($2)";

    private const string Old = "DELETE FROM ledger_differences WHERE connection_id = $1 AND closed_at < $2";

    // Gaps that resist, and how many of a store's last orders nothing had announced.
    private const string Alarm = """
        SELECT count(*) FILTER (WHERE state = 'open' AND found_at < $2),
            min(external_id) FILTER (WHERE state = 'open' AND found_at < $2),
            min(last_error) FILTER (WHERE state = 'open' AND found_at < $2),
            count(*) FILTER (WHERE kind = 'missing' AND was_gap AND found_at > $3),
            (SELECT coalesce(sum(listed), 0) FROM ledger_days WHERE connection_id = $1 AND to_at > $3)::bigint
        FROM ledger_differences WHERE connection_id = $1 AND (state = 'open' OR found_at > $3)
        """;

    public Task<List<Difference>> KnownAsync(ConnectionId connection, IEnumerable<string> externalIds, CancellationToken cancellationToken) =>
        ReadAsync(Known, [Typed.Int(connection.Value), Typed.Array(NpgsqlDbType.Text, externalIds)], cancellationToken);

    public Task<List<Difference>> DueAsync(ConnectionId connection, DateTimeOffset now, int take, CancellationToken cancellationToken) =>
        ReadAsync(Due, [Typed.Int(connection.Value), Typed.Time(now), Typed.Int(take)], cancellationToken);

    /// <summary>Writes what a reading has found, or what is known anew.</summary>
    public Task WriteAsync(ConnectionId connection, IReadOnlyCollection<Difference> rows, DateTimeOffset seenAt, CancellationToken cancellationToken) => BatchAsync(rows.Select(row => Typed.Command(Write,
        Typed.Int(connection.Value), Typed.Time(seenAt), Typed.Text(row.ExternalId), Typed.Text(EnumNames<DifferenceKind>.Of(row.Kind)), Typed.Text(EnumNames<DifferenceState>.Of(row.State)), Typed.Bool(row.WasGap),
        Typed.Day(row.Day), Typed.Bool(row.Counted), Typed.Long(row.ListedHash), Typed.Long(row.HereHash), Typed.Time(row.PlacedAt), Typed.Time(row.ListedUpdatedAt), Number(row.ListedTotal),
        Typed.Text(row.ListedCurrency), Typed.Text(row.ListedStatus), Typed.Time(row.HereUpdatedAt), Number(row.HereTotal), Typed.Text(row.HereCurrency), Typed.Text(row.HereStatus), Typed.Time(row.FoundAt),
        Typed.Time(row.CheckAt), Typed.Time(row.ClosedAt), Typed.Int(row.Attempts), Typed.Text(row.LastError), Typed.Text(row.Outcome), Uuid(row.EventId))), cancellationToken);

    /// <summary>Writes how it stands with differences that were looked at.</summary>
    public Task MoveAsync(ConnectionId connection, IReadOnlyCollection<Difference> rows, CancellationToken cancellationToken) => BatchAsync(rows.Select(row => Typed.Command(Move,
        Typed.Int(connection.Value), Typed.Text(row.ExternalId), Typed.Text(EnumNames<DifferenceState>.Of(row.State)), Typed.Bool(row.WasGap), Typed.Time(row.CheckAt), Typed.Time(row.ClosedAt),
        Typed.Int(row.Attempts), Typed.Text(row.LastError), Typed.Text(row.Outcome), Uuid(row.EventId))), cancellationToken);

    /// <summary>They were none: what was on its way has come.</summary>
    public Task RemoveAsync(ConnectionId connection, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) => externalIds.Count == 0 ? Task.CompletedTask
        : BatchAsync([Typed.Command(Remove, Typed.Int(connection.Value), Typed.Array(NpgsqlDbType.Text, externalIds))], cancellationToken);

    public Task RemoveOldAsync(ConnectionId connection, DateTimeOffset before, CancellationToken cancellationToken) =>
        BatchAsync([Typed.Command(Old, Typed.Int(connection.Value), Typed.Time(before))], cancellationToken);

    public async Task<AlarmFigures> AlarmAsync(ConnectionId connection, DateTimeOffset openSince, DateTimeOffset lately, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Alarm);
        command.Parameters.AddRange(new[] { Typed.Int(connection.Value), Typed.Time(openSince), Typed.Time(lately) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(reader.GetInt64(0), Typed.TextOf(reader, 1), Typed.TextOf(reader, 2), reader.GetInt64(3), reader.GetInt64(4));
    }

    private async Task<List<Difference>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Difference>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new Difference
            {
                ExternalId = reader.GetString(0),
                Kind = EnumNames<DifferenceKind>.Parse(reader.GetString(1))!.Value,
                State = EnumNames<DifferenceState>.Parse(reader.GetString(2))!.Value,
                WasGap = reader.GetBoolean(3),
                Day = Typed.DayOf(reader, 4),
                Counted = reader.GetBoolean(5),
                ListedHash = reader.GetInt64(6),
                HereHash = reader.IsDBNull(7) ? null : reader.GetInt64(7),
                PlacedAt = Typed.TimeOf(reader, 8),
                ListedUpdatedAt = Typed.TimeOf(reader, 9),
                ListedTotal = reader.IsDBNull(10) ? null : reader.GetDecimal(10),
                ListedCurrency = Typed.TextOf(reader, 11),
                ListedStatus = Typed.TextOf(reader, 12),
                HereUpdatedAt = Typed.TimeOf(reader, 13),
                HereTotal = reader.IsDBNull(14) ? null : reader.GetDecimal(14),
                HereCurrency = Typed.TextOf(reader, 15),
                HereStatus = Typed.TextOf(reader, 16),
                FoundAt = Typed.TimeOf(reader, 17)!.Value,
                CheckAt = Typed.TimeOf(reader, 18),
                ClosedAt = Typed.TimeOf(reader, 19),
                Attempts = reader.GetInt32(20),
                LastError = Typed.TextOf(reader, 21),
                Outcome = Typed.TextOf(reader, 22),
                EventId = reader.IsDBNull(23) ? null : reader.GetGuid(23),
            });
        }

        return rows;
    }

    private async Task BatchAsync(IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        // In pieces: a store whose webhooks were gone for a day has thousands.
        foreach (var piece in commands.Chunk(500))
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            foreach (var command in piece)
            {
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static NpgsqlParameter Number(decimal? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Numeric };

    private static NpgsqlParameter Uuid(Guid? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}

/// <summary>What decides whether somebody is told.</summary>
/// <param name="Open">Gaps that resist.</param>
/// <param name="Example">One of them.</param>
/// <param name="Because">What stood in the way, in the platform's own words.</param>
/// <param name="Unannounced">Orders of the last 24 hours that nothing had announced.</param>
/// <param name="Listed">Orders the store lists of these days.</param>
internal sealed record AlarmFigures(long Open, string? Example, string? Because, long Unannounced, long Listed);
