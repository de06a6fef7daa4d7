using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>The rows of one order. A configurable product is two rows and becomes one line; a bundle keeps its parts as lines without money under the line that has it.</summary>
internal sealed class MagentoLines(MagentoSettings settings, JsonFields fields, JsonElement root, JsonElement extensions, string place, string currency, MagentoMoney money)
{
    private static readonly string[] KeptFields =
    [
        "product_type", "original_price", "price_incl_tax", "row_total_incl_tax", "tax_percent", "discount_percent", "free_shipping", "is_qty_decimal", "applied_rule_ids", "weee_tax_applied",
        "qty_invoiced", "qty_shipped", "qty_canceled", "qty_refunded", "qty_returned", "base_cost", "additional_data",
    ];

    private static readonly string[] KeptObjects = ["product_option", "gift_message", "extension_attributes"];

    /// <summary>What was read.</summary>
    /// <param name="Lines">The lines.</param>
    /// <param name="Goods">The goods' worth after discounts, without tax, each piece once.</param>
    /// <param name="Sent">How much of what is to be shipped was shipped.</param>
    /// <param name="AreOdd">True when the rows do not come to the order's subtotal.</param>
    internal sealed record Result(List<LineItem> Lines, decimal Goods, FulfilmentStatus Sent, bool AreOdd);

    private readonly Dictionary<string, List<TaxLine>> taxes = [];

    internal Result Read()
    {
        foreach (var entry in JsonFields.Items(extensions, "item_applied_taxes"))
        {
            if (JsonFields.Text(entry, "item_id") is { } item)
            {
                taxes[item] = MagentoMoney.Taxes(JsonFields.Items(entry, "applied_taxes"), currency);
            }
        }

        List<Row> rows = [];
        int index = 0;
        foreach (var element in JsonFields.Items(root, "items"))
        {
            rows.Add(Row.Of(fields, element, $"{place}/items/{index++}"));
        }

        var byId = rows.Where(row => row.Id is not null).DistinctBy(row => row.Id).ToDictionary(row => row.Id!);
        var children = rows.Where(row => row.ParentId is not null && row.ParentId != row.Id && byId.ContainsKey(row.ParentId)).ToLookup(row => row.ParentId!);
        List<Row> tops = [.. rows.Where(row => row.ParentId is null || row.ParentId == row.Id || !byId.ContainsKey(row.ParentId))];
        bool areDiscounted = AreDiscounted(tops, out bool areOdd);

        List<LineItem> lines = [];
        decimal goods = 0;
        (decimal due, decimal shipped) = (0, 0);
        foreach (var row in tops)
        {
            var parts = row.Id is null ? [] : children[row.Id].ToList();
            // Whatever else a module invents, a part without money under a priced row is how a configurable looks.
            bool isBundle = row.Type == "bundle" || (parts.Count > 1 && row.Type != "configurable");
            var line = Line(row, isBundle ? null : parts.FirstOrDefault(), areDiscounted);
            goods += line.Total?.Amount ?? 0;
            if (isBundle && parts.Count > 0)
            {
                // Sent as one piece only where the product says so; otherwise its parts are what the courier carries.
                bool isTogether = row.IsShippedTogether;
                line = line with { RequiresShipping = isTogether && line.RequiresShipping };
                lines.Add(line);
                foreach (var part in parts)
                {
                    var component = Part(part, row.Id!, isTogether);
                    lines.Add(component);
                    Count(component, part);
                }
            }
            else
            {
                lines.Add(line);
            }

            Count(line, row);
        }

        return new(lines, goods, shipped == 0 ? FulfilmentStatus.Unfulfilled : due > 0 ? FulfilmentStatus.PartiallyFulfilled : FulfilmentStatus.Fulfilled, areOdd);

        void Count(LineItem line, Row row)
        {
            if (line.RequiresShipping)
            {
                due += Math.Max(0, row.Ordered - row.Shipped - row.Cancelled - row.Refunded);
                shipped += row.Shipped;
            }
        }
    }

    // In shops of some modules rows are reduced already: then rows and discounts together come to the subtotal.
    private bool AreDiscounted(List<Row> tops, out bool areOdd)
    {
        decimal sum = tops.Sum(row => row.Total ?? 0);
        decimal discounts = tops.Sum(row => row.Discount ?? 0);
        bool isKnown = JsonFields.Get(root, "subtotal") is not null && tops.Count > 0;
        bool isUsual = !isKnown || Math.Abs(sum - money.Subtotal) <= money.Tolerance;
        bool isReduced = !isUsual && Math.Abs(sum + discounts - money.Subtotal) <= money.Tolerance;
        areOdd = !isUsual && !isReduced;
        return isReduced;
    }

    private LineItem Line(Row row, Row? child, bool isDiscounted)
    {
        if (row.Id is null)
        {
            fields.Complain("The row has no 'item_id'.", row.Place, "item_id", JsonFields.Get(row.Element, "item_id"));
        }

        decimal? before = isDiscounted ? row.Total + (row.Discount ?? 0) : row.Total;
        decimal? after = isDiscounted ? row.Total : row.Total - (row.Discount ?? 0) + (row.Compensation ?? 0);
        string name = row.Name ?? row.Sku ?? $"Row {row.Id}";
        return new()
        {
            Id = row.Id ?? "",
            Sku = row.Sku ?? child?.Sku,
            Name = name,
            Variant = child?.Name is { } variant && variant != name ? Variant(name, variant) : null,
            ProductId = row.ProductId ?? child?.ProductId,
            VariantId = child?.ProductId,
            Quantity = row.Ordered,
            CurrentQuantity = Math.Max(0, row.Ordered - row.Cancelled - row.Refunded),
            UnitPrice = Amount(row.Price),
            Subtotal = Amount(before),
            Discount = row.Discount is { } off && off != 0 ? Amount(Math.Abs(off)) : null,
            Total = Amount(after),
            Tax = Amount(row.Tax),
            Taxes = row.Id is { } id && taxes.TryGetValue(id, out var found) ? found : [],
            WeightGrams = MagentoOrderDocument.Grams(settings, child?.Weight ?? row.Weight ?? 0),
            RequiresShipping = !row.IsVirtual && child?.IsVirtual != true,
            IsGiftCard = row.Type == "giftcard",
            FulfilmentStatus = Status(row),
            Attributes = Attributes(row, null),
        };
    }

    private LineItem Part(Row part, string parent, bool isTogether)
    {
        var line = Line(part, null, isDiscounted: false);
        return line with
        {
            ParentId = parent,
            // The parent has the money of all; counted here too, the order would cost twice as much.
            UnitPrice = null, Subtotal = null, Discount = null, Total = null, Tax = null, Taxes = [],
            RequiresShipping = line.RequiresShipping && !isTogether,
            Attributes = Attributes(part, part.Total is { } total && total != 0 ? total : null),
        };
    }

    private static Dictionary<string, string> Attributes(Row row, decimal? total)
    {
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach (string name in KeptFields)
        {
            if (JsonFields.Text(row.Element, name) is { } value and not ("0" or "[]" or "false"))
            {
                attributes[name] = value;
            }
        }

        foreach (string name in KeptObjects)
        {
            if (MagentoText.Anything(JsonFields.Get(row.Element, name)) is { } value and not ("[]" or "{}"))
            {
                attributes[name] = value;
            }
        }

        if (total is { } amount)
        {
            attributes["row_total"] = MagentoText.Plain(amount).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return attributes;
    }

    private static FulfilmentStatus Status(Row row) =>
        row.Shipped <= 0 ? FulfilmentStatus.Unfulfilled : row.Shipped + row.Cancelled + row.Refunded >= row.Ordered ? FulfilmentStatus.Fulfilled : FulfilmentStatus.PartiallyFulfilled;

    // "Hiking Jacket Aurora-M-Green" of "Hiking Jacket Aurora" is the variant "M-Green".
    private static string Variant(string name, string variant) => variant.StartsWith(name, StringComparison.Ordinal) && variant[name.Length..].Trim(' ', '-') is { Length: > 0 } rest ? rest : variant;

    private Money? Amount(decimal? amount) => amount is { } value ? new Money(MagentoText.Plain(value), currency) : null;

    /// <summary>One row as it stands.</summary>
    private sealed record Row
    {
        internal required JsonElement Element { get; init; }
        internal required string Place { get; init; }
        internal string? Id { get; init; }
        internal string? ParentId { get; init; }
        internal string? Type { get; init; }
        internal string? Sku { get; init; }
        internal string? Name { get; init; }
        internal string? ProductId { get; init; }
        internal decimal Ordered { get; init; }
        internal decimal Shipped { get; init; }
        internal decimal Cancelled { get; init; }
        internal decimal Refunded { get; init; }
        internal decimal? Price { get; init; }
        internal decimal? Total { get; init; }
        internal decimal? Discount { get; init; }
        internal decimal? Compensation { get; init; }
        internal decimal? Tax { get; init; }
        internal decimal? Weight { get; init; }
        internal bool IsVirtual { get; init; }
        internal bool IsShippedTogether { get; init; }

        internal static Row Of(JsonFields fields, JsonElement element, string place)
        {
            decimal? ordered = fields.Number(element, "qty_ordered", place);
            if (ordered is null)
            {
                fields.Complain("The row has no 'qty_ordered'.", place, "qty_ordered", JsonFields.Get(element, "qty_ordered"));
            }

            return new()
            {
                Element = element,
                Place = place,
                Id = MagentoText.Id(element, "item_id"),
                ParentId = MagentoText.Id(element, "parent_item_id") ?? MagentoText.Id(JsonFields.Block(element, "parent_item"), "item_id"),
                Type = JsonFields.Text(element, "product_type"),
                Sku = JsonFields.Text(element, "sku"),
                Name = JsonFields.Text(element, "name"),
                ProductId = MagentoText.Id(element, "product_id"),
                Ordered = MagentoText.Plain(ordered ?? 0),
                Shipped = fields.Number(element, "qty_shipped", place) ?? 0,
                Cancelled = fields.Number(element, "qty_canceled", place) ?? 0,
                Refunded = fields.Number(element, "qty_refunded", place) ?? 0,
                Price = fields.Number(element, "price", place),
                Total = fields.Number(element, "row_total", place),
                Discount = fields.Number(element, "discount_amount", place),
                Compensation = fields.Number(element, "discount_tax_compensation_amount", place),
                Tax = fields.Number(element, "tax_amount", place),
                Weight = fields.Number(element, "weight", place),
                IsVirtual = MagentoText.Flag(element, "is_virtual") || JsonFields.Text(element, "product_type") is "virtual" or "downloadable",
                IsShippedTogether = JsonFields.Text(JsonFields.Block(element, "product_options"), "shipment_type") == "0",
            };
        }
    }
}
