using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>Reads the items of one order. Other parts of the document name an item by its place in the list.</summary>
internal sealed class VtexLines(VtexSettings settings, JsonFields fields, JsonElement root, VtexMoney money)
{
    private static readonly string[] KeptTexts =
        ["id", "refId", "ean", "sellerSku", "seller", "lockId", "measurementUnit", "manualPrice", "manualPriceAppliedBy", "taxCode", "preSaleDate", "detailUrl", "parentAssemblyBinding", "shippingPrice", "rewardValue", "commission", "freightCommission", "costPrice", "callCenterOperator"];
    private static readonly string[] KeptParts = ["components", "bundleItems", "attachments", "assemblies", "serialNumbers", "params", "priceTags"];

    private readonly List<decimal> multipliers = [];

    /// <summary>How much of the product one piece of each item is: 0.5 for half a kilogram.</summary>
    internal IReadOnlyList<decimal> Multipliers => multipliers;

    internal List<LineItem> Read(IReadOnlySet<int> collected)
    {
        List<LineItem> lines = [];
        var items = JsonFields.Items(root, "items").ToList();
        HashSet<string> ids = new(StringComparer.Ordinal);
        for (int index = 0; index < items.Count; index++)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"/items/{index}");
            string id = JsonFields.Text(items[index], "uniqueId") is { } unique && ids.Add(unique) ? unique : (index + 1).ToString(CultureInfo.InvariantCulture);
            lines.Add(Line(items[index], id, place, collected.Contains(index)));
        }

        for (int index = 0; index < lines.Count; index++)
        {
            // The index of the kit's or the assembled product's own line.
            if (JsonFields.TryNumber(JsonFields.Get(items[index], "parentItemIndex")) is { } parent && parent >= 0 && parent < lines.Count && (int)parent != index)
            {
                lines[index] = lines[index] with { ParentId = lines[(int)parent].Id };
            }
        }

        return lines;
    }

    private LineItem Line(JsonElement item, string id, string place, bool isCollected)
    {
        decimal pieces = fields.Number(item, "quantity", place) ?? Complain(item, place);
        decimal multiplier = fields.Number(item, "unitMultiplier", place) is { } given && given > 0 && given != 1m ? given : 1m;
        multipliers.Add(multiplier);
        decimal? price = fields.Number(item, "price", place);
        decimal? selling = fields.Number(item, "sellingPrice", place);
        var definition = JsonFields.Block(item, "priceDefinition") is { ValueKind: JsonValueKind.Object } one ? one : JsonFields.Block(item, "priceDefinitions");
        // The price of one after promotions may be rounded: the total is the definition's where there is one.
        decimal? total = fields.Number(definition, "total", place + "/priceDefinition") ?? selling * pieces ?? price * pieces;
        decimal? before = price * pieces ?? total;
        var taxes = Taxes(item, place);
        var tax = taxes.Count > 0 ? taxes.Aggregate(money.Zero, (sum, line) => sum + line.Amount) : fields.Number(item, "tax", place) is { } each ? money.Of(each * pieces) : (Money?)null;
        decimal quantity = pieces * multiplier;
        var more = JsonFields.Block(item, "additionalInfo");
        var size = JsonFields.Block(more, "dimension");
        return new()
        {
            Id = id,
            Sku = JsonFields.Text(item, settings.SkuField) ?? JsonFields.Text(item, "id"),
            Name = JsonFields.Text(item, "name") ?? JsonFields.Text(item, "refId") ?? $"SKU {JsonFields.Text(item, "id") ?? id}",
            Vendor = JsonFields.Text(more, "brandName"),
            ProductId = JsonFields.Text(item, "productId"),
            VariantId = JsonFields.Text(item, "id"),
            Quantity = quantity,
            CurrentQuantity = quantity,
            UnitPrice = multiplier == 1m ? price is { } unit ? money.Of(unit) : null : before is { } all && quantity != 0 ? money.OfUnits(Math.Round(money.Of(all).Amount / quantity, 6)) : null,
            Subtotal = before is { } subtotal ? money.Of(subtotal) : null,
            Discount = before > total ? money.Of(before.Value - total!.Value) : null,
            Total = total is { } sum ? money.Of(sum) : null,
            Tax = tax,
            Taxes = taxes,
            WeightGrams = Grams(size, place, multiplier),
            // Collected at a shop: no parcel, whatever else the order sends.
            RequiresShipping = !isCollected,
            ImageUrl = JsonFields.Text(item, "imageUrl"),
            Attributes = Attributes(item, more, multiplier, isCollected),
        };
    }

    private decimal Complain(JsonElement item, string place)
    {
        fields.Complain("The item has no 'quantity'.", place, "quantity", JsonFields.Get(item, "quantity"));
        return 0;
    }

    private long? Grams(JsonElement size, string place, decimal multiplier) =>
        fields.Number(size, "weight", place + "/additionalInfo/dimension") is { } weight && weight > 0 && weight < 1_000_000_000m
            ? (long)Math.Round(weight * (settings.IsWeightInKilograms ? 1000m : 1m) / multiplier, MidpointRounding.AwayFromZero)
            : null;

    private List<TaxLine> Taxes(JsonElement item, string place)
    {
        List<TaxLine> taxes = [];
        int index = 0;
        foreach (var tag in JsonFields.Items(item, "priceTags"))
        {
            string here = string.Create(CultureInfo.InvariantCulture, $"{place}/priceTags/{index++}");
            if (JsonFields.Text(tag, "name") is { } name && name.StartsWith("tax@", StringComparison.OrdinalIgnoreCase) && fields.Number(tag, "value", here) is { } value)
            {
                decimal? rate = JsonFields.Flag(tag, "isPercentual") == true ? fields.Number(tag, "rawValue", here) : null;
                taxes.Add(new(JsonFields.Text(tag, "jurisName") ?? "Tax", rate, money.Of(value)));
            }
        }

        return taxes;
    }

    private static IReadOnlyDictionary<string, string> Attributes(JsonElement item, JsonElement more, decimal multiplier, bool isCollected)
    {
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach (string name in KeptTexts)
        {
            // Zeros say nothing here.
            if (JsonFields.Text(item, name) is { } value && value is not ("0" or "0.0"))
            {
                attributes[name] = value;
            }
        }

        foreach (string name in KeptParts)
        {
            Keep(attributes, name, JsonFields.Anything(JsonFields.Get(item, name)));
        }

        Keep(attributes, "listPrice", JsonFields.Text(item, "listPrice"));
        Keep(attributes, "isGift", JsonFields.Flag(item, "isGift") == true ? "true" : null);
        Keep(attributes, "unitMultiplier", multiplier == 1m ? null : multiplier.ToString(CultureInfo.InvariantCulture));
        Keep(attributes, "deliveryChannel", isCollected ? "pickup-in-point" : null);
        Keep(attributes, "itemAttachment", JsonFields.Anything(JsonFields.Get(JsonFields.Block(item, "itemAttachment"), "content")));
        Keep(attributes, "brandId", JsonFields.Text(more, "brandId"));
        Keep(attributes, "categoriesIds", JsonFields.Text(more, "categoriesIds"));
        Keep(attributes, "dimension", JsonFields.Anything(JsonFields.Get(more, "dimension")));
        Keep(attributes, "priceReason", JsonFields.Text(JsonFields.Block(item, "priceDefinition"), "reason"));
        return attributes.Count == 0 ? Order.EmptyAttributes : attributes;
    }

    private static void Keep(Dictionary<string, string> attributes, string name, string? value)
    {
        if (value is not null)
        {
            attributes[name] = value;
        }
    }
}
