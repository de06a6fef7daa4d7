namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>One order in the emulated shop. Changed only by its shop, under its lock.</summary>
internal sealed class EmulatedOrder
{
    internal required long Id { get; init; }
    internal required int Number { get; init; }
    internal required EmulatedBuyer Buyer { get; init; }
    internal required IReadOnlyList<EmulatedLine> Lines { get; init; }
    internal required string Currency { get; init; }
    internal required decimal TaxRate { get; init; }
    internal required string TaxTitle { get; init; }
    internal required decimal Shipping { get; init; }
    internal required decimal DiscountShare { get; init; }
    internal required DateTimeOffset CreatedAt { get; init; }
    internal DateTimeOffset UpdatedAt { get; set; }
    internal DateTimeOffset? CancelledAt { get; set; }
    internal string FinancialStatus { get; set; } = "paid";
    internal string? FulfillmentStatus { get; set; }
    internal string Gateway { get; init; } = "shopify_payments";
    internal string? Note { get; set; }
    internal string Tags { get; set; } = "";
    internal bool IsTest { get; init; }
    internal bool IsAddressWithheld { get; init; }
    internal EmulatedRefund? Refund { get; set; }
    internal EmulatedFulfilment? Fulfilment { get; set; }

    internal decimal LinesTotal => Lines.Sum(line => line.Price * line.Quantity);
    internal decimal Discount => Lines.Sum(line => DiscountOf(line));
    internal decimal Subtotal => LinesTotal - Discount;
    internal decimal Total => Subtotal + Shipping;
    internal decimal CurrentTotal => Total - (Refund?.Amount ?? 0m);

    internal decimal DiscountOf(EmulatedLine line) => decimal.Round(line.Price * line.Quantity * DiscountShare, 2);

    /// <summary>Prices contain the tax.</summary>
    internal decimal TaxOf(decimal amount) => decimal.Round(amount - (amount / (1 + TaxRate)), 2);
}

internal sealed record EmulatedBuyer(long Id, string FirstName, string LastName, string Email, string Phone, string Street, string? Street2, string City, string? Province, string? ProvinceCode,
    string Country, string CountryCode, string Zip, double Latitude, double Longitude, string Locale);

internal sealed record EmulatedLine(long Id, long ProductId, long VariantId, string Sku, string Title, string? Variant, string Vendor, decimal Price, int Quantity, int Grams, bool RequiresShipping);

internal sealed record EmulatedRefund(long Id, long TransactionId, long LineId, int Quantity, decimal Amount, DateTimeOffset At);

internal sealed record EmulatedFulfilment(long Id, string Company, string Number, DateTimeOffset At, string? ShipmentStatus, string? Url = null);
