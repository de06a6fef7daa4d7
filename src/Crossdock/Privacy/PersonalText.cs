using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crossdock.Model.Orders;
using Crossdock.Orders;

namespace Crossdock.Privacy;

/// <summary>What is known of one person (names, mails, telephones, addresses), gathered from an order and its documents, and taken out of any text: out of JSON also by the names of its fields.</summary>
internal sealed class PersonalText
{
    /// <summary>Shorter words would be found in texts that mean something else.</summary>
    private const int Shortest = 4;

    private const int MostWords = 500, Deepest = 64;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = Deepest };
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = Deepest };

    private readonly HashSet<string> words = new(StringComparer.OrdinalIgnoreCase);
    private Regex? pattern;

    /// <summary>Adds a word or text that is the person's.</summary>
    public void Add(string? text)
    {
        text = text?.Trim();
        // A number alone could be an amount; telephones and tax numbers are longer.
        if (text is { Length: >= Shortest and <= 300 } && text != ErasedOrder.Mark && words.Count < MostWords && (!text.All(char.IsAsciiDigit) || text.Length >= 7) && words.Add(text))
        {
            pattern = null;
        }
    }

    /// <summary>Adds the person of a canonical order.</summary>
    public void Add(Order order)
    {
        Add(order.Customer?.Name);
        Add(order.Customer?.Email);
        Add(order.Customer?.Phone);
        Add(order.Customer?.TaxId);
        Add(order.Customer?.Note);
        Add(order.Note);
        foreach (var address in (Address?[])[order.ShipTo, order.BillTo])
        {
            foreach (string? text in (string?[])[address?.Name, address?.FirstName, address?.LastName, address?.Company, address?.Line1, address?.Line2, address?.Phone, address?.Email])
            {
                Add(text);
            }
        }
    }

    /// <summary>Adds what stands in the personal fields of a JSON document; nothing of what is no JSON.</summary>
    public void AddFrom(string text)
    {
        if (Parse(text) is { } node)
        {
            Gather(node, "", isPerson: false);
        }
    }

    /// <summary>A text without the person; JSON also by its fields.</summary>
    public string Without(string text)
    {
        if (Parse(text) is not { } node)
        {
            return Plain(text);
        }

        bool changed = false;
        var clean = Clean(node, "", isPerson: false, ref changed);
        return changed ? clean?.ToJsonString(Json) ?? "null" : text;
    }

    /// <summary>A body without the person; what is no text at all goes as a whole.</summary>
    public byte[] Without(byte[] body)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.UTF8.GetBytes(ErasedOrder.Mark);
        }

        string clean = Without(text);
        return ReferenceEquals(clean, text) || clean == text ? body : Encoding.UTF8.GetBytes(clean);
    }

    /// <summary>Prose without the person: only the words that are known.</summary>
    public string Plain(string text)
    {
        if (words.Count == 0)
        {
            return text;
        }

        pattern ??= new Regex(@"(?<![\p{L}\p{N}])(?:" + string.Join('|', words.OrderByDescending(word => word.Length).Select(Form)) + @")(?![\p{L}\p{N}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(20));
        return pattern.Replace(text, ErasedOrder.Mark);
    }

    // A telephone is written with and without country, spaces and signs: its last eight digits make it.
    private static string Form(string word)
    {
        string digits = string.Concat(word.Where(char.IsAsciiDigit));
        return digits.Length >= 8 && word.All(letter => char.IsAsciiDigit(letter) || " +-().".Contains(letter, StringComparison.Ordinal))
            ? @"(?:\+?[\d\s().-]{1,8})?" + string.Join(@"[\s().-]?", digits[^8..].ToCharArray()) : Regex.Escape(word);
    }

    private static JsonNode? Parse(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start.IsEmpty || start[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text, documentOptions: Reading);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Gather(JsonNode? node, string key, bool isPerson)
    {
        switch (node)
        {
            case JsonObject holder:
                foreach (var (name, value) in holder)
                {
                    Gather(value, name, isPerson || PersonalFields.IsPerson(name) || PersonalFields.IsPersonal(name));
                }

                break;
            case JsonArray list:
                foreach (var value in list)
                {
                    Gather(value, key, isPerson);
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && (PersonalFields.IsPersonal(key) || (isPerson && IsName(key))):
                Add(value.GetValue<string>());
                break;
        }
    }

    private static bool IsName(string key) => key.EndsWith("name", StringComparison.OrdinalIgnoreCase) && !PersonalFields.Remains(key);

    private JsonNode? Clean(JsonNode? node, string key, bool isPerson, ref bool changed)
    {
        switch (node)
        {
            case JsonObject holder:
                foreach (var (name, value) in holder.ToList())
                {
                    bool inside = PersonalFields.IsPerson(name) || (isPerson && value is JsonObject or JsonArray) || (PersonalFields.IsPersonal(name) && value is JsonObject or JsonArray);
                    bool mine = false;
                    var clean = value is JsonObject or JsonArray ? Clean(value, name, inside, ref mine) : Leaf(value, name, isPerson, ref mine);
                    if (mine)
                    {
                        changed = true;
                        if (!ReferenceEquals(clean, value))
                        {
                            holder[name] = clean;
                        }
                    }
                }

                return holder;
            case JsonArray list:
                for (int place = 0; place < list.Count; place++)
                {
                    bool mine = false;
                    var value = list[place];
                    var clean = value is JsonObject or JsonArray ? Clean(value, key, isPerson, ref mine) : Leaf(value, key, isPerson, ref mine);
                    if (mine)
                    {
                        changed = true;
                        if (!ReferenceEquals(clean, value))
                        {
                            list[place] = clean;
                        }
                    }
                }

                return list;
            default:
                return Leaf(node, key, isPerson, ref changed);
        }
    }

    private JsonNode? Leaf(JsonNode? node, string key, bool isPerson, ref bool changed)
    {
        if (node is not JsonValue value)
        {
            return node;
        }

        bool goes = PersonalFields.IsPersonal(key) || (isPerson && !PersonalFields.Remains(key));
        switch (value.GetValueKind())
        {
            case JsonValueKind.Number when PersonalFields.IsPersonal(key) || words.Contains(value.ToJsonString()):
                changed = true;
                return JsonValue.Create(0);
            case JsonValueKind.String:
                string text = value.GetValue<string>();
                if (text.Length == 0 || text == ErasedOrder.Mark)
                {
                    return value;
                }

                // Documents lie in documents: a body as text.
                string clean = goes ? ErasedOrder.Mark : Without(text);
                if (clean == text)
                {
                    return value;
                }

                changed = true;
                return JsonValue.Create(clean);
            default:
                return value;
        }
    }
}
