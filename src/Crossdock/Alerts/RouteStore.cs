using Crossdock.Database;
using Crossdock.Model.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Alerts;

/// <summary>A route leased by this node.</summary>
internal sealed record RouteWork
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required RouteChannel Channel { get; init; }
    public required string[] Mails { get; init; }
    public string? Protected { get; init; }
    public required RoutePolicy Policy { get; init; }
    public required int Failures { get; init; }
    public required bool IsEnabled { get; init; }
}

/// <summary>A message that is due.</summary>
internal sealed record DueMessage(Guid Id, string Kind, string Title, string Content, int Attempts, DateTimeOffset CreatedAt);

/// <summary>What routes tell and told. Only the node that holds a route's lease writes and sends its messages.</summary>
internal sealed class RouteStore(NpgsqlDataSource database, NodeIdentity node)
{
    // A disabled one is looked at only while a test waits in it.
    private const string Claim = """
        WITH due AS (
            SELECT r.id FROM alert_routes r
            WHERE r.next_at <= $1 AND (r.leased_until IS NULL OR r.leased_until < $1 OR ($4 AND r.leased_by <> $3))
              AND (r.enabled OR EXISTS (SELECT FROM alert_messages m WHERE m.route_id = r.id AND m.state = 'waiting' AND m.kind = 'test'))
            ORDER BY r.next_at LIMIT 32 FOR UPDATE SKIP LOCKED)
        UPDATE alert_routes r SET leased_until = $2, leased_by = $3 FROM due WHERE r.id = due.id
        RETURNING r.id, r.name, r.channel, r.mails, r.protected, r.group_minutes, r.repeat_hours, r.tells_end, to_char(r.quiet_from, 'HH24:MI'), to_char(r.quiet_to, 'HH24:MI'), r.quiet_zone, r.failures, r.enabled
        """;

    private const string Release = "UPDATE alert_routes SET leased_until = NULL, leased_by = NULL, next_at = $3 WHERE id = $1 AND leased_by = $2";

    // What is open and fits; and of what was told, whatever became of it. A route that fails is told by the others.
    private const string Alerts = """
        SELECT a.id, a.kind, c.key AS connection, c.name AS connection_name, a.severity, a.sentence, a.advice, a.opened_at, a.ended_at, a.ended_because,
               t.told_at, t.severity AS told_severity, t.is_waiting, a.acknowledged_at IS NOT NULL AS is_acknowledged
        FROM alert_routes r CROSS JOIN alerts a
        LEFT JOIN connections c ON c.id = a.connection_id
        LEFT JOIN alert_told t ON t.route_id = r.id AND t.alert_id = a.id
        WHERE r.id = @route AND (
            (a.ended_at IS NULL AND c.deleted_at IS NULL AND c.enabled IS NOT FALSE
                AND array_position(@severities, a.severity) >= array_position(@severities, r.severity) AND (r.kinds IS NULL OR a.kind = ANY(r.kinds)) AND (r.connections IS NULL OR a.connection_id = ANY(r.connections))
                AND NOT (a.kind = 'route_failing' AND a.subject = r.id::text))
            OR (t.alert_id IS NOT NULL AND a.ended_at IS NOT NULL))
            AND (a.ended_at IS NULL OR t.alert_id IS NOT NULL)
        ORDER BY a.id LIMIT 1000
        """;

    private const string Mine = "SELECT FROM alert_routes WHERE id = $1 AND leased_by = $2 FOR UPDATE";

    private const string Write = """
        INSERT INTO alert_messages (id, route_id, kind, title, alerts, content, state, next_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $7)
        """;

    private const string Tell = """
        INSERT INTO alert_told (route_id, alert_id, severity, is_waiting, told_at) SELECT $1, a.id, a.severity, $4, $5 FROM unnest($2::uuid[], $3::text[]) AS a (id, severity)
        ON CONFLICT (route_id, alert_id) DO UPDATE SET severity = excluded.severity, is_waiting = excluded.is_waiting, told_at = excluded.told_at
        """;

    private const string Forget = "DELETE FROM alert_told WHERE route_id = $1 AND alert_id = ANY($2)";

    private const string Due = "SELECT id, kind, title, content::text, attempts, created_at FROM alert_messages WHERE route_id = $1 AND state = 'waiting' AND next_at <= $2 AND ($3 OR kind = 'test') ORDER BY id LIMIT 5";

    private const string Sent = """
        WITH message AS (UPDATE alert_messages SET state = 'sent', attempts = attempts + 1, error = NULL, done_at = $3 WHERE id = $2 RETURNING route_id)
        UPDATE alert_routes r SET sent_at = $3, failures = 0, problem = NULL, problem_since = NULL FROM message WHERE r.id = $1
        """;

    private const string Failed = """
        WITH message AS (UPDATE alert_messages SET state = CASE WHEN $6 THEN 'failed' ELSE 'waiting' END, attempts = attempts + 1, error = $3, next_at = $5, done_at = CASE WHEN $6 THEN $4::timestamptz END WHERE id = $2 RETURNING route_id)
        UPDATE alert_routes r SET failures = failures + 1, problem = $3, problem_since = coalesce(problem_since, $4) FROM message WHERE r.id = $1
        """;

    private static readonly string[] Severities = [.. Enum.GetValues<AlertSeverity>().Order().Select(EnumNames<AlertSeverity>.Of)];

    /// <summary>Takes the routes that are due.</summary>
    public async Task<List<RouteWork>> ClaimAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameters.Time(now), Parameters.Time(until), new() { Value = node.Id }, new() { Value = node.IsAlone }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<RouteWork> claimed = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
            claimed.Add(new RouteWork
            {
                Id = reader.GetGuid(0),
                Name = reader.GetString(1),
                Channel = EnumNames<RouteChannel>.Parse(reader.GetString(2))!.Value,
                Mails = reader.GetFieldValue<string[]>(3),
                Protected = Text(4),
                Policy = new RoutePolicy(TimeSpan.FromMinutes(reader.GetInt32(5)), reader.IsDBNull(6) ? null : TimeSpan.FromHours(reader.GetInt32(6)), reader.GetBoolean(7), QuietHours.Read(Text(8), Text(9), Text(10))),
                Failures = reader.GetInt32(11),
                IsEnabled = reader.GetBoolean(12),
            });
        }

        return claimed;
    }

    public async Task ReleaseAsync(RouteWork route, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Release);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = route.Id }, new() { Value = node.Id }, Parameters.Time(nextAt)]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task<List<RouteAlert>> AlertsAsync(RouteWork route, CancellationToken cancellationToken) => database.ReadAsync<RouteAlert>(Alerts, new { route = route.Id, severities = Severities }, cancellationToken);

    /// <summary>Writes messages and what counts as told by them, all or nothing; nothing when another node has taken over.</summary>
    public async Task WriteAsync(RouteWork route, Composition composition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var mine = new NpgsqlCommand(Mine, connection) { Parameters = { new() { Value = route.Id }, new() { Value = node.Id } } })
        {
            await using var reader = await mine.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                return;
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var message in composition.Messages)
        {
            batch.BatchCommands.Add(Writing(route.Id, message.Kind, message.Title, message.Alerts, now));
            // What is over is forgotten with the message that says so.
            AddTold([.. message.Alerts.Where(alert => alert.EndedAt is null)], isWaiting: false);
            AddForget([.. message.Alerts.Where(alert => alert.EndedAt is not null)]);
        }

        AddTold(composition.Waiting, isWaiting: true);
        AddForget(composition.Forgotten);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        void AddTold(IReadOnlyList<RouteAlert> alerts, bool isWaiting)
        {
            if (alerts.Count > 0)
            {
                batch.BatchCommands.Add(new(Tell) { Parameters = { new() { Value = route.Id }, Ids(alerts), new() { Value = alerts.Select(alert => alert.Severity).ToArray() }, new() { Value = isWaiting }, Parameters.Time(now) } });
            }
        }

        void AddForget(IReadOnlyList<RouteAlert> alerts)
        {
            if (alerts.Count > 0)
            {
                batch.BatchCommands.Add(new(Forget) { Parameters = { new() { Value = route.Id }, Ids(alerts) } });
            }
        }
    }

    /// <summary>The statement that writes one message.</summary>
    public static NpgsqlBatchCommand Writing(Guid route, string kind, string title, IReadOnlyList<RouteAlert> alerts, DateTimeOffset now) => new(Write)
    {
        Parameters =
        {
            new() { Value = Guid.CreateVersion7(now) }, new() { Value = route }, new() { Value = kind }, new() { Value = Parameters.Storable(title)! }, Ids(alerts),
            new() { Value = AlertLetter.Content(alerts.Select(ToldAlert.Of)), NpgsqlDbType = NpgsqlDbType.Json }, Parameters.Time(now),
        },
    };

    public async Task<List<DueMessage>> DueAsync(RouteWork route, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Due);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = route.Id }, Parameters.Time(now), new() { Value = route.IsEnabled }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<DueMessage> due = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), new DateTimeOffset(reader.GetDateTime(5))));
        }

        return due;
    }

    public async Task SentAsync(RouteWork route, DueMessage message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sent);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = route.Id }, new() { Value = message.Id }, Parameters.Time(now)]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task FailedAsync(RouteWork route, DueMessage message, string error, DateTimeOffset now, DateTimeOffset nextAt, bool isLast, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Failed);
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = route.Id }, new() { Value = message.Id }, new() { Value = Parameters.Storable(error)! }, Parameters.Time(now), Parameters.Time(nextAt), new() { Value = isLast }]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Ids(IReadOnlyList<RouteAlert> alerts) => new() { Value = alerts.Select(alert => alert.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
}
