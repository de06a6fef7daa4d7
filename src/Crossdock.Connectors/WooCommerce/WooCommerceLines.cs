using System.Net;
using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Reads the lists of one order: goods, shipping, fees, coupons, taxes, refunds. All amounts are net.</summary>
internal sealed class WooCommerceLines(WooCommercePayloads payloads, JsonElement root, string currency)
{
    private readonly Dictionary<string, (string Title, decimal? Rate)> rates = Rates(root);

    internal List<LineItem> Items(bool needsProcessing)
    {
        List<LineItem> items = [];
        foreach (var line in List("line_items"))
        {
            var place = new Place("line_items", items.Count);
            string? id = WooCommercePayloads.Id(line, "id");
            decimal? quantity = payloads.Number(line, "quantity", place);
            if (id is null)
            {
                payloads.Complain("The line has no 'id'.", place.Pointer("id"), WooCommercePayloads.Get(line, "id"));
            }
            else if (quantity is null)
            {
                payloads.Complain("The line has no 'quantity'.", place.Pointer("quantity"), WooCommercePayloads.Get(line, "quantity"));
            }

            items.Add(Item(line, id ?? "", quantity ?? 0, place, needsProcessing));
        }

        return items;
    }

    internal List<ShippingLine> Shipping()
    {
        List<ShippingLine> lines = [];
        int index = 0;
        foreach (var line in List("shipping_lines"))
        {
            var place = new Place("shipping_lines", index++);
            string? method = WooCommercePayloads.Raw(line, "method_id");
            string? instance = WooCommercePayloads.Raw(line, "instance_id");
            if (method?.IndexOf(':', StringComparison.Ordinal) is { } colon and > 0)
            {
                instance ??= method[(colon + 1)..];
                method = method[..colon];
            }

            Dictionary<string, string> attributes = new(StringComparer.Ordinal);
            Keep(attributes, "instance_id", instance);
            Keep(attributes, "tax_status", WooCommercePayloads.Raw(line, "tax_status"));
            WooCommerceOrderReader.ReadMetadata(line, attributes);
            var total = payloads.Money(line, "total", currency, place);
            lines.Add(new()
            {
                Id = WooCommercePayloads.Id(line, "id"),
                Title = WooCommercePayloads.Text(line, "method_title") ?? method ?? "Shipping",
                Code = method,
                Price = total,
                Total = total,
                Tax = payloads.Money(line, "total_tax", currency, place),
                IsPickup = method is "local_pickup" or "pickup_location",
                Attributes = Table(attributes),
            });
        }

        return lines;
    }

    internal (List<Fee> Fees, List<Discount> Discounts, Money Reductions) FeesAndDiscounts()
    {
        List<Fee> fees = [];
        List<Discount> discounts = [];
        int index = 0;
        foreach (var coupon in List("coupon_lines"))
        {
            var place = new Place("coupon_lines", index++);
            discounts.Add(new(WooCommercePayloads.Text(coupon, "code"), WooCommercePayloads.Raw(coupon, "discount_type") ?? OldKind(coupon),
                WooCommercePayloads.Flag(coupon, "free_shipping") == true ? "Free shipping" : null, payloads.Money(coupon, "discount", currency, place)));
        }

        var reductions = Money.Zero(currency);
        index = 0;
        foreach (var fee in List("fee_lines"))
        {
            var place = new Place("fee_lines", index++);
            string title = WooCommercePayloads.Text(fee, "name") ?? "Fee";
            var total = payloads.Money(fee, "total", currency, place) ?? payloads.Money(fee, "amount", currency, place) ?? Money.Zero(currency);
            if (total.Amount < 0)
            {
                var taken = Money.Zero(currency) - total;
                reductions += taken;
                discounts.Add(new(null, "fee", title, taken));
            }
            else
            {
                fees.Add(new(title, total, payloads.Money(fee, "total_tax", currency, place)));
            }
        }

        return (fees, discounts, reductions);
    }

    internal List<TaxLine> Taxes()
    {
        List<TaxLine> taxes = [];
        int index = 0;
        foreach (var tax in List("tax_lines"))
        {
            var place = new Place("tax_lines", index++);
            var (title, rate) = Rate(tax);
            var goods = payloads.Money(tax, "tax_total", currency, place) ?? Money.Zero(currency);
            taxes.Add(new(title, rate, goods + (payloads.Money(tax, "shipping_tax_total", currency, place) ?? Money.Zero(currency))));
        }

        return taxes;
    }

    internal List<Refund> Refunds()
    {
        List<Refund> refunds = [];
        foreach (var refund in List("refunds"))
        {
            var place = new Place("refunds", refunds.Count);
            string? id = WooCommercePayloads.Id(refund, "id");
            if (id is null)
            {
                payloads.Complain("The refund has no 'id'.", place.Pointer("id"), WooCommercePayloads.Get(refund, "id"));
            }

            refunds.Add(new()
            {
                Id = id ?? "",
                Amount = new(Math.Abs(payloads.Number(refund, "total", place) ?? 0), currency),
                Reason = WooCommercePayloads.Text(refund, "reason"),
            });
        }

        return refunds;
    }

    private LineItem Item(JsonElement line, string id, decimal quantity, Place place, bool needsProcessing)
    {
        // 'price' is a float after discounts; it only stands in where the amounts are missing.
        decimal? price = WooCommercePayloads.Get(line, "price") is { ValueKind: JsonValueKind.Number } raw && raw.TryGetDecimal(out decimal found) ? found : null;
        decimal? subtotal = payloads.Number(line, "subtotal", place);
        decimal? total = payloads.Number(line, "total", place) ?? (price is { } each ? Math.Round(each * quantity, 4) : null);
        decimal? unit = subtotal is { } before && quantity != 0 ? Math.Round(before / quantity, 6) : price;
        string name = WooCommercePayloads.Text(line, "name") ?? WooCommercePayloads.Raw(line, "sku") ?? $"Line {id}";
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        Keep(attributes, "tax_class", WooCommercePayloads.Raw(line, "tax_class"));
        Keep(attributes, "global_unique_id", WooCommercePayloads.Raw(line, "global_unique_id"));
        WooCommerceOrderReader.ReadMetadata(line, attributes);
        return new()
        {
            Id = id,
            Sku = WooCommercePayloads.Text(line, "sku"),
            Name = name,
            Variant = Variant(line, name),
            ProductId = WooCommercePayloads.Id(line, "product_id"),
            VariantId = WooCommercePayloads.Id(line, "variation_id"),
            Quantity = quantity,
            CurrentQuantity = quantity,
            UnitPrice = Amount(unit),
            Subtotal = Amount(subtotal),
            Discount = subtotal > total ? Amount(subtotal - total) : null,
            Total = Amount(total),
            Tax = payloads.Money(line, "total_tax", currency, place),
            Taxes = LineTaxes(line, place),
            RequiresShipping = needsProcessing,
            ParentId = WooCommercePayloads.Id(line, "bundled_by") ?? WooCommercePayloads.Id(line, "composite_parent"),
            ImageUrl = WooCommercePayloads.Get(line, "image") is { } image ? WooCommercePayloads.Raw(image, "src") : null,
            Attributes = Table(attributes),
        };
    }

    private List<TaxLine> LineTaxes(JsonElement line, Place place)
    {
        List<TaxLine> taxes = [];
        int index = 0;
        foreach (var tax in WooCommercePayloads.Items(WooCommercePayloads.Get(line, "taxes")))
        {
            var inner = new Place($"{place.List}/{place.Index}/taxes", index++);
            if (WooCommercePayloads.Id(tax, "id") is { } id && payloads.Number(tax, "total", inner) is { } amount)
            {
                var (title, rate) = rates.GetValueOrDefault(id, ($"Tax {id}", null));
                taxes.Add(new(title, rate, new(amount, currency)));
            }
        }

        return taxes;
    }

    // "Camiseta - Azul, M" of the parent "Camiseta" is the variant "Azul, M"; otherwise the attributes that WooCommerce shows.
    private static string? Variant(JsonElement line, string name)
    {
        if (WooCommercePayloads.Id(line, "variation_id") is null)
        {
            return null;
        }

        if (WooCommercePayloads.Text(line, "parent_name") is { } parent && name.StartsWith(parent + " - ", StringComparison.Ordinal))
        {
            return name[(parent.Length + 3)..];
        }

        var values = WooCommercePayloads.Items(WooCommercePayloads.Get(line, "meta_data"))
            .Where(entry => WooCommercePayloads.Raw(entry, "key")?.StartsWith("pa_", StringComparison.Ordinal) == true)
            .Select(entry => WooCommercePayloads.Text(entry, "display_value") ?? WooCommercePayloads.Text(entry, "value"))
            .OfType<string>();
        return string.Join(", ", values) is { Length: > 0 } text ? WebUtility.HtmlDecode(text) : null;
    }

    // Releases before 9 keep the kind in metadata: coupon_info is the text [id, code, kind, amount], coupon_data an object.
    private static string? OldKind(JsonElement coupon)
    {
        foreach (var entry in WooCommercePayloads.Items(WooCommercePayloads.Get(coupon, "meta_data")))
        {
            string? key = WooCommercePayloads.Raw(entry, "key");
            if (key == "coupon_data" && WooCommercePayloads.Get(entry, "value") is { } data && WooCommercePayloads.Raw(data, "discount_type") is { } kind)
            {
                return kind;
            }

            if (key == "coupon_info" && WooCommercePayloads.Raw(entry, "value")?.Split('"') is { Length: >= 4 } parts)
            {
                return parts[3];
            }
        }

        return null;
    }

    private static Dictionary<string, (string Title, decimal? Rate)> Rates(JsonElement root)
    {
        Dictionary<string, (string, decimal?)> byId = new(StringComparer.Ordinal);
        foreach (var tax in WooCommercePayloads.Items(WooCommercePayloads.Get(root, "tax_lines")))
        {
            if (WooCommercePayloads.Id(tax, "rate_id") is { } id)
            {
                byId[id] = Rate(tax);
            }
        }

        return byId;
    }

    private static (string Title, decimal? Rate) Rate(JsonElement tax) => (
        WooCommercePayloads.Text(tax, "label") ?? WooCommercePayloads.Text(tax, "rate_code") ?? "Tax",
        WooCommercePayloads.Get(tax, "rate_percent") is { ValueKind: JsonValueKind.Number } percent && percent.TryGetDecimal(out decimal rate) ? rate / 100m : null);

    private IEnumerable<JsonElement> List(string name) => WooCommercePayloads.Items(WooCommercePayloads.Get(root, name)).Where(item => item.ValueKind == JsonValueKind.Object);

    private Money? Amount(decimal? amount) => amount is { } value ? new Money(value, currency) : null;

    private static void Keep(Dictionary<string, string> attributes, string name, string? value)
    {
        if (value is not null)
        {
            attributes[name] = value;
        }
    }

    private static IReadOnlyDictionary<string, string> Table(Dictionary<string, string> attributes) => attributes.Count == 0 ? Order.EmptyAttributes : attributes;
}
