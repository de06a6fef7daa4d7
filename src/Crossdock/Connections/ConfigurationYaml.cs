using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crossdock.Model.Connectors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Crossdock.Connections;

/// <summary>YAML as JSON. A plain scalar is a number, true, false or null only where JSON would write it so: 007 stays text.
/// <c>${NAME}</c> is taken from the environment after the file was read, so that a value is text, whatever stands in it, and never a piece of the file.</summary>
internal static partial class ConfigurationYaml
{
    private const int Deepest = 40;
    // Stands for ${NAME} while YAML is read: braces would be structure in a list or map of one line.
    private const string Opening = "\u2983\u2983", Closing = "\u2984\u2984";
    private static readonly JsonSerializerOptions Relaxed = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode? Read(string yaml, Func<string, string?> environment, ICollection<SettingProblem> problems)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(Placeholder().Replace(yaml, match => Mark(match.Groups["name"].Value))));
            return stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode, "", 0, environment, problems);
        }
        catch (YamlException e)
        {
            problems.Add(new SettingProblem(string.Create(CultureInfo.InvariantCulture, $"line {e.Start.Line}"), Placeholders(e.Message)));
            return null;
        }
    }

    /// <summary>JSON, which is YAML too, with <see cref="Mark"/>s as placeholders; a <c>${NAME}</c> that is text stays text when it is read.</summary>
    public static string Write(JsonNode json) => Placeholders(Surrogates().Replace(json.ToJsonString(Relaxed).Replace("${", "\\u0024{", StringComparison.Ordinal), match =>
        match.Groups["slashes"].Value + Regex.Unescape(match.Groups["pair"].Value)));

    /// <summary>A placeholder to be written.</summary>
    public static string Mark(string name) => $"{Opening}{name}{Closing}";

    /// <summary>What is said of a name that the environment does not have.</summary>
    public static string Missing(string name) => $"The environment has no {name}.";

    private static JsonNode? Convert(YamlNode node, string path, int depth, Func<string, string?> environment, ICollection<SettingProblem> problems)
    {
        if (depth > Deepest)
        {
            problems.Add(new SettingProblem(path, $"Nested more than {Deepest} deep."));
            return null;
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                var json = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    string name = Placeholders((key as YamlScalarNode)?.Value ?? key.ToString());
                    json[name] = Convert(value, path.Length == 0 ? name : $"{path}.{name}", depth + 1, environment, problems);
                }

                return json;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select((child, i) => Convert(child, $"{path}[{i}]", depth + 1, environment, problems))]);
            case YamlScalarNode scalar:
                return Scalar(scalar, path, environment, problems);
            default:
                problems.Add(new SettingProblem(path, "Only maps, lists and values can be used here."));
                return null;
        }
    }

    private static JsonNode? Scalar(YamlScalarNode scalar, string path, Func<string, string?> environment, ICollection<SettingProblem> problems)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style == ScalarStyle.Plain)
        {
            switch (text)
            {
                case "" or "~" or "null":
                    return null;
                case "true":
                    return true;
                case "false":
                    return false;
            }

            if (Number().IsMatch(text) && decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number))
            {
                return JsonValue.Create(number);
            }
        }

        return Marked().Replace(text, match =>
        {
            string name = match.Groups["name"].Value;
            if (environment(name) is { } value)
            {
                return value;
            }

            problems.Add(new SettingProblem(path, Missing(name)));
            return "";
        });
    }

    private static string Placeholders(string text) => Marked().Replace(text, "$${${name}}");

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Number();

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Placeholder();

    [GeneratedRegex(Opening + "(?<name>[A-Za-z_][A-Za-z0-9_]*)" + Closing, RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Marked();

    // The reader of YAML takes no half characters, which is how JSON escapes whatever lies beyond 16 bits.
    [GeneratedRegex(@"(?<!\\)(?<slashes>(\\\\)*)(?<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Surrogates();
}
