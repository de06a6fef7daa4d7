using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crossdock.Orders;

/// <summary>By which words an order is found, and how what a person types is turned into a question for them. Pure.</summary>
internal static class OrderWords
{
    private static readonly System.Buffers.SearchValues<char> Dialled = System.Buffers.SearchValues.Create("0123456789+-()./ \u00a0");
    private const int Longest = 80, Most = 200, ShortestPhone = 6, NationalDigits = 9, NumberWidth = 14;

    /// <summary>The words of one order: small letters, no accents, each once.</summary>
    /// <param name="texts">Number, ids and names: each whole, and each of its parts.</param>
    /// <param name="whole">Mails, SKUs and tracking numbers: whole only.</param>
    /// <param name="phones">Telephone numbers: their digits, with and without what stands before the last nine.</param>
    public static SortedSet<string> Of(IEnumerable<string?> texts, IEnumerable<string?> whole, IEnumerable<string?> phones)
    {
        var words = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string? text in texts)
        {
            foreach (string part in Parts(text))
            {
                Add(part);
                foreach (string piece in part.Split(['-', '_', '/', '.', '\''], StringSplitOptions.RemoveEmptyEntries))
                {
                    Add(piece);
                }
            }
        }

        foreach (string? one in whole)
        {
            Add(string.Join("", Parts(one)));
        }

        foreach (string? phone in phones)
        {
            string digits = Digits(phone);
            if (digits.Length >= ShortestPhone)
            {
                Add(digits);
                Add(digits.Length > NationalDigits ? digits[^NationalDigits..] : digits);
            }
        }

        return words;

        void Add(string word)
        {
            if (word.Length > 0 && words.Count < Most)
            {
                words.Add(word.Length > Longest ? word[..Longest] : word);
            }
        }
    }

    /// <summary>What a canonical document holds besides the columns of its row. A document that cannot be read has nothing to add.</summary>
    public static (List<string?> Texts, List<string?> Whole, List<string?> Phones, List<string> Tags) OfDocument(ReadOnlyMemory<byte> document)
    {
        (List<string?> texts, List<string?> whole, List<string?> phones, List<string> tags) = ([], [], [], []);
        try
        {
            using var json = JsonDocument.Parse(document);
            var root = json.RootElement;
            foreach (string person in (string[])["customer", "shipTo", "billTo"])
            {
                if (root.TryGetProperty(person, out var one) && one.ValueKind == JsonValueKind.Object)
                {
                    texts.Add(Text(one, "name"));
                    texts.Add(Text(one, "company"));
                    whole.Add(Text(one, "email"));
                    phones.Add(Text(one, "phone"));
                }
            }

            whole.AddRange(Each(root, "lines").Select(line => Text(line, "sku")));
            whole.AddRange(Each(root, "fulfilments").SelectMany(fulfilment => Each(fulfilment, "trackingNumbers")).Select(number => number.ValueKind == JsonValueKind.String ? number.GetString() : null));
            tags.AddRange(Each(root, "tags").Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!));
        }
        catch (JsonException)
        {
            // The order is listed and found by its columns all the same.
        }

        return (texts, whole, phones, tags);
    }

    /// <summary>The question for what a person typed: every word must begin some word of the order. Null when nothing can be asked.</summary>
    /// <returns>Text of PostgreSQL's type tsquery.</returns>
    public static string? Query(string typed)
    {
        string digits = Digits(typed);
        bool isPhone = digits.Length >= ShortestPhone && !typed.AsSpan().ContainsAnyExcept(Dialled) && typed.AsSpan().IndexOfAny("+ (\u00a0") >= 0;
        var words = isPhone ? [digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits] : Parts(typed).Take(8).ToList();
        return words.Count == 0 ? null : string.Join(" & ", words.Select(word => $"'{(word.Length > Longest ? word[..Longest] : word).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}':*"));
    }

    /// <summary>A number as people order numbers: <c>#AO-999</c> before <c>#AO-1000</c>.</summary>
    public static string NumberKey(string number)
    {
        var key = new StringBuilder();
        string bare = Plain(number).TrimStart('#', ' ');
        for (int i = 0; i < bare.Length && key.Length < Longest;)
        {
            int end = i;
            while (end < bare.Length && char.IsAsciiDigit(bare[end]))
            {
                end++;
            }

            if (end > i)
            {
                key.Append(bare.AsSpan(i, end - i).TrimStart('0').ToString().PadLeft(NumberWidth, '0'));
                i = end;
            }
            else
            {
                key.Append(bare[i++]);
            }
        }

        return key.ToString();
    }

    /// <summary>A customer's name as lists are ordered by it; empty for none.</summary>
    public static string CustomerKey(string? name) => name is null ? "" : string.Join(' ', Parts(name)) is var key && key.Length > Longest ? key[..Longest] : key;

    /// <summary>Small letters without accents.</summary>
    public static string Plain(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        var plain = new StringBuilder(text.Length);
        foreach (char one in (Database.Parameters.Storable(text) ?? "").Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(one) is not UnicodeCategory.NonSpacingMark)
            {
                plain.Append(char.ToLowerInvariant(one));
            }
        }

        return plain.ToString().Normalize(NormalizationForm.FormC);
    }

    private static IEnumerable<string> Parts(string? text) => string.IsNullOrWhiteSpace(text) ? []
        : Plain(text).Split((char[])[' ', '\t', '\n', '\r', '\u00a0', ',', ';', '(', ')', '"', '\0', '\ufffd'], StringSplitOptions.RemoveEmptyEntries).Select(part => part.TrimStart('#')).Where(part => part.Length > 0);

    private static string Digits(string? text) => text is null ? "" : string.Concat(text.Where(char.IsAsciiDigit));

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<JsonElement> Each(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
