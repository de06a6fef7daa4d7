using Crossdock.Connections;
using NodaTime;

namespace Crossdock.Reconciliation;

/// <summary>A store's days: of its own time zone, 23, 24 or 25 hours long.</summary>
internal static class StoreCalendar
{
    /// <summary>The store's zone: its own, the one its settings name, or the installation's.</summary>
    public static DateTimeZone ZoneOf(Connection connection, string installation) =>
        connection.OwnZone ?? Find(installation) ?? DateTimeZone.Utc;

    /// <summary>Null for no name and for one that does not exist.</summary>
    public static DateTimeZone? Find(string? name) => name is null ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name);

    /// <summary>The day a moment lies in.</summary>
    public static LocalDate DayOf(DateTimeOffset at, DateTimeZone zone) => Instant.FromDateTimeOffset(at).InZone(zone).Date;

    /// <summary>Begin, inclusive, and end, exclusive, UTC. Empty for a day that the zone's calendar leaves out.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Bounds(LocalDate day, DateTimeZone zone) => (Start(day, zone), Start(day.PlusDays(1), zone));

    /// <summary>The days that a stretch of time touches, in order.</summary>
    public static IEnumerable<LocalDate> Days(DateTimeOffset from, DateTimeOffset to, DateTimeZone zone)
    {
        var last = DayOf(to > from ? to.AddTicks(-1) : from, zone);
        for (var day = DayOf(from, zone); day <= last; day = day.PlusDays(1))
        {
            yield return day;
        }
    }

    /// <summary>When a day is read as a whole: settled after its end, and not all stores in the same minute.</summary>
    public static DateTimeOffset SettledAt(DateTimeOffset dayEnd, int settleMinutes, int connection) => dayEnd.AddMinutes(settleMinutes).AddSeconds(connection * 37L % 1800);

    // Where clocks go forward at midnight, the day begins at one.
    private static DateTimeOffset Start(LocalDate day, DateTimeZone zone) => zone.AtLeniently(day.AtMidnight()).ToInstant().ToDateTimeOffset();
}
