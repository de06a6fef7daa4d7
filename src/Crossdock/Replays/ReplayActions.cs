using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Rules;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Replays;

/// <summary>How asking for something went: the replay's id, or why not.</summary>
/// <param name="Id">The replay; null when it was refused or there is none.</param>
/// <param name="Refusal">Why not, in one sentence; null when there is no such thing, or when it was done.</param>
public sealed record ReplayAnswer(Guid? Id, string? Refusal = null);

/// <summary>What a person wants replayed.</summary>
public sealed record ReplayRequest
{
    /// <summary>Begin by the events' arrival, UTC, inclusive.</summary>
    public required DateTimeOffset From { get; init; }
    /// <summary>End, UTC, exclusive; cut to now.</summary>
    public required DateTimeOffset To { get; init; }
    /// <summary>Keys of the stores; empty for all.</summary>
    public IReadOnlyList<string> Connections { get; init; } = [];
    /// <summary>The list of rules of one store as YAML (or JSON), to be tried before they are in force; null for those in force.</summary>
    public string? Rules { get; init; }
    public string? Because { get; init; }
}

/// <summary>What is chosen of a replay.</summary>
public sealed record ReplayChoice
{
    /// <summary>Kinds of difference; empty for all.</summary>
    public IReadOnlyList<ReplayKind> Kinds { get; init; } = [];
    /// <summary>Ids of single orders; null for all of these kinds.</summary>
    public IReadOnlyList<Guid>? Orders { get; init; }
    /// <summary>True to work also what is in shipment, delivered or closed.</summary>
    public bool IncludeShipped { get; init; }
    public string? Because { get; init; }
}

/// <summary>What a person does with replays: start one, stop it, resume it, apply what is chosen of it.</summary>
public sealed class ReplayActions(NpgsqlDataSource database, ReplayQueries queries, IConnectionDirectory directory, TimeProvider clock)
{
    private const string Insert = """
        INSERT INTO replays (id, from_at, to_at, connections, versions, configurations, rules, rules_at, state, next_at, because, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $8, $9, $8, $10)
        """;

    private const string Stop = """
        WITH trial AS (UPDATE replays SET state = 'stopped', leased_until = NULL, leased_by = NULL WHERE id = $1 AND state = 'running' RETURNING id),
        chosen AS (UPDATE replay_applications SET state = 'stopped' WHERE replay_id = $1 AND state = 'running' RETURNING replay_id)
        SELECT id FROM trial UNION SELECT replay_id FROM chosen
        """;

    private const string Resume = """
        WITH trial AS (UPDATE replays SET state = 'running', next_at = $2, failures = 0, error = NULL, ended_at = NULL WHERE id = $1 AND state IN ('stopped', 'failed') RETURNING id),
        chosen AS (UPDATE replay_applications SET state = 'running', error = NULL, ended_at = NULL WHERE replay_id = $1 AND state = 'stopped' RETURNING replay_id)
        SELECT id FROM trial UNION SELECT replay_id FROM chosen
        """;

    // One who sees only some of its stores sees nothing of it.
    private const string Own = "SELECT id FROM replays WHERE id = ANY(@ids) AND connections <@ @seen";

    private const string About = "SELECT state, connections, rules IS NOT NULL, dropped_at IS NOT NULL, EXISTS (SELECT FROM replay_applications a WHERE a.replay_id = r.id AND a.state = 'running') FROM replays r WHERE id = $1";

    private const string Choose = """
        INSERT INTO replay_applications (id, replay_id, kinds, orders, include_shipped, because, state, total, created_at, created_by)
        SELECT $1, id, $3, $4, $5, $6, 'running', $7, $8, $9 FROM replays WHERE id = $2 AND state = 'done' FOR UPDATE
        """;

    private const string Ready = "UPDATE replays SET next_at = $2, failures = 0 WHERE id = $1";

    /// <summary>Has the events of a window tried; whenever its turn comes. Nothing is sent or changed by it.</summary>
    public async Task<ReplayAnswer> StartAsync(ReplayRequest request, string actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var until = request.To < now ? request.To : now;
        var current = directory.Current;
        string[] unknown = [.. request.Connections.Where(key => directory.Seen(key) is null)];
        if (unknown.Length > 0)
        {
            return new(null, $"There is no connection \"{unknown[0]}\".");
        }

        List<Connection> stores = [.. request.Connections.Count == 0 ? directory.Seen().Where(connection => connection.Mapping is not null) : request.Connections.Distinct().Select(key => current.ByKey[key])];
        if (stores.Find(store => store.Mapping is null) is { } mute)
        {
            return new(null, mute.BrokenBecause is { } broken ? $"The connection {mute.Name} cannot work with its present settings: {broken}" : $"{mute.Name} is no store: no orders come from it.");
        }

        if (stores.Count == 0)
        {
            return new(null, "There is no store whose orders could be replayed.");
        }

        if (request.From >= until)
        {
            return new(null, "The window is empty: its begin must lie before its end, and before now.");
        }

        string? rules = null;
        if (request.Rules is { } given && (rules = Read(given, stores, out string? refusal)) is null)
        {
            return new(null, refusal);
        }

        int[] ids = [.. stores.Select(store => store.Id.Value)];
        var configurations = await ApplicationStore.ConfigurationsAsync(database, ids, rules, cancellationToken);
        if (!ids.All(configurations.ContainsKey))
        {
            return new(null, "A store was deleted at this moment: try again.");
        }

        var id = Guid.CreateVersion7(now);
        await using var command = database.CreateCommand(Insert);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(Parameters.Time(request.From));
        command.Parameters.Add(Parameters.Time(until));
        command.Parameters.Add(new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Bigint, ids, one => configurations[one].Version));
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Text, ids, one => configurations[one].Hash));
        command.Parameters.Add(new() { Value = (object?)rules ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(Parameters.Time(now));
        command.Parameters.Add(Text(request.Because));
        command.Parameters.Add(new() { Value = actor });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new(id);
    }

    /// <summary>Stops its trial, or the applying of what was chosen, where it is; the page under way may still be stored.</summary>
    public Task<ReplayAnswer> StopAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(Stop, id, [], "stopped", cancellationToken);

    /// <summary>Lets it go on where it was.</summary>
    public Task<ReplayAnswer> ResumeAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(Resume, id, [Parameters.Time(clock.GetUtcNow())], "resumed", cancellationToken);

    /// <summary>Has the events of the chosen orders worked again for good. Refused while the configuration in force is not the one that was tried.</summary>
    public async Task<ReplayAnswer> ApplyAsync(Guid id, ReplayChoice choice, string actor, CancellationToken cancellationToken)
    {
        if (!await OwnRows.IsOwnAsync(database, Own, id, cancellationToken))
        {
            return new(null);
        }

        string state;
        int[] connections;
        bool triesRules, isDropped, isApplying;
        await using (var ask = database.CreateCommand(About))
        {
            ask.Parameters.Add(new() { Value = id });
            await using var reader = await ask.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                return new(null);
            }

            (state, connections, triesRules, isDropped, isApplying) = (reader.GetString(0), reader.GetFieldValue<int[]>(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4));
        }

        if (state != "done" || isDropped || isApplying)
        {
            return new(null, isDropped ? "The differences of this replay are no longer kept: start it again."
                : isApplying ? "Something chosen of this replay is being applied: wait until it is done, or stop it."
                : $"The trial is {state}; it can be applied when it is done.");
        }

        if (await ApplicationStore.RefusalAsync(database, id, connections, triesRules, directory.Current, cancellationToken) is { } refusal)
        {
            return new(null, refusal);
        }

        var preview = await queries.PreviewAsync(id, choice.Kinds, choice.Orders, choice.IncludeShipped, cancellationToken);
        if (preview.Chosen == 0)
        {
            return new(null, "Nothing is left of that choice: no order of it would be different, or all were put back already.");
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(Choose)
        {
            Parameters =
            {
                new() { Value = Guid.CreateVersion7(now) },
                new() { Value = id },
                new() { Value = choice.Kinds.Aggregate(0, (all, kind) => all | kind.Bit()) },
                new() { Value = (object?)choice.Orders?.Distinct().ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = choice.IncludeShipped },
                Text(choice.Because),
                new() { Value = preview.Chosen },
                Parameters.Time(now),
                new() { Value = actor },
            },
        });
        batch.BatchCommands.Add(new(Ready) { Parameters = { new() { Value = id }, Parameters.Time(now) } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return new(id);
    }

    private static string? Read(string given, List<Connection> stores, out string? refusal)
    {
        refusal = stores.Count == 1 ? null : "Rules are those of one store: name it in connections.";
        if (refusal is not null)
        {
            return null;
        }

        List<SettingProblem> problems = [];
        JsonNode? node = ConfigurationYaml.Read(given, _ => null, problems);
        // Taken whole from a file with connections, too: what stands under rules is meant.
        node = node is JsonObject map && map["rules"] is { } inner ? inner : node;
        string json = node?.ToJsonString() ?? "[]";
        StoreRules.Read(JsonElement.Parse(json), 0, "rules", problems);
        refusal = problems.Count == 0 ? null : string.Join(' ', problems.Select(problem => $"{problem.Path}: {problem.Problem}"));
        return refusal is null ? json : null;
    }

    private async Task<ReplayAnswer> MoveAsync(string sql, Guid id, NpgsqlParameter[] more, string what, CancellationToken cancellationToken)
    {
        if (!await OwnRows.IsOwnAsync(database, Own, id, cancellationToken))
        {
            return new(null);
        }

        await using (var command = database.CreateCommand(sql))
        {
            command.Parameters.Add(new() { Value = id });
            command.Parameters.AddRange(more);
            if (await command.ExecuteScalarAsync(cancellationToken) is Guid)
            {
                return new(id);
            }
        }

        return await queries.FindAsync(id, cancellationToken) is { } row ? new(null, $"The replay is {row.State}; it cannot be {what}.") : new(null);
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
