using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crossdock.Testing;

/// <summary>Checks a document against a JSON Schema as far as our own schemas go; a keyword that it does not know is an error, so that nothing passes unchecked.</summary>
public static class SchemaCheck
{
    private static readonly HashSet<string> Silent = ["$schema", "title", "description", "examples", "default", "$defs", "format"];

    /// <summary>Everything in which the document does not follow the schema, each with its place; empty when it does.</summary>
    public static IReadOnlyList<string> Problems(JsonNode schema, JsonNode? document) => Problems(schema, document, schema);

    /// <summary>The same for a schema that stands in a larger document, which its references are about.</summary>
    public static IReadOnlyList<string> Problems(JsonNode schema, JsonNode? document, JsonNode root)
    {
        List<string> problems = [];
        Check(root, schema, document, "", problems);
        return problems;
    }

    private static void Check(JsonNode root, JsonNode schema, JsonNode? value, string path, List<string> problems)
    {
        if (schema.GetValueKind() is JsonValueKind.True)
        {
            return;
        }

        foreach (var (keyword, rule) in schema.AsObject().Where(pair => !Silent.Contains(pair.Key)))
        {
            switch (keyword)
            {
                case "$ref":
                    Check(root, Resolve(root, rule!.GetValue<string>()), value, path, problems);
                    break;
                case "type":
                    string[] types = rule is JsonArray many ? [.. many.Select(one => one!.GetValue<string>())] : [rule!.GetValue<string>()];
                    Require(types.Any(type => Is(type, value)), $"{path} is {value?.ToJsonString() ?? "null"}, not {string.Join(" or ", types)}");
                    break;
                case "enum":
                    Require(rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)), $"{path} is {value?.ToJsonString() ?? "null"}, which is not one of the possible values");
                    break;
                case "pattern":
                    Require(value?.GetValueKind() is not JsonValueKind.String || System.Text.RegularExpressions.Regex.IsMatch(value.GetValue<string>(), rule!.GetValue<string>(), System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)), $"{path} does not match");
                    break;
                case "required":
                    Array.ForEach([.. rule!.AsArray()], name => Require(value is not JsonObject holder || holder.ContainsKey(name!.GetValue<string>()), $"{path}/{name} is missing"));
                    break;
                case "items":
                    foreach (var (element, i) in (value as JsonArray ?? []).Select((element, i) => (element, i)))
                    {
                        Check(root, rule!, element, $"{path}/{i}", problems);
                    }

                    break;
                case "properties":
                    foreach (var (name, one) in rule!.AsObject().Where(pair => value is JsonObject holder && holder.ContainsKey(pair.Key)))
                    {
                        Check(root, one!, value![name], $"{path}/{name}", problems);
                    }

                    break;
                case "additionalProperties":
                    var known = schema["properties"] as JsonObject ?? [];
                    foreach (var (name, one) in (value as JsonObject ?? []).Where(pair => !known.ContainsKey(pair.Key)))
                    {
                        if (rule!.GetValueKind() is JsonValueKind.False)
                        {
                            problems.Add($"{path}/{name} is unknown");
                        }
                        else
                        {
                            Check(root, rule, one, $"{path}/{name}", problems);
                        }
                    }

                    break;
                case "anyOf":
                    Require(rule!.AsArray().Any(one =>
                    {
                        List<string> inner = [];
                        Check(root, one!, value, path, inner);
                        return inner.Count == 0;
                    }), $"{path} is none of what it may be");
                    break;
                case "oneOf":
                    Require(rule!.AsArray().Count(one =>
                    {
                        List<string> inner = [];
                        Check(root, one!, value, path, inner);
                        return inner.Count == 0;
                    }) == 1, $"{path} is not exactly one of what it may be");
                    break;
                case "allOf":
                    Array.ForEach([.. rule!.AsArray()], one => Check(root, one!, value, path, problems));
                    break;
                case "minimum" or "maximum":
                    Require(value?.GetValueKind() is not JsonValueKind.Number || (keyword == "minimum" ? value.GetValue<decimal>() >= rule!.GetValue<decimal>() : value.GetValue<decimal>() <= rule!.GetValue<decimal>()), $"{path} is beyond the {keyword} {rule}");
                    break;
                default:
                    problems.Add($"{path}: the keyword {keyword} is not known to this check");
                    break;
            }
        }

        void Require(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }
    }

    private static bool Is(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() is JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() is JsonValueKind.Number,
        "integer" => value?.GetValueKind() is JsonValueKind.Number && decimal.IsInteger(value.GetValue<decimal>()),
        _ => false,
    };

    private static JsonNode Resolve(JsonNode root, string reference) => reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
        .Aggregate(root, (node, part) => node is JsonArray array ? array[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]! : node[part]!);
}
