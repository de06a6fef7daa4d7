using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Bulk;

/// <summary>Work on many orders, as it is kept. A row's lease says which node works on it.</summary>
internal sealed class BulkStore(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Insert = """
        INSERT INTO bulk_actions (id, action, filter, because, state, total, actor, caller_kind, caller_name, caller_id, caller_address, connections, created_at, ended_at)
        VALUES ($1, $2, $3, $4, CASE WHEN $5 = 0 THEN 'done' ELSE 'running' END, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $5 = 0 THEN $12 END)
        """;

    private const string InsertOrders = "INSERT INTO bulk_action_orders (bulk_id, place, order_id) SELECT $1, x.place, x.id FROM unnest($2::uuid[]) WITH ORDINALITY AS x (id, place)";

    private const string Claim = """
        UPDATE bulk_actions SET leased_until = $2 + interval '1 minute', leased_by = $1
        WHERE id = (SELECT id FROM bulk_actions WHERE state = 'running' AND (leased_until IS NULL OR leased_until < $2 OR leased_by = $1 OR $3) ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, action, because, actor, caller_kind, caller_name, caller_id, caller_address, connections, place
        """;

    private const string Keep = "UPDATE bulk_actions SET leased_until = $3 + interval '1 minute' WHERE id = $1 AND leased_by = $2 AND state = 'running'";

    // The next orders, marked as begun: what is found done afterwards was done by us.
    private const string Begin = """
        WITH next AS (SELECT bulk_id, place, order_id, begun FROM bulk_action_orders WHERE bulk_id = $1 AND place > $2 AND outcome IS NULL ORDER BY place LIMIT $3),
        marked AS (UPDATE bulk_action_orders o SET begun = true FROM next WHERE o.bulk_id = next.bulk_id AND o.place = next.place AND NOT next.begun)
        SELECT place, order_id, begun FROM next ORDER BY place
        """;

    private const string Finish = """
        WITH told AS (
            UPDATE bulk_action_orders o SET outcome = r.outcome, because = r.because FROM unnest($3::int[], $4::text[], $5::text[]) AS r (place, outcome, because) WHERE o.bulk_id = $1 AND o.place = r.place AND o.outcome IS NULL RETURNING o.outcome)
        UPDATE bulk_actions SET done = done + (SELECT count(*) FROM told WHERE outcome = 'done'), refused = refused + (SELECT count(*) FROM told WHERE outcome = 'refused'), place = greatest(place, $6), leased_until = $7 + interval '1 minute'
        WHERE id = $1 AND leased_by = $2
        """;

    private const string End = "UPDATE bulk_actions SET state = $3, error = $4, ended_at = $5, leased_until = NULL, leased_by = NULL WHERE id = $1 AND leased_by = $2 AND state = 'running'";

    private const string Stop = """
        UPDATE bulk_actions SET state = 'stopped', ended_at = $2, leased_until = NULL, leased_by = NULL WHERE id = $1 AND state = 'running' AND ($3::int[] IS NULL OR connections <@ $3::int[])
        """;

    private const string DropOld = "DELETE FROM bulk_actions WHERE state <> 'running' AND ended_at < $1";

    public async Task InsertAsync(NpgsqlConnection connection, BulkWork work, string? filter, IReadOnlyList<Guid> orders, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var caller = work.Caller;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                new() { Value = work.Id }, new() { Value = EnumNames<BulkKind>.Of(work.Kind) }, Text(filter), Text(work.Because), new() { Value = orders.Count }, new() { Value = work.Actor },
                new() { Value = EnumNames<CallerKind>.Of(caller.Kind) }, new() { Value = caller.Name }, new() { Value = (object?)caller.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }, Text(caller.Address),
                new() { Value = (object?)caller.Connections?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer }, Parameters.Time(now),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertOrders) { Parameters = { new() { Value = work.Id }, Parameters.Array(NpgsqlDbType.Uuid, orders, id => id) } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes work that nobody has; null for none.</summary>
    public async Task<BulkWork?> ClaimAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(Parameters.Time(now));
        command.Parameters.Add(new() { Value = node.IsAlone });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var caller = new Caller(EnumNames<CallerKind>.Parse(reader.GetString(4))!.Value, reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetGuid(6), reader.IsDBNull(7) ? null : reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetFieldValue<int[]>(8));
        return new BulkWork(reader.GetGuid(0), EnumNames<BulkKind>.Parse(reader.GetString(1))!.Value, reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetString(3), caller, reader.GetInt32(9));
    }

    /// <summary>Holds the lease on; false when somebody stopped it, or another node has it.</summary>
    public async Task<bool> KeepAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Keep);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = id }, new() { Value = node.Id }, Parameters.Time(now)]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task<IReadOnlyList<(int Place, Guid Order, bool WasBegun)>> BeginAsync(Guid id, int after, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Begin);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = id }, new() { Value = after }, new() { Value = most }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(int, Guid, bool)> all = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add((reader.GetInt32(0), reader.GetGuid(1), reader.GetBoolean(2)));
        }

        return all;
    }

    public async Task FinishAsync(Guid id, IReadOnlyList<(int Place, string? Refusal)> results, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Finish);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = id }, new() { Value = node.Id }, Parameters.Array(NpgsqlDbType.Integer, results, one => one.Place), Parameters.Array(NpgsqlDbType.Text, results, one => one.Refusal is null ? "done" : "refused"),
            Parameters.Array(NpgsqlDbType.Text, results, one => one.Refusal), new() { Value = results.Max(one => one.Place) }, Parameters.Time(now),
        ]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task EndAsync(Guid id, BulkState state, string? error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(End);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = id }, new() { Value = node.Id }, new() { Value = EnumNames<BulkState>.Of(state) }, Text(error), Parameters.Time(now)]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Stops it where it is; false when it does not run, or is not the caller's to stop.</summary>
    public async Task<bool> StopAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Stop);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = id }, Parameters.Time(now), new() { Value = (object?)Caller.Seen ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer }]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task DropOldAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(DropOld);
        command.Parameters.Add(Parameters.Time(before));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

/// <summary>Work on many orders, with the person in whose name it is done.</summary>
internal sealed record BulkWork(Guid Id, BulkKind Kind, string? Because, string Actor, Caller Caller, int Place);
