using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crossdock.Model.Geography;

namespace Crossdock.Rules;

/// <summary>What can be asked of a field, made into delegates once when the rules are read.</summary>
internal static class Operators
{
    private static readonly TimeSpan MatchWithin = TimeSpan.FromMilliseconds(100);

    private static readonly string[] OfText = ["is", "equals", "isNot", "in", "notIn", "startsWith", "endsWith", "contains", "matches", "exists"];
    private static readonly string[] OfNumber = ["is", "equals", "isNot", "in", "notIn", "greaterThan", "atLeast", "lessThan", "atMost", "between", "exists"];
    private static readonly string[] OfFlag = ["is", "equals", "isNot", "isTrue", "exists"];

    public static IReadOnlyList<string> All { get; } = [.. OfText.Union(OfNumber).Union(OfFlag)];

    public static IReadOnlyList<string> For(FieldKind kind) => kind switch
    {
        FieldKind.Text or FieldKind.Place or FieldKind.Texts => OfText,
        FieldKind.Number or FieldKind.Time => OfNumber,
        FieldKind.Flag => OfFlag,
    };

    /// <summary>The operator in words, to follow the field's value: "which starts with GIFT-".</summary>
    public static string Words(string name, JsonElement value)
    {
        string shown = value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(Scalar)) : Scalar(value) ?? "";
        return name switch
        {
            "is" or "equals" => $"as asked ({shown})",
            "isNot" => $"which is not {shown}",
            "in" => $"one of {shown}",
            "notIn" => $"none of {shown}",
            "startsWith" => $"which starts with {shown}",
            "endsWith" => $"which ends with {shown}",
            "contains" => $"which contains {shown}",
            "matches" => $"which matches {shown}",
            "greaterThan" => $"which is greater than {shown}",
            "atLeast" => $"which is at least {shown}",
            "lessThan" => $"which is less than {shown}",
            "atMost" => $"which is at most {shown}",
            "between" => $"which is between {shown}",
            "exists" => shown == "false" ? "as asked (absent)" : "which is there",
            _ => $"as asked ({shown})",
        };
    }

    /// <summary>True when the operator says what a list must not hold: then it must hold for every element.</summary>
    public static bool IsNegative(string name) => name is "isNot" or "notIn";

    /// <exception cref="FormatException">The value does not fit; the message says what does.</exception>
    public static Predicate<string?> Text(string name, JsonElement value, bool isPlace)
    {
        Func<string, string> fold = isPlace ? PlaceNames.Fold : text => text;
        const StringComparison Comparison = StringComparison.OrdinalIgnoreCase;
        switch (name)
        {
            case "is" or "equals":
                string one = fold(One(value));
                return text => text is not null && fold(text).Equals(one, Comparison);
            case "isNot":
                string other = fold(One(value));
                return text => text is null || !fold(text).Equals(other, Comparison);
            case "in":
                var among = Many(value).Select(fold).ToHashSet(StringComparer.OrdinalIgnoreCase);
                return text => text is not null && among.Contains(fold(text));
            case "notIn":
                var without = Many(value).Select(fold).ToHashSet(StringComparer.OrdinalIgnoreCase);
                return text => text is null || !without.Contains(fold(text));
            case "startsWith":
                string[] starts = [.. Many(value).Select(fold)];
                return text => text is not null && fold(text) is var folded && Array.Exists(starts, start => folded.StartsWith(start, Comparison));
            case "endsWith":
                string[] ends = [.. Many(value).Select(fold)];
                return text => text is not null && fold(text) is var folded && Array.Exists(ends, end => folded.EndsWith(end, Comparison));
            case "contains":
                string[] parts = [.. Many(value).Select(fold)];
                return text => text is not null && fold(text) is var folded && Array.Exists(parts, part => folded.Contains(part, Comparison));
            case "matches":
                var pattern = Pattern(One(value));
                return text => text is not null && Matches(pattern, text);
            case "exists":
                bool wanted = Bool(value);
                return text => text is not null == wanted;
            default:
                throw new FormatException($"\"{name}\" does not fit a text");
        }
    }

    /// <exception cref="FormatException">The value does not fit; the message says what does.</exception>
    public static Predicate<decimal?> Number(string name, JsonElement value, bool isTime)
    {
        Func<JsonElement, decimal> read = isTime ? TimeOf : NumberOf;
        switch (name)
        {
            case "is" or "equals":
                decimal one = read(value);
                return number => number == one;
            case "isNot":
                decimal other = read(value);
                return number => number != other;
            case "in":
                var among = List(value).Select(read).ToHashSet();
                return number => number is { } n && among.Contains(n);
            case "notIn":
                var without = List(value).Select(read).ToHashSet();
                return number => number is not { } n || !without.Contains(n);
            case "greaterThan":
                decimal above = read(value);
                return number => number > above;
            case "atLeast":
                decimal least = read(value);
                return number => number >= least;
            case "lessThan":
                decimal below = read(value);
                return number => number < below;
            case "atMost":
                decimal most = read(value);
                return number => number <= most;
            case "between":
                decimal[] ends = [.. List(value).Select(read)];
                return ends is [var low, var high] && low <= high
                    ? number => number >= low && number <= high
                    : throw new FormatException("\"between\" takes a list of two, the smaller first, both included: [10, 20]");
            case "exists":
                bool wanted = Bool(value);
                return number => number is not null == wanted;
            default:
                throw new FormatException($"\"{name}\" does not fit a number");
        }
    }

    /// <exception cref="FormatException">The value does not fit; the message says what does.</exception>
    public static Predicate<bool?> Flag(string name, JsonElement value)
    {
        bool wanted = Bool(value);
        return name switch
        {
            "is" or "equals" or "isTrue" => flag => (flag ?? false) == wanted,
            "isNot" => flag => (flag ?? false) != wanted,
            "exists" => flag => flag is not null == wanted,
            _ => throw new FormatException($"\"{name}\" does not fit true or false"),
        };
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static Regex Pattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchWithin);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"not a regular expression that can be used here (no look-around, no back-references): {e.Message}", e);
        }
    }

    internal static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static string One(JsonElement value) => Scalar(value) ?? throw new FormatException("takes one text");

    private static JsonElement.ArrayEnumerator List(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
        ? value.EnumerateArray()
        : throw new FormatException("takes a list with at least one value: [A, B]");

    private static List<string> Many(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. List(value).Select(One)] : [One(value)];

    private static bool Bool(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException("takes true or false"),
    };

    private static decimal NumberOf(JsonElement value) =>
        decimal.TryParse(Scalar(value), NumberStyles.Number & ~NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : throw new FormatException("takes a number");

    private static decimal TimeOf(JsonElement value) =>
        DateTimeOffset.TryParse(Scalar(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : throw new FormatException("takes a time: 2026-11-20 or 2026-11-20T18:00:00Z");
}
