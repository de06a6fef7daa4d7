using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Access;

/// <summary>A token as its row has it: protected, and whether the platform refused it.</summary>
internal sealed record TokenRow(string? Protected, DateTimeOffset? ExpiresAt, DateTimeOffset? ObtainedAt, bool IsRefused);

/// <summary>The table of access tokens.</summary>
internal sealed class TokenStore(NpgsqlDataSource database)
{
    private const string Ensure = "INSERT INTO connection_tokens (connection_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    // Whoever holds the row renews; the others wait for it here, on whichever node they are.
    private const string Lock = "SELECT protected, expires_at, obtained_at, refused FROM connection_tokens WHERE connection_id = $1 AND name = $2 FOR UPDATE";

    private const string Read = "SELECT protected, expires_at, obtained_at, refused FROM connection_tokens WHERE connection_id = $1 AND name = $2";

    private const string Write = "UPDATE connection_tokens SET protected = $3, expires_at = $4, obtained_at = $5, refused = false WHERE connection_id = $1 AND name = $2";

    private const string Refuse = "UPDATE connection_tokens SET refused = true WHERE connection_id = $1 AND name = $2";

    public async Task<TokenRow?> ReadAsync(ConnectionId connection, string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Read);
        Add(command, connection, name);
        return await OneAsync(command, cancellationToken);
    }

    /// <summary>Locks the row for as long as the work takes. What it answers is written; null changes nothing.</summary>
    public async Task<TResult> WithRowAsync<TResult>(ConnectionId connection, string name, Func<TokenRow, Func<TokenRow, Task>, Task<TResult>> work, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenConnectionAsync(cancellationToken);
        await using (var ensure = new NpgsqlCommand(Ensure, session))
        {
            Add(ensure, connection, name);
            await ensure.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var transaction = await session.BeginTransactionAsync(cancellationToken);
        TokenRow row;
        // Another node may be talking to the platform: that takes as long as its calls do.
        await using (var command = new NpgsqlCommand(Lock, session) { CommandTimeout = 90 })
        {
            Add(command, connection, name);
            row = (await OneAsync(command, cancellationToken))!;
        }

        var result = await work(row, async written =>
        {
            // From here on the new token must not be lost: nobody can call this off.
            await using var command = new NpgsqlCommand(written.IsRefused ? Refuse : Write, session);
            Add(command, connection, name);
            if (!written.IsRefused)
            {
                command.Parameters.Add(new() { Value = written.Protected! });
                command.Parameters.Add(new() { Value = written.ExpiresAt!.Value.UtcDateTime });
                command.Parameters.Add(new() { Value = written.ObtainedAt!.Value.UtcDateTime });
            }

            await command.ExecuteNonQueryAsync(CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        });
        return result;
    }

    private static void Add(NpgsqlCommand command, ConnectionId connection, string name)
    {
        command.Parameters.Add(new() { Value = connection.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = name });
    }

    private static async Task<TokenRow?> OneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new TokenRow(reader.IsDBNull(0) ? null : reader.GetString(0), Time(reader, 1), Time(reader, 2), reader.GetBoolean(3))
            : null;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));
}
