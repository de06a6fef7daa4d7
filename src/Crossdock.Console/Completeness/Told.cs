using System.Globalization;
using Crossdock.Reconciliation;

namespace Crossdock.WebConsole.Completeness;

/// <summary>How the console words completeness.</summary>
internal static class Told
{
    /// <summary>"12,431 of 12,431".</summary>
    public static string Figures(CompletenessDay day) => T[$"{day.Here:N0} of {day.Listed:N0}"];

    public static string Tone(CompletenessDay day) => !day.IsComplete ? "bad" : day.Parked + day.Waiting > 0 ? "warn" : day.IsWhole ? "good" : "";

    /// <summary>"Mon 2 Mar".</summary>
    public static string Short(string day) => Date(day).ToString("ddd d MMM", Formats);

    /// <summary>"Monday, 2 March 2026".</summary>
    public static string Long(string day) => Date(day).ToString(T["dddd, d MMMM yyyy"], Formats);

    /// <summary>What a day's figures say, in sentences.</summary>
    public static IEnumerable<string> Sentences(CompletenessDay day)
    {
        yield return day switch
        {
            { Listed: 0 } => day.IsWhole ? T["The store lists no order of this day."] : T["The store lists no order of this day so far."],
            { IsComplete: true, IsWhole: true } => day.Listed == 1 ? T["The one order that the store lists of this day is here."] : T[$"All {day.Listed:N0} orders that the store lists of this day are here."],
            { IsComplete: true } => day.Listed == 1 ? T["The one order that the store lists of this day so far is here."] : T[$"All {day.Listed:N0} orders that the store lists of this day so far are here."],
            _ => T[$"{Figures(day)} orders that the store lists of this day are here."],
        };
        if (day.Missing > 0)
        {
            yield return day.Missing == 1 ? T["One order is missing and being fetched."] : T[$"{day.Missing:N0} orders are missing and being fetched."];
        }

        if (day.Differing > 0)
        {
            yield return day.Differing == 1 ? T["The copy of one order is out of date, and the order is being fetched."] : T[$"The copies of {day.Differing:N0} orders are out of date, and the orders are being fetched."];
        }

        if (day.Waiting > 0)
        {
            yield return day.Waiting == 1 ? T["One order is on the way: here or announced, and not worked yet."] : T[$"{day.Waiting:N0} orders are on the way: here or announced, and not worked yet."];
        }

        if (day.Parked > 0)
        {
            yield return day.Parked == 1 ? T["One order is here and could not be understood: a person has to look."] : T[$"{day.Parked:N0} orders are here and could not be understood: a person has to look."];
        }

        if (day.Healed > 0)
        {
            yield return day.Healed == 1 ? T["One order came although nothing had announced it: found by comparing, and fetched."] : T[$"{day.Healed:N0} orders came although nothing had announced them: found by comparing, and fetched."];
        }
    }

    private static DateOnly Date(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
