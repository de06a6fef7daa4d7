using System.Security.Cryptography;
using System.Text;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Accounts;

/// <summary>A program's token, without the token itself.</summary>
public sealed record ApiToken
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    /// <summary>Its last characters, by which people tell tokens apart.</summary>
    public required string Ending { get; init; }
    /// <summary>snake_case names of <see cref="Permission"/>s.</summary>
    public required string[] Scopes { get; init; }
    /// <summary>Keys of the only connections whose data it may see; null for all.</summary>
    public string[]? Connections { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    /// <summary>Null: it does not run out.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>To the minute, UTC; null when it never was.</summary>
    public DateTimeOffset? UsedAt { get; init; }
    public string? UsedFrom { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public string? RevokedBy { get; init; }
}

/// <summary>A token that may come in.</summary>
internal sealed record KnownToken
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string[] Scopes { get; init; }
    public int[]? Connections { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; init; }
}

/// <summary>What a new token shall be.</summary>
public sealed record NewToken
{
    /// <summary>For people: which program has it.</summary>
    public required string Name { get; init; }
    public required IReadOnlyList<Permission> Scopes { get; init; }
    /// <summary>Keys of the only connections whose data it may see; null or empty for all.</summary>
    public IReadOnlyList<string>? Connections { get; init; }
    /// <summary>UTC; null: it does not run out.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>How making a token went: the token, shown this once, or why not.</summary>
public sealed record TokenMade(ApiToken? Token, string? Clear, string? Refusal = null);

/// <summary>Tokens of programs. Only hashes are stored.</summary>
public sealed class ApiTokens(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Prefix = "cdt_";

    private const string Insert = """
        INSERT INTO api_tokens (id, name, hash, ending, scopes, connections, created_at, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    private const string Known = """
        SELECT id, name, scopes, connections, expires_at, used_at FROM api_tokens WHERE hash = @hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)
        """;

    private const string Columns = """
        SELECT t.id, t.name, t.ending, t.scopes, CASE WHEN t.connections IS NOT NULL THEN ARRAY(SELECT c.key FROM connections c WHERE c.id = ANY(t.connections) ORDER BY c.key) END AS connections,
               t.created_at, t.created_by, t.expires_at, t.used_at, t.used_from, t.revoked_at, t.revoked_by
        FROM api_tokens t
        """;

    private const string All = Columns + " ORDER BY t.revoked_at IS NOT NULL, t.id DESC LIMIT 1000";
    private const string One = Columns + " WHERE t.id = @id";

    private const string Use = "UPDATE api_tokens SET used_at = $2, used_from = $3 WHERE id = $1";
    private const string Revoke = "UPDATE api_tokens SET revoked_at = $2, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL RETURNING name";

    /// <summary>Makes one.</summary>
    public async Task<TokenMade> MakeAsync(NewToken wanted, string actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        string name = wanted.Name.Trim();
        if (name.Length is 0 or > 100)
        {
            return new(null, null, "Give the token a name of 1 to 100 characters: which program has it.");
        }

        if (wanted.Scopes.Count == 0)
        {
            return new(null, null, $"Say what the token may do: {string.Join(", ", EnumNames<Permission>.All)}.");
        }

        if (wanted.ExpiresAt <= now)
        {
            return new(null, null, "The token would have run out already.");
        }

        var (limits, unknown) = await Limits.ReadAsync(database, wanted.Connections, cancellationToken);
        if (unknown is not null)
        {
            return new(null, null, $"There is no connection \"{unknown}\".");
        }

        if (limits is not null && wanted.Scopes.Any(scope => scope is Permission.Configure or Permission.Administer))
        {
            return new(null, null, "A token that may configure or administer cannot be limited to connections: it could give itself the others.");
        }

        string clear = Prefix + RandomNumberGenerator.GetHexString(40, lowercase: true);
        var id = Guid.CreateVersion7(now);
        string[] scopes = [.. wanted.Scopes.Append(Permission.Read).Distinct().Order().Select(EnumNames<Permission>.Of)];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = id }, Text(name), Text(Hash(clear)), Text(clear[^4..]), new() { Value = scopes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = (object?)limits ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer }, Time(now), Text(actor), Time(wanted.ExpiresAt),
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        await AuditLog.KeepAsync(connection, [new AuditEntry("token_created", "token", id.ToString(), After: new { name, scopes, connections = limits is null ? null : wanted.Connections, expiresAt = wanted.ExpiresAt })], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(await FindAsync(id, cancellationToken), clear);
    }

    /// <summary>All tokens, those in force first, the newest first.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(CancellationToken cancellationToken) => await database.ReadAsync<ApiToken>(All, null, cancellationToken);

    /// <summary>One token; null when there is none with that id.</summary>
    public Task<ApiToken?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<ApiToken>(One, new { id }, cancellationToken);

    /// <summary>Ends one for good; false when there is none in force with that id.</summary>
    public async Task<bool> RevokeAsync(Guid id, string actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Revoke, connection) { Parameters = { new() { Value = id }, Time(now), Text(actor) } };
        if (await command.ExecuteScalarAsync(cancellationToken) is not string name)
        {
            return false;
        }

        await AuditLog.KeepAsync(connection, [new AuditEntry("token_revoked", "token", id.ToString(), Before: new { name })], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The token in force that this is; null when there is none. Notes its use, to the minute.</summary>
    internal async Task<KnownToken?> OpenAsync(string clear, string? address, CancellationToken cancellationToken)
    {
        if (!clear.StartsWith(Prefix, StringComparison.Ordinal) || clear.Length > 100)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var known = await database.ReadOneAsync<KnownToken>(Known, new { hash = Hash(clear), now }, cancellationToken);
        if (known is not null && (known.UsedAt is not { } used || now - used >= TimeSpan.FromMinutes(1)))
        {
            await using var command = database.CreateCommand(Use);
            command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = known.Id }, Time(now), Text(address)]);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return known;
    }

    private static string Hash(string clear) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clear)));

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text?.Replace('\0', '\uFFFD') ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = (object?)at?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
