using System.Security.Cryptography;
using System.Text;
using Crossdock.Database;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Accounts;

/// <summary>Somebody who is signed in.</summary>
public sealed record Session
{
    public required Guid Id { get; init; }
    /// <summary>Null: with the administrator's token.</summary>
    public Guid? UserId { get; init; }
    public string? Name { get; init; }
    public string? RoleName { get; init; }
    /// <summary>Ids of the only connections whose data this person may see; null for all.</summary>
    public int[]? Connections { get; init; }
    /// <summary>How this person wants the console written; null follows the browser.</summary>
    public string? Locale { get; init; }
    /// <summary>A name of the tz database; null follows the browser.</summary>
    public string? TimeZone { get; init; }
    public string? Address { get; init; }
    /// <summary>What the browser calls itself.</summary>
    public string? Agent { get; init; }
    /// <summary>To the minute, UTC.</summary>
    public required DateTimeOffset SeenAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    /// <summary>When they signed in, UTC.</summary>
    public DateTimeOffset StartedAt => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(Id.ToString("N")[..12], 16));
}

/// <summary>Sessions, kept here and not in the cookie: what is ended is over at once, on every node. The cookie's value is random, and only its hash is stored.</summary>
public sealed class Sessions(NpgsqlDataSource database, IOptions<SignInOptions> options, TimeProvider clock)
{
    private const string Insert = """
        INSERT INTO sessions (id, key_hash, user_id, stamp, address, agent, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    // A session holds as long as what it was opened with: the user's stamp, or the administrator's token.
    private const string Joined = """
        SELECT s.id, s.user_id, u.name, u.role AS role_name, u.connections, u.locale, u.time_zone, s.address, s.agent, s.seen_at, s.expires_at
        FROM sessions s LEFT JOIN users u ON u.id = s.user_id
        WHERE s.expires_at > @now
          AND CASE WHEN s.user_id IS NULL THEN s.stamp = (SELECT value FROM installation WHERE name = 'admin_token_hash') ELSE u.stamp = s.stamp AND NOT u.is_disabled END
        """;

    private const string ByKey = Joined + " AND s.key_hash = @hash";
    private const string All = Joined + " AND (@user::uuid IS NULL OR s.user_id = @user) ORDER BY s.seen_at DESC, s.id DESC LIMIT 500";

    // The idle time begins anew, but no session outlives its days.
    private const string See = "UPDATE sessions SET seen_at = $2, expires_at = least($3, $4) WHERE id = $1";

    private const string EndOne = "DELETE FROM sessions WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)";
    private const string EndByKey = "DELETE FROM sessions WHERE key_hash = $1";
    private const string EndOthers = "DELETE FROM sessions WHERE user_id = $1 AND key_hash <> $2";
    private const string Sweep = "DELETE FROM sessions WHERE expires_at <= $1";
    private const string SignedIn = "UPDATE users SET signed_in_at = $2 WHERE id = $1";

    /// <summary>Opens a session; answers the value for the cookie.</summary>
    /// <param name="user">Who; null with the administrator's token.</param>
    /// <param name="stamp">The user's stamp, or the hash of that token.</param>
    /// <param name="address">Where from.</param>
    /// <param name="agent">What the browser calls itself.</param>
    /// <param name="entry">What the audit log says of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> OpenAsync(Guid? user, string stamp, string? address, string? agent, AuditEntry entry, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        string key = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(Sweep) { Parameters = { Time(now) } });
        batch.BatchCommands.Add(new(Insert)
        {
            Parameters =
            {
                new() { Value = Guid.CreateVersion7(now) }, Text(Hash(key)), new() { Value = (object?)user ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }, Text(stamp), Text(address),
                Text(agent is { Length: > 300 } ? agent[..300] : agent), Time(now), Time(now.AddHours(options.Value.IdleHours)),
            },
        });
        if (user is { } id)
        {
            batch.BatchCommands.Add(new(SignedIn) { Parameters = { new() { Value = id }, Time(now) } });
        }

        batch.BatchCommands.Add(AuditLog.Keeping(entry, now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return key;
    }

    /// <summary>The session of a cookie's value; null when it is over or was never one.</summary>
    public async Task<Session?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await database.ReadOneAsync<Session>(ByKey, new { hash = Hash(key), now }, cancellationToken) is not { } session)
        {
            return null;
        }

        if (now - session.SeenAt >= TimeSpan.FromMinutes(1))
        {
            await RunAsync(See, [new() { Value = session.Id }, Time(now), Time(now.AddHours(options.Value.IdleHours)), Time(session.StartedAt.AddDays(options.Value.SessionDays))], cancellationToken);
        }

        return session;
    }

    /// <summary>Who is signed in, those seen last first: one user's sessions, or all.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(Guid? user, CancellationToken cancellationToken) => await database.ReadAsync<Session>(All, new { user, now = clock.GetUtcNow() }, cancellationToken);

    /// <summary>Ends one session; false when there is none. With a user only one of theirs.</summary>
    public async Task<bool> EndAsync(Guid id, Guid? user, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(EndOne, connection) { Parameters = { new() { Value = id }, new() { Value = (object?)user ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid } } };
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await AuditLog.KeepAsync(connection, [new AuditEntry("session_ended", "session", id.ToString())], clock.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Ends the session of a cookie's value.</summary>
    public Task EndAsync(string key, CancellationToken cancellationToken) => RunAsync(EndByKey, [Text(Hash(key))], cancellationToken);

    /// <summary>Ends all sessions of a user but the one of this cookie's value.</summary>
    public Task EndOthersAsync(Guid user, string key, CancellationToken cancellationToken) => RunAsync(EndOthers, [new() { Value = user }, Text(Hash(key))], cancellationToken);

    internal static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private async Task RunAsync(string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text?.Replace('\0', '\uFFFD') ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
