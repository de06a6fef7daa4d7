using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>The sums of one order: total = subtotal + tax + shipping + shipping_tax - discount, and the discount contains the shipping's.</summary>
internal sealed record JumpsellerTotals(decimal Total, decimal? Goods, decimal? Discount, decimal? Shipping, decimal? ShippingBefore, decimal? Tax, decimal GiftCards)
{
    internal static JumpsellerTotals? Read(JsonFields fields, JsonElement order)
    {
        if (fields.Number(order, "total", "/order") is not { } total)
        {
            return null;
        }

        decimal? goods = fields.Number(order, "subtotal", "/order");
        decimal? tax = fields.Number(order, "tax", "/order");
        decimal? shipping = fields.Number(order, "shipping", "/order");
        decimal? shippingTax = fields.Number(order, "shipping_tax", "/order");
        decimal? discount = fields.Number(order, "discount", "/order");
        decimal shippingDiscount = fields.Number(order, "shipping_discount", "/order") ?? 0;
        decimal cards = fields.Number(order, "gift_cards_discount", "/order") ?? 0;
        decimal sum = (goods ?? 0) + (tax ?? 0) + (shipping ?? 0) + (shippingTax ?? 0) - (discount ?? 0);
        // A gift card is money: where the total was lowered by it, what the buyer owes in all is the sum.
        decimal owed = cards > 0 && goods is not null && total == sum - cards ? sum : total;
        return new(owed, goods - ((discount ?? 0) - shippingDiscount), discount, shipping - shippingDiscount, shipping, tax is null && shippingTax is null ? null : (tax ?? 0) + (shippingTax ?? 0), cards);
    }

    /// <summary>What the mapping reads as total; null when the document has none.</summary>
    internal static Money? Of(JsonElement order) =>
        JsonFields.Text(order, "currency") is { Length: 3 } currency && Read(new JsonFields(), order) is { } totals ? new Money(totals.Total, currency.ToUpperInvariant()) : null;
}
