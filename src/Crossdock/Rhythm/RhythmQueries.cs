using Crossdock.Connections;
using Crossdock.Database;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Crossdock.Rhythm;

/// <summary>A store's usual rhythm, and how it does today.</summary>
public sealed record ConnectionRhythm
{
    /// <summary>True when the hub tells when this store falls silent.</summary>
    public required bool IsWatched { get; init; }
    /// <summary>Why it does not; null when it does.</summary>
    public string? Because { get; init; }
    /// <summary>When the hub last heard of a new order that was placed lately, UTC; null for never.</summary>
    public DateTimeOffset? LastOrderAt { get; init; }
    /// <summary>Orders of today that the hub knows, from midnight in the store's time zone.</summary>
    public long Today { get; init; }
    /// <summary>Orders that this day of the week usually has by this time; null while nothing was learned.</summary>
    public double? UsuallyByNow { get; init; }
    /// <summary>Orders that usually come in a week; null while nothing was learned.</summary>
    public double? PerWeek { get; init; }
    /// <summary>Whose midnight: a name of the time zone database.</summary>
    public required string TimeZone { get; init; }
    /// <summary>Orders that it was learned from, of at most eight weeks.</summary>
    public long LearnedFrom { get; init; }
    public DateTimeOffset? LearnedAt { get; init; }
    /// <summary>Its last order before the silence that was told, UTC; null while it is not silent.</summary>
    public DateTimeOffset? QuietSince { get; init; }
    /// <summary>A silence as long as the present one comes by chance once in so many months; null where it is not judged.</summary>
    public double? OnceInMonths { get; init; }
}

/// <summary>Reads how stores usually sell, for the API and the console.</summary>
public sealed class RhythmQueries(NpgsqlDataSource database, IConnectionDirectory directory, IOptions<RhythmOptions> options, TimeProvider clock)
{
    // By the primary keys.
    private const string One = "SELECT last_order_at, learned_at, zone, hourly, spread, orders, days, quiet_from FROM store_rhythms WHERE connection_id = @connection";

    private const string All = "SELECT connection_id, zone, hourly, spread, orders, days FROM store_rhythms";

    // A day of 25 hours and the hour that a zone may be off; one small row per store and hour.
    private const string Lately = "SELECT connection_id, hour, orders FROM store_hours WHERE hour >= @from AND hour < @to";

    private const string Today = "SELECT coalesce(sum(orders), 0)::bigint FROM store_hours WHERE connection_id = @connection AND hour >= @from AND hour < @to";

    /// <summary>For each store that the caller may see, by key: orders of today so far, from midnight in the store's time zone, and how many are usual by now; null while nothing was learned.</summary>
    public async Task<IReadOnlyDictionary<string, (long Today, double? Usually)>> TodayAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var known = (await database.ReadAsync<StoreRow>(All, null, cancellationToken)).ToDictionary(row => row.ConnectionId);
        var hours = (await database.ReadAsync<HourRow>(Lately, new { from = now.AddHours(-26), to = now.AddHours(1) }, cancellationToken)).ToLookup(row => row.ConnectionId);
        var all = new Dictionary<string, (long Today, double? Usually)>(StringComparer.Ordinal);
        foreach (var connection in directory.Current.ByKey.Values.Where(one => one.Mapping is not null && Caller.Sees(one.Id.Value)))
        {
            var row = known.GetValueOrDefault(connection.Id.Value);
            var zone = (row?.Zone is { } name ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) : null) ?? QuietWatch.ZoneOf(connection);
            var midnight = Instant.FromDateTimeOffset(now).InZone(zone).Date.AtStartOfDayInZone(zone).ToInstant().ToDateTimeOffset();
            var rhythm = row is { Hourly: { } hourly } ? new WeeklyRhythm { Zone = zone, Hourly = hourly, Spread = row.Spread, Orders = row.Orders, Days = row.Days } : null;
            all[connection.Key] = (hours[connection.Id.Value].Where(hour => hour.Hour >= midnight).Sum(hour => (long)hour.Orders), rhythm?.Usually(midnight, now));
        }

        return all;
    }

    /// <summary>One store's rhythm; null when there is no such connection.</summary>
    public async Task<ConnectionRhythm?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (directory.Seen(key) is not { } connection)
        {
            return null;
        }

        var row = await database.ReadOneAsync<Row>(One, new { connection = connection.Id.Value }, cancellationToken);
        var now = clock.GetUtcNow();
        var zone = (row?.Zone is { } name ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) : null) ?? QuietWatch.ZoneOf(connection);
        var midnight = Instant.FromDateTimeOffset(now).InZone(zone).Date.AtStartOfDayInZone(zone).ToInstant().ToDateTimeOffset();
        long today = await database.ReadOneAsync<long>(Today, new { connection = connection.Id.Value, from = midnight, to = now.AddHours(1) }, cancellationToken);
        var rhythm = row is { Hourly: { } hourly } ? new WeeklyRhythm { Zone = zone, Hourly = hourly, Spread = row.Spread, Orders = row.Orders, Days = row.Days } : null;
        string? because = QuietWatch.WhyNot(connection, rhythm, options.Value);
        return new ConnectionRhythm
        {
            IsWatched = because is null,
            Because = because,
            LastOrderAt = row?.LastOrderAt,
            Today = today,
            UsuallyByNow = rhythm is null ? null : Math.Round(rhythm.Usually(midnight, now), 1),
            PerWeek = rhythm is null ? null : Math.Round(rhythm.PerMonth / 30 * 7, 1),
            TimeZone = zone.Id,
            LearnedFrom = rhythm?.Orders ?? 0,
            LearnedAt = row?.LearnedAt,
            QuietSince = row?.QuietFrom,
            OnceInMonths = because is null && row?.LastOrderAt is { } last ? Math.Round(Math.Min(1e12, Silence.Of(rhythm!, last, now).OnceInMonths), 3) : null,
        };
    }

    private sealed record StoreRow
    {
        public int ConnectionId { get; init; }
        public string? Zone { get; init; }
        public double[]? Hourly { get; init; }
        public double Spread { get; init; }
        public long Orders { get; init; }
        public double Days { get; init; }
    }

    private sealed record HourRow
    {
        public int ConnectionId { get; init; }
        public DateTimeOffset Hour { get; init; }
        public int Orders { get; init; }
    }

    private sealed record Row
    {
        public DateTimeOffset? LastOrderAt { get; init; }
        public DateTimeOffset? LearnedAt { get; init; }
        public string? Zone { get; init; }
        public double[]? Hourly { get; init; }
        public double Spread { get; init; }
        public long Orders { get; init; }
        public double Days { get; init; }
        public DateTimeOffset? QuietFrom { get; init; }
    }
}
