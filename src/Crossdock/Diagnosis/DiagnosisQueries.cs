using Crossdock.Database;
using Npgsql;

namespace Crossdock.Diagnosis;

/// <summary>A table with more dead rows than it should have.</summary>
internal sealed record DeadRows
{
    public required string Table { get; init; }
    public required long Dead { get; init; }
    public required long Live { get; init; }
}

/// <summary>What keeps dead rows from being cleaned up.</summary>
internal sealed record PinnedRows
{
    public required string What { get; init; }
    /// <summary>Seconds; null where it is not known.</summary>
    public long? Seconds { get; init; }
    public required string Remedy { get; init; }
}

/// <summary>A problem that reading from or looking after a connection has met.</summary>
internal sealed record ConnectionProblem
{
    public required string Key { get; init; }
    /// <summary>poll, feed, fetch, catch_up, webhooks.</summary>
    public required string Activity { get; init; }
    public required string Problem { get; init; }
    public DateTimeOffset? Since { get; init; }
    public required bool NeedsPerson { get; init; }
}

/// <summary>Deliveries that are due and not sent.</summary>
internal sealed record OverdueDestination
{
    public required string Key { get; init; }
    public required bool Enabled { get; init; }
    public required DateTimeOffset DueSince { get; init; }
}

/// <summary>A route of alerts.</summary>
internal sealed record FailingRoute
{
    public required string Name { get; init; }
    /// <summary>Why its last message did not get through; null while all is well.</summary>
    public string? Problem { get; init; }
}

/// <summary>What is stuck; each counted to 10,000.</summary>
internal sealed record StuckWork
{
    public required int DeadLetters { get; init; }
    public required int Held { get; init; }
    public required int Parked { get; init; }
    public required int CriticalAlerts { get; init; }
}

/// <summary>Looks into the database for <c>doctor</c>: catalogues and indexes only, no growing table is walked.</summary>
internal sealed class DiagnosisQueries(NpgsqlDataSource database)
{
    private const string Settings = """
        SELECT name, setting FROM pg_settings
        WHERE name IN ('server_version_num', 'fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum', 'max_connections', 'superuser_reserved_connections', 'server_encoding', 'transaction_read_only', 'data_directory')
        UNION ALL SELECT 'used_connections', count(*)::text FROM pg_stat_activity WHERE backend_type = 'client backend'
        UNION ALL SELECT 'is_standby', pg_is_in_recovery()::text
        """;

    private const string Clock = "SELECT clock_timestamp()";

    private const string Children = """
        SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
        WHERE parent.relname IN ('events', 'timeline', 'attempts') AND parent.relnamespace = current_schema()::regnamespace
        """;

    private const string Strays = """
        SELECT t.name FROM (VALUES ('events', EXISTS (SELECT FROM events_default)), ('timeline', EXISTS (SELECT FROM timeline_default)), ('attempts', EXISTS (SELECT FROM attempts_default))) AS t (name, is_used)
        WHERE t.is_used
        """;

    private const string Dead = """
        SELECT relname AS table, n_dead_tup AS dead, n_live_tup AS live FROM pg_stat_user_tables
        WHERE schemaname = current_schema() AND n_dead_tup > @least AND n_dead_tup > n_live_tup / 5 ORDER BY n_dead_tup DESC LIMIT 5
        """;

    private const string Pinned = """
        SELECT 'A transaction of ' || coalesce(nullif(application_name, ''), 'an unnamed program') || ' (process ' || pid || ' of the server)' AS what,
               extract(epoch FROM clock_timestamp() - xact_start)::bigint AS seconds,
               'SELECT pg_terminate_backend(' || pid || ');' AS remedy
        FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL AND xact_start < clock_timestamp() - @long
        UNION ALL
        SELECT 'The replication slot ' || slot_name || ', which nobody reads,', NULL, 'SELECT pg_drop_replication_slot(''' || slot_name || ''');'
        FROM pg_replication_slots WHERE NOT active AND (xmin IS NOT NULL OR catalog_xmin IS NOT NULL)
        UNION ALL
        SELECT 'The prepared transaction ' || gid, extract(epoch FROM clock_timestamp() - prepared)::bigint, 'ROLLBACK PREPARED ''' || replace(gid, '''', '''''') || ''';'
        FROM pg_prepared_xacts WHERE database = current_database() AND prepared < clock_timestamp() - @long
        ORDER BY 2 DESC NULLS LAST LIMIT 3
        """;

    private const string Age = "SELECT max(age(relfrozenxid))::bigint FROM pg_class WHERE relkind IN ('r', 't', 'm')";

    private const string Problems = """
        SELECT c.key, r.activity, r.problem, r.problem_since AS since, r.needs_person FROM reading_states r JOIN connections c ON c.id = r.connection_id
        WHERE r.problem IS NOT NULL AND c.enabled AND c.deleted_at IS NULL
        UNION ALL
        SELECT c.key, 'webhooks', s.problem, s.problem_since, s.needs_person FROM subscription_checks s JOIN connections c ON c.id = s.connection_id
        WHERE s.problem IS NOT NULL AND c.enabled AND c.deleted_at IS NULL
        ORDER BY 1, 2
        """;

    // The first entry of the primary key; ids begin with their time.
    private const string OldestEvent = "SELECT id FROM inbox WHERE not_before IS NULL OR not_before < clock_timestamp() ORDER BY id LIMIT 1";

    // One look into deliveries_due per destination.
    private const string Overdue = """
        SELECT c.key, c.enabled, d.next_attempt_at AS due_since FROM connections c CROSS JOIN LATERAL (
            SELECT next_attempt_at FROM deliveries WHERE destination_id = c.id AND state = 'waiting' ORDER BY next_attempt_at LIMIT 1) d
        WHERE c.deleted_at IS NULL AND d.next_attempt_at < clock_timestamp() - @old ORDER BY d.next_attempt_at
        """;

    private const string Stuck = """
        SELECT (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 'dead' LIMIT 10000) x)::int AS dead_letters,
               (SELECT count(*) FROM (SELECT FROM orders WHERE held LIMIT 10000) x)::int AS held,
               (SELECT count(*) FROM (SELECT FROM parked_events WHERE NOT waits_for_order LIMIT 10000) x)::int AS parked,
               (SELECT count(*) FROM (SELECT FROM alerts WHERE ended_at IS NULL AND severity = 'critical' LIMIT 10000) x)::int AS critical_alerts
        """;

    private const string Routes = "SELECT name, problem FROM alert_routes WHERE enabled ORDER BY id";

    internal async Task<Dictionary<string, string>> SettingsAsync(CancellationToken cancellationToken) =>
        (await database.ReadAsync<(string Name, string Setting)>(Settings, null, cancellationToken)).ToDictionary(row => row.Name, row => row.Setting, StringComparer.Ordinal);

    internal Task<DateTimeOffset> ClockAsync(CancellationToken cancellationToken) => database.ReadOneAsync<DateTimeOffset>(Clock, null, cancellationToken);

    internal async Task<HashSet<string>> PartitionsAsync(CancellationToken cancellationToken) =>
        [.. await database.ReadAsync<string>(Children, null, cancellationToken)];

    internal Task<List<string>> StraysAsync(CancellationToken cancellationToken) => database.ReadAsync<string>(Strays, null, cancellationToken);

    internal Task<List<DeadRows>> DeadAsync(long least, CancellationToken cancellationToken) => database.ReadAsync<DeadRows>(Dead, new { least }, cancellationToken);

    internal Task<List<PinnedRows>> PinnedAsync(TimeSpan @long, CancellationToken cancellationToken) => database.ReadAsync<PinnedRows>(Pinned, new { @long }, cancellationToken);

    internal Task<long> AgeAsync(CancellationToken cancellationToken) => database.ReadOneAsync<long>(Age, null, cancellationToken);

    internal Task<List<ConnectionProblem>> ProblemsAsync(CancellationToken cancellationToken) => database.ReadAsync<ConnectionProblem>(Problems, null, cancellationToken);

    internal Task<Guid?> OldestEventAsync(CancellationToken cancellationToken) => database.ReadOneAsync<Guid?>(OldestEvent, null, cancellationToken);

    internal Task<List<OverdueDestination>> OverdueAsync(TimeSpan old, CancellationToken cancellationToken) => database.ReadAsync<OverdueDestination>(Overdue, new { old }, cancellationToken);

    internal Task<List<FailingRoute>> RoutesAsync(CancellationToken cancellationToken) => database.ReadAsync<FailingRoute>(Routes, null, cancellationToken);

    internal async Task<StuckWork> StuckAsync(CancellationToken cancellationToken) => (await database.ReadOneAsync<StuckWork>(Stuck, null, cancellationToken))!;
}
