using Crossdock.Database;
using Npgsql;

namespace Crossdock.Connections;

/// <summary>One connection and how it is doing. No setting and no secret is in it.</summary>
public sealed record ConnectionSummary
{
    public required int Id { get; init; }
    public required string Key { get; init; }
    public required string Name { get; init; }
    public required string Platform { get; init; }
    public required bool Enabled { get; init; }
    public required string Approval { get; init; }
    /// <summary>Keys, in order.</summary>
    public required string[] Destinations { get; init; }
    public required int RulesVersion { get; init; }
    public required long Version { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    /// <summary>When it last sent something; null when it never did.</summary>
    public DateTimeOffset? LastEventAt { get; init; }
    public string? LastTopic { get; init; }
    // The last 24 hours, by the names of the table statistics.
    public required long Received { get; init; }
    public required long Repeated { get; init; }
    public required long Refused { get; init; }
    /// <summary>Orders new to the hub.</summary>
    public required long Orders { get; init; }
    /// <summary>Orders whose content changed.</summary>
    public required long Changed { get; init; }
    public required long ParkedLately { get; init; }
    public required long Delivered { get; init; }
    public required long Failed { get; init; }
    /// <summary>States that the shop was told.</summary>
    public required long Told { get; init; }
    /// <summary>Events parked now, counted to 1,000.</summary>
    public required int Parked { get; init; }
    /// <summary>Deliveries to it that wait, counted to 10,000.</summary>
    public required int Waiting { get; init; }
    /// <summary>Dead letters of it, counted to 1,000.</summary>
    public required int Dead { get; init; }
    /// <summary>Why its orders cannot be read at present, in the platform's own words; null when they can, or when nobody reads them.</summary>
    public string? ReadingProblem { get; init; }
    /// <summary>Why the hub cannot look after its webhooks at present, in the platform's own words; null when it can, or when a person does.</summary>
    public string? SubscriptionProblem { get; init; }
    /// <summary>Why it cannot work with its present settings; null when it can.</summary>
    public string? BrokenBecause { get; init; }
    /// <summary>Why deliveries to it wait without being tried: <c>destination is disabled</c>; null when nothing waits, or it is called.</summary>
    public string? PausedBecause => IsDestination && !Enabled && Waiting > 0 ? "destination is disabled" : null;
    /// <summary>True when orders come from it.</summary>
    public bool IsStore { get; init; }
    /// <summary>True when it may call <c>/in/{key}</c>: a store that announces its orders, or a destination that tells how they get on.</summary>
    public bool HasAddress { get; init; }
    /// <summary>True when it is told how its orders get on.</summary>
    public bool TellsStatus { get; init; }
    /// <summary>True when orders can be sent to it.</summary>
    public bool IsDestination { get; init; }
    /// <summary>Breaker, limits and calls of a destination on this node; null for a store, on a node that does not deliver, and before the first delivery since the start.</summary>
    public DestinationHealth? Health { get; init; }
}

/// <summary>A count of one connection in one minute.</summary>
public sealed record StatisticRow
{
    public required DateTimeOffset Minute { get; init; }
    public required string Name { get; init; }
    public required long Count { get; init; }
}

/// <summary>Reads connections, their health and their statistics.</summary>
public sealed class ConnectionQueries(NpgsqlDataSource database, IConnectionDirectory directory, IEnumerable<IDestinationHealth> health, TimeProvider clock)
{
    // One short look-up per connection and count; each stops at its bound.
    private const string List = """
        SELECT c.id, c.key, c.name, c.platform, c.enabled, c.approval, c.destinations, c.rules_version, c.version, c.updated_at,
               e.received_at AS last_event_at, e.topic AS last_topic,
               coalesce(s.received, 0) AS received, coalesce(s.repeated, 0) AS repeated, coalesce(s.refused, 0) AS refused, coalesce(s.orders, 0) AS orders, coalesce(s.changed, 0) AS changed,
               coalesce(s.parked, 0) AS parked_lately, coalesce(s.delivered, 0) AS delivered, coalesce(s.failed, 0) AS failed, coalesce(s.told, 0) AS told,
               (SELECT count(*) FROM (SELECT FROM parked_events WHERE connection_id = c.id LIMIT 1000) p)::int AS parked,
               (SELECT count(*) FROM (SELECT FROM deliveries WHERE destination_id = c.id AND state = 'waiting' LIMIT 10000) d)::int AS waiting,
               (SELECT count(*) FROM (SELECT FROM deliveries WHERE destination_id = c.id AND state = 'dead' LIMIT 1000) d)::int AS dead,
               (SELECT string_agg(problem, ' ' ORDER BY activity) FROM reading_states WHERE connection_id = c.id) AS reading_problem,
               (SELECT problem FROM subscription_checks WHERE connection_id = c.id) AS subscription_problem
        FROM connections c
        LEFT JOIN LATERAL (SELECT received_at, topic FROM events WHERE connection_id = c.id ORDER BY id DESC LIMIT 1) e ON true
        LEFT JOIN LATERAL (
            SELECT sum(count) FILTER (WHERE name = 'received')::bigint AS received, sum(count) FILTER (WHERE name = 'repeated')::bigint AS repeated,
                   sum(count) FILTER (WHERE name = 'refused')::bigint AS refused, sum(count) FILTER (WHERE name = 'orders')::bigint AS orders, sum(count) FILTER (WHERE name = 'changed')::bigint AS changed,
                   sum(count) FILTER (WHERE name = 'parked')::bigint AS parked, sum(count) FILTER (WHERE name = 'delivered')::bigint AS delivered,
                   sum(count) FILTER (WHERE name = 'failed')::bigint AS failed, sum(count) FILTER (WHERE name = 'told')::bigint AS told
            FROM statistics WHERE connection_id = c.id AND minute >= @since) s ON true
        WHERE c.deleted_at IS NULL AND (@key::text IS NULL OR c.key = @key) AND (@seen::int[] IS NULL OR c.id = ANY(@seen))
        ORDER BY c.key
        """;

    private const string Statistics = """
        SELECT minute, name, count FROM statistics
        WHERE connection_id = @connection AND minute >= @from AND minute < @to          -- primary key
        ORDER BY minute, name
        """;

    private const string IdOf = "SELECT id FROM connections WHERE key = @key";

    /// <summary>All connections by key. There are few, so the list has one page.</summary>
    public async Task<IReadOnlyList<ConnectionSummary>> ListAsync(CancellationToken cancellationToken) => await ReadAsync(null, cancellationToken);

    /// <summary>One connection; null when there is none with that key.</summary>
    public async Task<ConnectionSummary?> FindAsync(string key, CancellationToken cancellationToken) => (await ReadAsync(key, cancellationToken)).SingleOrDefault();

    /// <summary>Counts by minute and name, oldest first.</summary>
    public async Task<IReadOnlyList<StatisticRow>> StatisticsAsync(string key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        await IdOfAsync(key, cancellationToken) is { } connection
            ? await database.ReadAsync<StatisticRow>(Statistics, new { connection, from, to }, cancellationToken)
            : [];

    /// <summary>The id of a connection that the caller may see; null when there is none.</summary>
    internal async Task<int?> IdOfAsync(string key, CancellationToken cancellationToken) => await AnyIdOfAsync(key, cancellationToken) is { } id && Caller.Sees(id) ? id : null;

    internal async Task<int?> AnyIdOfAsync(string key, CancellationToken cancellationToken) => directory.Current.ByKey.TryGetValue(key, out var known)
        ? known.Id.Value
        : await database.ReadOneAsync<int?>(IdOf, new { key = key.Replace('\0', '\uFFFD') }, cancellationToken);          // a deleted one still has its orders

    private async Task<List<ConnectionSummary>> ReadAsync(string? key, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync<ConnectionSummary>(List, new { key = key?.Replace('\0', '\uFFFD'), since = clock.GetUtcNow().AddDays(-1), seen = Caller.Seen }, cancellationToken);
        var current = directory.Current.ByKey;
        return rows.ConvertAll(row => current.TryGetValue(row.Key, out var live)
            ? row with { SubscriptionProblem = live.Subscriptions is null ? null : row.SubscriptionProblem, BrokenBecause = live.BrokenBecause, IsStore = live.Mapping is not null, HasAddress = live.Endpoint is not null, TellsStatus = live.TellsStatus, IsDestination = live.Destination is not null, Health = health.FirstOrDefault()?.HealthOf(live.Id) }
            : row);
    }
}
