using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Magento;

/// <summary>Lists as Magento answers them: searchCriteria with groups joined by AND, sorting, pages that repeat beyond the end, a choice of fields.</summary>
internal static partial class MagentoLists
{
    internal static (int Status, JsonNode Body) Of(IEnumerable<JsonObject> all, IQueryCollection query, MagentoEmulatorOptions options)
    {
        List<JsonObject> rows = [.. all];
        foreach (var group in query.Keys.Select(key => Filter().Match(key)).Where(match => match.Success).GroupBy(match => match.Groups["group"].Value))
        {
            var filters = group.GroupBy(match => match.Groups["filter"].Value).Select(parts => parts.ToDictionary(part => part.Groups["part"].Value.Replace("Type", "_type", StringComparison.Ordinal), part => query[part.Value].ToString())).ToList();
            rows = [.. rows.Where(row => filters.Exists(filter => Matches(row, filter)))];
        }

        for (int order = 9; order >= 0; order--)
        {
            if (query[string.Create(CultureInfo.InvariantCulture, $"searchCriteria[sortOrders][{order}][field]")].ToString() is { Length: > 0 } field)
            {
                bool isDown = query[string.Create(CultureInfo.InvariantCulture, $"searchCriteria[sortOrders][{order}][direction]")] == "DESC";
                rows = [.. isDown ? rows.OrderByDescending(row => Sortable(row, field), StringComparer.Ordinal) : rows.OrderBy(row => Sortable(row, field), StringComparer.Ordinal)];
            }
        }

        int total = rows.Count;
        if (int.TryParse(query["searchCriteria[pageSize]"], NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 0)
        {
            if (size > options.MaximumPageSize)
            {
                return (400, new JsonObject { ["message"] = "Maximum SearchCriteria pageSize is %max", ["parameters"] = new JsonObject { ["max"] = options.MaximumPageSize } });
            }

            int page = int.TryParse(query["searchCriteria[currentPage]"], NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? Math.Max(1, asked) : 1;
            int last = Math.Max(1, (total + size - 1) / size);
            page = page > last && options.RepeatsLastPage ? last : page;
            rows = [.. rows.Skip((page - 1) * size).Take(size)];
        }

        return (200, new JsonObject { ["items"] = new JsonArray([.. rows.Select(row => row.DeepClone())]), ["search_criteria"] = new JsonObject(), ["total_count"] = total });
    }

    /// <summary>Only the named fields: <c>items[entity_id,state],total_count</c>.</summary>
    internal static JsonNode Choose(JsonNode body, string fields)
    {
        int at = 0;
        return Choose(body, fields, ref at);
    }

    private static JsonNode Choose(JsonNode body, string fields, ref int at)
    {
        Dictionary<string, (int From, bool IsDeep)> names = [];
        while (at < fields.Length && fields[at] != ']')
        {
            int start = at;
            while (at < fields.Length && fields[at] is not (',' or '[' or ']'))
            {
                at++;
            }

            string name = fields[start..at];
            bool isDeep = at < fields.Length && fields[at] == '[';
            names[name] = (at + 1, isDeep);
            if (isDeep)
            {
                int depth = 0;
                do
                {
                    depth += fields[at] switch { '[' => 1, ']' => -1, _ => 0 };
                    at++;
                }
                while (at < fields.Length && depth > 0);
            }

            at += at < fields.Length && fields[at] == ',' ? 1 : 0;
        }

        return Apply(body, fields, names);
    }

    private static JsonNode Apply(JsonNode body, string fields, Dictionary<string, (int From, bool IsDeep)> names)
    {
        if (body is JsonArray list)
        {
            return new JsonArray([.. list.Select(one => one is null ? null : Apply(one, fields, names))]);
        }

        var chosen = new JsonObject();
        foreach (var (name, (from, isDeep)) in names)
        {
            if (body is JsonObject table && table.TryGetPropertyValue(name, out var value) && value is not null)
            {
                int inner = from;
                chosen[name] = isDeep ? Choose(value, fields, ref inner) : value.DeepClone();
            }
        }

        return chosen;
    }

    private static bool Matches(JsonObject row, Dictionary<string, string> filter)
    {
        string value = filter.GetValueOrDefault("value") ?? "";
        string actual = row[filter.GetValueOrDefault("field") ?? ""]?.ToString() ?? "";
        int order = decimal.TryParse(actual, CultureInfo.InvariantCulture, out decimal left) && decimal.TryParse(value, CultureInfo.InvariantCulture, out decimal right)
            ? left.CompareTo(right) : string.CompareOrdinal(actual, value);
        return (filter.GetValueOrDefault("condition_type") ?? "eq") switch
        {
            "gt" => order > 0,
            "gteq" or "from" => order >= 0,
            "lt" => order < 0,
            "lteq" or "to" => order <= 0,
            "neq" => order != 0,
            "in" => value.Split(',').Contains(actual),
            "nin" => !value.Split(',').Contains(actual),
            _ => order == 0,
        };
    }

    private static string Sortable(JsonObject row, string field) => row[field]?.ToString() is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number.ToString("D20", CultureInfo.InvariantCulture) : row[field]?.ToString() ?? "";

    [GeneratedRegex(@"^searchCriteria\[filter_?[gG]roups\]\[(?<group>\d+)\]\[filters\]\[(?<filter>\d+)\]\[(?<part>[a-zA-Z_]+)\]$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Filter();
}
