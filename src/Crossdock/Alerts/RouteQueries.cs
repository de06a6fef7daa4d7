using Crossdock.Database;
using Npgsql;

namespace Crossdock.Alerts;

/// <summary>Reads routes and their messages.</summary>
public sealed class RouteQueries(NpgsqlDataSource database)
{
    private const string Columns = """
        SELECT r.id, r.name, r.channel, r.mails, r.host, r.enabled, r.severity, r.kinds,
               CASE WHEN r.connections IS NOT NULL THEN ARRAY(SELECT c.key FROM connections c WHERE c.id = ANY(r.connections) ORDER BY c.key) END AS connections,
               r.group_minutes, r.repeat_hours, r.tells_end, to_char(r.quiet_from, 'HH24:MI') AS quiet_from, to_char(r.quiet_to, 'HH24:MI') AS quiet_to, r.quiet_zone,
               r.created_at, r.created_by, r.sent_at, r.failures, r.problem, r.problem_since,
               (SELECT count(*) FROM alert_messages m WHERE m.route_id = r.id AND m.state = 'waiting')::int AS waiting
        FROM alert_routes r
        """;

    private const string All = Columns + " ORDER BY r.id LIMIT 1000";
    private const string One = Columns + " WHERE r.id = @id";

    private const string Messages = """
        SELECT id, kind, title, alerts, state, attempts, error, created_at, done_at FROM alert_messages
        WHERE route_id = @id AND (@after::uuid IS NULL OR id < @after) ORDER BY id DESC LIMIT @take
        """;

    /// <summary>All routes, the oldest first.</summary>
    public Task<List<AlertRoute>> ListAsync(CancellationToken cancellationToken) => database.ReadAsync<AlertRoute>(All, null, cancellationToken);

    /// <summary>One route; null when there is none with that id.</summary>
    public Task<AlertRoute?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<AlertRoute>(One, new { id }, cancellationToken);

    /// <summary>A route's messages, the newest first.</summary>
    public async Task<Page<RouteMessage>> MessagesAsync(Guid id, PageRequest page, CancellationToken cancellationToken) =>
        Page<RouteMessage>.Cut(await database.ReadAsync<RouteMessage>(Messages, new { id, after = page.After, take = page.Take + 1 }, cancellationToken), page, row => row.Id);
}
