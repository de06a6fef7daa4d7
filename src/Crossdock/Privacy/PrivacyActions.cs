using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Privacy;

/// <summary>How asking went: the request's id, or why not.</summary>
public sealed record PrivacyAnswer(Guid? Id, string? Refusal = null);

/// <summary>What administrators do with people's data. Every step is in the audit log, in its own transaction and without the data.</summary>
public sealed class PrivacyActions
{
    private static readonly TimeSpan Due = TimeSpan.FromDays(30);

    private const string Insert = """
        INSERT INTO privacy_requests (id, kind, connection_id, is_store, subject, keys, protected, topic, event_id, state, is_confirmed, because, created_at, created_by, due_at, confirmed_at, confirmed_by, next_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'searching', $10, $11, $12, $13, $14, CASE WHEN $10 THEN $12 END, CASE WHEN $10 THEN $13 END, $12) ON CONFLICT (event_id) DO NOTHING
        """;

    private const string Confirm = """
        UPDATE privacy_requests SET is_confirmed = true, confirmed_at = $2, confirmed_by = $3, because = coalesce($4, because), next_at = $2 WHERE id = $1 AND kind = 'erasure' AND state = 'found' AND NOT is_confirmed
        """;

    private const string Withdraw = """
        UPDATE privacy_requests SET state = 'withdrawn', done_at = $2, protected = NULL, leased_until = NULL, leased_by = NULL WHERE id = $1 AND state IN ('searching', 'found') AND NOT is_confirmed
        """;

    private const string Finish = "UPDATE privacy_requests SET state = 'done', done_at = $2, protected = NULL WHERE id = $1 AND kind = 'export' AND state = 'found'";

    private readonly NpgsqlDataSource database;
    private readonly ConnectionQueries connections;
    private readonly PrivacyKeysBox box;
    private readonly TimeProvider clock;

    internal PrivacyActions(NpgsqlDataSource database, ConnectionQueries connections, PrivacyKeysBox box, TimeProvider clock) => (this.database, this.connections, this.box, this.clock) = (database, connections, box, clock);

    /// <summary>Begins looking for a person. An erasure waits afterwards for <see cref="ConfirmAsync"/>.</summary>
    public async Task<PrivacyAnswer> AskAsync(PrivacyKind kind, PrivacySubject subject, string actor, CancellationToken cancellationToken)
    {
        if (Keys(subject) is not { } keys)
        {
            return new(null, "Say who it is: a mail address, a telephone number of at least seven digits, or orders by their numbers (100 at most).");
        }

        int? connection = null;
        if (!string.IsNullOrWhiteSpace(subject.Connection) && (connection = await connections.IdOfAsync(subject.Connection, cancellationToken)) is null)
        {
            return new(null, $"There is no connection \"{subject.Connection}\".");
        }

        if (keys.Orders.Count > 0 && connection is null)
        {
            return new(null, "Name the store of these orders with connection: others may have the same numbers.");
        }

        return new(await InsertAsync(kind, connection, isStore: false, keys, null, null, isConfirmed: false, subject.Because, actor, null, cancellationToken));
    }

    /// <summary>Has an erasure begin that was looked through. False when there is none that waits for it.</summary>
    public Task<bool> ConfirmAsync(Guid id, string? because, string actor, CancellationToken cancellationToken) => ChangeAsync(Confirm, "privacy_confirmed", id, because, actor, cancellationToken);

    /// <summary>Takes a request back before anything was erased; forgets whom it was about.</summary>
    public Task<bool> WithdrawAsync(Guid id, string? because, CancellationToken cancellationToken) => ChangeAsync(Withdraw, "privacy_withdrawn", id, because, null, cancellationToken);

    /// <summary>Says that an export was handed over; forgets whom it was about.</summary>
    public Task<bool> FinishAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(Finish, "privacy_finished", id, null, null, cancellationToken);

    /// <summary>Takes up what a platform asks for; an erasure begins by itself. Once for each event.</summary>
    internal async Task TakeUpAsync(PrivacyTopic topic, PrivacySubject subject, CancellationToken cancellationToken)
    {
        bool isStore = topic.Topic == "shop/redact";
        var keys = isStore ? new PrivacyKeys([], [], []) : Keys(subject) ?? new PrivacyKeys([], [], []);
        await InsertAsync(topic.Topic == "customers/data_request" ? PrivacyKind.Export : PrivacyKind.Erasure, topic.Connection, isStore, keys, topic.Topic, topic.EventId, isConfirmed: topic.Topic != "customers/data_request", null, "the platform", topic.At + Due, cancellationToken);
    }

    private async Task<Guid> InsertAsync(PrivacyKind kind, int? connection, bool isStore, PrivacyKeys keys, string? topic, Guid? eventId, bool isConfirmed, string? because, string actor, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await session.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(session);
        batch.BatchCommands.Add(new(Insert)
        {
            Parameters =
            {
                new() { Value = id }, Text(EnumNames<PrivacyKind>.Of(kind)), new() { Value = (object?)connection ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer }, new() { Value = isStore }, Text(isStore ? "everybody of the store" : Masked(keys)),
                new() { Value = PrivacyKeysBox.Hashes(keys) }, Text(box.Protect(id, keys)), Text(topic), new() { Value = (object?)eventId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }, new() { Value = isConfirmed }, Text(because), Parameters.Time(now), Text(actor),
                new() { Value = (object?)dueAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        });
        if (eventId is null)
        {
            batch.BatchCommands.Add(AuditLog.Keeping(new AuditEntry("privacy_asked", "privacy_request", id.ToString(), connection, After: new { kind = EnumNames<PrivacyKind>.Of(kind), keys = PrivacyKeysBox.Hashes(keys) }, Because: because), now));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    private async Task<bool> ChangeAsync(string sql, string action, Guid id, string? because, string? actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await session.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, session) { Parameters = { new() { Value = id }, Parameters.Time(now) } };
        if (sql == Confirm)
        {
            command.Parameters.AddRange((NpgsqlParameter[])[Text(actor), Text(because)]);
        }

        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await AuditLog.KeepAsync(session, [new AuditEntry(action, "privacy_request", id.ToString(), Because: because)], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static PrivacyKeys? Keys(PrivacySubject subject)
    {
        string? mail = subject.Mail?.Trim().ToLowerInvariant();
        string digits = string.Concat((subject.Phone ?? "").Where(char.IsAsciiDigit));
        string[] orders = [.. (subject.Orders ?? []).Select(order => order.Trim()).Where(order => order.Length is > 0 and <= 100).Distinct(StringComparer.Ordinal)];
        bool hasMail = mail is { Length: > 2 and <= 200 } && mail.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < mail.Length - 1, hasPhone = digits.Length is >= 7 and <= 20;
        return (!string.IsNullOrEmpty(mail) && !hasMail) || (digits.Length > 0 && !hasPhone) || orders.Length > 1000 || (!hasMail && !hasPhone && orders.Length == 0) ? null : new(hasMail ? [mail!] : [], hasPhone ? [digits] : [], orders);
    }

    private static string Masked(PrivacyKeys keys) => string.Join(", ", (string[])
    [
        .. keys.Mails.Select(mail => $"{mail[0]}…{mail[mail.IndexOf('@', StringComparison.Ordinal)..]}"), .. keys.Phones.Select(phone => "…" + phone[^3..]), .. keys.Orders.Count == 0 ? (string[])[] : [keys.Orders.Count == 1 ? "one order" : $"{keys.Orders.Count} orders"],
    ]) is { Length: > 0 } subject ? subject : "nobody that the platform named";

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
