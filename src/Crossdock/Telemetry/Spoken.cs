using System.Globalization;

namespace Crossdock.Telemetry;

/// <summary>Times and spans as sentences have them.</summary>
internal static class Spoken
{
    /// <summary>For example <c>45 seconds</c>, <c>12 minutes</c>, <c>3 h 20 min</c>, <c>2 days 4 h</c>.</summary>
    public static string Of(TimeSpan span)
    {
        span = span < TimeSpan.Zero ? TimeSpan.Zero : span;
        return span.TotalMinutes switch
        {
            < 1 => Many((int)span.TotalSeconds, "second"),
            < 60 => Many((int)span.TotalMinutes, "minute"),
            < 48 * 60 => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h{(span.Minutes > 0 ? $" {span.Minutes} min" : "")}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{span.Days} days{(span.Hours > 0 ? $" {span.Hours} h" : "")}"),
        };
    }

    /// <summary>For example <c>2026-11-21 14:05 UTC</c>.</summary>
    public static string Of(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>For example <c>1 delivery</c>, <c>12 deliveries</c>.</summary>
    public static string Many(long count, string what, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? what : many)}");

    /// <summary>For example <c>1 order</c>, <c>1,240 orders</c>.</summary>
    public static string Many(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");
}
