using Crossdock.Connections;
using Crossdock.Database;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Backfill;

/// <summary>How asking for something went: the backfill's id, or why not.</summary>
/// <param name="Id">The backfill; null when it was refused or there is none.</param>
/// <param name="Refusal">Why not, in one sentence; null when there is no such thing, or when it was done.</param>
public sealed record BackfillAnswer(Guid? Id, string? Refusal = null);

/// <summary>What a person does with backfills: start one, stop it, resume it.</summary>
public sealed class BackfillActions(NpgsqlDataSource database, IConnectionDirectory directory, TimeProvider clock)
{
    private const string Insert = """
        INSERT INTO backfills (id, connection_id, from_at, to_at, deliver, state, next_at, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, 'running', $6, $6, $7)
        """;

    private const string Stop = """
        UPDATE backfills SET state = 'stopped', leased_until = NULL, leased_by = NULL
        WHERE id = $1 AND state IN ('running', 'paused')
        """;

    private const string Resume = """
        UPDATE backfills SET state = 'running', next_at = $2, failures = 0, error = NULL, ended_at = NULL
        WHERE id = $1 AND state IN ('stopped', 'paused', 'failed')
        """;

    private const string Own = "SELECT id FROM backfills WHERE id = ANY(@ids) AND connection_id = ANY(@seen)";

    private const string StateOf = "SELECT state FROM backfills WHERE id = $1";

    /// <summary>Has the orders of a range read, whenever a node is free.</summary>
    /// <param name="connection">The store's key.</param>
    /// <param name="from">Begin, UTC, inclusive.</param>
    /// <param name="to">End, UTC, exclusive; cut to now.</param>
    /// <param name="deliver">True to hand the orders to the destinations; false for history.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BackfillAnswer> StartAsync(string connection, DateTimeOffset from, DateTimeOffset to, bool deliver, string actor, CancellationToken cancellationToken)
    {
        if (directory.Seen(connection) is not { } store)
        {
            return new(null);
        }

        if (store.Readers is null)
        {
            return new(null, store.BrokenBecause is { } broken
                ? $"The connection cannot work with its present settings: {broken}"
                : $"The orders of {store.Name} cannot be read: {store.Connector.Manifest.Title} allows no reading, or the connection has no key for it. See its settings.");
        }

        var now = clock.GetUtcNow();
        var until = to < now ? to : now;
        if (from >= until)
        {
            return new(null, "The range is empty: its begin must lie before its end, and before now.");
        }

        var id = Guid.CreateVersion7(now);
        await using var command = database.CreateCommand(Insert);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = store.Id.Value });
        command.Parameters.Add(Time(from));
        command.Parameters.Add(Time(until));
        command.Parameters.Add(new() { Value = deliver });
        command.Parameters.Add(Time(now));
        command.Parameters.Add(new() { Value = actor });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new(id);
    }

    /// <summary>Stops it where it is; the page under way may still be stored.</summary>
    public Task<BackfillAnswer> StopAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(Stop, id, [], "stopped", cancellationToken);

    /// <summary>Lets it go on where it was.</summary>
    public Task<BackfillAnswer> ResumeAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(Resume, id, [Time(clock.GetUtcNow())], "resumed", cancellationToken);

    private async Task<BackfillAnswer> MoveAsync(string sql, Guid id, NpgsqlParameter[] more, string what, CancellationToken cancellationToken)
    {
        if (!await OwnRows.IsOwnAsync(database, Own, id, cancellationToken))
        {
            return new(null);
        }

        await using (var command = database.CreateCommand(sql))
        {
            command.Parameters.Add(new() { Value = id });
            command.Parameters.AddRange(more);
            if (await command.ExecuteNonQueryAsync(cancellationToken) > 0)
            {
                return new(id);
            }
        }

        await using var ask = database.CreateCommand(StateOf);
        ask.Parameters.Add(new() { Value = id });
        return await ask.ExecuteScalarAsync(cancellationToken) is string state ? new(null, $"The backfill is {state}; it cannot be {what}.") : new(null);
    }

    private static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
