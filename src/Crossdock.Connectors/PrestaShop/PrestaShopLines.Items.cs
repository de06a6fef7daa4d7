using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <content>The goods.</content>
internal sealed partial class PrestaShopLines
{
    private static readonly string[] KeptFields =
    [
        "product_ean13", "product_isbn", "product_upc", "product_mpn", "product_supplier_reference", "id_customization", "id_warehouse", "product_price", "original_product_price",
        "reduction_percent", "reduction_amount_tax_incl", "product_quantity_return", "product_quantity_refunded", "product_quantity_reinjected", "ecotax", "customization",
    ];

    internal List<LineItem> Items()
    {
        var details = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var detail in PrestaShopPayloads.Items(root, "order_details"))
        {
            if (PrestaShopPayloads.Id(detail, "id") is { } id)
            {
                details[id] = detail;
            }
        }

        List<LineItem> items = [];
        foreach (var row in PrestaShopPayloads.Items(PrestaShopPayloads.Child(order, "associations"), "order_rows"))
        {
            string? id = PrestaShopPayloads.Id(row, "id");
            items.Add(Item(row, id is not null && details.Remove(id, out var detail) ? detail : default, items.Count));
        }

        // The rows are a view of the details; an older or restricted answer may lack it.
        foreach (var detail in items.Count == 0 ? details.Values.ToList() : [])
        {
            items.Add(Item(detail, detail, items.Count));
        }

        return items;
    }

    internal long? WeightGrams(List<LineItem> items)
    {
        decimal grams = 0;
        foreach (var item in items.Where(item => item.RequiresShipping))
        {
            if (item.WeightGrams is not { } each)
            {
                return null;
            }

            grams += each * item.CurrentQuantity;
        }

        return items.Count == 0 ? null : (long)Math.Min(grams, long.MaxValue / 2);
    }

    private LineItem Item(JsonElement row, JsonElement detail, int index)
    {
        string pointer = $"/order/associations/order_rows/{Text(index)}";
        string? id = PrestaShopPayloads.Id(row, "id");
        decimal? quantity = payloads.Number(row, "product_quantity", pointer) ?? payloads.Number(detail, "product_quantity", pointer);
        if (id is null)
        {
            payloads.Complain("The line has no 'id'.", $"{pointer}/id", PrestaShopPayloads.Get(row, "id"));
        }
        else if (quantity is null)
        {
            payloads.Complain("The line has no 'product_quantity'.", $"{pointer}/product_quantity", PrestaShopPayloads.Get(row, "product_quantity"));
        }

        string name = Text(row, detail, "product_name") ?? Text(row, detail, "product_reference") ?? "Product";
        decimal refunded = payloads.Number(detail, "product_quantity_refunded", pointer) ?? 0;
        var unit = Amount(row, "unit_price_tax_incl", pointer) ?? Amount(detail, "unit_price_tax_incl", pointer);
        var total = Amount(detail, "total_price_tax_incl", pointer)
            ?? (unit is { } each ? PrestaShopPayloads.Of(decimal.Round(each.Amount * (quantity ?? 0), Currencies.MinorDigits(currency), MidpointRounding.AwayFromZero), currency) : null);
        var net = Amount(detail, "total_price_tax_excl", pointer);
        string? variant = PrestaShopPayloads.Id(row, "product_attribute_id") ?? PrestaShopPayloads.Id(detail, "product_attribute_id");
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach (string kept in KeptFields)
        {
            if (Text(row, detail, kept) is { } value && value is not ("0" or "0.000000" or "0.00"))
            {
                attributes[kept] = value;
            }
        }

        return new()
        {
            Id = id ?? "",
            Sku = Text(row, detail, "product_reference"),
            Name = name,
            Variant = variant is null ? null : VariantOf(name),
            ProductId = PrestaShopPayloads.Id(row, "product_id") ?? PrestaShopPayloads.Id(detail, "product_id"),
            VariantId = variant,
            Quantity = quantity ?? 0,
            CurrentQuantity = Math.Max(0, (quantity ?? 0) - refunded),
            UnitPrice = unit,
            Subtotal = total,
            Total = total,
            Tax = total is { } gross && net is { } without ? PrestaShopPayloads.Of((gross - without).Amount, currency) : null,
            WeightGrams = Grams(payloads.Number(detail, "product_weight", pointer)),
            RequiresShipping = !PrestaShopPayloads.IsSet(detail, "is_virtual"),
            Attributes = Table(attributes),
        };
    }

    // "Mochila 30 L (Color: Verde)" since 1.7, "Blouse - Color : Black, Size : S" before.
    private static string? VariantOf(string name)
    {
        int open = name.EndsWith(')') ? name.LastIndexOf('(') : -1;
        if (open > 0 && name.IndexOf(':', open) > 0)
        {
            return name[(open + 1)..^1].Trim() is { Length: > 0 } inside ? inside : null;
        }

        int dash = name.LastIndexOf(" - ", StringComparison.Ordinal);
        return dash > 0 && name.IndexOf(':', dash) > 0 ? name[(dash + 3)..].Trim() : null;
    }

    // A product without weight has 0, which is unknown, not light.
    private long? Grams(decimal? weight)
    {
        if (weight is not (> 0 and < 1_000_000m))
        {
            return null;
        }

        decimal factor = (PrestaShopPayloads.Raw(PrestaShopPayloads.Child(root, "shop"), "weight_unit")?.ToLowerInvariant() ?? settings.WeightUnit) switch
        {
            "g" or "gr" or "gram" or "grams" => 1m,
            "lb" or "lbs" => 453.59237m,
            "oz" => 28.349523125m,
            _ => 1000m,
        };
        return (long)decimal.Round(weight.Value * factor, MidpointRounding.AwayFromZero);
    }
}
