using System.Reflection;
using System.Text.Json.Nodes;

namespace Crossdock.Api.Reference;

/// <summary>Examples of requests and answers, from <c>Examples/*.json</c>: one file for each tag, one entry for each operation. A test sends every one of them, and checks and records the answers.</summary>
internal static class ApiExamples
{
    /// <summary>By <c>METHOD /path</c>: <c>path</c> and <c>query</c> (values by name), <c>body</c> or <c>text</c> (what is sent), <c>status</c>, <c>answer</c> or <c>answerText</c>.</summary>
    public static IReadOnlyDictionary<string, JsonObject> All { get; } = Read();

    private static Dictionary<string, JsonObject> Read()
    {
        Dictionary<string, JsonObject> all = new(StringComparer.Ordinal);
        var assembly = Assembly.GetExecutingAssembly();
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("Crossdock.Api.Examples.", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            foreach (var (operation, example) in JsonNode.Parse(stream)!.AsObject())
            {
                all.Add(operation, example!.AsObject());
            }
        }

        return all;
    }
}
