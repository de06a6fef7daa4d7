using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crossdock.Model.Connectors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Crossdock.Connections;

/// <summary>YAML as JSON. A plain scalar is a number, true, false or null only where JSON would write it so: 007 stays text. <c>${NAME}</c> is taken from the environment.</summary>
internal static partial class ConfigurationYaml
{
    private const int Deepest = 40;

    public static JsonNode? Read(string yaml, Func<string, string?> environment, ICollection<SettingProblem> problems)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode, "", 0, environment, problems);
        }
        catch (YamlException e)
        {
            problems.Add(new SettingProblem(string.Create(CultureInfo.InvariantCulture, $"line {e.Start.Line}"), e.Message));
            return null;
        }
    }

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
                    string name = (key as YamlScalarNode)?.Value ?? key.ToString();
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

        return Placeholder().Replace(text, match =>
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

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Number();

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Placeholder();
}
