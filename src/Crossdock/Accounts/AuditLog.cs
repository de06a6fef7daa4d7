using System.Text.Json;
using System.Text.Json.Serialization;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Accounts;

/// <summary>One change, as the audit log keeps it. Who and from where is taken from the caller.</summary>
/// <param name="Action">In one stable word, for example <c>user_created</c>.</param>
/// <param name="Subject">What kind of thing was changed, for example <c>user</c>.</param>
/// <param name="SubjectId">Which; null for the hub as a whole.</param>
/// <param name="Connection">The id of the connection it belongs to; null for none.</param>
/// <param name="Before">What it was, without secrets; null where there was nothing.</param>
/// <param name="After">What it is, without secrets; null where there is nothing any more.</param>
/// <param name="Because">Why, in the person's words; null when nobody said.</param>
public sealed record AuditEntry(string Action, string Subject, string? SubjectId = null, int? Connection = null, object? Before = null, object? After = null, string? Because = null);

/// <summary>Writes the audit log, wherever it can in the transaction of the change itself.</summary>
public sealed class AuditLog(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Insert = """
        INSERT INTO audit (id, actor_kind, actor, actor_id, address, action, subject, subject_id, connection_id, before, after, because)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    private static readonly AsyncLocal<Told?> Request = new();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Whether something was written for the request under way.</summary>
    private sealed class Told
    {
        public bool IsTold { get; set; }
    }

    /// <summary>From here on, until the calling asynchronous method is over, it is noted whether anything is written.</summary>
    internal static Func<bool> Watch()
    {
        var told = new Told();
        Request.Value = told;
        return () => told.IsTold;
    }

    /// <summary>The request under way only asks what would happen: there is nothing to keep.</summary>
    internal static void NothingChanges()
    {
        if (Request.Value is { } told)
        {
            told.IsTold = true;
        }
    }

    /// <summary>The statement that keeps one change, for the batch that makes it.</summary>
    public static NpgsqlBatchCommand Keeping(AuditEntry entry, DateTimeOffset now)
    {
        if (Request.Value is { } told)
        {
            told.IsTold = true;
        }

        var caller = Caller.Current;
        return new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                new() { Value = Guid.CreateVersion7(now) },
                Text(EnumNames<CallerKind>.Of(caller?.Kind ?? CallerKind.Hub)),
                Text(caller?.Name ?? "crossdock"),
                new() { Value = (object?)caller?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                Text(caller?.Address),
                Text(entry.Action),
                Text(entry.Subject),
                Text(entry.SubjectId),
                new() { Value = (object?)entry.Connection ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
                Document(entry.Before),
                Document(entry.After),
                Text(entry.Because),
            },
        };
    }

    /// <summary>Keeps changes in the transaction that the connection has begun.</summary>
    public static async Task KeepAsync(NpgsqlConnection connection, IReadOnlyCollection<AuditEntry> entries, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var entry in entries)
        {
            batch.BatchCommands.Add(Keeping(entry, now));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Keeps one change by itself.</summary>
    public async Task KeepAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await KeepAsync(connection, [entry], clock.GetUtcNow(), cancellationToken);
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text?.Replace('\0', '\uFFFD') ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Document(object? value) =>
        new() { Value = value is null ? DBNull.Value : JsonSerializer.Serialize(value, Json).Replace("\\u0000", "\\ufffd", StringComparison.Ordinal), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
