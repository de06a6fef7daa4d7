using NodaTime.TimeZones;

namespace Crossdock.Connections;

/// <summary>The time zones that a person chooses from.</summary>
public static class TimeZones
{
    /// <summary>Names of the tz database, those that places keep today, by part of the world; both in alphabetical order, UTC first.</summary>
    public static IReadOnlyList<IGrouping<string, string>> ByRegion { get; } =
        [.. TzdbDateTimeZoneSource.Default.ZoneLocations!.Select(place => place.ZoneId).Append("UTC").Distinct(StringComparer.Ordinal)
            .OrderBy(name => name, StringComparer.Ordinal).GroupBy(name => name.Split('/')[0]).OrderBy(region => region.Key != "UTC").ThenBy(region => region.Key, StringComparer.Ordinal)];

    /// <summary>True for the name of a time zone that can be chosen.</summary>
    public static bool IsKnown(string? name) => name is not null && ByRegion.Any(region => region.Contains(name, StringComparer.Ordinal));
}
