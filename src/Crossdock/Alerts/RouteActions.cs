using System.Globalization;
using System.Net.Mail;
using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Alerts;

/// <summary>How a change of a route went: the route, what is shown this once, or why not.</summary>
public sealed record RouteAnswer(AlertRoute? Route, string? Secret = null, string? Refusal = null);

/// <summary>What people do with routes. Every change is in the audit log, in its own transaction.</summary>
public sealed class RouteActions
{
    private const string Insert = """
        INSERT INTO alert_routes (id, name, channel, mails, host, protected, enabled, severity, kinds, connections, group_minutes, repeat_hours, tells_end, quiet_from, quiet_to, quiet_zone, created_at, created_by, changed_at, next_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::time, $15::time, $16, $17, $18, $17, $17)
        """;

    private const string Update = """
        UPDATE alert_routes SET name = $2, mails = $4, host = $5, protected = coalesce($6, protected), enabled = $7, severity = $8, kinds = $9, connections = $10, group_minutes = $11, repeat_hours = $12, tells_end = $13,
            quiet_from = $14::time, quiet_to = $15::time, quiet_zone = $16, changed_at = $17, next_at = $17, failures = 0, problem = NULL, problem_since = NULL
        WHERE id = $1 AND channel = $3 AND $18 IS NOT NULL
        """;

    // What could not be sent may get through now.
    private const string Again = "UPDATE alert_messages SET next_at = $2 WHERE route_id = $1 AND state = 'waiting' AND next_at > $2";

    private const string Delete = "DELETE FROM alert_routes WHERE id = $1 RETURNING name";
    private const string Wake = "UPDATE alert_routes SET next_at = $2 WHERE id = $1";
    private const string Stored = "SELECT protected FROM alert_routes WHERE id = $1";

    private readonly NpgsqlDataSource database;
    private readonly RouteQueries queries;
    private readonly RouteSecrets secrets;
    private readonly AlertStore alerts;
    private readonly bool allowsPlain;
    private readonly TimeProvider clock;

    internal RouteActions(NpgsqlDataSource database, RouteQueries queries, RouteSecrets secrets, AlertStore alerts, IOptions<ConnectionsOptions> options, TimeProvider clock) =>
        (this.database, this.queries, this.secrets, this.alerts, allowsPlain, this.clock) = (database, queries, secrets, alerts, options.Value.AllowPrivateAddresses, clock);

    /// <summary>Makes a route.</summary>
    public async Task<RouteAnswer> CreateAsync(WantedRoute wanted, string actor, CancellationToken cancellationToken)
    {
        if (EnumNames<RouteChannel>.Parse(wanted.Channel ?? "") is not { } channel)
        {
            return new(null, null, $"Say how it is sent: channel is one of {string.Join(", ", EnumNames<RouteChannel>.All)}.");
        }

        var id = Guid.CreateVersion7(clock.GetUtcNow());
        string? made = channel == RouteChannel.Webhook && string.IsNullOrEmpty(wanted.Secret) ? RouteSecrets.MakeUp() : null;
        string? refusal = await WriteAsync(Insert, "alert_route_created", id, channel, null, wanted with { Secret = made ?? wanted.Secret }, actor, cancellationToken);
        return refusal is null ? new(await queries.FindAsync(id, cancellationToken), made) : new(null, null, refusal);
    }

    /// <summary>Changes a route; what is left out stays. Neither route nor refusal: there is none with that id.</summary>
    public async Task<RouteAnswer> ChangeAsync(Guid id, WantedRoute wanted, string actor, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } before)
        {
            return new(null);
        }

        if (wanted.Channel is { } other && other != before.Channel)
        {
            return new(null, null, "How a route is sent cannot be changed: make another one.");
        }

        string? refusal = await WriteAsync(Update, "alert_route_changed", id, EnumNames<RouteChannel>.Parse(before.Channel)!.Value, before, wanted, actor, cancellationToken);
        return refusal is null ? new(await queries.FindAsync(id, cancellationToken)) : new(null, null, refusal);
    }

    /// <summary>Deletes one with its messages; false when there is none with that id.</summary>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Delete, connection) { Parameters = { new() { Value = id } } };
        if (await command.ExecuteScalarAsync(cancellationToken) is not string name)
        {
            return false;
        }

        await AuditLog.KeepAsync(connection, [new AuditEntry("alert_route_deleted", "alert_route", id.ToString(), Before: new { name })], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await alerts.EndAsync(AlertKind.RouteFailing, null, id.ToString(), "The route was deleted.", cancellationToken);
        return true;
    }

    /// <summary>Has a message sent that says it is a test; false when there is no such route. How it went stands among the route's messages.</summary>
    public async Task<bool> TestAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } route)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(RouteStore.Writing(id, "test", $"Test of the route {route.Name}", [], now));
        batch.BatchCommands.Add(new(Wake) { Parameters = { new() { Value = id }, Parameters.Time(now) } });
        batch.BatchCommands.Add(AuditLog.Keeping(new AuditEntry("alert_route_tested", "alert_route", id.ToString()), now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<string?> WriteAsync(string sql, string action, Guid id, RouteChannel channel, AlertRoute? before, WantedRoute wanted, string actor, CancellationToken cancellationToken)
    {
        string name = (wanted.Name ?? before?.Name ?? "").Trim();
        string[] mails = [.. (wanted.Mails ?? before?.Mails ?? []).Select(mail => mail.Trim()).Where(mail => mail.Length > 0)];
        string severity = wanted.Severity ?? before?.Severity ?? "warning";
        string[] kinds = [.. wanted.Kinds ?? before?.Kinds ?? []];
        int group = wanted.GroupMinutes ?? before?.GroupMinutes ?? 2;
        int repeat = wanted.RepeatHours ?? (before is null ? 24 : before.RepeatHours ?? 0);
        QuietHours? quiet;
        try
        {
            quiet = QuietHours.Read(wanted.QuietFrom ?? before?.QuietFrom, wanted.QuietTo ?? before?.QuietTo, wanted.QuietZone ?? before?.QuietZone);
        }
        catch (FormatException wrong)
        {
            return wrong.Message;
        }

        if (Wrong(name, channel, mails, severity, kinds, group, repeat) is { } problem)
        {
            return problem;
        }

        var (connections, unknown) = await Limits.ReadAsync(database, wanted.Connections ?? before?.Connections, cancellationToken);
        if (unknown is not null)
        {
            return $"There is no connection \"{unknown}\".";
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (secret, host, refusal) = await SecretAsync(connection, id, channel, before, wanted, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(sql)
        {
            Parameters =
            {
                new() { Value = id }, Text(name), Text(EnumNames<RouteChannel>.Of(channel)), new() { Value = mails }, Text(host), Text(secret is null ? null : secrets.Protect(id, secret)), new() { Value = wanted.Enabled ?? before?.Enabled ?? true },
                Text(severity), new() { Value = kinds.Length == 0 ? DBNull.Value : kinds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }, new() { Value = (object?)connections ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = group }, new() { Value = repeat == 0 ? DBNull.Value : repeat, NpgsqlDbType = NpgsqlDbType.Integer }, new() { Value = wanted.TellsEnd ?? before?.TellsEnd ?? true },
                Text(quiet?.From.ToString("HH:mm", CultureInfo.InvariantCulture)), Text(quiet?.To.ToString("HH:mm", CultureInfo.InvariantCulture)), Text(quiet?.Zone.Id), Parameters.Time(now), Text(actor),
            },
        });
        batch.BatchCommands.Add(new(Again) { Parameters = { new() { Value = id }, Parameters.Time(now) } });
        batch.BatchCommands.Add(AuditLog.Keeping(new AuditEntry(action, "alert_route", id.ToString(), Before: before is null ? null : Shown(before),
            After: new { name, channel = EnumNames<RouteChannel>.Of(channel), mails, host, severity, kinds, wanted.Connections, group, repeat, quiet = quiet?.ToString(), enabled = wanted.Enabled, isNewAddress = wanted.Address is not null, isNewSecret = wanted.Secret is not null }), now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (before is not null)
        {
            await alerts.EndAsync(AlertKind.RouteFailing, null, id.ToString(), "The route was changed.", cancellationToken);
        }

        return null;
    }

    private static object Shown(AlertRoute route) => new { route.Name, route.Channel, route.Mails, route.Host, route.Severity, route.Kinds, route.Connections, route.GroupMinutes, route.RepeatHours, route.QuietFrom, route.QuietTo, route.QuietZone, route.Enabled };

    private static string? Wrong(string name, RouteChannel channel, string[] mails, string severity, string[] kinds, int group, int repeat) =>
        name.Length is 0 or > 100 ? "Give the route a name of 1 to 100 characters."
        : channel == RouteChannel.Mail && (mails.Length is 0 or > 20 || !mails.All(IsMail)) ? "Give 1 to 20 mail addresses, such as orders@example.com."
        : EnumNames<AlertSeverity>.Parse(severity) is null ? $"severity must be one of {string.Join(", ", EnumNames<AlertSeverity>.All)}."
        : Array.Find(kinds, kind => EnumNames<AlertKind>.Parse(kind) is null) is { } unknown ? $"There are no alerts of the kind \"{unknown}\"; kinds are {string.Join(", ", EnumNames<AlertKind>.All)}."
        : group is < 0 or > 1440 ? "groupMinutes must be between 0 and 1440."
        : repeat is < 0 or > 720 ? "repeatHours must be between 1 and 720, or 0 for never."
        : null;

    private static bool IsMail(string text) => text.Length <= 200 && !text.AsSpan().ContainsAny(",;<>\"") && MailAddress.TryCreate(text, out var mail) && mail.Address == text;

    // A new address or secret is laid over what is stored; of a route that has both, giving one keeps the other.
    private async Task<(RouteSecret? Secret, string? Host, string? Refusal)> SecretAsync(NpgsqlConnection connection, Guid id, RouteChannel channel, AlertRoute? before, WantedRoute wanted, CancellationToken cancellationToken)
    {
        string? address = string.IsNullOrWhiteSpace(wanted.Address) ? null : wanted.Address.Trim(), signing = string.IsNullOrWhiteSpace(wanted.Secret) ? null : wanted.Secret.Trim();
        if (channel == RouteChannel.Mail)
        {
            return (null, null, address is null && signing is null ? null : "A route by mail has addresses in mails, and no address or secret.");
        }

        if (address is null && signing is null && before is not null)
        {
            return (null, before.Host, null);
        }

        Uri? uri = null;
        if (address is not null && (!Uri.TryCreate(address, UriKind.Absolute, out uri) || uri.UserInfo.Length > 0 || address.Length > 2000 || !(uri.Scheme == Uri.UriSchemeHttps || (allowsPlain && uri.Scheme == Uri.UriSchemeHttp))))
        {
            return (null, null, "The address has to begin with https:// and to be one that takes a POST, at most 2,000 characters.");
        }

        if (address is null && before is null)
        {
            return (null, null, "Give the address that takes the messages.");
        }

        if (signing is not null && (channel != RouteChannel.Webhook || !RouteSecrets.IsSecret(signing)))
        {
            return (null, null, channel == RouteChannel.Webhook ? "The signing secret is whsec_ followed by 24 to 64 bytes as base64." : "Only a webhook has a signing secret.");
        }

        RouteSecret? stored = null;
        await using (var command = new NpgsqlCommand(Stored, connection) { Parameters = { new() { Value = id } } })
        {
            stored = await command.ExecuteScalarAsync(cancellationToken) is string text ? secrets.Open(id, text) : null;
        }

        var secret = new RouteSecret(address ?? stored?.Address, signing ?? stored?.Signing);
        return secret.Address is null ? (null, null, "Give the address too: the stored one cannot be read with the keys in the data folder.") : (secret, uri?.Host ?? before?.Host, null);
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
