using Crossdock.Accounts;
using Crossdock.Alerts;
using Crossdock.Database;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Webhooks;

/// <summary>Makes and changes webhooks; everything with its line in the audit log.</summary>
internal sealed class WebhookStore(NpgsqlDataSource database, WebhookQueries queries, WebhookSecret secrets, WebhookAddress addresses, AlertStore alerts, IOptions<WebhookOptions> options, TimeProvider clock)
{
    private const int Most = 200;

    // While nobody wanted to be told, nothing was read: it begins now.
    private const string Begin = "UPDATE webhook_progress SET soon = $1, safe = $1, alerts_from = $2 WHERE NOT EXISTS (SELECT FROM webhooks WHERE enabled)";

    private const string Insert = """
        INSERT INTO webhooks (id, name, url, types, connections, secret, enabled, enabled_at, created_at, created_by, updated_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $8 WHERE (SELECT count(*) FROM webhooks) < $10
        """;

    private const string Update = """
        UPDATE webhooks SET name = $3, url = $4, types = $5, connections = $6, enabled_at = CASE WHEN $7 AND NOT enabled THEN $8 ELSE enabled_at END,
            failing_since = CASE WHEN $7 AND NOT enabled OR url <> $4 THEN NULL ELSE failing_since END,
            disabled_because = CASE WHEN $7 THEN NULL WHEN enabled THEN $9 ELSE disabled_because END, enabled = $7, version = version + 1, updated_at = $8
        WHERE id = $1 AND version = $2
        """;

    private const string Rotate = "UPDATE webhooks SET former_secret = secret, former_until = $3, secret = $2, version = version + 1, updated_at = $4 WHERE id = $1 RETURNING name";

    private const string Delete = "DELETE FROM webhooks WHERE id = $1 RETURNING name";

    /// <summary>Makes one.</summary>
    public async Task<WebhookAnswer> CreateAsync(WebhookDraft draft, string actor, CancellationToken cancellationToken)
    {
        var (limits, refusal) = await CheckAsync(draft, cancellationToken);
        if (refusal is not null)
        {
            return new(null, Refusal: refusal);
        }

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        string secret = WebhookSecret.Make();
        bool isOn = draft.Enabled ?? true;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await BeginAsync(connection, isOn, now, cancellationToken);
        await using var insert = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = id }, Text(draft.Name!.Trim()), Text(draft.Url!.Trim()), Texts(draft.Types), Ids(limits), Text(secrets.Protect(secret)), new() { Value = isOn }, Parameters.Time(now), Text(actor), new() { Value = Most },
            },
        };
        if (await insert.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return new(null, Refusal: $"There are {Most} webhooks already. Delete one that nobody needs any more.");
        }

        await AuditLog.KeepAsync(connection, [new AuditEntry("webhook_created", "webhook", id.ToString(), After: Told(draft, isOn))], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(await queries.FindAsync(id, cancellationToken), secret);
    }

    /// <summary>Changes one; what the draft leaves out stays.</summary>
    /// <param name="id">Which.</param>
    /// <param name="version">The version that was looked at.</param>
    /// <param name="draft">What it shall be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<WebhookAnswer> ChangeAsync(Guid id, long version, WebhookDraft draft, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } before)
        {
            return new(null);
        }

        draft = new WebhookDraft { Name = draft.Name ?? before.Name, Url = draft.Url ?? before.Url, Types = draft.Types ?? before.Types, Connections = draft.Connections ?? before.Connections, Enabled = draft.Enabled ?? before.Enabled };
        var (limits, refusal) = await CheckAsync(draft, cancellationToken);
        if (refusal is not null)
        {
            return new(null, Refusal: refusal);
        }

        var now = clock.GetUtcNow();
        bool isOn = draft.Enabled!.Value;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await BeginAsync(connection, isOn, now, cancellationToken);
        await using var update = new NpgsqlCommand(Update, connection)
        {
            Parameters =
            {
                new() { Value = id }, new() { Value = version }, Text(draft.Name!.Trim()), Text(draft.Url!.Trim()), Texts(draft.Types), Ids(limits), new() { Value = isOn }, Parameters.Time(now), Text("switched off by a person"),
            },
        };
        if (await update.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return new(null, Refusal: "Somebody changed this webhook meanwhile. Read it again and repeat your change; nothing was overwritten.", IsStale: true);
        }

        await AuditLog.KeepAsync(connection, [new AuditEntry("webhook_changed", "webhook", id.ToString(), Before: new { before.Name, before.Url, before.Types, before.Connections, before.Enabled }, After: Told(draft, isOn))], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (isOn && !before.Enabled)
        {
            await alerts.EndAsync(AlertKind.WebhookOff, null, id.ToString(), "It was switched on again.", cancellationToken);
        }

        return new(await queries.FindAsync(id, cancellationToken));
    }

    /// <summary>Gives it a new secret; the former one signs as well for a while.</summary>
    public async Task<WebhookAnswer> RotateAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        string secret = WebhookSecret.Make();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var rotate = new NpgsqlCommand(Rotate, connection) { Parameters = { new() { Value = id }, Text(secrets.Protect(secret)), Parameters.Time(now.AddHours(options.Value.OverlapHours)), Parameters.Time(now) } };
        if (await rotate.ExecuteScalarAsync(cancellationToken) is not string name)
        {
            return new(null);
        }

        await AuditLog.KeepAsync(connection, [new AuditEntry("webhook_secret_changed", "webhook", id.ToString(), After: new { name })], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(await queries.FindAsync(id, cancellationToken), secret);
    }

    /// <summary>Deletes one with its log; false when there is none.</summary>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var delete = new NpgsqlCommand(Delete, connection) { Parameters = { new() { Value = id } } };
        if (await delete.ExecuteScalarAsync(cancellationToken) is not string name)
        {
            return false;
        }

        await AuditLog.KeepAsync(connection, [new AuditEntry("webhook_deleted", "webhook", id.ToString(), Before: new { name })], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await alerts.EndAsync(AlertKind.WebhookOff, null, id.ToString(), "It was deleted.", cancellationToken);
        return true;
    }

    private async Task<(int[]? Limits, string? Refusal)> CheckAsync(WebhookDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Name?.Trim() is not { Length: > 0 and <= 100 })
        {
            return (null, "Give the webhook a name of 1 to 100 characters: whose system it tells.");
        }

        if (addresses.Problem(draft.Url?.Trim()) is { } problem)
        {
            return (null, problem);
        }

        if ((draft.Types ?? []).FirstOrDefault(type => WebhookTypes.All.All(one => one.Type != type)) is { } strange)
        {
            return (null, $"There is no event \"{strange}\". Possible are {string.Join(", ", WebhookTypes.All.Select(one => one.Type))}.");
        }

        var (limits, unknown) = await Limits.ReadAsync(database, draft.Connections, cancellationToken);
        return unknown is null ? (limits, null) : (null, $"There is no connection \"{unknown}\".");
    }

    private static async Task BeginAsync(NpgsqlConnection connection, bool isOn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (isOn)
        {
            await using var begin = new NpgsqlCommand(Begin, connection) { Parameters = { new() { Value = QueryReading.Floor(now) }, Parameters.Time(now) } };
            await begin.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static object Told(WebhookDraft draft, bool isOn) => new { draft.Name, draft.Url, draft.Types, draft.Connections, enabled = isOn };

    private static NpgsqlParameter Text(string text) => new() { Value = Parameters.Storable(text), NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Texts(IReadOnlyList<string>? texts) => new() { Value = (texts ?? []).Distinct(StringComparer.Ordinal).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Ids(int[]? ids) => new() { Value = (object?)ids ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };
}
