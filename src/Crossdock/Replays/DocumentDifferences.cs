using System.Text.Json;

namespace Crossdock.Replays;

/// <summary>One field that would have another value.</summary>
/// <param name="Path">For example <c>shipTo.region</c> or <c>lines[SKU-1].excludedBecause</c>.</param>
/// <param name="Before">What stands there, cut at 160 characters; null for nothing.</param>
/// <param name="After">What would stand there; null for nothing.</param>
public sealed record FieldDifference(string Path, string? Before, string? After);

/// <summary>Compares two documents of an order field by field. What a document leaves out is the same as null, an empty list or an empty map.</summary>
internal static class DocumentDifferences
{
    private const int Longest = 160;

    /// <param name="before">Canonical order as JSON.</param>
    /// <param name="after">The same order as it would be.</param>
    /// <param name="most">How many are told; the rest is counted.</param>
    /// <param name="count">How many there are.</param>
    public static List<FieldDifference> Between(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after, int most, out int count)
    {
        var found = new Found(most);
        using var left = JsonDocument.Parse(before);
        using var right = JsonDocument.Parse(after);
        Compare("", left.RootElement, right.RootElement, found);
        count = found.Count;
        return found.Told;
    }

    private static void Compare(string path, JsonElement? left, JsonElement? right, Found found)
    {
        if (IsNothing(left) && IsNothing(right))
        {
            return;
        }

        if (left is { ValueKind: JsonValueKind.Object } leftMap && right is { ValueKind: JsonValueKind.Object } rightMap)
        {
            foreach (var part in leftMap.EnumerateObject())
            {
                Compare(Join(path, part.Name), part.Value, rightMap.TryGetProperty(part.Name, out var other) ? other : null, found);
            }

            foreach (var part in rightMap.EnumerateObject().Where(part => !leftMap.TryGetProperty(part.Name, out _)))
            {
                Compare(Join(path, part.Name), null, part.Value, found);
            }
        }
        else if (left is { ValueKind: JsonValueKind.Array } leftList && right is { ValueKind: JsonValueKind.Array } rightList)
        {
            Lists(path, leftList, rightList, found);
        }
        else if (left is null || right is null || !JsonElement.DeepEquals(left.Value, right.Value))
        {
            found.Add(path, Text(left), Text(right));
        }
    }

    // Rows with an id are compared with the row of the same id, others with the one at the same place.
    private static void Lists(string path, JsonElement left, JsonElement right, Found found)
    {
        var former = Rows(left);
        foreach (var (name, row) in Rows(right))
        {
            Compare($"{path}[{name}]", former.Remove(name, out var old) ? old : null, row, found);
        }

        foreach (var (name, row) in former)
        {
            Compare($"{path}[{name}]", row, null, found);
        }
    }

    private static Dictionary<string, JsonElement> Rows(JsonElement list)
    {
        var rows = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        int place = 0;
        foreach (var row in list.EnumerateArray())
        {
            string number = (++place).ToString(System.Globalization.CultureInfo.InvariantCulture);
            string name = row.ValueKind is JsonValueKind.Object && row.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String ? id.GetString()! : number;
            if (!rows.TryAdd(name, row))
            {
                rows.TryAdd($"{name} {number}", row);
            }
        }

        return rows;
    }

    private static bool IsNothing(JsonElement? value) => value is null || value.Value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Array => value.Value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.Value.EnumerateObject().Any(),
        _ => false,
    };

    private static string? Text(JsonElement? value)
    {
        if (IsNothing(value))
        {
            return null;
        }

        string text = value!.Value.ValueKind is JsonValueKind.String ? value.Value.GetString()! : value.Value.GetRawText();
        return text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "...");
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private sealed class Found(int most)
    {
        public List<FieldDifference> Told { get; } = [];
        public int Count { get; private set; }

        public void Add(string path, string? before, string? after)
        {
            Count++;
            if (Told.Count < most)
            {
                Told.Add(new(path, before, after));
            }
        }
    }
}
