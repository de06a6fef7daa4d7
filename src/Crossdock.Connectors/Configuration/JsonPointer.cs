using System.Globalization;
using System.Text.Json;

namespace Crossdock.Connectors.Configuration;

/// <summary>A JSON pointer (RFC 6901), taken apart once: <c>/items/0/id</c>. The empty pointer is the whole document.</summary>
internal sealed class JsonPointer
{
    private readonly string[] parts;
    private readonly string text;

    private JsonPointer(string text, string[] parts) => (this.text, this.parts) = (text, parts);

    internal static JsonPointer Root { get; } = new("", []);

    /// <summary>Null when the text is no pointer.</summary>
    internal static JsonPointer? Parse(string text)
    {
        if (text.Length == 0)
        {
            return Root;
        }

        return text[0] == '/'
            ? new JsonPointer(text, [.. text[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))])
            : null;
    }

    /// <summary>The element it points at; false when there is none. A JSON null is found.</summary>
    internal bool TryFind(JsonElement from, out JsonElement found)
    {
        found = from;
        foreach (string part in parts)
        {
            if (found.ValueKind == JsonValueKind.Object)
            {
                if (!found.TryGetProperty(part, out found))
                {
                    return false;
                }
            }
            else if (found.ValueKind == JsonValueKind.Array
                && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < found.GetArrayLength())
            {
                found = found[index];
            }
            else
            {
                found = default;
                return false;
            }
        }

        return true;
    }

    /// <summary>The text of the scalar it points at; null when there is none, or null, empty, an object or a list.</summary>
    internal string? FindText(JsonElement from) => TryFind(from, out var found) ? Scalar(found) : null;

    internal static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    public override string ToString() => text;
}
