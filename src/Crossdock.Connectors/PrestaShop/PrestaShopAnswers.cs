using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Takes a webservice answer apart, XML or JSON, into rows of one shape: fields as text, languages and associations as lists.
/// What PHP printed before or behind the document is passed over.</summary>
internal static class PrestaShopAnswers
{
    private const int MostStarts = 20;

    /// <summary>The rows of a list, or the one of a single answer; null when the body is no webservice document of this resource.</summary>
    internal static List<JsonObject>? Rows(ReadOnlySpan<byte> body, string resource)
    {
        try
        {
            return Read(body, resource);
        }
        catch (InvalidOperationException)
        {
            return null;     // half a surrogate pair
        }
    }

    /// <summary>The platform's own words for what went wrong; null when the body has none.</summary>
    internal static (int? Code, string Message)? Error(ReadOnlySpan<byte> body)
    {
        try
        {
            return ReadError(body);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static List<JsonObject>? Read(ReadOnlySpan<byte> body, string resource)
    {
        if (Xml(body) is { } root)
        {
            var list = root.Element(resource);
            return list is not null && (list.Element("id") is null || list.Elements().Any(row => row.HasElements))
                ? [.. list.Elements().Select(Row)]
                : root.Elements().FirstOrDefault(element => element.Name.LocalName is not ("errors" or "api")) is { } single && list is null ? [Row(single)]
                : null;
        }

        foreach (var document in Json(body))
        {
            using (document)
            {
                var found = document.RootElement;
                if (found.ValueKind == JsonValueKind.Array)
                {
                    return found.GetArrayLength() == 0 ? [] : null;
                }

                if (found.TryGetProperty(resource, out var list))
                {
                    return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object).Select(row => (JsonObject)Node(row)!)] : [];
                }

                if (!found.TryGetProperty("errors", out _) && found.EnumerateObject().FirstOrDefault(property => property.Value.ValueKind == JsonValueKind.Object) is { Value.ValueKind: JsonValueKind.Object } single)
                {
                    return [(JsonObject)Node(single.Value)!];
                }
            }
        }

        return null;
    }

    private static (int? Code, string Message)? ReadError(ReadOnlySpan<byte> body)
    {
        if (Xml(body) is { } root)
        {
            var errors = root.Descendants("error").ToList();
            string text = string.Join("; ", errors.Select(error => error.Element("message")?.Value.Trim()).Where(message => message is { Length: > 0 }));
            return errors.Count == 0 ? null : (Code(errors[0].Element("code")?.Value), Short(text));
        }

        foreach (var document in Json(body))
        {
            using (document)
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
                {
                    var rows = errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.Object).ToList();
                    string text = string.Join("; ", rows.Select(error => PrestaShopPayloads.Raw(error, "message")).OfType<string>());
                    return rows.Count == 0 ? null : (Code(PrestaShopPayloads.Raw(rows[0], "code")), Short(text));
                }
            }
        }

        return null;
    }

    /// <summary>The document's root element when the body holds XML of the webservice.</summary>
    internal static XElement? Xml(ReadOnlySpan<byte> body)
    {
        int start = body.IndexOf("<?xml"u8);
        int root = body.IndexOf("<prestashop"u8);
        int end = body.LastIndexOf("</prestashop>"u8);
        if (root < 0 || (end < root && body[root..].IndexOf("/>"u8) < 0))
        {
            return null;
        }

        try
        {
            using var text = new MemoryStream(body[(start >= 0 && start < root ? start : root)..(end < 0 ? body.Length : end + "</prestashop>".Length)].ToArray());
            using var reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true });
            return XDocument.Load(reader).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>A field as text; null when absent or blank. Of a text in several languages the first that is not empty.</summary>
    internal static string? Text(JsonObject? row, string name) => row is null || !row.TryGetPropertyValue(name, out var node) ? null : node switch
    {
        JsonValue value => value.GetValueKind() == JsonValueKind.String ? Clean(value.GetValue<string>()) : value.ToJsonString(),
        JsonArray languages => languages.OfType<JsonObject>().Select(language => Text(language, "value")).FirstOrDefault(text => text is not null),
        _ => null,
    };

    /// <summary>An id; null when absent or 0.</summary>
    internal static string? Id(JsonObject? row, string name = "id") => Text(row, name) is { Length: <= 20 } text && text.All(char.IsAsciiDigit) && text.TrimStart('0') is { Length: > 0 } id ? id : null;

    internal static bool IsSet(JsonObject? row, string name) => Text(row, name) is { } text && text is not ("0" or "false");

    private static JsonObject Row(XElement element)
    {
        var row = new JsonObject();
        // A list without display tells the id as an attribute.
        if (element.Attribute("id") is { } id)
        {
            row["id"] = id.Value;
        }

        foreach (var field in element.Elements())
        {
            row[field.Name.LocalName] = field.Name.LocalName == "associations" ? Associations(field)
                : field.Elements("language").Any() ? new JsonArray([.. field.Elements("language").Select(language => (JsonNode)new JsonObject { ["id"] = language.Attribute("id")?.Value ?? "", ["value"] = language.Value.Trim() })])
                : field.Value.Trim();
        }

        return row;
    }

    private static JsonObject Associations(XElement element)
    {
        var associations = new JsonObject();
        foreach (var list in element.Elements())
        {
            associations[list.Name.LocalName] = new JsonArray([.. list.Elements().Select(item => (JsonNode)Flat(item))]);
        }

        return associations;
    }

    private static JsonObject Flat(XElement element)
    {
        var row = new JsonObject();
        foreach (var field in element.Elements())
        {
            row[field.Name.LocalName] = field.Value.Trim();
        }

        return row;
    }

    private static IEnumerable<JsonDocument> Json(ReadOnlySpan<byte> body)
    {
        List<JsonDocument> documents = [];
        int at = 0;
        for (int tries = 0; tries < MostStarts && documents.Count == 0; tries++)
        {
            int next = body[at..].IndexOf((byte)'{');
            if (next < 0)
            {
                break;
            }

            at += next;
            if (Parse(body[at..]) is { } document)
            {
                documents.Add(document);
            }

            at++;
        }

        // An empty list may come as bare brackets.
        return documents.Count == 0 && body.TrimEnd(" \r\n\t"u8).EndsWith("[]"u8) && body.IndexOf("<html"u8) < 0 ? [JsonDocument.Parse("[]")] : documents;
    }

    private static JsonDocument? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            var document = JsonDocument.ParseValue(ref reader);
            // {} of a script in a page of HTML.
            if (document.RootElement.EnumerateObject().Any())
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Copied by hand: a repeated name is no reason to fail.
    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var table = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    table[property.Name] = Node(property.Value);
                }

                return table;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    private static int? Code(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : null;

    private static string Short(string text) => text.Length > 300 ? text[..300] + "…" : text;

    private static string? Clean(string text) => text.Replace("\0", "", StringComparison.Ordinal).Trim() is { Length: > 0 } clean ? clean : null;
}
