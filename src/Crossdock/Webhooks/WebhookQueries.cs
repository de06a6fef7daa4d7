using System.Text.Json;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Webhooks;

/// <summary>Which of a webhook's events are wanted; null for all.</summary>
/// <param name="State"><c>waiting</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="Type">The event's.</param>
/// <param name="From">Happened at or after, UTC.</param>
/// <param name="To">Happened before, UTC.</param>
public sealed record WebhookMessageSearch(string? State = null, string? Type = null, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    /// <summary>What an event can be for a webhook.</summary>
    public static IReadOnlyList<string> States { get; } = ["waiting", "delivered", "failed"];
}

/// <summary>Reads webhooks and their logs.</summary>
public sealed class WebhookQueries(NpgsqlDataSource database)
{
    private const string Columns = """
        SELECT w.id, w.name, w.url, w.types, CASE WHEN w.connections IS NOT NULL THEN ARRAY(SELECT c.key FROM connections c WHERE c.id = ANY(w.connections) ORDER BY c.key) END AS connections,
               w.enabled, w.disabled_because, w.enabled_at, w.failing_since, w.delivered_at, CASE WHEN w.former_until > now() THEN w.former_until END AS former_until,
               (SELECT count(*)::int FROM (SELECT FROM webhook_messages m WHERE m.webhook_id = w.id AND m.state = 'waiting' LIMIT 10000) found) AS waiting,
               (SELECT count(*)::int FROM (SELECT FROM webhook_messages m WHERE m.webhook_id = w.id AND m.state = 'failed' LIMIT 10000) found) AS failed,
               w.version, w.created_at, w.created_by
        FROM webhooks w
        """;

    private const string All = Columns + " ORDER BY w.name, w.id LIMIT 1000";
    private const string One = Columns + " WHERE w.id = @id";

    private const string MessageColumns = """
        SELECT e.id, e.type, c.key AS connection, m.state, m.attempts::int AS attempts, CASE WHEN m.state = 'waiting' THEN m.next_attempt_at END AS next_attempt_at, m.last_status, m.last_error, m.done_at
        FROM webhook_messages m JOIN webhook_events e ON e.id = m.event_id LEFT JOIN connections c ON c.id = e.connection_id
        WHERE m.webhook_id = @webhook
        """;

    // The primary key is read backwards: ids begin with the time.
    private const string Messages = MessageColumns + """
         AND (@state::text IS NULL OR m.state = @state) AND (@type::text IS NULL OR e.type = @type)
          AND (@from::uuid IS NULL OR m.event_id >= @from) AND (@to::uuid IS NULL OR m.event_id < @to) AND (@after::uuid IS NULL OR m.event_id < @after)
        ORDER BY m.event_id DESC LIMIT @take
        """;

    private const string Message = MessageColumns + " AND m.event_id = @id";

    private const string Body = "SELECT body FROM webhook_events WHERE id = @id";

    private const string Attempts = """
        SELECT id, number::int AS number, status, elapsed_ms, request_headers, response_headers, response_body, error FROM webhook_attempts WHERE webhook_id = @webhook AND event_id = @id ORDER BY id LIMIT 500
        """;

    /// <summary>All webhooks by name.</summary>
    public async Task<IReadOnlyList<WebhookRow>> ListAsync(CancellationToken cancellationToken) => await database.ReadAsync<WebhookRow>(All, null, cancellationToken);

    /// <summary>One webhook; null when there is none with that id.</summary>
    public Task<WebhookRow?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<WebhookRow>(One, new { id }, cancellationToken);

    /// <summary>What a webhook was told or is to be told, newest first.</summary>
    public async Task<Page<WebhookMessageRow>> MessagesAsync(Guid webhook, WebhookMessageSearch search, PageRequest page, CancellationToken cancellationToken) => Page<WebhookMessageRow>.Cut(
        await database.ReadAsync<WebhookMessageRow>(Messages, new
        {
            webhook, state = search.State, type = search.Type, from = search.From is { } from ? QueryReading.Floor(from) : (Guid?)null, to = search.To is { } to ? QueryReading.Floor(to) : (Guid?)null, after = page.After, take = page.Take + 1,
        }, cancellationToken), page, row => row.Id);

    /// <summary>One event for a webhook with what is sent and all calls; null when there is none.</summary>
    public async Task<WebhookMessage?> MessageAsync(Guid webhook, Guid id, CancellationToken cancellationToken)
    {
        if (await database.ReadOneAsync<WebhookMessageRow>(Message, new { webhook, id }, cancellationToken) is not { } row || await database.ReadOneAsync<string>(Body, new { id }, cancellationToken) is not { } body)
        {
            return null;
        }

        using var document = JsonDocument.Parse(body);
        return new WebhookMessage(row, document.RootElement.Clone(), await database.ReadAsync<WebhookAttemptRow>(Attempts, new { webhook, id }, cancellationToken));
    }
}
