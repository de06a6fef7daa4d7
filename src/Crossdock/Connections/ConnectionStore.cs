using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Connections;

/// <summary>The table of connections and the versions of their rules.</summary>
internal sealed class ConnectionStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Versions = "SELECT id, version FROM connections WHERE deleted_at IS NULL";

    private const string Load = """
        SELECT id, key, name, platform, enabled, settings::text, secrets::text, destinations, rules::text, rules_version, approval, version, polling::text, time_zone
        FROM connections
        WHERE (deleted_at IS NOT NULL) = $2 AND ($1::int[] IS NULL OR id = ANY ($1))
        ORDER BY id
        """;

    // The key stays unique over deleted ones: a connection that comes back is the same connection, with its orders.
    private const string Upsert = """
        INSERT INTO connections AS c (key, name, platform, enabled, settings, secrets, destinations, rules, rules_version, approval, created_at, updated_at, polling, time_zone)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $8 = '[]'::jsonb THEN 0 ELSE 1 END, $9, $10, $10, $11, $12)
        ON CONFLICT (key) DO UPDATE SET
            name = excluded.name, platform = excluded.platform, enabled = excluded.enabled, settings = excluded.settings, secrets = excluded.secrets,
            destinations = excluded.destinations, rules = excluded.rules, approval = excluded.approval, polling = excluded.polling, time_zone = excluded.time_zone,
            rules_version = c.rules_version + CASE WHEN c.rules = excluded.rules THEN 0 ELSE 1 END,
            version = c.version + 1, updated_at = excluded.updated_at, deleted_at = NULL
        RETURNING id, rules_version, version
        """;

    private const string KeepRules = """
        INSERT INTO rule_versions (connection_id, version, rules, applied_at, applied_by)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING     -- the version is already kept: the rules did not change
        """;

    private const string Delete = """
        UPDATE connections SET deleted_at = $2, updated_at = $2, version = version + 1
        WHERE key = $1 AND deleted_at IS NULL
        """;

    // Two administrators who apply at once take turns; otherwise both compare with the same old state.
    private const string Serialise = "SELECT pg_advisory_xact_lock(712004)";

    /// <summary>The time by which changes are written.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task<IReadOnlyDictionary<ConnectionId, long>> LoadVersionsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Versions);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<ConnectionId, long> versions = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add(new ConnectionId(reader.GetInt32(0)), reader.GetInt64(1));
        }

        return versions;
    }

    /// <summary>Connections with the given numbers; all when null.</summary>
    public async Task<IReadOnlyList<ConnectionRow>> LoadAsync(IReadOnlyCollection<ConnectionId>? ids, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await LoadAsync(connection, ids, cancellationToken);
    }

    /// <summary>A connection that was deleted, as it was last; null when there is none of that number.</summary>
    public async Task<ConnectionRow?> FindDeletedAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await LoadAsync(connection, [id], cancellationToken, isDeleted: true)).SingleOrDefault();
    }

    /// <summary>The same inside a transaction that is going to change them.</summary>
    public static async Task<IReadOnlyList<ConnectionRow>> LoadForChangeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var serialise = new NpgsqlCommand(Serialise, connection))
        {
            await serialise.ExecuteNonQueryAsync(cancellationToken);
        }

        return await LoadAsync(connection, ids: null, cancellationToken);
    }

    public async Task UpsertAsync(NpgsqlConnection connection, ConnectionRow row, string actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        ConnectionId id;
        int rulesVersion;
        await using (var upsert = new NpgsqlCommand(Upsert, connection))
        {
            upsert.Parameters.Add(new() { Value = row.Key });
            upsert.Parameters.Add(new() { Value = row.Name });
            upsert.Parameters.Add(new() { Value = row.Platform });
            upsert.Parameters.Add(new() { Value = row.IsEnabled });
            upsert.Parameters.Add(new() { Value = row.Settings, NpgsqlDbType = NpgsqlDbType.Jsonb });
            upsert.Parameters.Add(new() { Value = JsonSerializer.Serialize(row.Secrets), NpgsqlDbType = NpgsqlDbType.Jsonb });
            upsert.Parameters.Add(new() { Value = row.Destinations.ToArray() });
            upsert.Parameters.Add(new() { Value = row.Rules, NpgsqlDbType = NpgsqlDbType.Jsonb });
            upsert.Parameters.Add(new() { Value = row.Approval });
            upsert.Parameters.Add(new() { Value = now });
            upsert.Parameters.Add(new() { Value = row.Polling.Write().ToJsonString(), NpgsqlDbType = NpgsqlDbType.Jsonb });
            upsert.Parameters.Add(new() { Value = (object?)row.TimeZone ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            await using var reader = await upsert.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            id = new ConnectionId(reader.GetInt32(0));
            rulesVersion = reader.GetInt32(1);
        }

        if (rulesVersion > 0)
        {
            await using var keep = new NpgsqlCommand(KeepRules, connection);
            keep.Parameters.Add(new() { Value = id.Value });
            keep.Parameters.Add(new() { Value = rulesVersion });
            keep.Parameters.Add(new() { Value = row.Rules, NpgsqlDbType = NpgsqlDbType.Jsonb });
            keep.Parameters.Add(new() { Value = now });
            keep.Parameters.Add(new() { Value = actor });
            await keep.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Takes a connection out of use; its orders and their history stay.</summary>
    public async Task DeleteAsync(NpgsqlConnection connection, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Delete, connection);
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<ConnectionRow>> LoadAsync(NpgsqlConnection connection, IReadOnlyCollection<ConnectionId>? ids, CancellationToken cancellationToken, bool isDeleted = false)
    {
        await using var command = new NpgsqlCommand(Load, connection);
        command.Parameters.Add(new()
        {
            Value = ids is null ? DBNull.Value : ids.Select(id => id.Value).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer,
        });
        command.Parameters.Add(new() { Value = isDeleted });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<ConnectionRow> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new ConnectionRow(
                new ConnectionId(reader.GetInt32(0)),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetBoolean(4),
                reader.GetString(5),
                JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(6)) ?? [],
                await reader.GetFieldValueAsync<string[]>(7, cancellationToken),
                reader.GetString(8),
                reader.GetInt32(9),
                reader.GetString(10),
                reader.GetInt64(11))
            {
                Polling = PollingSetting.Read(JsonNode.Parse(reader.GetString(12)), "polling", []),
                TimeZone = reader.IsDBNull(13) ? null : reader.GetString(13),
            });
        }

        return rows;
    }
}
