using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Reads the lists of one order: goods, carriers, vouchers, payments, credit slips. Amounts are with tax.</summary>
internal sealed partial class PrestaShopLines(PrestaShopSettings settings, PrestaShopPayloads payloads, JsonElement root, JsonElement order, string currency, Func<JsonElement, string, string, DateTimeOffset?> time)
{
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
        foreach (var rule in CartRules())
        {
            bool isShipping = PrestaShopPayloads.IsSet(rule, "free_shipping");
            discounts.Add(new(PrestaShopPayloads.Raw(rule, "code"), isShipping ? "shipping" : "cart_rule", PrestaShopPayloads.Raw(rule, "name"), Amount(rule, "value", $"/order_cart_rules/{Text(index++)}")));
        }

        return discounts;
    }

    internal bool FreeShipping() => CartRules().Any(rule => PrestaShopPayloads.IsSet(rule, "free_shipping"));

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

    // A voucher that was taken off the order again stays as a deleted row.
    private IEnumerable<JsonElement> CartRules() => PrestaShopPayloads.Items(root, "order_cart_rules").Where(rule => !PrestaShopPayloads.IsSet(rule, "deleted"));

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
