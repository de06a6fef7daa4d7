using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Crossdock.Testing.Conformance;

/// <summary>Damaged copies of a document: what a mapping has to bear without an exception.</summary>
internal static class Mutations
{
    private static readonly string[] Odd = ["null", "true", "-12.5", "1e300", "\"\"", "\"text\"", "\"9999-99-99T99:99:99Z\"", "\"\\u0000\"", "[]", "[null]", "[[1]]", "{}", """{"a":{"b":[]}}"""];

    /// <summary>Each field taken away once, and put in its place once each odd value.</summary>
    internal static IEnumerable<byte[]> OfEveryField(byte[] payload)
    {
        var paths = new List<string[]>();
        Paths(JsonNode.Parse(payload), [], paths);
        foreach (string[] path in paths)
        {
            yield return Changed(payload, path, null);
            foreach (string odd in path.Length <= 2 ? Odd : Odd[..4])
            {
                yield return Changed(payload, path, odd);
            }
        }
    }

    private static void Paths(JsonNode? node, string[] at, List<string[]> paths)
    {
        if (at.Length > 0)
        {
            paths.Add(at);
        }

        if (at.Length >= 6)
        {
            return;
        }

        if (node is JsonObject table)
        {
            foreach (var (name, inner) in table)
            {
                Paths(inner, [.. at, name], paths);
            }
        }
        else if (node is JsonArray list)
        {
            for (int index = 0; index < Math.Min(list.Count, 2); index++)
            {
                Paths(list[index], [.. at, index.ToString(CultureInfo.InvariantCulture)], paths);
            }
        }
    }

    private static byte[] Changed(byte[] payload, string[] path, string? value)
    {
        var root = JsonNode.Parse(payload)!;
        var parent = root;
        foreach (string step in path[..^1])
        {
            parent = parent is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : parent![step]!;
        }

        if (parent is JsonArray array)
        {
            if (value is null)
            {
                array.RemoveAt(int.Parse(path[^1], CultureInfo.InvariantCulture));
            }
            else
            {
                array[int.Parse(path[^1], CultureInfo.InvariantCulture)] = JsonNode.Parse(value);
            }
        }
        else if (value is null)
        {
            parent!.AsObject().Remove(path[^1]);
        }
        else
        {
            parent!.AsObject()[path[^1]] = JsonNode.Parse(value);
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>Several fields at once taken away or replaced, by a seed of its own: the same documents each time.</summary>
    internal static IEnumerable<byte[]> AtRandom(byte[] payload, int count)
    {
        var paths = new List<string[]>();
        Paths(JsonNode.Parse(payload), [], paths);
#pragma warning disable CA5394 // Dice, not keys.
        var dice = new Random(payload.Length);
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = payload;
            for (int step = dice.Next(2, 9); step > 0; step--)
            {
                string[] path = paths[dice.Next(paths.Count)];
                try
                {
                    damaged = Changed(damaged, path, dice.Next(3) == 0 ? null : Odd[dice.Next(Odd.Length)]);
                }
                catch (Exception gone) when (gone is InvalidOperationException or NullReferenceException or ArgumentOutOfRangeException or FormatException)
                {
                    // An earlier step took the place away.
                }
            }

            yield return damaged;
        }
    }

    /// <summary>Bytes flipped, taken away, doubled or put in anywhere, also in the middle of a character.</summary>
    internal static IEnumerable<byte[]> OfBytes(byte[] payload, int count)
    {
        var dice = new Random(payload.Length + 1);
        for (int i = 0; i < count; i++)
        {
            var damaged = payload.ToList();
            for (int step = dice.Next(1, 5); step > 0; step--)
            {
                int at = dice.Next(damaged.Count);
                switch (dice.Next(4))
                {
                    case 0:
                        damaged[at] ^= (byte)(1 << dice.Next(8));
                        break;
                    case 1:
                        damaged.RemoveRange(at, Math.Min(dice.Next(1, 20), damaged.Count - at - 1));
                        break;
                    case 2:
                        damaged.InsertRange(at, damaged.GetRange(at, Math.Min(dice.Next(1, 40), damaged.Count - at)));
                        break;
                    default:
                        damaged.Insert(at, (byte)dice.Next(256));
                        break;
                }
            }

            yield return [.. damaged];
        }
    }
#pragma warning restore CA5394

    /// <summary>Each field of the first level with a number of 5,000 digits, an exponent without end, a list 5,000 deep and a text of 200,000 characters.</summary>
    internal static IEnumerable<byte[]> Monstrous(byte[] payload)
    {
        string text = Encoding.UTF8.GetString(payload);
        foreach (string name in JsonNode.Parse(payload) is JsonObject root ? root.Select(field => field.Key) : [])
        {
            foreach (string value in new[] { new string('9', 5000), "1e999999", "-0.0000000000000000000000000000000000001", new string('[', 5000) + new string(']', 5000), $"\"{new string('x', 200_000)}\"", "79228162514264337593543950335" })
            {
                // Put in front: a name that comes twice is a document too.
                yield return Encoding.UTF8.GetBytes($"{{{System.Text.Json.JsonSerializer.Serialize(name)}:{value},{text.TrimStart()[1..]}");
                var changed = JsonNode.Parse(payload)!.AsObject();
                changed.Remove(name);
                string rest = changed.ToJsonString();
                yield return Encoding.UTF8.GetBytes($"{rest[..^1]}{(changed.Count == 0 ? "" : ",")}{System.Text.Json.JsonSerializer.Serialize(name)}:{value}}}");
            }
        }
    }
}
