using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crossdock.Connectors.Payloads;

namespace Crossdock.Connectors.Magento;

/// <summary>Magento's spellings: ids as numbers or digits, flags as numbers, times in UTC without a zone, messages with places to fill.</summary>
internal static partial class MagentoText
{
    private static readonly JsonWriterOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const string Format = "yyyy-MM-dd HH:mm:ss";

    /// <summary>An id as text; null for anything but a positive whole number.</summary>
    internal static string? Id(JsonElement parent, string name) => Id(JsonFields.Text(parent, name));

    internal static string? Id(string? text) => text is { Length: > 0 and <= 19 } && text.All(char.IsAsciiDigit) && text.TrimStart('0') is { Length: > 0 } id ? id : null;

    /// <summary>1, "1", true: the flag is set.</summary>
    internal static bool Flag(JsonElement parent, string name) => JsonFields.Text(parent, name) is "1" or "true" or "1.0";

    /// <summary>Without zeros at the end: REST writes 227.4, an event of the same order 227.400000.</summary>
    internal static decimal Plain(decimal number) => number / 1.000000000000000000000000000000m;

    /// <summary>A value of any kind as text; objects and lists as JSON without white space, so that the same content is the same text whoever sent it.</summary>
    internal static string? Anything(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object or JsonValueKind.Array } inner)
        {
            return JsonFields.Anything(value);
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Unescaped))
        {
            inner.WriteTo(writer);
        }

        string text = JsonFields.WithoutNul(Encoding.UTF8.GetString(buffer.WrittenSpan));
        return text is "[]" or "{}" ? null : text;
    }

    /// <summary>As the database writes it: UTC, whole seconds, no zone.</summary>
    internal static string Of(DateTimeOffset at) => at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The platform's own words of an error with the places filled; null when the answer is no error of Magento.</summary>
    internal static string? Message(JsonElement root)
    {
        if (JsonFields.Text(root, "message") is not { } message)
        {
            return null;
        }

        if (JsonFields.Get(root, "parameters") is { ValueKind: JsonValueKind.Object } named)
        {
            message = Places().Replace(message, place => named.TryGetProperty(place.ValueSpan[1..].ToString(), out var value) ? JsonFields.Text(value) ?? place.Value : place.Value);
        }
        else if (JsonFields.Get(root, "parameters") is { ValueKind: JsonValueKind.Array } listed)
        {
            message = Places().Replace(message, place => int.TryParse(place.ValueSpan[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= listed.GetArrayLength()
                ? JsonFields.Text(listed[number - 1]) ?? place.Value : place.Value);
        }

        string[] further = [.. JsonFields.Items(root, "errors").Select(Message).OfType<string>().Take(3)];
        return further.Length == 0 ? message : $"{message} {string.Join(' ', further)}";
    }

    [GeneratedRegex("%[A-Za-z0-9_]+", RegexOptions.None, 1000)]
    private static partial Regex Places();
}
