using System.Text.Json;
using System.Text.RegularExpressions;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests;

/// <summary>The table "Every field" of each connector's README against the canonical model and against our own documents.</summary>
public sealed partial class FieldTables
{
    [Theory]
    [InlineData("Magento")]
    [InlineData("PrestaShop")]
    [InlineData("Shopify")]
    [InlineData("WooCommerce")]
    [InlineData("Vtex")]
    [InlineData("Jumpseller")]
    public void Canonical_names_of_the_table_exist(string platform)
    {
        var names = Rows(platform).SelectMany(row => Names(row.Canonical)).Where(name => name != "attributes" && !name.StartsWith("attributes.", StringComparison.Ordinal) && !name.StartsWith('#')).Distinct().ToList();
        Assert.True(names.Count > 40, "the table says what becomes of the fields");
        Assert.All(names.Where(name => !IsPlatformsOwn(platform, name)), name => Assert.True(Exists(name), $"{name} is no field of the canonical order"));
    }

    [Theory]
    [InlineData("Magento", "order-cash-configurable")]
    [InlineData("Shopify", "order-delivered-refunded")]
    [InlineData("WooCommerce", "cash-on-delivery")]
    [InlineData("WooCommerce", "chile-two-packages")]
    [InlineData("PrestaShop", "gift-paid-by-wire")]
    [InlineData("PrestaShop", "shipped-part-refunded")]
    [InlineData("Vtex", "chile-two-warehouses")]
    [InlineData("Vtex", "brazil-partly-sent")]
    [InlineData("Vtex", "pickup-canceled")]
    [InlineData("Jumpseller", "paid-chile")]
    [InlineData("Jumpseller", "pickup-colombia")]
    public void Every_field_of_our_documents_is_in_the_table(string platform, string document)
    {
        using var source = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "tests", "Crossdock.Connectors.Tests", platform, "Payloads", document + ".json")));
        var named = Rows(platform).SelectMany(row => Names(row.Platform)).ToHashSet();
        // Jumpseller wraps its order.
        var fields = source.RootElement.EnumerateObject().ToList();
        Assert.All(fields is [{ Name: "order" } wrapped] ? wrapped.Value.EnumerateObject().ToList() : fields, field => Assert.Contains(field.Name, named));
    }

    [Theory]
    [InlineData("Magento", "order-cash-configurable")]
    [InlineData("Shopify", "order-delivered-refunded")]
    [InlineData("WooCommerce", "cash-on-delivery")]
    [InlineData("PrestaShop", "gift-paid-by-wire")]
    [InlineData("PrestaShop", "shipped-part-refunded")]
    [InlineData("Vtex", "brazil-partly-sent")]
    [InlineData("Jumpseller", "paid-chile")]
    public void Every_field_that_the_mapping_fills_is_in_the_table(string platform, string document)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "tests", "Crossdock.Connectors.Tests", platform, "Payloads", document + ".expected.json")));
        var named = Rows(platform).SelectMany(row => Names(row.Canonical)).Select(name => name.Split('.')[0]).ToHashSet();
        Assert.All(expected.RootElement.EnumerateObject().Where(field => field.Value is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > 0).Select(field => field.Name), name => Assert.Contains(name, named));
    }

    private static string Root { get; } = Path.GetFullPath(Path.Combine(WooCommerce.Woo.Folder, "..", "..", "..", ".."));

    // Right-hand sides may name a part of the document in passing ("`total_tax` and `location_id` as ...").
    private static bool IsPlatformsOwn(string platform, string name) => name.Contains('_', StringComparison.Ordinal) || (platform == "Shopify" && name == "receipt") || (platform == "WooCommerce" && name == "compound");

    private static bool Exists(string path)
    {
        var type = typeof(Order);
        foreach (string step in path.Split('.'))
        {
            type = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : type;
            var property = OrderJson.Default.Options.GetTypeInfo(type).Properties.FirstOrDefault(found => found.Name == step);
            if (property is null)
            {
                return false;
            }

            type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        }

        return true;
    }

    private static List<(string Platform, string Canonical)> Rows(string platform)
    {
        string readme = File.ReadAllText(Path.Combine(Root, "src", "Crossdock.Connectors", platform, "README.md"));
        int start = readme.IndexOf("## Every field", StringComparison.Ordinal);
        Assert.True(start > 0, $"{platform}/README.md has a section Every field");
        var rows = readme[start..].Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|', ' ').Split(" | ")).ToList();
        Assert.All(rows, cells => Assert.Equal(2, cells.Length));
        return [.. rows.Select(cells => (cells[0], cells[1]))];
    }

    private static IEnumerable<string> Names(string cell) => Quoted().Matches(cell).Select(match => match.Groups["name"].Value);

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.None, 1000)]
    private static partial Regex Quoted();
}
