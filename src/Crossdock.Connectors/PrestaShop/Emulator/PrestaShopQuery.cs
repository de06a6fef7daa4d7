using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>What a list of the webservice is asked for: filters, order, limit, fields. Source: PrestaShop developer documentation, webservice cheat sheet.</summary>
internal static class PrestaShopQuery
{
    /// <summary>Copies of the rows asked for, or what is wrong with the question.</summary>
    internal static (List<JsonObject> Rows, string? Wrong) Run(List<JsonObject> rows, IQueryCollection query)
    {
        bool knowsDates = query["date"] == "1";
        foreach (var (name, values) in query.Where(pair => pair.Key.StartsWith("filter[", StringComparison.Ordinal) && pair.Key.EndsWith(']')))
        {
            string field = name[7..^1];
            if (field == "shipping_number")
            {
                return ([], "This filter does not exist for this linked table: shipping_number is not filterable");
            }

            // Without date=1 a filter on a date silently does nothing.
            if (field is "date_add" or "date_upd" && !knowsDates)
            {
                continue;
            }

            string condition = values.ToString();
            rows.RemoveAll(row => !Matches(row[field]?.ToString() ?? "", condition));
        }

        if (query["sort"].ToString() is { Length: > 2 } sort)
        {
            IOrderedEnumerable<JsonObject>? sorted = null;
            foreach (string part in sort.Trim('[', ']').Split(','))
            {
                bool isDown = part.EndsWith("_DESC", StringComparison.OrdinalIgnoreCase);
                string field = part.EndsWith("_ASC", StringComparison.OrdinalIgnoreCase) ? part[..^4] : isDown ? part[..^5] : part;
                sorted = (sorted, isDown) switch
                {
                    (null, false) => rows.OrderBy(row => Key(row, field), StringComparer.Ordinal),
                    (null, true) => rows.OrderByDescending(row => Key(row, field), StringComparer.Ordinal),
                    (_, false) => sorted.ThenBy(row => Key(row, field), StringComparer.Ordinal),
                    _ => sorted.ThenByDescending(row => Key(row, field), StringComparer.Ordinal),
                };
            }

            rows = [.. sorted!];
        }

        if (query["limit"].ToString() is { Length: > 0 } limit)
        {
            int[] numbers = [.. limit.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
            if (numbers.Contains(-1) || numbers.Length > 2)
            {
                return ([], "The \"limit\" value has to be formed as this example: \"5,25\" or \"10\"");
            }

            rows = numbers.Length == 1 ? [.. rows.Take(numbers[0])] : [.. rows.Skip(numbers[0]).Take(numbers[1])];
        }

        if (query["display"].ToString() is { Length: > 2 } display && display != "full")
        {
            string[] fields = display.Trim('[', ']').Split(',');
            if (rows.Count > 0 && fields.FirstOrDefault(field => !rows[0].ContainsKey(field)) is { } unknown)
            {
                return ([], $"Unable to display this field \"{unknown}\". However, these are available: {string.Join(", ", rows[0].Select(pair => pair.Key))}");
            }

            return ([.. rows.Select(row => new JsonObject(fields.Select(field => KeyValuePair.Create(field, row[field]?.DeepClone()))))], null);
        }

        return ([.. rows.Select(row => (JsonObject)row.DeepClone())], null);
    }

    private static bool Matches(string value, string condition)
    {
        int open = condition.IndexOf('[', StringComparison.Ordinal);
        int close = condition.LastIndexOf(']');
        if (open < 0 || close < open)
        {
            return value == condition;
        }

        string inner = condition[(open + 1)..close], before = condition[..open], after = condition[(close + 1)..];
        return (before, after) switch
        {
            (">", _) => Compare(value, inner) > 0,
            ("<", _) => Compare(value, inner) < 0,
            ("!", _) => value != inner,
            ("%", "%") => value.Contains(inner, StringComparison.OrdinalIgnoreCase),
            ("%", _) => value.EndsWith(inner, StringComparison.OrdinalIgnoreCase),
            (_, "%") => value.StartsWith(inner, StringComparison.OrdinalIgnoreCase),
            _ when inner.Contains('|', StringComparison.Ordinal) => inner.Split('|').Contains(value),
            // The end of a range is left out, as integrators report.
            _ when inner.Split(',') is [var low, var high] => Compare(value, low) >= 0 && Compare(value, high) < 0,
            _ => value == inner,
        };
    }

    private static int Compare(string left, string right) =>
        long.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out long a) && long.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out long b) ? a.CompareTo(b) : string.CompareOrdinal(left, right);

    private static string Key(JsonObject row, string field) => row[field]?.ToString() is { } text ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number.ToString("D20", CultureInfo.InvariantCulture) : text : "";
}
