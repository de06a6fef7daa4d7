using Crossdock.Database;
using Dapper;
using Npgsql;

namespace Crossdock.Telemetry;

/// <summary>What the gauges tell.</summary>
internal sealed record HubFigures
{
    public required double ClockOffsetSeconds { get; init; }
    public required int Inbox { get; init; }
    public required double OldestEventSeconds { get; init; }
    public required int Waiting { get; init; }
    public required int Retrying { get; init; }
    public required int DeadLetters { get; init; }
    public required int HeldOrders { get; init; }
    public required int AwaitingApproval { get; init; }
    public required int Parked { get; init; }
    public required int FailingConnections { get; init; }
    public required IReadOnlyList<(string Destination, double Seconds)> Overdue { get; init; }
    public required IReadOnlyList<(string Severity, long Count)> Alerts { get; init; }
}

/// <summary>Reads what the gauges tell, in one round trip, by indexes, each count bounded: every node asks every few seconds.</summary>
internal sealed class HubFigureQueries(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Bound = 10_000;

    private const string Counts = """
        SELECT clock_timestamp() AS at,
               (SELECT count(*) FROM (SELECT FROM inbox LIMIT @bound) x)::int AS inbox,
               (SELECT id FROM inbox WHERE not_before IS NULL OR not_before < clock_timestamp() ORDER BY id LIMIT 1) AS oldest,
               w.waiting::int, w.retrying::int,
               (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 'dead' LIMIT @bound) x)::int AS dead_letters,
               (SELECT count(*) FROM (SELECT FROM orders WHERE held LIMIT @bound) x)::int AS held_orders,
               (SELECT count(*) FROM (SELECT FROM orders WHERE state = 'awaiting_approval' LIMIT @bound) x)::int AS awaiting_approval,
               (SELECT count(*) FROM (SELECT FROM parked_events WHERE NOT waits_for_order LIMIT @bound) x)::int AS parked,
               (SELECT count(DISTINCT p.connection_id) FROM (
                    SELECT connection_id FROM reading_states WHERE needs_person UNION ALL SELECT connection_id FROM subscription_checks WHERE needs_person) p
                JOIN connections c ON c.id = p.connection_id AND c.enabled AND c.deleted_at IS NULL)::int AS failing_connections
        FROM (SELECT count(*) AS waiting, count(*) FILTER (WHERE attempts > 0) AS retrying FROM (SELECT attempts FROM deliveries WHERE state = 'waiting' LIMIT @bound) x) w;
        SELECT c.key, extract(epoch FROM clock_timestamp() - d.next_attempt_at)::float8 FROM connections c CROSS JOIN LATERAL (
            SELECT next_attempt_at FROM deliveries WHERE destination_id = c.id AND state = 'waiting' ORDER BY next_attempt_at LIMIT 1) d          -- deliveries_due
        WHERE c.enabled AND c.deleted_at IS NULL AND d.next_attempt_at < clock_timestamp();
        SELECT s.severity, count(a.id) FROM unnest(ARRAY['notice', 'warning', 'critical']) AS s (severity) LEFT JOIN alerts a ON a.severity = s.severity AND a.ended_at IS NULL GROUP BY 1
        """;

    internal async Task<HubFigures> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var before = clock.GetUtcNow();
        await using var answer = await connection.QueryMultipleAsync(new CommandDefinition(Counts, new { bound = Bound }, commandTimeout: 5, cancellationToken: cancellationToken));
        var row = await answer.ReadSingleAsync<Row>();
        var now = before + ((clock.GetUtcNow() - before) / 2);
        var at = new DateTimeOffset(DateTime.SpecifyKind(row.At, DateTimeKind.Utc));
        return new HubFigures
        {
            ClockOffsetSeconds = (now - at).TotalSeconds,
            Inbox = row.Inbox,
            OldestEventSeconds = row.Oldest is { } oldest ? Math.Max(0, (at - QueryReading.TimeOf(oldest)).TotalSeconds) : 0,
            Waiting = row.Waiting,
            Retrying = row.Retrying,
            DeadLetters = row.DeadLetters,
            HeldOrders = row.HeldOrders,
            AwaitingApproval = row.AwaitingApproval,
            Parked = row.Parked,
            FailingConnections = row.FailingConnections,
            Overdue = [.. await answer.ReadAsync<(string, double)>()],
            Alerts = [.. await answer.ReadAsync<(string, long)>()],
        };
    }

    private sealed record Row
    {
        public required DateTime At { get; init; }
        public required int Inbox { get; init; }
        public Guid? Oldest { get; init; }
        public required int Waiting { get; init; }
        public required int Retrying { get; init; }
        public required int DeadLetters { get; init; }
        public required int HeldOrders { get; init; }
        public required int AwaitingApproval { get; init; }
        public required int Parked { get; init; }
        public required int FailingConnections { get; init; }
    }
}
