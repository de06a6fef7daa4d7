using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Replays;

/// <summary>What a person chose of a replay to be applied.</summary>
internal sealed record ApplicationWork
{
    public required Guid Id { get; init; }
    public required int Kinds { get; init; }
    public required Guid[]? Orders { get; init; }
    public required bool IncludesShipped { get; init; }
    public required string? Because { get; init; }
    public required string Actor { get; init; }
    public required Guid? Watermark { get; init; }
}

/// <summary>Puts the chosen orders' events back into the inbox, some at a time, each batch in one transaction: what was put back is told, and what was passed over has its reason.</summary>
internal sealed class ApplicationStore(NpgsqlDataSource database, NodeIdentity node)
{
    private const string Next = """
        SELECT id, kinds, orders, include_shipped, because, created_by, watermark FROM replay_applications WHERE replay_id = $1 AND state = 'running' ORDER BY id LIMIT 1
        """;

    /// <summary>Of connections as the database has them, what decides how their orders are worked; <c>$2</c> stands in for the rules where some are tried.</summary>
    internal const string Configurations = """
        SELECT id, version, md5(concat_ws('|', platform, settings::text, coalesce($2::jsonb, rules)::text, destinations::text, approval)) FROM connections WHERE id = ANY($1) AND deleted_at IS NULL
        """;

    private const string Stored = "SELECT configurations FROM replays WHERE id = $1";

    // The lease, for the time of the batch: whoever takes over waits for it.
    private const string Mine = "SELECT FROM replays WHERE id = $1 AND leased_by = $2 FOR UPDATE";

    private const string Open = "SELECT watermark FROM replay_applications WHERE id = $1 AND state = 'running' FOR UPDATE";

    // By the primary key, in the order of the orders' ids.
    private const string Chosen = """
        SELECT id, connection_id, order_id, external_id, kinds, version, base_event, events FROM replay_differences
        WHERE replay_id = $1 AND id > $2 AND ($3 = 0 OR kinds & $3 <> 0) AND ($4::uuid[] IS NULL OR id = ANY($4)) AND applied IS DISTINCT FROM 'put_back'
        ORDER BY id LIMIT $5
        """;

    private const string Mark = """
        UPDATE replay_differences d SET applied = m.applied, applied_because = m.because
        FROM unnest($2::uuid[], $3::text[], $4::text[]) AS m (id, applied, because) WHERE d.replay_id = $1 AND d.id = m.id
        """;

    private const string Advance = "UPDATE replay_applications SET watermark = $2, put_back = put_back + $3, skipped = skipped + $4 WHERE id = $1";

    private const string End = "UPDATE replay_applications SET state = $2, error = $3, ended_at = $4 WHERE id = $1 AND state = 'running'";

    private const int AtOnce = 200;

    public async Task<ApplicationWork?> NextAsync(ReplayWork work, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Next);
        command.Parameters.Add(new() { Value = work.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null : new ApplicationWork
        {
            Id = reader.GetGuid(0),
            Kinds = reader.GetInt32(1),
            Orders = reader.IsDBNull(2) ? null : reader.GetFieldValue<Guid[]>(2),
            IncludesShipped = reader.GetBoolean(3),
            Because = reader.IsDBNull(4) ? null : reader.GetString(4),
            Actor = reader.GetString(5),
            Watermark = reader.IsDBNull(6) ? null : reader.GetGuid(6),
        };
    }

    /// <summary>Why nothing of it may be applied now; null when the configuration in force is the one that was tried.</summary>
    public static async Task<string?> RefusalAsync(NpgsqlDataSource database, Guid replay, IReadOnlyList<int> connections, bool triesRules, ConnectionSnapshot current, CancellationToken cancellationToken)
    {
        await using var ask = database.CreateCommand(Stored);
        ask.Parameters.Add(new() { Value = replay });
        string[] tried = (string[])(await ask.ExecuteScalarAsync(cancellationToken))!;
        var inForce = await ConfigurationsAsync(database, connections, null, cancellationToken);
        for (int i = 0; i < connections.Count; i++)
        {
            string name = current.ById.GetValueOrDefault(new Model.ConnectionId(connections[i]))?.Name ?? "a store";
            if (!inForce.TryGetValue(connections[i], out var found))
            {
                return $"The connection {name} does not exist any more.";
            }

            if (found.Hash != tried[i])
            {
                return triesRules
                    ? $"What was tried for {name} is not in force: put the tried rules in force first (./crossdock apply), with nothing else of the connection changed, then apply this."
                    : $"The settings or rules of {name} have changed since the trial: start a replay again and apply that.";
            }

            if (current.ById.GetValueOrDefault(new Model.ConnectionId(connections[i]))?.Version < found.Version)
            {
                return $"The newest settings of {name} are just being read: try again in a few seconds.";
            }
        }

        return null;
    }

    /// <summary>Version and hash of connections, with given rules in place of theirs.</summary>
    public static async Task<Dictionary<int, (long Version, string Hash)>> ConfigurationsAsync(NpgsqlDataSource database, IReadOnlyList<int> connections, string? rules, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Configurations);
        command.Parameters.Add(new() { Value = connections.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (object?)rules ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var all = new Dictionary<int, (long, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            all[reader.GetInt32(0)] = (reader.GetInt64(1), reader.GetString(2));
        }

        return all;
    }

    /// <summary>One batch; null when the lease is gone or a person stopped it, otherwise how many orders it was about: 0 at the end.</summary>
    public async Task<int?> StepAsync(ReplayWork work, ApplicationWork application, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        Guid? watermark;
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { new(Mine) { Parameters = { new() { Value = work.Id }, new() { Value = node.Id } } }, new(Open) { Parameters = { new() { Value = application.Id } } } } })
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken) || !await reader.NextResultAsync(cancellationToken) || !await reader.ReadAsync(cancellationToken))
            {
                return null;
            }

            watermark = reader.IsDBNull(0) ? null : reader.GetGuid(0);
        }

        var rows = await ChosenAsync(connection, work, application, watermark, cancellationToken);
        if (rows.Count == 0)
        {
            return 0;
        }

        var stored = await LockAsync(connection, rows, cancellationToken);
        var reasons = rows.ToDictionary(row => row.Id, row => Refusal(row, row.ExternalId is null ? null : stored.GetValueOrDefault((row.Connection, row.ExternalId)), application.IncludesShipped));
        var going = rows.FindAll(row => reasons[row.Id] is null);
        var done = await ReplayStore.PutBackAsync(connection, [.. going.SelectMany(row => row.Events)], [.. going.Select(row => row.Events[0])], application.Actor,
            System.FormattableString.Invariant($"Replayed under the rules of {work.RulesAt.UtcDateTime:yyyy-MM-dd}."), application.Because, now, cancellationToken);
        foreach (var row in going.Where(row => !row.Events.All(done.Contains)))
        {
            reasons[row.Id] = "Its payload is gone, or it waits to be worked again already.";
        }

        int put = reasons.Values.Count(reason => reason is null);
        await using var write = new NpgsqlBatch(connection);
        write.BatchCommands.Add(new(Mark)
        {
            Parameters =
            {
                new() { Value = work.Id },
                Parameters.Array(NpgsqlDbType.Uuid, rows, row => row.Id),
                Parameters.Array(NpgsqlDbType.Text, rows, row => reasons[row.Id] is null ? "put_back" : "skipped"),
                Parameters.Array(NpgsqlDbType.Text, rows, row => reasons[row.Id]),
            },
        });
        write.BatchCommands.Add(new(Advance) { Parameters = { new() { Value = application.Id }, new() { Value = rows[^1].Id }, new() { Value = (long)put }, new() { Value = (long)(rows.Count - put) } } });
        await write.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows.Count;
    }

    public async Task EndAsync(ApplicationWork application, ReplayState state, string? error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(End);
        command.Parameters.Add(new() { Value = application.Id });
        command.Parameters.Add(new() { Value = EnumNames<ReplayState>.Of(state) });
        command.Parameters.Add(new() { Value = (object?)Parameters.Storable(error) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(Parameters.Time(now));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Why an order is passed over; null when it is put back.</summary>
    private static string? Refusal(ChosenRow row, StoredOrder? stored, bool includesShipped)
    {
        if (row.Events.Length == 0)
        {
            return (row.Kinds & ReplayKind.NotKept.Bit()) != 0 ? "Its first events are no longer kept." : "Its event is not understood: the connector or the connection's settings have to be mended first.";
        }

        if (stored is null)
        {
            return row.Order is null ? null : "The order is not there any more.";
        }

        if (row.Order is null)
        {
            return "It has become an order since the trial.";
        }

        if (stored.Version != row.Version || stored.EventId != row.BaseEvent)
        {
            return "The order has changed since the trial.";
        }

        return !includesShipped && stored.State is OrderState.InShipment or OrderState.Delivered or OrderState.Closed ? $"The order is {OrderSentences.Words(stored.State)}; sent orders are left as they are unless asked for." : null;
    }

    private static async Task<List<ChosenRow>> ChosenAsync(NpgsqlConnection connection, ReplayWork work, ApplicationWork application, Guid? watermark, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Chosen, connection);
        command.Parameters.Add(new() { Value = work.Id });
        command.Parameters.Add(new() { Value = watermark ?? Guid.Empty });
        command.Parameters.Add(new() { Value = application.Kinds });
        command.Parameters.Add(new() { Value = (object?)application.Orders ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = AtOnce });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ChosenRow>(AtOnce);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new(reader.GetGuid(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetInt32(4),
                reader.GetInt32(5), reader.IsDBNull(6) ? null : reader.GetGuid(6), reader.GetFieldValue<Guid[]>(7)));
        }

        return rows;
    }

    private static async Task<Dictionary<(int, string), StoredOrder>> LockAsync(NpgsqlConnection connection, IReadOnlyList<ChosenRow> rows, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { OrderStore.LockCommand([.. rows.Where(row => row.ExternalId is not null).Select(row => (row.Connection, row.ExternalId!))]) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var stored = new Dictionary<(int, string), StoredOrder>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var order = OrderStore.Read(reader);
            stored[(order.ConnectionId.Value, order.ExternalId)] = order;
        }

        return stored;
    }

    private sealed record ChosenRow(Guid Id, int Connection, Guid? Order, string? ExternalId, int Kinds, int Version, Guid? BaseEvent, Guid[] Events);
}
