using Crossdock.Database;
using Npgsql;

namespace Crossdock.Telemetry;

/// <summary>What is going on, now. Counts of open work stop at <see cref="Bound"/>: beyond that the number no longer helps anybody, and counting would cost.</summary>
public sealed record Dashboard
{
    /// <summary>Where counting stops.</summary>
    public const int Bound = 10_000;

    /// <summary>Sixty minutes, oldest first, minutes without traffic included.</summary>
    public required IReadOnlyList<DashboardMinute> Minutes { get; init; }
    /// <summary>Stores by key, today.</summary>
    public required IReadOnlyList<StoreToday> Stores { get; init; }
    /// <summary>Destinations by key, with what waits for them and what went there today.</summary>
    public required IReadOnlyList<DestinationToday> Destinations { get; init; }
    public required OpenWork Open { get; init; }
}

/// <summary>One destination: what waits for it now, and what it took since midnight UTC.</summary>
public sealed record DestinationToday
{
    public required string Destination { get; init; }
    public required string Name { get; init; }
    public required bool Enabled { get; init; }
    /// <summary>Deliveries waiting; counting stops for all destinations together at <see cref="Dashboard.Bound"/>.</summary>
    public required long Waiting { get; init; }
    /// <summary>Since when the oldest of these waits; null when none does.</summary>
    public DateTimeOffset? OldestAt { get; init; }
    public required long Delivered { get; init; }
    /// <summary>Attempts that failed.</summary>
    public required long Failed { get; init; }
    /// <summary>Deliveries given up, now; bounded likewise.</summary>
    public required long Dead { get; init; }
}

/// <summary>One minute of the whole hub.</summary>
public sealed record DashboardMinute
{
    public required DateTimeOffset Minute { get; init; }
    public required long Received { get; init; }
    /// <summary>Orders new to the hub.</summary>
    public required long Orders { get; init; }
    public required long Delivered { get; init; }
    public required long Failed { get; init; }
}

/// <summary>What waits or is stuck; each counted to <see cref="Dashboard.Bound"/>.</summary>
public sealed record OpenWork
{
    /// <summary>Events received and not yet worked on.</summary>
    public required int Inbox { get; init; }
    /// <summary>Deliveries waiting for an attempt.</summary>
    public required int Waiting { get; init; }
    /// <summary>Since when the oldest of these waits; null when none does.</summary>
    public DateTimeOffset? OldestWaitingAt { get; init; }
    /// <summary>When the oldest event not yet worked on arrived; null when there is none.</summary>
    public DateTimeOffset? OldestInboxAt { get; init; }
    /// <summary>Of these, those that already failed once.</summary>
    public required int Retrying { get; init; }
    /// <summary>Orders that a person has to approve.</summary>
    public required int AwaitingApproval { get; init; }
    public required int HeldOrders { get; init; }
    public required int DeadLetters { get; init; }
    /// <summary>Events not understood. Those that only wait for their order are not counted: they need nobody.</summary>
    public required int Parked { get; init; }
}

/// <summary>One store: what it sent since midnight UTC, and what of its orders is stuck now.</summary>
public sealed record StoreToday
{
    public required string Store { get; init; }
    public required string Name { get; init; }
    public required string Platform { get; init; }
    public required long Received { get; init; }
    public required long Repeated { get; init; }
    public required long Orders { get; init; }
    /// <summary>Deliveries of its orders that were done.</summary>
    public required long Delivered { get; init; }
    /// <summary>Dead letters of its orders now; counting stops for all stores together at <see cref="Dashboard.Bound"/>.</summary>
    public required long Failed { get; init; }
    /// <summary>Its held orders now; bounded likewise.</summary>
    public required long Held { get; init; }
    public required long Excluded { get; init; }
    public required long Parked { get; init; }
}

/// <summary>Reads the live figures; cheap enough to be asked every second.</summary>
public sealed class DashboardQueries(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Minutes = """
        SELECT m.minute, coalesce(sum(s.count) FILTER (WHERE s.name = 'received'), 0)::bigint AS received, coalesce(sum(s.count) FILTER (WHERE s.name = 'orders'), 0)::bigint AS orders,
               coalesce(sum(s.count) FILTER (WHERE s.name = 'delivered'), 0)::bigint AS delivered, coalesce(sum(s.count) FILTER (WHERE s.name = 'failed'), 0)::bigint AS failed
        FROM generate_series(@from::timestamptz, @to::timestamptz, interval '1 minute') m (minute)
        LEFT JOIN statistics s ON s.minute = m.minute AND s.minute >= @from AND (@seen::int[] IS NULL OR s.connection_id = ANY(@seen))          -- statistics_by_minute
        GROUP BY m.minute ORDER BY m.minute
        """;

    private const string Stores = """
        SELECT c.key AS store, c.name, c.platform, coalesce(h.held, 0) AS held, coalesce(d.failed, 0) AS failed,
               coalesce(sum(s.count) FILTER (WHERE s.name = 'received'), 0)::bigint AS received, coalesce(sum(s.count) FILTER (WHERE s.name = 'repeated'), 0)::bigint AS repeated,
               coalesce(sum(s.count) FILTER (WHERE s.name = 'orders'), 0)::bigint AS orders, coalesce(sum(s.count) FILTER (WHERE s.name = 'handed_over'), 0)::bigint AS delivered,
               coalesce(sum(s.count) FILTER (WHERE s.name = 'excluded'), 0)::bigint AS excluded, coalesce(sum(s.count) FILTER (WHERE s.name = 'parked'), 0)::bigint AS parked
        FROM connections c LEFT JOIN statistics s ON s.connection_id = c.id AND s.minute >= @from
        LEFT JOIN (SELECT connection_id, count(*) AS held FROM (SELECT connection_id FROM orders WHERE held AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x GROUP BY connection_id) h ON h.connection_id = c.id
        LEFT JOIN (SELECT connection_id, count(*) AS failed FROM (SELECT connection_id FROM deliveries WHERE state = 'dead' AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x GROUP BY connection_id) d ON d.connection_id = c.id
        WHERE c.deleted_at IS NULL AND (@seen::int[] IS NULL OR c.id = ANY(@seen))
        GROUP BY c.key, c.name, c.platform, h.held, d.failed
        HAVING bool_or(s.name = 'received') OR h.held > 0 OR d.failed > 0 ORDER BY c.key
        """;

    private const string DestinationFigures = """
        SELECT c.key AS destination, c.name, c.enabled, coalesce(w.waiting, 0) AS waiting, w.oldest_at, coalesce(d.dead, 0) AS dead,
               coalesce(s.delivered, 0)::bigint AS delivered, coalesce(s.failed, 0)::bigint AS failed
        FROM connections c
        LEFT JOIN (SELECT destination_id, count(*) AS waiting, min(created_at) AS oldest_at FROM (SELECT destination_id, created_at FROM deliveries WHERE state = 'waiting' AND kind <> 'status' AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x GROUP BY 1) w ON w.destination_id = c.id
        LEFT JOIN (SELECT destination_id, count(*) AS dead FROM (SELECT destination_id FROM deliveries WHERE state = 'dead' AND kind <> 'status' AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x GROUP BY 1) d ON d.destination_id = c.id
        LEFT JOIN (SELECT connection_id, sum(count) FILTER (WHERE name = 'delivered') AS delivered, sum(count) FILTER (WHERE name = 'failed') AS failed FROM statistics WHERE minute >= @from AND name IN ('delivered', 'failed') AND @seen::int[] IS NULL GROUP BY 1) s ON s.connection_id = c.id
        WHERE c.deleted_at IS NULL AND EXISTS (SELECT FROM connections o WHERE o.deleted_at IS NULL AND c.key = ANY (o.destinations) AND (@seen::int[] IS NULL OR o.id = ANY(@seen))) ORDER BY c.key
        """;

    private const string Open = """
        SELECT (SELECT count(*) FROM (SELECT FROM inbox WHERE (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x)::int AS inbox,
               (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 'waiting' AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x)::int AS waiting,
               (SELECT min(created_at) FROM (SELECT created_at FROM deliveries WHERE state = 'waiting' AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x) AS oldest_waiting_at,
               (SELECT min(e.received_at) FROM (SELECT event_id FROM inbox WHERE (@seen::int[] IS NULL OR connection_id = ANY(@seen)) ORDER BY id LIMIT 1) x JOIN events e ON e.id = x.event_id) AS oldest_inbox_at,
               (SELECT count(*) FROM (SELECT attempts FROM deliveries WHERE state = 'waiting' AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x WHERE attempts > 0)::int AS retrying,
               (SELECT count(*) FROM (SELECT FROM orders WHERE state = 'awaiting_approval' AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x)::int AS awaiting_approval,
               (SELECT count(*) FROM (SELECT FROM orders WHERE held AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x)::int AS held_orders,
               (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 'dead' AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x)::int AS dead_letters,
               (SELECT count(*) FROM (SELECT FROM parked_events WHERE NOT waits_for_order AND (@seen::int[] IS NULL OR connection_id = ANY(@seen)) LIMIT @bound) x)::int AS parked
        """;

    /// <summary>The figures now.</summary>
    public async Task<Dashboard> ReadAsync(CancellationToken cancellationToken) => new()
    {
        Minutes = await MinutesAsync(cancellationToken),
        Stores = await StoresAsync(cancellationToken),
        Destinations = await DestinationsAsync(cancellationToken),
        Open = await OpenAsync(cancellationToken),
    };

    /// <summary>The last sixty minutes, oldest first; the last one is still running.</summary>
    public async Task<IReadOnlyList<DashboardMinute>> MinutesAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var to = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        return await database.ReadAsync<DashboardMinute>(Minutes, new { from = to.AddMinutes(-59), to, seen = Caller.Seen }, cancellationToken);
    }

    /// <summary>What each store sent since midnight UTC, with what is stuck of it.</summary>
    public async Task<IReadOnlyList<StoreToday>> StoresAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync<StoreToday>(Stores, new { from = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero), bound = Dashboard.Bound, seen = Caller.Seen }, cancellationToken);

    /// <summary>What waits for each destination, and what it took since midnight UTC; who sees only some stores is not told what it took from others.</summary>
    public async Task<IReadOnlyList<DestinationToday>> DestinationsAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync<DestinationToday>(DestinationFigures, new { from = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero), bound = Dashboard.Bound, seen = Caller.Seen }, cancellationToken);

    /// <summary>What waits or is stuck.</summary>
    public async Task<OpenWork> OpenAsync(CancellationToken cancellationToken) => (await database.ReadOneAsync<OpenWork>(Open, new { bound = Dashboard.Bound, seen = Caller.Seen }, cancellationToken))!;
}
