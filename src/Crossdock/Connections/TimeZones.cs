using NodaTime.TimeZones;

namespace Crossdock.Connections;

/// <summary>The time zones that a person chooses from.</summary>
public static class TimeZones
{
    /// <summary>Names of the tz database, those that places keep today, by part of the world; both in alphabetical order, UTC first.</summary>
    public static IReadOnlyList<IGrouping<string, string>> ByRegion { get; } =
        [.. TzdbDateTimeZoneSource.Default.ZoneLocations!.Select(place => place.ZoneId).Append("UTC").Distinct(StringComparer.Ordinal)
            .OrderBy(name => name, StringComparer.Ordinal).GroupBy(name => name.Split('/')[0]).OrderBy(region => region.Key != "UTC").ThenBy(region => region.Key, StringComparer.Ordinal)];
}
