using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>Something is wrong with a query, as GraphQL's errors say it.</summary>
internal sealed class ShopifyGraphQlFault(string message, string code) : Exception(message)
{
    internal string Code => code;
}

/// <summary>One field of a selection, or an inline fragment (its type, no name).</summary>
internal sealed record ShopifySelection(string Alias, string Name, string? OnType, IReadOnlyDictionary<string, JsonNode?> Arguments, IReadOnlyList<ShopifySelection> Fields)
{
    internal int? First => Arguments.TryGetValue("first", out var first) && int.TryParse(first?.ToString(), CultureInfo.InvariantCulture, out int number) ? number : null;

    internal string? Argument(string name) => Arguments.TryGetValue(name, out var value) ? value?.ToString() : null;
}

/// <summary>Reads a GraphQL document as far as it is needed here: one operation, variables, aliases, arguments, inline fragments.</summary>
internal sealed class ShopifyGraphQlQuery
{
    private readonly string text;
    private readonly JsonObject variables;
    private int at;

    private ShopifyGraphQlQuery(string text, JsonObject variables) => (this.text, this.variables) = (text, variables);

    internal static (bool IsMutation, IReadOnlyList<ShopifySelection> Fields) Parse(string text, JsonObject variables)
    {
        var query = new ShopifyGraphQlQuery(text, variables);
        bool isMutation = false;
        if (query.Peek() != '{')
        {
            string kind = query.Name();
            isMutation = kind == "mutation";
            if (kind is not ("query" or "mutation"))
            {
                throw Broken(kind);
            }

            while (query.Peek() is not '{')
            {
                query.Take();
            }
        }

        return (isMutation, query.Selections());
    }

    private List<ShopifySelection> Selections()
    {
        Expect('{');
        var fields = new List<ShopifySelection>();
        while (Peek() != '}')
        {
            if (Peek() == '.')
            {
                at += 3;
                string on = Name();
                fields.Add(new ShopifySelection("", "", on == "on" ? Name() : throw Broken(on), new Dictionary<string, JsonNode?>(), Selections()));
                continue;
            }

            string alias = Name();
            string name = alias;
            if (Peek() == ':')
            {
                at++;
                name = Name();
            }

            var arguments = Peek() == '(' ? Arguments() : [];
            fields.Add(new ShopifySelection(alias, name, null, arguments, Peek() == '{' ? Selections() : []));
        }

        Expect('}');
        return fields.Count == 0 ? throw Broken("}") : fields;
    }

    private Dictionary<string, JsonNode?> Arguments()
    {
        Expect('(');
        var arguments = new Dictionary<string, JsonNode?>();
        while (Peek() != ')')
        {
            string name = Name();
            Expect(':');
            arguments[name] = Value();
        }

        Expect(')');
        return arguments;
    }

    private JsonNode? Value()
    {
        switch (Peek())
        {
            case '$':
                at++;
                return variables.TryGetPropertyValue(Name(), out var given) ? given?.DeepClone() : null;
            case '"':
                int end = text.IndexOf('"', at + 1);
                string literal = end < 0 ? throw Broken("\"") : text[(at + 1)..end];
                at = end + 1;
                return literal;
            case '{':
                at++;
                var fields = new JsonObject();
                while (Peek() != '}')
                {
                    string name = Name();
                    Expect(':');
                    fields[name] = Value();
                }

                at++;
                return fields;
            case '[':
                at++;
                var items = new JsonArray();
                while (Peek() != ']')
                {
                    items.Add(Value());
                }

                at++;
                return items;
            default:
                string word = Name();
                return word switch { "true" => true, "false" => false, "null" => null, _ => long.TryParse(word, CultureInfo.InvariantCulture, out long number) ? number : word };
        }
    }

    private string Name()
    {
        Peek();
        int start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-'))
        {
            at++;
        }

        return at > start ? text[start..at] : throw Broken(at < text.Length ? text[at].ToString() : "end of document");
    }

    // Commas are blanks in GraphQL.
    private char Peek()
    {
        while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == ','))
        {
            at++;
        }

        return at < text.Length ? text[at] : throw Broken("end of document");
    }

    private void Take()
    {
        Peek();
        at++;
    }

    private void Expect(char wanted)
    {
        if (Peek() != wanted)
        {
            throw Broken(text[at].ToString());
        }

        at++;
    }

    private static ShopifyGraphQlFault Broken(string what) => new($"syntax error, unexpected {what}", "parseError");
}
