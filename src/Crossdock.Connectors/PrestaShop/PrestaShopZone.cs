using System.Globalization;
using NodaTime;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>The shop's clock: times in its documents are local and say no zone.</summary>
internal static class PrestaShopZone
{
    private const string Format = "yyyy-MM-dd HH:mm:ss";

    // Clocks of shop and hub differ a little.
    private static readonly Duration Leeway = Duration.FromMinutes(5);

    /// <summary>A local time; null when absent or PrestaShop's zero date.</summary>
    internal static LocalDateTime? Local(string? text) =>
        text is { Length: >= 10 } && !text.StartsWith("0000-", StringComparison.Ordinal)
        && DateTime.TryParseExact(text.Length == 10 ? text + " 00:00:00" : text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
        && parsed.Year is > 1 and < 9999
            ? LocalDateTime.FromDateTime(parsed)
            : null;

    /// <summary>The moment of a local time. In the hour that the autumn's change of clocks repeats it is the later one, unless that was still to come when the document was made.</summary>
    internal static DateTimeOffset ToUtc(LocalDateTime local, DateTimeZone zone, DateTimeOffset madeAt)
    {
        var possible = zone.MapLocal(local);
        var instant = possible.Count switch
        {
            0 => zone.AtLeniently(local).ToInstant(),
            1 => possible.Single().ToInstant(),
            _ => possible.Last().ToInstant() <= Instant.FromDateTimeOffset(madeAt) + Leeway ? possible.Last().ToInstant() : possible.First().ToInstant(),
        };
        return instant.ToDateTimeOffset();
    }

    /// <summary>The local times that clocks in the zone show within a window: from the lowest to the highest, also where the clocks go back within it.</summary>
    internal static (string From, string To) Window(DateTimeOffset from, DateTimeOffset to, DateTimeZone zone)
    {
        var (start, end) = (Instant.FromDateTimeOffset(from), Instant.FromDateTimeOffset(to));
        LocalDateTime lowest = start.InZone(zone).LocalDateTime, highest = end.InZone(zone).LocalDateTime;
        if (lowest > highest)
        {
            (lowest, highest) = (highest, lowest);
        }

        foreach (var interval in zone.GetZoneIntervals(start, end <= start ? start + Duration.FromSeconds(1) : end))
        {
            if (interval.HasStart && interval.Start > start)
            {
                lowest = LocalDateTime.Min(lowest, interval.IsoLocalStart);
            }

            if (interval.HasEnd && interval.End < end)
            {
                highest = LocalDateTime.Max(highest, interval.IsoLocalEnd);
            }
        }

        // The end of a range was reported to be left out.
        return (Text(lowest), Text(highest.PlusSeconds(1)));
    }

    internal static string Text(LocalDateTime local) => local.ToDateTimeUnspecified().ToString(Format, CultureInfo.InvariantCulture);

    internal static string Text(DateTimeOffset at, DateTimeZone zone) => Text(Instant.FromDateTimeOffset(at).InZone(zone).LocalDateTime);
}
