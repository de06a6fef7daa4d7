using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>One order's sums, all in the buyer's currency: fields that begin with <c>base_</c> are in the shop's accounting currency and never mixed in.</summary>
internal sealed class MagentoMoney
{
    private readonly JsonFields fields;
    private readonly JsonElement root;
    private readonly JsonElement extensions;
    private readonly string place;
    private readonly decimal subtotal, tax, shipping, shippingDiscount, compensation, shippingCompensation, giftCards, credit, rewards;
    private readonly List<(string Title, decimal Amount)> wraps = [];

    internal MagentoMoney(JsonFields fields, JsonElement root, JsonElement extensions, string place, string currency)
    {
        (this.fields, this.root, this.extensions, this.place, CurrencyCode) = (fields, root, extensions, place, currency);
        Total = Number("grand_total") ?? 0;
        subtotal = Number("subtotal") ?? 0;
        Discount = Number("discount_amount") ?? 0;
        tax = Number("tax_amount") ?? 0;
        shipping = Number("shipping_amount") ?? 0;
        shippingDiscount = Number("shipping_discount_amount") ?? 0;
        compensation = Number("discount_tax_compensation_amount") ?? 0;
        shippingCompensation = Number("shipping_discount_tax_compensation_amount") ?? 0;
        giftCards = Extra("gift_cards_amount");
        credit = Extra("customer_balance_amount");
        rewards = Extra("reward_currency_amount");
        foreach (var (name, title) in new[] { ("gw_price", "Gift wrapping"), ("gw_items_price", "Gift wrapping of items"), ("gw_card_price", "Printed card") })
        {
            if (Extra(name) is > 0 and var amount)
            {
                wraps.Add((title, amount));
            }
        }
    }

    internal string CurrencyCode { get; }

    internal decimal Total { get; }

    /// <summary>Negative in the document.</summary>
    internal decimal Discount { get; }

    internal decimal Tolerance => Math.Max(0.05m, Math.Abs(Total) * 0.0005m);

    internal decimal Subtotal => subtotal;

    internal decimal? Number(string name) => fields.Number(root, name, place);

    /// <summary>What of the total no field of Magento's own explains; null when it adds up.</summary>
    internal decimal? Unexplained()
    {
        if (JsonFields.Get(root, "subtotal") is null)
        {
            return null;
        }

        decimal sum = subtotal + Discount + tax + shipping + compensation + shippingCompensation - giftCards - credit - rewards + wraps.Sum(wrap => wrap.Amount);
        decimal odd = Total - sum;
        return Math.Abs(odd) > Tolerance ? odd : null;
    }

    internal OrderTotals Totals(decimal goods) => new()
    {
        Total = Of(Total),
        Subtotal = Of(goods),
        Discount = Of(Math.Abs(Discount) + giftCards + credit + rewards),
        Shipping = Of(shipping),
        Tax = Of(tax),
        Fees = wraps.Count == 0 ? null : Of(wraps.Sum(wrap => wrap.Amount)),
        Refunded = Number("total_refunded") is { } refunded && refunded != 0 ? Of(refunded) : null,
        CurrentTotal = Of(Total - (Number("total_refunded") ?? 0) - (Number("total_canceled") ?? 0)),
        Outstanding = Number("total_due") is { } due ? Of(due) : null,
        TaxesIncluded = false,
    };

    internal ShippingLine Shipping(MagentoParties parties)
    {
        string? method = parties.ShippingMethod;
        // Codes of some carriers have underscores themselves: the whole code stays the key.
        int underscore = method?.IndexOf('_', StringComparison.Ordinal) ?? -1;
        return new()
        {
            Title = JsonFields.Text(root, "shipping_description") ?? method ?? "Shipping",
            Code = method,
            Carrier = underscore > 0 ? method![..underscore] : method,
            Price = Of(shipping),
            Total = Of(shipping - shippingDiscount + shippingCompensation),
            Tax = Number("shipping_tax_amount") is { } shippingTax ? Of(shippingTax) : null,
            IsPickup = parties.IsPickup,
        };
    }

    internal List<Discount> Discounts()
    {
        List<Discount> discounts = [];
        string? title = JsonFields.Text(root, "discount_description");
        List<string> codes = [.. JsonFields.Items(extensions, "coupon_codes").Select(JsonFields.Text).OfType<string>()];
        if (codes.Count == 0 && JsonFields.Text(root, "coupon_code") is { } only)
        {
            codes.Add(only);
        }

        if (Discount != 0 || codes.Count > 0)
        {
            // One amount for all: it stands with the first code.
            discounts.Add(new(codes.FirstOrDefault(), codes.Count > 0 ? "coupon" : "cart_rule", title, Of(Math.Abs(Discount))));
            discounts.AddRange(codes.Skip(1).Select(code => new Discount(code, "coupon", title, null)));
        }

        foreach (var (amount, kind) in new[] { (giftCards, "gift_card"), (credit, "store_credit"), (rewards, "reward_points") })
        {
            if (amount != 0)
            {
                discounts.Add(new(null, kind, null, Of(amount)));
            }
        }

        return discounts;
    }

    internal List<Fee> Fees() => [.. wraps.Select(wrap => new Fee(wrap.Title, Of(wrap.Amount), null))];

    internal static List<TaxLine> Taxes(IEnumerable<JsonElement> taxes, string currency) => [.. taxes
        .Select(tax => (Tax: tax, Amount: JsonFields.TryNumber(JsonFields.Get(tax, "amount"))))
        .Where(found => found.Amount is not null)
        .Select(found => new TaxLine(JsonFields.Text(found.Tax, "title") ?? JsonFields.Text(found.Tax, "code") ?? "Tax",
            JsonFields.TryNumber(JsonFields.Get(found.Tax, "percent")) is { } percent ? percent / 100m : null, new Money(MagentoText.Plain(found.Amount!.Value), currency)))];

    internal Money Of(decimal amount) => new(MagentoText.Plain(amount), CurrencyCode);

    // Adobe Commerce only, among the extension attributes in REST and beside the rest in events; empty texts where they are not used.
    private decimal Extra(string name) => Math.Abs(JsonFields.TryNumber(JsonFields.Get(extensions, name)) ?? JsonFields.TryNumber(JsonFields.Get(root, name)) ?? 0);
}
