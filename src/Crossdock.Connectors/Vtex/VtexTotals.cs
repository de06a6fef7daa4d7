using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>The sums of one order, by <c>totals[].id</c>; they add up to <c>value</c>.</summary>
internal sealed class VtexTotals
{
    private readonly JsonFields fields;
    private readonly JsonElement root;
    private readonly VtexMoney money;
    private readonly List<Fee> fees = [];
    private readonly List<Discount> reductions = [];
    private readonly decimal? discount;

    internal VtexTotals(JsonFields fields, JsonElement root, VtexMoney money)
    {
        (this.fields, this.root, this.money) = (fields, root, money);
        decimal? goods = null;
        int index = 0;
        foreach (var total in JsonFields.Items(root, "totals"))
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"/totals/{index++}");
            if (fields.Number(total, "value", place) is not { } value)
            {
                continue;
            }

            switch (JsonFields.Text(total, "id"))
            {
                case "Items":
                    goods = value;
                    break;
                case "Discounts":
                    discount = -value;
                    break;
                case "Shipping":
                    Shipping = money.Of(value);
                    break;
                case "Tax":
                    Tax = money.Of(value);
                    break;
                case var other when value > 0:
                    fees.Add(new(JsonFields.Text(total, "name") ?? other ?? "Fee", money.Of(value), null));
                    break;
                case var other when value < 0:
                    // Change: what the shop took off when it edited the order.
                    reductions.Add(new(null, other?.ToLowerInvariant(), JsonFields.Text(total, "name"), money.Of(-value)));
                    break;
                default:
                    break;
            }
        }

        Goods = goods is { } before ? money.Of(before - (discount ?? 0)) : null;
    }

    /// <summary>Goods after discounts.</summary>
    internal Money? Goods { get; }

    internal Money? Shipping { get; }

    internal Money? Tax { get; }

    internal IReadOnlyList<Fee> Fees => fees;

    internal Money? Discount => discount is null && reductions.Count == 0 ? null : money.Of(discount ?? 0) + money.Sum(reductions.Select(reduction => reduction.Amount));

    /// <summary>By promotion: what its price tags took off all items. What no tag explains stands alone.</summary>
    internal List<Discount> Discounts()
    {
        Dictionary<string, (string Name, decimal Cents)> byPromotion = new(StringComparer.Ordinal);
        int item = 0;
        foreach (var line in JsonFields.Items(root, "items"))
        {
            int tag = 0;
            foreach (var price in JsonFields.Items(line, "priceTags"))
            {
                string place = string.Create(CultureInfo.InvariantCulture, $"/items/{item}/priceTags/{tag++}");
                if (JsonFields.Text(price, "name") is { } name && name.StartsWith("discount@", StringComparison.OrdinalIgnoreCase) && Cents(price, place) is { } cents && cents < 0)
                {
                    string key = JsonFields.Text(price, "identifier") ?? name;
                    byPromotion[key] = (name, byPromotion.GetValueOrDefault(key).Cents - cents);
                }
            }

            item++;
        }

        var names = JsonFields.Items(JsonFields.Block(root, "ratesAndBenefitsData"), "rateAndBenefitsIdentifiers")
            .Select(benefit => (Id: JsonFields.Text(benefit, "id"), Name: JsonFields.Text(benefit, "name"))).Where(benefit => benefit.Name is not null).ToList();
        string? coupon = JsonFields.Text(JsonFields.Block(root, "marketingData"), "coupon");
        List<Discount> discounts = [.. byPromotion.Select(entry => new Discount(
            byPromotion.Count == 1 ? coupon : null, KindOf(entry.Value.Name),
            names.Find(benefit => benefit.Id is { } id && (id == entry.Key || id.StartsWith(entry.Key, StringComparison.Ordinal))).Name ?? (names.Count == 1 ? names[0].Name : null), money.Of(entry.Value.Cents)))];
        decimal unexplained = (discount ?? 0) - byPromotion.Values.Sum(promotion => promotion.Cents);
        if (unexplained > 0)
        {
            discounts.Add(new(discounts.Count == 0 ? coupon : null, null, discounts.Count == 0 && names.Count == 1 ? names[0].Name : null, money.Of(unexplained)));
        }

        discounts.AddRange(reductions);
        return discounts;
    }

    internal List<TaxLine> Taxes(IReadOnlyList<LineItem> lines)
    {
        List<TaxLine> taxes = [.. lines.SelectMany(line => line.Taxes).GroupBy(tax => (tax.Title, tax.Rate)).Select(group => new TaxLine(group.Key.Title, group.Key.Rate, money.Sum(group.Select(tax => (Money?)tax.Amount))))];
        return taxes.Count == 0 && Tax is { Amount: not 0 } all ? [new("Tax", null, all)] : taxes;
    }

    // In the personal-data architecture only rawValue is there, in the main unit; a fraction says nothing without its base.
    private decimal? Cents(JsonElement tag, string place) => fields.Number(tag, "value", place)
        ?? (JsonFields.Flag(tag, "isPercentual") == true || fields.Number(tag, "rawValue", place) is not { } raw ? null : raw / money.Of(1).Amount);

    // discount@price-…, discount@shipping-…, DISCOUNT@MARKETPLACE
    private static string KindOf(string name)
    {
        string rest = name["discount@".Length..].ToLowerInvariant();
        int end = rest.AsSpan().IndexOfAny('-', '#');
        return (end < 0 ? rest : rest[..end]) is { Length: > 0 } kind ? kind : "discount";
    }
}
