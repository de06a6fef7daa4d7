using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Reads the lists of one order: goods, carriers, vouchers, payments, credit slips. Amounts are with tax.</summary>
internal sealed class PrestaShopLines(PrestaShopSettings settings, PrestaShopPayloads payloads, JsonElement root, JsonElement order, string currency, Func<JsonElement, string, string, DateTimeOffset?> time)
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

    internal List<ShippingLine> Shipping(bool requiresShipping)
    {
        if (!requiresShipping)
        {
            return [];
        }

        var carrier = PrestaShopPayloads.Child(root, "carrier");
        string? reference = PrestaShopPayloads.Id(carrier, "id_reference") ?? PrestaShopPayloads.Id(carrier, "id");
        string? name = PrestaShopPayloads.Raw(carrier, "name");
        var total = Amount(order, "total_shipping_tax_incl", "/order") ?? Amount(order, "total_shipping", "/order");
        var net = Amount(order, "total_shipping_tax_excl", "/order");
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        Keep(attributes, "id_carrier", PrestaShopPayloads.Id(order, "id_carrier"));
        Keep(attributes, "delay", PrestaShopPayloads.Raw(carrier, "delay"));
        Keep(attributes, "external_module_name", PrestaShopPayloads.Raw(carrier, "external_module_name"));
        return
        [
            new()
            {
                Id = PrestaShopPayloads.Items(root, "order_carriers").Select(row => PrestaShopPayloads.Id(row, "id")).FirstOrDefault(id => id is not null),
                // A carrier named 0 goes by the shop's own name.
                Title = name is null or "0" ? "Shipping" : name,
                Code = reference,
                Carrier = name is null or "0" ? null : name,
                Price = total,
                Total = total,
                Tax = total is { } gross && net is { } without ? PrestaShopPayloads.Of((gross - without).Amount, currency) : null,
                IsPickup = reference is not null && settings.PickupCarriers.Contains(reference, StringComparer.Ordinal),
                Attributes = Table(attributes),
            },
        ];
    }

    internal List<Discount> Discounts()
    {
        List<Discount> discounts = [];
        int index = 0;
        foreach (var rule in PrestaShopPayloads.Items(root, "order_cart_rules"))
        {
            bool isShipping = PrestaShopPayloads.IsSet(rule, "free_shipping");
            discounts.Add(new(PrestaShopPayloads.Raw(rule, "code"), isShipping ? "shipping" : "cart_rule", PrestaShopPayloads.Raw(rule, "name"), Amount(rule, "value", $"/order_cart_rules/{Text(index++)}")));
        }

        return discounts;
    }

    internal bool FreeShipping() => PrestaShopPayloads.Items(root, "order_cart_rules").Any(rule => PrestaShopPayloads.IsSet(rule, "free_shipping"));

    internal List<Payment> Payments(Money total, PaymentStatus status)
    {
        string? module = PrestaShopPayloads.Raw(order, "module");
        string? title = PrestaShopPayloads.Raw(order, "payment");
        List<Payment> payments = [];
        int index = 0;
        foreach (var row in PrestaShopPayloads.Items(root, "order_payments"))
        {
            string pointer = $"/order_payments/{Text(index++)}";
            string? ownCurrency = PrestaShopPayloads.Raw(row, "currency_iso") is { Length: 3 } iso && iso.All(char.IsAsciiLetter) ? iso.ToUpperInvariant() : null;
            bool isSame = PrestaShopPayloads.Id(row, "id_currency") is not { } currencyId || currencyId == PrestaShopPayloads.Id(order, "id_currency");
            payments.Add(new()
            {
                Method = module ?? "other",
                Title = PrestaShopPayloads.Raw(row, "payment_method") ?? title,
                TransactionId = PrestaShopPayloads.Raw(row, "transaction_id"),
                // Paid in another currency than the order's: said only where that one is known.
                Amount = isSame ? Amount(row, "amount", pointer) : ownCurrency is null ? null : payloads.Money(row, "amount", pointer, ownCurrency),
                Status = status == PaymentStatus.CashOnDelivery ? status : PaymentStatus.Paid,
                PaidAt = status == PaymentStatus.CashOnDelivery ? null : time(row, "date_add", pointer),
            });
        }

        if (payments.Count == 0 && (module ?? title) is not null)
        {
            payments.Add(new() { Method = module ?? "other", Title = title, Amount = total, Status = status });
        }

        return payments;
    }

    internal DateTimeOffset? PaidAt() => PrestaShopPayloads.Items(root, "order_payments").Select(row => time(row, "date_add", "/order_payments")).Min();

    internal List<Refund> Refunds()
    {
        List<Refund> refunds = [];
        foreach (var slip in PrestaShopPayloads.Items(root, "order_slips"))
        {
            string pointer = $"/order_slips/{Text(refunds.Count)}";
            if (PrestaShopPayloads.Id(slip, "id") is not { } id)
            {
                payloads.Complain("The credit slip has no 'id'.", $"{pointer}/id", PrestaShopPayloads.Get(slip, "id"));
                continue;
            }

            // 'amount' is without tax in some versions; only shops older than 1.6.1 lack the others.
            var goods = Amount(slip, "total_products_tax_incl", pointer) ?? Amount(slip, "amount", pointer) ?? Money.Zero(currency);
            var shipping = Amount(slip, "total_shipping_tax_incl", pointer) ?? Amount(slip, "shipping_cost_amount", pointer) ?? Money.Zero(currency);
            refunds.Add(new()
            {
                Id = id,
                At = time(slip, "date_add", pointer),
                Amount = PrestaShopPayloads.Of(Math.Abs((goods + shipping).Amount), currency),
                Reason = PrestaShopPayloads.IsSet(slip, "partial") ? "partial credit slip" : "credit slip",
                Lines = [.. SlipLines(slip, pointer)],
            });
        }

        return refunds;
    }

    internal List<Fulfilment> Fulfilments()
    {
        var carrier = PrestaShopPayloads.Child(root, "carrier");
        List<Fulfilment> fulfilments = [];
        foreach (var row in PrestaShopPayloads.Items(root, "order_carriers"))
        {
            if (PrestaShopPayloads.Raw(row, "tracking_number") is { } number && PrestaShopPayloads.Id(row, "id") is { } id)
            {
                fulfilments.Add(Sent(id, number, time(row, "date_add", "/order_carriers"), PrestaShopPayloads.Raw(row, "carrier_name") ?? PrestaShopPayloads.Raw(carrier, "name"),
                    PrestaShopPayloads.Raw(row, "carrier_url") ?? PrestaShopPayloads.Raw(carrier, "url")));
            }
        }

        if (fulfilments.Count == 0 && PrestaShopPayloads.Raw(order, "shipping_number") is { } old)
        {
            fulfilments.Add(Sent("shipping_number", old, null, PrestaShopPayloads.Raw(carrier, "name"), PrestaShopPayloads.Raw(carrier, "url")));
        }

        return fulfilments;
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
            ?? (unit is { } each ? PrestaShopPayloads.Of(decimal.Round(each.Amount * (quantity ?? 0), PrestaShopPayloads.Decimals(currency), MidpointRounding.AwayFromZero), currency) : null);
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

    private IEnumerable<RefundLine> SlipLines(JsonElement slip, string pointer)
    {
        var rows = PrestaShopPayloads.Items(slip, "order_slip_details").Concat(PrestaShopPayloads.Items(PrestaShopPayloads.Child(slip, "associations"), "order_slip_details"));
        foreach (var row in rows)
        {
            if (PrestaShopPayloads.Id(row, "id_order_detail") is { } line && payloads.Number(row, "product_quantity", pointer) is > 0 and var quantity)
            {
                yield return new(line, quantity, Amount(row, "total_price_tax_incl", pointer) ?? Amount(row, "amount_tax_incl", pointer), null);
            }
        }
    }

    private static Fulfilment Sent(string id, string number, DateTimeOffset? at, string? carrier, string? url) => new()
    {
        Id = id,
        At = at,
        Carrier = carrier == "0" ? null : carrier,
        TrackingNumbers = [number],
        TrackingUrls = url is not null && url.Contains('@', StringComparison.Ordinal) ? [url.Replace("@", Uri.EscapeDataString(number), StringComparison.Ordinal)] : [],
    };

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

    private Money? Amount(JsonElement parent, string name, string pointer) => payloads.Money(parent, name, pointer, currency);

    private static string? Text(JsonElement row, JsonElement detail, string name) => PrestaShopPayloads.Raw(row, name) ?? PrestaShopPayloads.Raw(detail, name);

    private static string Text(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static void Keep(Dictionary<string, string> attributes, string name, string? value)
    {
        if (value is not null)
        {
            attributes[name] = value;
        }
    }

    private static IReadOnlyDictionary<string, string> Table(Dictionary<string, string> attributes) => attributes.Count == 0 ? Order.EmptyAttributes : attributes;
}
