using System.Collections.Frozen;
using Crossdock.Model.Orders;

namespace Crossdock.Rules;

/// <summary>Every field that a condition can ask for: one table, read once, no reflection.</summary>
internal static class Fields
{
    private const string OfOrder = "attributes.";
    private const string OfLine = "line.attributes.";

    private static readonly FrozenDictionary<string, Field> Table = Make().ToFrozenDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>All names, with the two families of attributes shown as <c>attributes.NAME</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Keys.Append("attributes.NAME").Append("line.attributes.NAME").Order(StringComparer.Ordinal)];

    /// <summary>Null when there is no such field.</summary>
    public static Field? Find(string name)
    {
        if (Table.TryGetValue(name, out var field))
        {
            return field;
        }

        if (name.StartsWith(OfOrder, StringComparison.Ordinal) && name.Length > OfOrder.Length)
        {
            string key = name[OfOrder.Length..];
            return new Field(name, FieldKind.Text) { Text = order => order.Attributes.GetValueOrDefault(key) };
        }

        if (name.StartsWith(OfLine, StringComparison.Ordinal) && name.Length > OfLine.Length)
        {
            string key = name[OfLine.Length..];
            return new Field(name, FieldKind.Text) { LineText = line => line.Attributes.GetValueOrDefault(key) };
        }

        return null;
    }

    private static IEnumerable<Field> Make() =>
    [
        Text("externalId", order => order.ExternalId),
        Text("number", order => order.Number),
        Text("state", order => EnumNames<OrderState>.Of(order.State)),
        Text("paymentStatus", order => EnumNames<PaymentStatus>.Of(order.PaymentStatus)),
        Text("fulfilmentStatus", order => EnumNames<FulfilmentStatus>.Of(order.FulfilmentStatus)),
        Text("platformStatus", order => order.PlatformStatus),
        Text("channel", order => order.Channel),
        Text("currency", order => order.Currency),
        Text("note", order => order.Note),
        Text("cancelReason", order => order.CancelReason),
        Flag("isTest", order => order.IsTest),
        Flag("requiresShipping", order => order.RequiresShipping),
        Time("placedAt", order => order.PlacedAt),
        Time("updatedAt", order => order.UpdatedAt),
        Time("paidAt", order => order.PaidAt),
        Time("cancelledAt", order => order.CancelledAt),
        Time("closedAt", order => order.ClosedAt),
        Number("weightGrams", order => order.WeightGrams),
        Number("lineCount", order => order.Lines.Count(line => line.ExcludedBecause is null)),
        Number("quantity", order => order.Lines.Where(line => line.ExcludedBecause is null).Sum(line => line.CurrentQuantity)),
        Number("totals.total.amount", order => order.Totals.Total.Amount),
        Number("totals.subtotal.amount", order => order.Totals.Subtotal?.Amount),
        Number("totals.discount.amount", order => order.Totals.Discount?.Amount),
        Number("totals.shipping.amount", order => order.Totals.Shipping?.Amount),
        Number("totals.tax.amount", order => order.Totals.Tax?.Amount),
        Number("totals.fees.amount", order => order.Totals.Fees?.Amount),
        Number("totals.refunded.amount", order => order.Totals.Refunded?.Amount),
        Number("totals.currentTotal.amount", order => order.Totals.CurrentTotal?.Amount),
        Number("totals.outstanding.amount", order => order.Totals.Outstanding?.Amount),
        Text("totals.total.currency", order => order.Totals.Total.Currency),
        Text("customer.externalId", order => order.Customer?.ExternalId),
        Text("customer.name", order => order.Customer?.Name),
        Text("customer.email", order => order.Customer?.Email),
        Text("customer.phone", order => order.Customer?.Phone),
        Text("customer.taxId", order => order.Customer?.TaxId),
        Text("customer.locale", order => order.Customer?.Locale),
        Text("customer.note", order => order.Customer?.Note),
        .. AddressFields("shipTo", order => order.ShipTo),
        .. AddressFields("billTo", order => order.BillTo),
        List("tags", order => order.Tags),
        List("shipping.title", order => order.Shipping.Select(line => line.Title)),
        List("shipping.code", order => order.Shipping.Select(line => line.Code)),
        List("shipping.carrier", order => order.Shipping.Select(line => line.Carrier)),
        Flag("shipping.isPickup", order => order.Shipping.Any(line => line.IsPickup)),
        List("payments.method", order => order.Payments.Select(payment => payment.Method)),
        List("payments.status", order => order.Payments.Select(payment => EnumNames<PaymentStatus>.Of(payment.Status))),
        List("discounts.code", order => order.Discounts.Select(discount => discount.Code)),
        List("concerns.code", order => order.Concerns.Select(concern => concern.Code)),
        LineText("line.id", line => line.Id),
        LineText("line.sku", line => line.Sku),
        LineText("line.name", line => line.Name),
        LineText("line.variant", line => line.Variant),
        LineText("line.vendor", line => line.Vendor),
        LineText("line.productId", line => line.ProductId),
        LineText("line.variantId", line => line.VariantId),
        LineText("line.parentId", line => line.ParentId),
        LineText("line.fulfilmentStatus", line => EnumNames<FulfilmentStatus>.Of(line.FulfilmentStatus)),
        LineNumber("line.quantity", line => line.Quantity),
        LineNumber("line.currentQuantity", line => line.CurrentQuantity),
        LineNumber("line.weightGrams", line => line.WeightGrams),
        LineNumber("line.unitPrice.amount", line => line.UnitPrice?.Amount),
        LineNumber("line.total.amount", line => line.Total?.Amount),
        LineNumber("line.discount.amount", line => line.Discount?.Amount),
        LineFlag("line.requiresShipping", line => line.RequiresShipping),
        LineFlag("line.isGiftCard", line => line.IsGiftCard),
    ];

    private static Field[] AddressFields(string of, Func<Order, Address?> address) =>
    [
        Flag(of, order => address(order) is null ? null : true),
        Text($"{of}.name", order => address(order)?.Name),
        Text($"{of}.company", order => address(order)?.Company),
        Place($"{of}.line1", order => address(order)?.Line1),
        Place($"{of}.line2", order => address(order)?.Line2),
        Text($"{of}.houseNumber", order => address(order)?.HouseNumber),
        Place($"{of}.district", order => address(order)?.District),
        Place($"{of}.city", order => address(order)?.City),
        Text($"{of}.region", order => address(order)?.Region),
        Place($"{of}.regionName", order => address(order)?.RegionName),
        Text($"{of}.postcode", order => address(order)?.Postcode),
        Text($"{of}.country", order => address(order)?.Country),
        Text($"{of}.phone", order => address(order)?.Phone),
        Text($"{of}.email", order => address(order)?.Email),
    ];

    private static Field Text(string name, Func<Order, string?> read) => new(name, FieldKind.Text) { Text = read };

    private static Field Place(string name, Func<Order, string?> read) => new(name, FieldKind.Place) { Text = read };

    private static Field Number(string name, Func<Order, decimal?> read) => new(name, FieldKind.Number) { Number = read };

    private static Field Flag(string name, Func<Order, bool?> read) => new(name, FieldKind.Flag) { Flag = read };

    private static Field List(string name, Func<Order, IEnumerable<string?>> read) => new(name, FieldKind.Texts) { Texts = read };

    private static Field Time(string name, Func<Order, DateTimeOffset?> read) => new(name, FieldKind.Time) { Number = order => read(order)?.ToUnixTimeMilliseconds() };

    private static Field LineText(string name, Func<LineItem, string?> read) => new(name, FieldKind.Text) { LineText = read };

    private static Field LineNumber(string name, Func<LineItem, decimal?> read) => new(name, FieldKind.Number) { LineNumber = read };

    private static Field LineFlag(string name, Func<LineItem, bool?> read) => new(name, FieldKind.Flag) { LineFlag = read };
}
