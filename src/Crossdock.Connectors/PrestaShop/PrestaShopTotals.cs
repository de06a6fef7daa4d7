using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>An order's amounts, and whether its parts add up to them.</summary>
internal sealed class PrestaShopTotals
{
    private readonly PrestaShopPayloads payloads;
    private readonly JsonElement order;
    private readonly string currency;

    internal PrestaShopTotals(PrestaShopPayloads payloads, JsonElement order, string currency)
    {
        (this.payloads, this.order, this.currency) = (payloads, order, currency);
        var total = Amount("total_paid_tax_incl") ?? Amount("total_paid");
        if (total is null)
        {
            payloads.Complain("The order has no 'total_paid_tax_incl'.", "/order/total_paid_tax_incl", PrestaShopPayloads.Get(order, "total_paid_tax_incl"));
        }

        Total = total ?? Money.Zero(currency);
        Received = Amount("total_paid_real")?.Amount ?? 0;
    }

    /// <summary>With tax: <c>total_paid</c> of shops that were edited or imported can lack it.</summary>
    internal Money Total { get; }

    /// <summary>Money that the shop has got.</summary>
    internal decimal Received { get; }

    private Money Wrapping => Amount("total_wrapping_tax_incl") ?? Amount("total_wrapping") ?? Money.Zero(currency);

    private Money Shipping => Amount("total_shipping_tax_incl") ?? Amount("total_shipping") ?? Money.Zero(currency);

    private Money Discount => Amount("total_discounts_tax_incl") ?? Amount("total_discounts") ?? Money.Zero(currency);

    internal OrderTotals Read(IReadOnlyList<LineItem> items, bool hasFreeShipping, Money? refunded, OrderState state)
    {
        var goods = Amount("total_products_wt") ?? Sum(items);
        // A voucher for the shipping is among the discounts too, but takes nothing off the goods.
        var forShipping = hasFreeShipping ? PrestaShopPayloads.Of(Math.Min(Shipping.Amount, Discount.Amount), currency) : Money.Zero(currency);
        decimal open = Total.Amount - Received;
        return new()
        {
            Total = Total,
            Subtotal = PrestaShopPayloads.Of((goods - Discount + forShipping).Amount, currency),
            Discount = Discount,
            Shipping = Shipping,
            Tax = Amount("total_paid_tax_excl") is { } net ? PrestaShopPayloads.Of((Total - net).Amount, currency) : null,
            Fees = Wrapping.Amount == 0 ? null : Wrapping,
            Refunded = refunded,
            CurrentTotal = refunded is { } back ? PrestaShopPayloads.Of((Total - back).Amount, currency) : Total,
            Outstanding = open > 0 && state != OrderState.Cancelled && state != OrderState.Closed ? PrestaShopPayloads.Of(open, currency) : null,
            TaxesIncluded = true,
        };
    }

    internal List<Fee> Fees()
    {
        if (Wrapping.Amount == 0)
        {
            return [];
        }

        var net = Amount("total_wrapping_tax_excl") ?? Wrapping;
        return [new("Gift wrapping", net, PrestaShopPayloads.Of((Wrapping - net).Amount, currency))];
    }

    internal List<TaxLine> Taxes()
    {
        List<TaxLine> taxes = [];
        Add("Tax on goods", null, Amount("total_products_wt"), Amount("total_products"));
        Add("Tax on shipping", payloads.Number(order, "carrier_tax_rate", "/order") / 100m, Amount("total_shipping_tax_incl"), Amount("total_shipping_tax_excl"));
        return taxes;

        void Add(string title, decimal? rate, Money? gross, Money? net)
        {
            if (gross is { } with && net is { } without && with.Amount != without.Amount)
            {
                taxes.Add(new(title, rate, PrestaShopPayloads.Of((with - without).Amount, currency)));
            }
        }
    }

    /// <summary>What the parts lack (or have too much) of the total, beyond one cent per line; null when they add up.</summary>
    internal Money? Difference(IReadOnlyList<LineItem> items)
    {
        if (items.Count == 0 || items.Any(item => item.Total is null))
        {
            return null;
        }

        decimal difference = Total.Amount - (Sum(items) - Discount + Shipping + Wrapping).Amount;
        decimal cent = new(1, 0, 0, false, (byte)Currencies.MinorDigits(currency));
        return Math.Abs(difference) > cent * items.Count ? PrestaShopPayloads.Of(difference, currency) : null;
    }

    private Money Sum(IReadOnlyList<LineItem> items) => items.Aggregate(Money.Zero(currency), (sum, item) => sum + (item.Total ?? Money.Zero(currency)));

    private Money? Amount(string name) => payloads.Money(order, name, "/order", currency);
}
