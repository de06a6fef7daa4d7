using System.Globalization;
using System.Security;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Writes rows as the webservice does: CDATA in every field, links on ids, languages and associations as elements.</summary>
internal static class PrestaShopXml
{
    private const string Head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<prestashop xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n";

    /// <summary>The word for one row of a resource.</summary>
    internal static string Singular(string resource) => resource switch
    {
        "addresses" => "address",
        "countries" => "country",
        "currencies" => "currency",
        "order_histories" => "order_history",
        "order_slip" => "order_slip",
        _ => resource[..^1],
    };

    internal static string List(string resource, IEnumerable<JsonObject> rows, bool onlyIds)
    {
        var text = new StringBuilder(Head).Append('<').Append(resource).Append(">\n");
        foreach (var row in rows)
        {
            if (onlyIds)
            {
                text.Append(CultureInfo.InvariantCulture, $"<{Singular(resource)} id=\"{row["id"]}\" xlink:href=\"https://shop.example/api/{resource}/{row["id"]}\"/>\n");
            }
            else
            {
                Append(text, resource, row);
            }
        }

        return text.Append("</").Append(resource).Append(">\n</prestashop>\n").ToString();
    }

    internal static string One(string resource, JsonObject row)
    {
        var text = new StringBuilder(Head);
        Append(text, resource, row);
        return text.Append("</prestashop>\n").ToString();
    }

    internal static string Error(int code, string message) =>
        string.Create(CultureInfo.InvariantCulture, $"{Head}<errors>\n<error>\n<code><![CDATA[{code}]]></code>\n<message><![CDATA[{message}]]></message>\n</error>\n</errors>\n</prestashop>\n");

    internal static string Rights(IEnumerable<string> resources, Func<string, string, bool> may)
    {
        var text = new StringBuilder(Head).Append("<api shopName=\"Tienda Cumbre\">\n");
        foreach (string resource in resources)
        {
            text.Append('<').Append(resource).Append(" xlink:href=\"https://shop.example/api/").Append(resource).Append('"');
            foreach (string verb in (ReadOnlySpan<string>)["get", "put", "post", "delete", "head"])
            {
                text.Append(' ').Append(verb).Append("=\"").Append(may(resource, verb) ? "true" : "false").Append('"');
            }

            text.Append("/>\n");
        }

        return text.Append("</api>\n</prestashop>\n").ToString();
    }

    /// <summary>The fields of a body's one row; null when it is no XML.</summary>
    internal static Dictionary<string, string>? Read(string body)
    {
        try
        {
            var row = XDocument.Parse(body).Root?.Elements().FirstOrDefault();
            return row?.Elements().Where(field => !field.HasElements).ToDictionary(field => field.Name.LocalName, field => field.Value, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is System.Xml.XmlException or ArgumentException)
        {
            return null;
        }
    }

    private static void Append(StringBuilder text, string resource, JsonObject row)
    {
        text.Append('<').Append(Singular(resource)).Append(">\n");
        foreach (var (name, value) in row)
        {
            if (value is JsonObject associations)
            {
                text.Append("<associations>\n");
                foreach (var (list, rows) in associations)
                {
                    string one = list.EndsWith("details", StringComparison.Ordinal) || list.EndsWith("rows", StringComparison.Ordinal) ? list[..^1] : Singular(list);
                    text.Append(CultureInfo.InvariantCulture, $"<{list} nodeType=\"{one}\" virtualEntity=\"true\">\n");
                    foreach (var item in rows!.AsArray())
                    {
                        text.Append('<').Append(one).Append(">\n");
                        foreach (var (field, inner) in item!.AsObject())
                        {
                            Field(text, field, inner);
                        }

                        text.Append("</").Append(one).Append(">\n");
                    }

                    text.Append("</").Append(list).Append(">\n");
                }

                text.Append("</associations>\n");
            }
            else
            {
                Field(text, name, value);
            }
        }

        text.Append("</").Append(Singular(resource)).Append(">\n");
    }

    private static void Field(StringBuilder text, string name, JsonNode? value)
    {
        string content = value?.ToString() ?? "";
        text.Append('\t').Append('<').Append(SecurityElement.Escape(name)).Append(name == "shipping_number" ? " notFilterable=\"true\">" : ">");
        if (content.Length > 0)
        {
            text.Append("<![CDATA[").Append(content.Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal)).Append("]]>");
        }

        text.Append("</").Append(name).Append(">\n");
    }
}
