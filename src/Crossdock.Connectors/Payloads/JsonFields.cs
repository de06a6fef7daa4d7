using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Payloads;

/// <summary>Reads fields of a JSON document without ever failing: the first value that cannot be understood is remembered in <see cref="Fault"/>, and reading goes on.</summary>
internal sealed class JsonFields
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    internal Unmappable? Fault { get; private set; }

    /// <param name="because">One sentence that a person can act on.</param>
    /// <param name="place">JSON pointer to the owner of the field.</param>
    /// <param name="name">The field.</param>
    /// <param name="value">What stands there.</param>
    internal void Complain(string because, string place, string name, JsonElement? value) => Fault ??= new(because, $"{place}/{name}", value is { } found ? Shown(found) : null);

    /// <summary>A property that is there and not null.</summary>
    internal static JsonElement? Get(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A property that is an object; an undefined element where it is not.</summary>
    internal static JsonElement Block(JsonElement parent, string name) => Get(parent, name) is { ValueKind: JsonValueKind.Object } block ? block : default;

    /// <summary>The entries of a list; none where it is no list.</summary>
    internal static IEnumerable<JsonElement> Items(JsonElement parent, string name) => Get(parent, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>Text without blanks around it; null when absent or blank. Numbers and booleans come as their JSON text, objects and lists not at all.</summary>
    internal static string? Text(JsonElement parent, string name) => Get(parent, name) is { } value ? Text(value) : null;

    internal static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => WithoutNul(value.GetString()!).Trim() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    /// <summary>A value of any kind as text, objects and lists as JSON text; null when there is nothing in it.</summary>
    internal static string? Anything(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.Object } table => table.EnumerateObject().Any() ? WithoutNul(table.GetRawText()) : null,
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() > 0 ? WithoutNul(list.GetRawText()) : null,
        { } scalar => Text(scalar),
    };

    internal static bool? Flag(JsonElement parent, string name) => Get(parent, name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>A number, also when it is written as text; null when absent or blank. What is neither is complained about.</summary>
    internal decimal? Number(JsonElement parent, string name, string place)
    {
        if (Get(parent, name) is not { } value)
        {
            return null;
        }

        if (TryNumber(value) is { } number)
        {
            return number;
        }

        if (value.ValueKind != JsonValueKind.String || !string.IsNullOrWhiteSpace(value.GetString()))
        {
            Complain($"'{name}' must be a number.", place, name, value);
        }

        return null;
    }

    /// <summary>A number, also when it is written as text; null for anything else.</summary>
    internal static decimal? TryNumber(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Number } found when found.TryGetDecimal(out decimal number) && IsSane(number) => number,
        { ValueKind: JsonValueKind.String } found when decimal.TryParse(found.GetString(), Decimal, CultureInfo.InvariantCulture, out decimal number) && IsSane(number) => number,
        _ => null,
    };

    /// <summary>A time in UTC; a missing zone is UTC. Null when absent, blank or of the year 1. What is no time is complained about.</summary>
    internal DateTimeOffset? Time(JsonElement parent, string name, string place)
    {
        if (Text(parent, name) is not { } text)
        {
            return null;
        }

        var time = Time(text);
        if (time is null && !text.StartsWith("0001-", StringComparison.Ordinal))
        {
            Complain($"'{name}' must be a time such as \"2026-10-14T16:20:41Z\".", place, name, Get(parent, name));
        }

        return time;
    }

    internal static DateTimeOffset? Time(string? text) =>
        text is { Length: > 0 } && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time.Year > 1 ? time : null;

    internal static string Shown(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 200 ? raw : raw[..200];
    }

    /// <summary>PostgreSQL stores no U+0000 in text.</summary>
    internal static string WithoutNul(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;

    // Beyond this a sum of lines could leave the range of decimal.
    private static bool IsSane(decimal number) => Math.Abs(number) < 1_000_000_000_000_000m;
}
