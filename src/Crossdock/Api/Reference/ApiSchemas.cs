using System.Text.Json.Nodes;

namespace Crossdock.Api.Reference;

/// <summary>Makes the schemas say what is answered: numbers are numbers, stored names are listed.</summary>
internal static class ApiSchemas
{
    /// <summary>Corrects all schemas of a document.</summary>
    public static void Complete(JsonObject schemas)
    {
        foreach (var (name, schema) in schemas)
        {
            Correct(schema);
            foreach (var (property, value) in schema?["properties"]?.AsObject() ?? [])
            {
                if (value is JsonObject one && ApiWords.Names(name, property, one["type"] is JsonArray types && types.Any(type => type?.GetValue<string>() == "null")) is { } names)
                {
                    one["enum"] = names;
                }
            }
        }
    }

    // The serializer would also read a number from a text, which nobody needs to know; it never writes one so.
    private static void Correct(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var one in array)
            {
                Correct(one);
            }
        }
        else if (node is JsonObject schema)
        {
            if (schema["type"] is JsonArray types && types.Any(type => type?.GetValue<string>() is "integer" or "number") && schema["pattern"] is not null)
            {
                schema.Remove("pattern");
                List<string> kept = [.. types.Select(type => type!.GetValue<string>()).Where(type => type != "string")];
                schema["type"] = kept.Count == 1 ? kept[0] : new JsonArray([.. kept.Select(type => (JsonNode)type)]);
            }

            foreach (var (_, inner) in schema)
            {
                Correct(inner);
            }
        }
    }
}
