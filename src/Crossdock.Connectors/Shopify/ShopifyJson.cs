using System.Globalization;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Http;

namespace Crossdock.Connectors.Shopify;

/// <summary>Reads answers whose shape nobody can be sure of.</summary>
internal static class ShopifyJson
{
    internal static JsonElement? Get(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    internal static JsonElement? Get(JsonElement parent, string name, string then) => Get(parent, name) is { } inner ? Get(inner, then) : null;

    /// <summary>A text, or a number as text; null for anything else, and for text that is no valid Unicode.</summary>
    internal static string? Text(JsonElement parent, string name) => Get(parent, name) is { } value ? Text(value) : null;

    internal static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    internal static double? Number(JsonElement parent, string name) => Get(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    internal static DateTimeOffset? Time(JsonElement parent, string name) =>
        Text(parent, name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;

    /// <summary>The entries of a list, or of a connection's <c>nodes</c>.</summary>
    internal static IEnumerable<JsonElement> Items(JsonElement parent, string name) => Get(parent, name) switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        { ValueKind: JsonValueKind.Object } connection when Get(connection, "nodes") is { ValueKind: JsonValueKind.Array } nodes => nodes.EnumerateArray(),
        _ => [],
    };

    /// <summary>The number at the end of <c>gid://shopify/Order/123</c>, or the number itself; null when there is none.</summary>
    internal static string? Id(string? gid)
    {
        string tail = gid?[(gid.LastIndexOf('/') + 1)..].Split('?')[0] ?? "";
        return tail.Length is > 0 and <= 20 && tail.All(char.IsAsciiDigit) ? tail : null;
    }
}

/// <summary>What Shopify says when it says no: a text, a list, lists by field, or GraphQL's errors.</summary>
internal static class ShopifyWords
{
    private const int Longest = 300;

    internal static string Of(JsonElement? root, PlatformAnswer answer, Masks masks)
    {
        string? said = root is { } json
            ? Flat(ShopifyJson.Get(json, "errors")) ?? Flat(ShopifyJson.Get(json, "error_description")) ?? Flat(ShopifyJson.Get(json, "error")) ?? Flat(ShopifyJson.Get(json, "message"))
            : null;
        return Cut(masks.Mask(said ?? (answer.Body.Length == 0 ? "the answer has no body" : Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 2000))))));
    }

    internal static string? Flat(JsonElement? errors)
    {
        switch (errors?.ValueKind)
        {
            case JsonValueKind.String:
                return ShopifyJson.Text(errors.Value);
            case JsonValueKind.Array:
                return Join(errors.Value.EnumerateArray().Select(error => error.ValueKind == JsonValueKind.Object ? ShopifyJson.Text(error, "message") : ShopifyJson.Text(error)));
            case JsonValueKind.Object:
                return Join(errors.Value.EnumerateObject().Select(field => Flat(field.Value) is { } text ? $"{field.Name}: {text}" : null));
            default:
                return null;
        }
    }

    internal static string Cut(string text)
    {
        text = text.Replace('\0', ' ').Trim();
        return text.Length > Longest ? text[..Longest] + "…" : text;
    }

    private static string? Join(IEnumerable<string?> texts) => string.Join("; ", texts.Where(text => !string.IsNullOrEmpty(text)).Take(5)) is { Length: > 0 } all ? all : null;
}
