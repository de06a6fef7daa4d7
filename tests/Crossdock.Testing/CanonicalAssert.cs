using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Testing;

/// <summary>Compares canonical orders with expected files. CROSSDOCK_ACCEPT=1 rewrites the files instead: look at the difference before you commit it.</summary>
public static class CanonicalAssert
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static bool Accepts => Environment.GetEnvironmentVariable("CROSSDOCK_ACCEPT") == "1";

    /// <summary>The outcome is one whole order and equals the expected file (JSON, the order of properties does not matter).</summary>
    /// <param name="outcome">What the mapping made of it.</param>
    /// <param name="expected">Path of the file, relative to the calling test's source folder.</param>
    /// <param name="caller">Filled in by the compiler.</param>
    public static void Matches(MappingOutcome outcome, string expected, [CallerFilePath] string caller = "") =>
        Matches(Assert.IsType<MappedOrder>(outcome).Order, expected, caller);

    /// <inheritdoc cref="Matches(MappingOutcome,string,string)" />
    public static void Matches(Order order, string expected, [CallerFilePath] string caller = "")
    {
        string file = Path.Combine(Path.GetDirectoryName(caller)!, expected);
        var actual = JsonNode.Parse(OrderJson.Write(order))!;
        if (Accepts)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual.ToJsonString(Pretty) + "\n");
            return;
        }

        Assert.True(File.Exists(file), $"{expected} is missing; run with CROSSDOCK_ACCEPT=1 to write it, then read it");
        var wanted = JsonNode.Parse(File.ReadAllText(file))!;
        List<string> differences = [];
        Compare("", wanted, actual, differences);
        Assert.True(differences.Count == 0, $"{expected}:\n{string.Join('\n', differences.Take(20))}");
    }

    private static void Compare(string path, JsonNode? wanted, JsonNode? actual, List<string> differences)
    {
        if (wanted is JsonObject left && actual is JsonObject right)
        {
            foreach (string name in left.Select(entry => entry.Key).Union(right.Select(entry => entry.Key)))
            {
                Compare($"{path}/{name}", left[name], right[name], differences);
            }
        }
        else if (wanted is JsonArray before && actual is JsonArray after && before.Count == after.Count)
        {
            for (int index = 0; index < before.Count; index++)
            {
                Compare($"{path}/{index}", before[index], after[index], differences);
            }
        }
        else if (!JsonNode.DeepEquals(wanted, actual))
        {
            differences.Add($"  {path}: expected {wanted?.ToJsonString(Pretty) ?? "nothing"}, is {actual?.ToJsonString(Pretty) ?? "nothing"}");
        }
    }
}
