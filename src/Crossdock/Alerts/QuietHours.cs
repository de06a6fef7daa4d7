using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Crossdock.Alerts;

/// <summary>Hours of the day in which only what is critical is told.</summary>
internal sealed record QuietHours(LocalTime From, LocalTime To, DateTimeZone Zone)
{
    private static readonly LocalTimePattern Pattern = LocalTimePattern.CreateWithInvariantCulture("HH':'mm");

    /// <summary>Reads them; null where there are none.</summary>
    /// <exception cref="FormatException">A time or zone does not exist; the message is for people.</exception>
    public static QuietHours? Read(string? from, string? to, string? zone)
    {
        if (string.IsNullOrEmpty(from) && string.IsNullOrEmpty(to))
        {
            return null;
        }

        var (begin, end) = (Pattern.Parse(from ?? ""), Pattern.Parse(to ?? ""));
        if (!begin.Success || !end.Success || begin.Value == end.Value)
        {
            throw new FormatException("Give the quiet hours as two different times, quietFrom and quietTo, such as 22:00 and 07:00.");
        }

        return new QuietHours(begin.Value, end.Value, DateTimeZoneProviders.Tzdb.GetZoneOrNull(string.IsNullOrEmpty(zone) ? "UTC" : zone)
            ?? throw new FormatException($"There is no time zone \"{zone}\"; names are such as America/Santiago or Europe/Madrid."));
    }

    /// <summary>True while they last.</summary>
    public bool Contains(DateTimeOffset at)
    {
        var time = Instant.FromDateTimeOffset(at).InZone(Zone).TimeOfDay;
        return From < To ? time >= From && time < To : time >= From || time < To;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:HH:mm} to {To:HH:mm} {Zone.Id}");
}
