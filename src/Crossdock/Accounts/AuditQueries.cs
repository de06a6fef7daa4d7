using System.Text.Json;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Accounts;

/// <summary>One change that somebody made.</summary>
public sealed record AuditRow
{
    public required Guid Id { get; init; }
    /// <summary><c>user</c>, <c>token</c>, <c>administrator_token</c>, <c>hub</c> or <c>nobody</c>.</summary>
    public required string ActorKind { get; init; }
    /// <summary>The name at that time.</summary>
    public required string Actor { get; init; }
    public Guid? ActorId { get; init; }
    /// <summary>Where the request came from.</summary>
    public string? Address { get; init; }
    /// <summary>In one stable word, for example <c>user_created</c>.</summary>
    public required string Action { get; init; }
    public required string Subject { get; init; }
    public string? SubjectId { get; init; }
    /// <summary>The connection's key; null where it belongs to none.</summary>
    public string? Connection { get; init; }
    public JsonElement? Before { get; init; }
    public JsonElement? After { get; init; }
    public string? Because { get; init; }
    /// <summary>UTC.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(Id.ToString("N")[..12], 16));
}

/// <summary>What the audit log may be narrowed by.</summary>
public sealed record AuditSearch
{
    public string? Actor { get; init; }
    public string? Action { get; init; }
    /// <summary>What kind of thing: <c>user</c>, <c>order</c>, ...</summary>
    public string? Subject { get; init; }
    public string? SubjectId { get; init; }
    /// <summary>The connection's key.</summary>
    public string? Connection { get; init; }
    /// <summary>At or after, UTC.</summary>
    public DateTimeOffset? From { get; init; }
    /// <summary>Before, UTC.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Reads the audit log.</summary>
public sealed class AuditQueries(NpgsqlDataSource database)
{
    // By the primary key: ids rise with time.
    private const string List = """
        SELECT a.id, a.actor_kind, a.actor, a.actor_id, a.address, a.action, a.subject, a.subject_id, c.key AS connection, a.before::text AS before, a.after::text AS after, a.because
        FROM audit a LEFT JOIN connections c ON c.id = a.connection_id
        WHERE (@actor::text IS NULL OR a.actor = @actor) AND (@action::text IS NULL OR a.action = @action) AND (@subject::text IS NULL OR a.subject = @subject)
          AND (@subjectId::text IS NULL OR a.subject_id = @subjectId) AND (@connection::text IS NULL OR c.key = @connection)
          AND (@from::uuid IS NULL OR a.id >= @from) AND (@to::uuid IS NULL OR a.id < @to) AND (@after::uuid IS NULL OR a.id < @after)
        ORDER BY a.id DESC LIMIT @take
        """;

    /// <summary>Changes, newest first.</summary>
    public async Task<Page<AuditRow>> SearchAsync(AuditSearch search, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync<Row>(List, new
        {
            actor = Clean(search.Actor),
            action = Clean(search.Action),
            subject = Clean(search.Subject),
            subjectId = Clean(search.SubjectId),
            connection = Clean(search.Connection),
            from = search.From is { } from ? QueryReading.Floor(from) : (Guid?)null,
            to = search.To is { } to ? QueryReading.Floor(to) : (Guid?)null,
            after = page.After,
            take = page.Take + 1,
        }, cancellationToken);
        return Page<AuditRow>.Cut([.. rows.Select(row => row.Told())], page, row => row.Id);
    }

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim().Replace('\0', '\uFFFD');

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string ActorKind { get; init; }
        public required string Actor { get; init; }
        public Guid? ActorId { get; init; }
        public string? Address { get; init; }
        public required string Action { get; init; }
        public required string Subject { get; init; }
        public string? SubjectId { get; init; }
        public string? Connection { get; init; }
        public string? Before { get; init; }
        public string? After { get; init; }
        public string? Because { get; init; }

        public AuditRow Told() => new()
        {
            Id = Id, ActorKind = ActorKind, Actor = Actor, ActorId = ActorId, Address = Address, Action = Action, Subject = Subject, SubjectId = SubjectId, Connection = Connection,
            Before = Before is null ? null : JsonElement.Parse(Before), After = After is null ? null : JsonElement.Parse(After), Because = Because,
        };
    }
}
