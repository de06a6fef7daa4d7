using System.Globalization;
using Crossdock.Reconciliation;

namespace Crossdock.WebConsole.Completeness;

/// <summary>How the console words completeness.</summary>
internal static class Told
{
    /// <summary>"12,431 of 12,431".</summary>
    public static string Figures(CompletenessDay day) => string.Create(CultureInfo.InvariantCulture, $"{day.Here:N0} of {day.Listed:N0}");

    public static string Tone(CompletenessDay day) => !day.IsComplete ? "bad" : day.Parked + day.Waiting > 0 ? "warn" : day.IsWhole ? "good" : "";

    /// <summary>"Mon 2 Mar".</summary>
    public static string Short(string day) => Date(day).ToString("ddd d MMM", CultureInfo.InvariantCulture);

    /// <summary>"Monday, 2 March 2026".</summary>
    public static string Long(string day) => Date(day).ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>What a day's figures say, in sentences.</summary>
    public static IEnumerable<string> Sentences(CompletenessDay day)
    {
        yield return day switch
        {
            { Listed: 0 } => day.IsWhole ? "The store lists no order of this day." : "The store lists no order of this day so far.",
            { IsComplete: true, IsWhole: true } => $"{All(day)} that the store lists of this day {(day.Listed == 1 ? "is" : "are")} here.",
            { IsComplete: true } => $"{All(day)} that the store lists of this day so far {(day.Listed == 1 ? "is" : "are")} here.",
            _ => $"{Figures(day)} orders that the store lists of this day are here.",
        };
        if (day.Missing > 0)
        {
            yield return $"{Orders(day.Missing)} {(day.Missing == 1 ? "is" : "are")} missing and being fetched.";
        }

        if (day.Differing > 0)
        {
            yield return day.Differing == 1 ? "The copy of one order is out of date, and the order is being fetched." : $"The copies of {Orders(day.Differing)} are out of date, and the orders are being fetched.";
        }

        if (day.Waiting > 0)
        {
            yield return $"{Orders(day.Waiting)} {(day.Waiting == 1 ? "is" : "are")} on the way: here or announced, and not worked yet.";
        }

        if (day.Parked > 0)
        {
            yield return $"{Orders(day.Parked)} {(day.Parked == 1 ? "is" : "are")} here and could not be understood: a person has to look.";
        }

        if (day.Healed > 0)
        {
            yield return $"{Orders(day.Healed)} came although nothing had announced {(day.Healed == 1 ? "it" : "them")}: found by comparing, and fetched.";
        }
    }

    private static string All(CompletenessDay day) => day.Listed == 1 ? "The one order" : string.Create(CultureInfo.InvariantCulture, $"All {day.Listed:N0} orders");

    private static string Orders(long count) => count == 1 ? "One order" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} orders");

    private static DateOnly Date(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
