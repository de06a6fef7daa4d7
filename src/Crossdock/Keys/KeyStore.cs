using System.Text.Json;
using Crossdock.Database;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Keys;

/// <summary>A stored secret: where it stands, by which purposes it is protected, and the text.</summary>
/// <param name="Table">The table.</param>
/// <param name="Id">Its row, as text.</param>
/// <param name="Name">Of a connection's secrets: which one; null otherwise.</param>
/// <param name="Purposes">What it is protected for.</param>
/// <param name="Text">The protected text.</param>
internal sealed record StoredSecret(string Table, string Id, string? Name, string[] Purposes, string Text);

/// <summary>Every secret at rest, which keys the nodes know, and which keys are to be revoked.</summary>
internal sealed class KeyStore(NpgsqlDataSource database, NodeIdentity node)
{
    // A new place for secrets has its line here, in Tables and in the test that plants one everywhere.
    private const string All = """
        SELECT 'connections', c.id::text, s.key, ARRAY['crossdock.connection', c.key], s.value FROM connections c, jsonb_each_text(c.secrets) s
        UNION ALL SELECT 'connection_tokens', connection_id::text, name, ARRAY['crossdock.token', connection_id::text], protected FROM connection_tokens WHERE protected IS NOT NULL
        UNION ALL SELECT 'users', id::text, NULL, ARRAY['crossdock.authenticator'], authenticator_key FROM users WHERE authenticator_key IS NOT NULL
        UNION ALL SELECT 'alert_routes', id::text, NULL, ARRAY['crossdock.alert-route', id::text], protected FROM alert_routes WHERE protected IS NOT NULL
        UNION ALL SELECT 'privacy_requests', id::text, NULL, ARRAY['crossdock.privacy', id::text], protected FROM privacy_requests WHERE protected IS NOT NULL
        """;

    private const string OfWebhooks = """

        UNION ALL SELECT 'webhooks', id::text, 'secret', ARRAY['crossdock.webhook'], secret FROM webhooks
        UNION ALL SELECT 'webhooks', id::text, 'former_secret', ARRAY['crossdock.webhook'], former_secret FROM webhooks WHERE former_secret IS NOT NULL
        """;

    private const string HasWebhooks = "SELECT to_regclass('webhooks') IS NOT NULL";

    // Only what still is as it was read: who changed it meanwhile has encrypted it anew.
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["connections"] = "UPDATE connections SET secrets = jsonb_set(secrets, ARRAY[$2], to_jsonb($4::text)) WHERE id = $1::int AND secrets ->> $2 = $3",
        ["connection_tokens"] = "UPDATE connection_tokens SET protected = $4 WHERE connection_id = $1::int AND name = $2 AND protected = $3",
        ["users"] = "UPDATE users SET authenticator_key = $4 WHERE id = $1::uuid AND $2::text IS NULL AND authenticator_key = $3",
        ["alert_routes"] = "UPDATE alert_routes SET protected = $4 WHERE id = $1::uuid AND $2::text IS NULL AND protected = $3",
        ["webhooks"] = "UPDATE webhooks SET secret = CASE WHEN $2 = 'secret' THEN $4 ELSE secret END, former_secret = CASE WHEN $2 = 'former_secret' THEN $4 ELSE former_secret END WHERE id = $1::uuid AND CASE WHEN $2 = 'secret' THEN secret ELSE former_secret END = $3",
        ["privacy_requests"] = "UPDATE privacy_requests SET protected = $4 WHERE id = $1::uuid AND $2::text IS NULL AND protected = $3",
    };

    // Beside the other values of the installation: a handful of rows, gone an hour after their node.
    private const string Say = """
        INSERT INTO installation (name, value, set_at) VALUES ('keys_of:' || $1, jsonb_build_object('machine', $2::text, 'keys', $3::text[])::text, $4)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at
        """;

    private const string Forget = "DELETE FROM installation WHERE starts_with(name, 'keys_of:') AND set_at < $1";

    // Nodes that lived within the last minutes and do not know it.
    private const string Behind = """
        SELECT DISTINCT value::jsonb ->> 'machine' FROM installation
        WHERE starts_with(name, 'keys_of:') AND set_at >= $1 AND NOT (value::jsonb -> 'keys' ? $2) ORDER BY 1
        """;

    private const string ToRevoke = "SELECT value FROM installation WHERE name = 'keys_to_revoke'";

    private const string Ask = "INSERT INTO installation (name, value, set_at) VALUES ('keys_to_revoke', $1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at";

    private const string Done = "DELETE FROM installation WHERE name = 'keys_to_revoke' AND value = $1";

    /// <summary>The columns with protected text that is kept; a test holds them against the schema.</summary>
    public static IReadOnlyList<string> Places { get; } = ["alert_routes.protected", "connection_tokens.protected", "connections.secrets", "privacy_requests.protected", "users.authenticator_key", "webhooks.former_secret", "webhooks.secret"];

    public async Task<List<StoredSecret>> SecretsAsync(CancellationToken cancellationToken)
    {
        await using var asking = database.CreateCommand(HasWebhooks);
        await using var command = database.CreateCommand(await asking.ExecuteScalarAsync(cancellationToken) is true ? All + OfWebhooks : All);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<StoredSecret> all = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(new(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<string[]>(3), reader.GetString(4)));
        }

        return all;
    }

    public async Task<bool> ReplaceAsync(StoredSecret secret, string text, CancellationToken cancellationToken) =>
        await RunAsync(Tables[secret.Table], cancellationToken, new() { Value = secret.Id }, new() { Value = (object?)secret.Name ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }, new() { Value = secret.Text }, new() { Value = text }) > 0;

    /// <summary>Says which keys this node knows.</summary>
    public async Task SayAsync(IReadOnlyCollection<Guid> keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await RunAsync(Say, cancellationToken, new() { Value = node.Id.ToString() }, new() { Value = Environment.MachineName }, new() { Value = keys.Select(key => key.ToString()).ToArray() }, Parameters.Time(now));
        await RunAsync(Forget, cancellationToken, Parameters.Time(now.AddHours(-1)));
    }

    /// <summary>Machines whose nodes do not know a key yet.</summary>
    public async Task<List<string>> BehindAsync(Guid key, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Behind);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameters.Time(since), new() { Value = key.ToString() }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> behind = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            behind.Add(reader.GetString(0));
        }

        return behind;
    }

    public async Task<(string Value, Guid[] Keys)?> ToRevokeAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ToRevoke);
        return await command.ExecuteScalarAsync(cancellationToken) is string value ? (value, JsonSerializer.Deserialize<Guid[]>(value)!) : null;
    }

    /// <summary>The statement that notes which keys are to be revoked once nothing is encrypted with them.</summary>
    public static NpgsqlBatchCommand Asking(IReadOnlyCollection<Guid> keys, DateTimeOffset now) => new(Ask) { Parameters = { new() { Value = JsonSerializer.Serialize(keys) }, Parameters.Time(now) } };

    public Task RevokedAsync(string value, CancellationToken cancellationToken) => RunAsync(Done, cancellationToken, new NpgsqlParameter { Value = value });

    private async Task<int> RunAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
