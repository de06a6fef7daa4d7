using System.Globalization;
using System.Net;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Where in the document a value stands: a list and an index, or the top.</summary>
internal readonly record struct Place(string? List = null, int Index = 0)
{
    internal string Pointer(string name) => List is null ? $"/{name}" : string.Create(CultureInfo.InvariantCulture, $"/{List}/{Index}/{name}");
}

/// <summary>Reads WooCommerce's spellings of text, money, numbers and times. The first value that cannot be understood is remembered in <see cref="Fault"/>; reading goes on.</summary>
internal sealed class WooCommercePayloads
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    internal Unmappable? Fault { get; private set; }

    internal void Complain(string because, string pointer, JsonElement? value = null) => Fault ??= new(because, pointer, value is { } found ? Shown(found) : null);

    /// <summary>The id as text, from a number or a text of digits; null for anything else, also for 0.</summary>
    internal static string? Id(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out long number) && number > 0 => number.ToString(CultureInfo.InvariantCulture),
        JsonTokenType.String => Digits(reader.GetString()),
        _ => null,
    };

    internal static string? Id(JsonElement parent, string name) => Get(parent, name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out long number) && number > 0 => number.ToString(CultureInfo.InvariantCulture),
        JsonValueKind.String => Digits(value.GetString()),
        _ => null,
    };

    /// <summary>A property that is there and not null.</summary>
    internal static JsonElement? Get(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The entries of a list; PHP writes a list with gaps as an object, whose values are taken then.</summary>
    internal static IEnumerable<JsonElement> Items(JsonElement? list) => list?.ValueKind switch
    {
        JsonValueKind.Array => list.Value.EnumerateArray(),
        JsonValueKind.Object => list.Value.EnumerateObject().Select(property => property.Value),
        _ => [],
    };

    /// <summary>Text for people, HTML entities decoded; null when absent or blank.</summary>
    internal static string? Text(JsonElement parent, string name)
    {
        string? raw = Raw(parent, name);
        return raw is null ? null : raw.Contains('&', StringComparison.Ordinal) ? Clean(WebUtility.HtmlDecode(raw)) : raw;
    }

    /// <summary>Text as it stands; null when absent or blank. Numbers and booleans come as their JSON text.</summary>
    internal static string? Raw(JsonElement parent, string name) => Get(parent, name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.String => Clean(value.GetString()!),
        JsonValueKind.Array or JsonValueKind.Object => null,
        _ => value.GetRawText(),
    };

    /// <summary>A value of any kind as text, objects and lists as JSON text; null when there is nothing in it.</summary>
    internal static string? Anything(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => WithoutNul(value.GetString()!) is { Length: > 0 } text ? text : null,
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => value.GetRawText(),
    };

    internal static bool? Flag(JsonElement parent, string name) => Get(parent, name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    internal decimal? Number(JsonElement parent, string name, Place place)
    {
        if (Get(parent, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && IsSane(number))
        {
            return number;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            string text = value.GetString()!;
            if (string.IsNullOrWhiteSpace(text))
            {
                return null;
            }

            if (decimal.TryParse(text, Decimal, CultureInfo.InvariantCulture, out number) && IsSane(number))
            {
                return number;
            }
        }

        Complain($"'{name}' must be a decimal number such as \"12.90\".", place.Pointer(name), value);
        return null;
    }

    internal Money? Money(JsonElement parent, string name, string currency, Place place) => Number(parent, name, place) is { } amount ? new Money(amount, currency) : null;

    /// <summary>A time of one of the <c>_gmt</c> fields; null when absent, empty or WordPress's zero date.</summary>
    internal DateTimeOffset? Time(JsonElement parent, string name)
    {
        if (Raw(parent, name) is not { } text || text.StartsWith("0000-", StringComparison.Ordinal) || text.StartsWith('-'))
        {
            return null;
        }

        var time = Time(text);
        if (time is null)
        {
            Complain($"'{name}' must be a time such as \"2026-10-14T16:20:41\".", $"/{name}", Get(parent, name));
        }

        return time;
    }

    internal static DateTimeOffset? Time(string? text) =>
        text is { Length: > 0 } && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    internal static string Shown(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 200 ? raw : raw[..200];
    }

    // Beyond this a sum of lines could leave the range of decimal.
    private static bool IsSane(decimal number) => Math.Abs(number) < 1_000_000_000_000_000m;

    private static string? Digits(string? text) => text is { Length: > 0 and <= 20 } && text.All(char.IsAsciiDigit) && text.TrimStart('0') is { Length: > 0 } ? text : null;

    private static string? Clean(string text) => WithoutNul(text).Trim() is { Length: > 0 } trimmed ? trimmed : null;

    // PostgreSQL stores no U+0000 in text.
    private static string WithoutNul(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;
}
