using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Reads PrestaShop's spellings: ids as numbers or text, everything else as text, amounts with six decimals. The first value that cannot be understood is remembered in <see cref="Fault"/>; reading goes on.</summary>
internal sealed class PrestaShopPayloads
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    internal Unmappable? Fault { get; private set; }

    internal void Complain(string because, string pointer, JsonElement? value = null) => Fault ??= new(because, pointer, value is { } found ? Shown(found) : null);

    /// <summary>A property that is there and not null.</summary>
    internal static JsonElement? Get(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    internal static JsonElement Child(JsonElement parent, string name) => Get(parent, name) is { ValueKind: JsonValueKind.Object } child ? child : default;

    /// <summary>The objects of a list; PHP writes a list with gaps as an object, and a list of one sometimes as that one.</summary>
    internal static IEnumerable<JsonElement> Items(JsonElement parent, string name) => Get(parent, name) is not { } list ? [] : list.ValueKind switch
    {
        JsonValueKind.Array => list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object),
        JsonValueKind.Object => list.TryGetProperty("id", out _) ? [list] : list.EnumerateObject().Select(property => property.Value).Where(item => item.ValueKind == JsonValueKind.Object),
        _ => [],
    };

    /// <summary>An id as text; null when absent, 0 or no whole number.</summary>
    internal static string? Id(JsonElement parent, string name) => Raw(parent, name) is { Length: <= 20 } text && text.All(char.IsAsciiDigit) && text.TrimStart('0').Length > 0 ? text.TrimStart('0') : null;

    /// <summary>Text; null when absent or blank. Of a text in several languages the first that is not empty.</summary>
    internal static string? Raw(JsonElement parent, string name) => Get(parent, name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.String => Clean(value.GetString()!),
        JsonValueKind.Array => value.EnumerateArray().Select(item => Raw(item, "value")).FirstOrDefault(text => text is not null),
        JsonValueKind.Object => null,
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        _ => value.GetRawText(),
    };

    internal static bool IsSet(JsonElement parent, string name) => Raw(parent, name) is { } text && text is not ("0" or "false");

    internal decimal? Number(JsonElement parent, string name, string pointer)
    {
        if (Get(parent, name) is not { } value || (value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString())))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && decimal.TryParse(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(), Decimal, CultureInfo.InvariantCulture, out decimal number)
            && Math.Abs(number) < 1_000_000_000_000m)
        {
            return number;
        }

        Complain($"'{name}' must be a decimal number such as \"12.900000\".", $"{pointer}/{name}", value);
        return null;
    }

    internal Money? Money(JsonElement parent, string name, string pointer, string currency) => Number(parent, name, pointer) is { } amount ? Of(amount, currency) : null;

    /// <summary>The amount without the zeros that PrestaShop pads it with; other digits stay.</summary>
    internal static Money Of(decimal amount, string currency)
    {
        decimal rounded = decimal.Round(amount, Currencies.MinorDigits(currency));
        // Dividing by one leaves out the zeros at the end.
        return new(rounded == amount ? rounded + Zero(Currencies.MinorDigits(currency)) : amount / 1.0000000000000000000000000000m, currency);
    }

    internal static string Shown(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 200 ? raw : raw[..200];
    }

    // Adding 0.00 gives the two places to a whole number.
    private static decimal Zero(int places) => new(0, 0, 0, false, (byte)places);

    private static string? Clean(string text)
    {
        string clean = text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;
        return clean.Trim() is { Length: > 0 } trimmed ? trimmed : null;
    }
}
