using Crossdock.Database;
using Npgsql;

namespace Crossdock.Watch;

/// <summary>What stands at a connection, counted to 10,000.</summary>
internal sealed record Standing
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required int Count { get; init; }
    /// <summary>A UUIDv7: since when the first of them.</summary>
    public required Guid First { get; init; }
}

/// <summary>How long calls to a destination took of late.</summary>
internal sealed record AnswerTimes
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required int Calls { get; init; }
    /// <summary>Milliseconds that one in twenty took, or longer.</summary>
    public required int Slow { get; init; }
}

/// <summary>A reading that fails.</summary>
internal sealed record FailedReading
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required string Key { get; init; }
    public required string Activity { get; init; }
    public required string Problem { get; init; }
    public required DateTimeOffset Since { get; init; }
    public required bool NeedsPerson { get; init; }
}

/// <summary>Deliveries that are due and not sent.</summary>
internal sealed record WaitingWork
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset Since { get; init; }
}

/// <summary>Something that runs out: a certificate by its host, a program's token by its id.</summary>
internal sealed record Expiry
{
    public required string Subject { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>Looks at the hub's state: by indexes and small tables, no growing table is walked.</summary>
internal sealed class WatchQueries(NpgsqlDataSource database)
{
    // By deliveries_open.
    private const string Dead = """
        SELECT c.id, c.name, count(*)::int AS count, min(d.id::text)::uuid AS first
        FROM (SELECT destination_id, id FROM deliveries WHERE state = 'dead' ORDER BY id LIMIT 10000) d JOIN connections c ON c.id = d.destination_id
        WHERE c.deleted_at IS NULL GROUP BY c.id, c.name
        """;

    // By holds_open: ids begin with their time.
    private const string Held = """
        SELECT c.id, c.name, count(DISTINCT h.order_id)::int AS count, min(h.id::text)::uuid AS first
        FROM (SELECT connection_id, order_id, id FROM holds WHERE released_at IS NULL AND id < @until ORDER BY id LIMIT 10000) h JOIN connections c ON c.id = h.connection_id
        WHERE c.deleted_at IS NULL GROUP BY c.id, c.name
        """;

    // The newest of the last minutes, by the primary key.
    private const string Slow = """
        SELECT c.id, c.name, count(*)::int AS calls, (percentile_disc(0.95) WITHIN GROUP (ORDER BY a.elapsed_ms))::int AS slow
        FROM (SELECT destination_id, elapsed_ms FROM attempts WHERE id >= @since ORDER BY id DESC LIMIT 20000) a JOIN connections c ON c.id = a.destination_id
        WHERE c.deleted_at IS NULL AND c.enabled GROUP BY c.id, c.name HAVING count(*) >= 20
        """;

    private const string Failing = """
        SELECT c.id, c.name, c.key, r.activity, r.problem, r.problem_since AS since, r.needs_person
        FROM reading_states r JOIN connections c ON c.id = r.connection_id
        WHERE r.problem IS NOT NULL AND r.problem_since IS NOT NULL AND c.enabled AND c.deleted_at IS NULL AND (r.needs_person OR r.problem_since < @before)
        """;

    private const string OldestEvent = "SELECT id FROM inbox WHERE not_before IS NULL OR not_before < clock_timestamp() ORDER BY id LIMIT 1";

    // One look into deliveries_due per destination.
    private const string Overdue = """
        SELECT c.id, c.name, d.next_attempt_at AS since FROM connections c CROSS JOIN LATERAL (
            SELECT next_attempt_at FROM deliveries WHERE destination_id = c.id AND state = 'waiting' ORDER BY next_attempt_at LIMIT 1) d
        WHERE c.deleted_at IS NULL AND c.enabled AND d.next_attempt_at < @before
        """;

    private const string Certificates = "SELECT host AS subject, host AS name, not_after AS at FROM certificates WHERE not_after < @before AND seen_at > @seen";

    private const string Tokens = "SELECT id::text AS subject, name, expires_at AS at FROM api_tokens WHERE revoked_at IS NULL AND expires_at < @before AND expires_at > @now AND used_at IS NOT NULL";

    public Task<List<Standing>> DeadAsync(CancellationToken cancellationToken) => database.ReadAsync<Standing>(Dead, null, cancellationToken);

    public Task<List<Standing>> HeldAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.ReadAsync<Standing>(Held, new { until = QueryReading.Floor(before) }, cancellationToken);

    public Task<List<AnswerTimes>> SlowAsync(DateTimeOffset since, CancellationToken cancellationToken) => database.ReadAsync<AnswerTimes>(Slow, new { since = QueryReading.Floor(since) }, cancellationToken);

    public Task<List<FailedReading>> FailingAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.ReadAsync<FailedReading>(Failing, new { before }, cancellationToken);

    public Task<Guid?> OldestEventAsync(CancellationToken cancellationToken) => database.ReadOneAsync<Guid?>(OldestEvent, null, cancellationToken);

    public Task<List<WaitingWork>> OverdueAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.ReadAsync<WaitingWork>(Overdue, new { before }, cancellationToken);

    public Task<List<Expiry>> CertificatesAsync(DateTimeOffset before, DateTimeOffset seen, CancellationToken cancellationToken) => database.ReadAsync<Expiry>(Certificates, new { before, seen }, cancellationToken);

    public Task<List<Expiry>> TokensAsync(DateTimeOffset now, DateTimeOffset before, CancellationToken cancellationToken) => database.ReadAsync<Expiry>(Tokens, new { now, before }, cancellationToken);
}
