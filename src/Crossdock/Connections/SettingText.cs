using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connections;

/// <summary>Settings as text, one per field of a form or of the command line, and back. A field's name is its dotted path: <c>create.url</c>.</summary>
public static class SettingText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of every field that is set. Lists have one line each, tables <c>name: value</c> lines, groups without fields are JSON.</summary>
    public static Dictionary<string, string> Write(IReadOnlyList<SettingField> fields, JsonObject settings)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        Write(fields, settings, "", texts);
        return texts;
    }

    /// <summary>Puts the given texts into the settings. A field without a text stays as it is, an empty one is taken out, and so is a switch or choice that says what is the default anyway.</summary>
    /// <param name="fields">The form.</param>
    /// <param name="settings">Changed in place; what the form does not know stays.</param>
    /// <param name="texts">The text of a field by its dotted path; null where nothing was given.</param>
    /// <param name="problems">Gets what cannot be read, each with <c>settings.PATH</c>.</param>
    public static void Read(IReadOnlyList<SettingField> fields, JsonObject settings, Func<string, string?> texts, ICollection<SettingProblem> problems) => Read(fields, settings, "", texts, problems);

    private static void Write(IReadOnlyList<SettingField> fields, JsonObject settings, string at, Dictionary<string, string> texts)
    {
        foreach (var field in fields)
        {
            string path = at + field.Name;
            switch (settings[field.Name])
            {
                case null:
                    break;
                case JsonObject inner when field.Type is SettingType.Group && field.Fields.Count > 0:
                    Write(field.Fields, inner, path + ".", texts);
                    break;
                case JsonObject table when field.Type is SettingType.Table:
                    texts[path] = string.Join('\n', table.Select(pair => $"{pair.Key}: {Plain(pair.Value)}"));
                    break;
                case JsonArray list when field.Type is SettingType.List:
                    texts[path] = string.Join('\n', list.Select(Plain));
                    break;
                case JsonValue value:
                    texts[path] = Plain(value);
                    break;
                case { } other:
                    texts[path] = other.ToJsonString(Indented);
                    break;
            }
        }
    }

    private static void Read(IReadOnlyList<SettingField> fields, JsonObject settings, string at, Func<string, string?> texts, ICollection<SettingProblem> problems)
    {
        foreach (var field in fields)
        {
            string path = at + field.Name;
            if (field.Type is SettingType.Group && field.Fields.Count > 0)
            {
                var inner = settings[field.Name] as JsonObject ?? [];
                Read(field.Fields, inner, path + ".", texts, problems);
                if (inner.Count == 0)
                {
                    settings.Remove(field.Name);
                }
                else if (inner.Parent is null)
                {
                    settings[field.Name] = inner;
                }

                continue;
            }

            if (texts(path) is not { } text)
            {
                continue;
            }

            text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
            if (field.Type is not SettingType.MultilineText)
            {
                text = text.Trim();
            }

            bool isDefault = field.Type is SettingType.Switch or SettingType.Choice && text == field.Default && settings[field.Name] is null;
            if (string.IsNullOrWhiteSpace(text) || isDefault)
            {
                settings.Remove(field.Name);
            }
            else if (Value(field, text, settings[field.Name], $"settings.{path}", problems) is { } value)
            {
                settings[field.Name] = value;
            }
        }
    }

    private static JsonNode? Value(SettingField field, string text, JsonNode? former, string path, ICollection<SettingProblem> problems)
    {
        switch (field.Type)
        {
            case SettingType.Number when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number):
                return number;
            case SettingType.Switch when bool.TryParse(text, out bool flag):
                return flag;
            case SettingType.List:
                return new JsonArray([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => (JsonNode)line)]);
            case SettingType.Table:
                return Table(text, former as JsonObject, path, problems);
            case SettingType.Group:
                try
                {
                    if (JsonNode.Parse(text) is JsonObject json)
                    {
                        return json;
                    }
                }
                catch (JsonException)
                {
                    // Told below, as any other text that is no object.
                }

                problems.Add(new SettingProblem(path, "Needs a JSON object, such as {\"name\":\"value\"}."));
                return null;
            default:
                // What is no number or switch goes on as it is: the connector's check tells what it needs.
                return text;
        }
    }

    private static JsonObject? Table(string text, JsonObject? former, string path, ICollection<SettingProblem> problems)
    {
        var table = new JsonObject();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                problems.Add(new SettingProblem(path, $"\"{line}\" is no pair; write one \"name: value\" per line."));
                return null;
            }

            string name = line[..colon].Trim(), value = line[(colon + 1)..].Trim();

            // In the place of a stored secret stands true.
            table[name] = value == "true" && former?[name] is JsonValue stored && stored.GetValueKind() is JsonValueKind.True ? true : value;
        }

        return table;
    }

    private static string Plain(JsonNode? node) => node is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : node?.ToJsonString() ?? "";
}
