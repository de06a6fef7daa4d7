using System.Globalization;
using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Drift;

/// <summary>How a value is shown as an example: amounts, currencies, numbers and times as they are, any other text only by its pattern (letters as <c>a</c>, digits as <c>9</c>),
/// what lies below a personal field never but by its pattern, secrets not even so.</summary>
internal static class ShapeExample
{
    private const int Longest = 32;

    /// <summary>The example of what stands at a place of a document.</summary>
    /// <param name="body">The document.</param>
    /// <param name="sight">The place.</param>
    public static string Of(ReadOnlySpan<byte> body, in Sight sight)
    {
        var raw = body.Slice(sight.Start, sight.Length);
        var node = sight.Node;
        switch (sight.Kind)
        {
            case ShapeKind.Null: return "null";
            case ShapeKind.Empty: return "\"\"";
            case ShapeKind.EmptyList: return "[]";
            case ShapeKind.List: return "[ ... ]";
            case ShapeKind.Object: return Names(body[sight.Start..]);
            case ShapeKind.Boolean: return node.IsPersonal ? "true or false" : Encoding.UTF8.GetString(raw);
            case ShapeKind.Whole or ShapeKind.Number:
                return node.IsPersonal || raw.Length > Longest ? string.Create(CultureInfo.InvariantCulture, $"a number of {raw.Length} characters") : Encoding.UTF8.GetString(raw);
        }

        string text = Encoding.UTF8.GetString(raw);
        bool isPlain = text.Length <= Longest && node.Critical?.Meaning switch
        {
            CriticalMeaning.Amount => text.Any(char.IsAsciiDigit) && text.Count(char.IsLetter) <= 4 && text.Length <= 20,
            CriticalMeaning.Currency => text.Length <= 8,
            _ => !node.IsPersonal && sight.Kind is ShapeKind.Decimal or ShapeKind.Time && !node.IsPersonal,
        };
        return isPlain ? $"\"{text}\"" : Pattern(text);
    }

    /// <summary>A text's pattern: <c>Aaaaa 99</c>. Long ones only by their length.</summary>
    public static string Pattern(string text)
    {
        if (text.Length > 48)
        {
            return string.Create(CultureInfo.InvariantCulture, $"text of {text.Length} characters");
        }

        var pattern = new StringBuilder(text.Length);
        foreach (char letter in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            pattern.Append(char.IsDigit(letter) ? '9' : char.IsUpper(letter) ? 'A' : char.IsLetter(letter) ? 'a' : char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter);
        }

        return $"text like \"{pattern}{(text.Length > Longest ? "..." : "")}\"";
    }

    /// <summary>True for a word that may be one of a fixed set: letters, digits and a few signs, no space, at most 32 characters, not digits alone, and not like a name (<c>Maria</c>).</summary>
    public static bool IsWord(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > 32)
        {
            return false;
        }

        int digits = 0;
        foreach (byte letter in text)
        {
            if (letter is (>= (byte)'0' and <= (byte)'9'))
            {
                digits++;
            }
            else if (letter is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'_' or (byte)'-' or (byte)'.' or (byte)'/' or (byte)':'))
            {
                return false;
            }
        }

        bool isLikeName = text.Length > 1 && text[0] is >= (byte)'A' and <= (byte)'Z' && !text[1..].ContainsAnyExceptInRange((byte)'a', (byte)'z');
        return digits < 5 && digits < text.Length && !isLikeName;
    }

    // The names say what it is now; names that are data are left out.
    private static string Names(ReadOnlySpan<byte> from)
    {
        var names = new List<string>();
        var reader = new Utf8JsonReader(from, new JsonReaderOptions { MaxDepth = ShapeScanner.MaxDepth });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && names.Count <= 6)
            {
                string name = Encoding.UTF8.GetString(reader.ValueSpan);
                names.Add(PersonalFields.IsData(name) ? "*" : name);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // As much as could be read.
        }

        return names.Count == 0 ? "{}" : $"{{ {string.Join(", ", names.Distinct(StringComparer.Ordinal).Take(6))}{(names.Count > 6 ? ", ..." : "")} }}";
    }
}
