using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Reads the products of one order.</summary>
internal sealed class JumpsellerLines(JumpsellerSettings settings, JsonFields fields, JsonElement order, string currency)
{
    /// <summary>True when prices contain the tax.</summary>
    internal bool IsTaxIncluded { get; private set; }

    internal List<LineItem> Read(FulfilmentStatus sent, bool isShipped)
    {
        List<LineItem> lines = [];
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        foreach (var product in JsonFields.Items(order, "products"))
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"/order/products/{lines.Count}");
            // There is no id of the line, and the same variant may come twice.
            string id = JsonFields.Text(product, "id") is { } known ? JsonFields.Text(product, "variant_id") is { } variant ? $"{known}-{variant}" : known : $"line-{(lines.Count + 1).ToString(CultureInfo.InvariantCulture)}";
            int copy = seen[id] = seen.GetValueOrDefault(id) + 1;
            lines.Add(Line(product, copy == 1 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}#{copy}"), place, sent, isShipped));
        }

        return lines;
    }

    private LineItem Line(JsonElement product, string id, string place, FulfilmentStatus sent, bool isShipped)
    {
        decimal? quantity = fields.Number(product, "qty", place);
        if (quantity is null)
        {
            fields.Complain("The product has no 'qty'.", place, "qty", JsonFields.Get(product, "qty"));
        }

        decimal pieces = quantity ?? 0;
        decimal? price = fields.Number(product, "price", place);
        decimal? before = price * pieces;
        decimal discount = fields.Number(product, "discount", place) ?? 0;
        string type = JsonFields.Text(product, "type") ?? "physical";
        string name = JsonFields.Text(product, "name") ?? JsonFields.Text(product, "sku") ?? $"Product {id}";
        var options = JsonFields.Items(product, "options").Select(option => JsonFields.Text(option, "value")).OfType<string>().ToList();
        return new()
        {
            Id = id,
            Sku = JsonFields.Text(product, "sku"),
            Name = name,
            Variant = options.Count == 0 ? null : string.Join(", ", options),
            ProductId = JsonFields.Text(product, "id"),
            VariantId = JsonFields.Text(product, "variant_id"),
            Quantity = pieces,
            CurrentQuantity = pieces,
            UnitPrice = Amount(price),
            Subtotal = Amount(before),
            Discount = discount == 0 ? null : Amount(discount),
            Total = Amount(before - discount),
            Tax = Amount(fields.Number(product, "tax", place)),
            Taxes = Taxes(product, place),
            WeightGrams = fields.Number(product, "weight", place) is { } weight && weight > 0 && weight < 1_000_000_000m ? (long)Math.Round(weight * settings.GramsPerUnit, MidpointRounding.AwayFromZero) : null,
            RequiresShipping = isShipped && type is not ("digital" or "service" or "gift_card" or "subscription_digital"),
            IsGiftCard = type == "gift_card",
            ImageUrl = JsonFields.Text(product, "image"),
            FulfilmentStatus = sent,
            Attributes = Attributes(product, type),
        };
    }

    // An amount is not given for each tax, only its rate.
    private List<TaxLine> Taxes(JsonElement product, string place)
    {
        List<TaxLine> taxes = [];
        decimal? all = fields.Number(product, "tax", place);
        int index = 0;
        foreach (var tax in JsonFields.Items(product, "taxes"))
        {
            string here = string.Create(CultureInfo.InvariantCulture, $"{place}/taxes/{index++}");
            IsTaxIncluded |= JsonFields.Flag(tax, "tax_on_product_price") == true;
            if (fields.Number(tax, "rate", here) is { } rate && all is { } amount && index == 1 && JsonFields.Items(product, "taxes").Count() == 1)
            {
                taxes.Add(new(JsonFields.Text(tax, "name") ?? "Tax", rate / 100m, new(amount, currency)));
            }
        }

        return taxes;
    }

    private static IReadOnlyDictionary<string, string> Attributes(JsonElement product, string type)
    {
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach (var option in JsonFields.Items(product, "options"))
        {
            if (JsonFields.Text(option, "name") is { } name && JsonFields.Text(option, "value") is { } value)
            {
                attributes[name] = value;
            }
        }

        foreach (string name in (ReadOnlySpan<string>)["taxes", "stock_locations", "files", "brand", "barcode"])
        {
            if (JsonFields.Anything(JsonFields.Get(product, name)) is { } value)
            {
                attributes[name] = value;
            }
        }

        if (type != "physical")
        {
            attributes["type"] = type;
        }

        return attributes.Count == 0 ? Order.EmptyAttributes : attributes;
    }

    private Money? Amount(decimal? amount) => amount is { } value ? new Money(value, currency) : null;
}
