using Crossdock.Database;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Api;

/// <summary>A request that came before with the same key.</summary>
/// <param name="Request">Its protected hash.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Outcome"><c>answered</c>, <c>unclear</c>, or null while it is under way.</param>
/// <param name="Answer">Protected; null when there is none.</param>
internal sealed record KeptRequest(string Request, DateTimeOffset StartedAt, string? Outcome, string? Answer);

/// <summary>Requests with an Idempotency-Key and their answers. The primary key lets one of several repeats begin, whichever node they reach.</summary>
internal sealed class IdempotencyStore(NpgsqlDataSource database)
{
    private const string Begin = """
        INSERT INTO idempotent_requests AS kept (principal, key, request, started_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (principal, key) DO UPDATE SET request = excluded.request, started_at = excluded.started_at, outcome = NULL, answer = NULL
        WHERE kept.started_at < $5     -- kept long enough: the key is free again
        """;

    private const string Find = "SELECT request, started_at, outcome, answer FROM idempotent_requests WHERE principal = $1 AND key = $2";

    private const string End = "UPDATE idempotent_requests SET outcome = $4, answer = $5 WHERE principal = $1 AND key = $2 AND started_at = $3";

    private const string Free = "DELETE FROM idempotent_requests WHERE principal = $1 AND key = $2 AND started_at = $3";

    private const string Old = "DELETE FROM idempotent_requests WHERE started_at < $1";

    /// <summary>Takes the key for this request; answers the one that has it, or null when it is taken now.</summary>
    public async Task<KeptRequest?> BeginAsync(string principal, string key, string request, DateTimeOffset now, DateTimeOffset keptFrom, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        while (true)
        {
            await using var begin = new NpgsqlCommand(Begin, connection) { Parameters = { new() { Value = principal }, new() { Value = key }, new() { Value = request }, Parameters.Time(now), Parameters.Time(keptFrom) } };
            if (await begin.ExecuteNonQueryAsync(cancellationToken) == 1)
            {
                return null;
            }

            await using var find = new NpgsqlCommand(Find, connection) { Parameters = { new() { Value = principal }, new() { Value = key } } };
            await using var reader = await find.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                return new KeptRequest(reader.GetString(0), new DateTimeOffset(reader.GetDateTime(1)), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3));
            }

            // It was given back between the two statements: once more.
        }
    }

    /// <summary>Keeps how the request ended.</summary>
    public async Task EndAsync(string principal, string key, DateTimeOffset startedAt, string outcome, string? answer)
    {
        await using var command = Of(End, principal, key, startedAt);
        command.Parameters.Add(new() { Value = outcome });
        command.Parameters.Add(new() { Value = (object?)answer ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Gives the key back: nothing was done under it.</summary>
    public async Task FreeAsync(string principal, string key, DateTimeOffset startedAt)
    {
        await using var command = Of(Free, principal, key, startedAt);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Forgets requests that began before.</summary>
    public async Task<int> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Old);
        command.Parameters.Add(Parameters.Time(before));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Of(string sql, string principal, string key, DateTimeOffset startedAt)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = principal });
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(Parameters.Time(startedAt));
        return command;
    }
}
