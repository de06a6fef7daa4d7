using System.Globalization;
using System.Text.Json;

namespace Crossdock.Connectors.Magento;

/// <summary>Builds searchCriteria: every filter in a group of its own, for groups are joined by AND, filters inside one by OR.</summary>
internal sealed class MagentoSearch
{
    private readonly List<(string Name, string Value)> parameters = [];
    private int groups;
    private int orders;

    internal IReadOnlyList<(string Name, string Value)> Parameters => parameters;

    internal MagentoSearch Where(string field, string condition, string value)
    {
        string filter = string.Create(CultureInfo.InvariantCulture, $"searchCriteria[filter_groups][{groups++}][filters][0]");
        parameters.Add(($"{filter}[field]", field));
        parameters.Add(($"{filter}[value]", value));
        parameters.Add(($"{filter}[condition_type]", condition));
        return this;
    }

    internal MagentoSearch By(string field)
    {
        string order = string.Create(CultureInfo.InvariantCulture, $"searchCriteria[sortOrders][{orders++}]");
        parameters.Add(($"{order}[field]", field));
        parameters.Add(($"{order}[direction]", "ASC"));
        return this;
    }

    /// <summary>Left out, a shop answers with everything it has.</summary>
    internal MagentoSearch Page(int number, int size)
    {
        parameters.Add(("searchCriteria[pageSize]", size.ToString(CultureInfo.InvariantCulture)));
        parameters.Add(("searchCriteria[currentPage]", number.ToString(CultureInfo.InvariantCulture)));
        return this;
    }

    internal MagentoSearch Only(string fields)
    {
        parameters.Add(("fields", fields));
        return this;
    }

    /// <summary>The rows of an answer; null when it is no list. Older versions write null for no rows.</summary>
    internal static List<JsonElement>? Items(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("items", out var items))
        {
            return null;
        }

        return items.ValueKind switch
        {
            JsonValueKind.Array => [.. items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)],
            JsonValueKind.Null when root.TryGetProperty("total_count", out var total) && total.ValueKind == JsonValueKind.Number && total.TryGetInt64(out long count) && count == 0 => [],
            _ => null,
        };
    }
}
