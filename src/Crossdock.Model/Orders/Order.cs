using System.Text.Json.Serialization;

namespace Crossdock.Model.Orders;

/// <summary>The canonical order: what Crossdock understood of a platform's document, the same shape for every platform.
/// Missing text is null, never empty; missing lists are empty, never null. Amounts are as ordered unless a name says otherwise.
/// Field names in rules and templates are these names in camelCase (<c>shipTo.region</c>).</summary>
public sealed record Order
{
    /// <summary>The platform's own id, as text, unique within the connection, for example <c>6120417755213</c>. Required.</summary>
    public required string ExternalId { get; init; }

    /// <summary>The number that people use (<c>#AO-10482</c>); not unique. The external id where the platform has none.</summary>
    public required string Number { get; init; }

    /// <summary>State as the platform's words were understood; only <c>new</c>, <c>awaiting_payment</c>, <c>processing</c>, <c>in_shipment</c>, <c>delivered</c>, <c>closed</c> and <c>cancelled</c> come from a mapping.</summary>
    public OrderState State { get; init; }

    /// <summary>What is known of the money.</summary>
    public PaymentStatus PaymentStatus { get; init; }

    /// <summary>What the shop says of the goods.</summary>
    public FulfilmentStatus FulfilmentStatus { get; init; }

    /// <summary>The platform's own word or words for the state, unchanged (<c>paid/partial</c>, <c>wc-shipped</c>).</summary>
    public string? PlatformStatus { get; init; }

    /// <summary>True for an order made with a test gateway or by a platform's "send test notification"; never delivered.</summary>
    public bool IsTest { get; init; }

    /// <summary>When the buyer placed it, UTC.</summary>
    public DateTimeOffset? PlacedAt { get; init; }

    /// <summary>When the platform last changed it by the platform's own clock, UTC. Decides what is newer. Kept apart from the document: equal content with a newer time is no change.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>When it was paid, UTC; null while unpaid or unknown.</summary>
    public DateTimeOffset? PaidAt { get; init; }

    /// <summary>When it was cancelled, UTC; null when it was not.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>The platform's reason for a cancellation.</summary>
    public string? CancelReason { get; init; }

    /// <summary>When the platform archived or completed it, UTC.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The shop's offset from UTC in minutes at the time of the order, where the document says it.</summary>
    public int? ShopOffsetMinutes { get; init; }

    /// <summary>Where the sale was made: <c>web</c>, <c>pos</c>, <c>store-api</c>, a marketplace's name; the platform's word.</summary>
    public string? Channel { get; init; }

    /// <summary>ISO 4217 code of all amounts but those that carry another.</summary>
    public required string Currency { get; init; }

    /// <summary>The order's amounts.</summary>
    public required OrderTotals Totals { get; init; }

    /// <summary>Who bought it; null for anonymous sales.</summary>
    public Customer? Customer { get; init; }

    /// <summary>Where it goes; null when nothing is to be shipped, on pick-up, or when the platform withholds it.</summary>
    public Address? ShipTo { get; init; }

    /// <summary>Who is invoiced.</summary>
    public Address? BillTo { get; init; }

    /// <summary>What was bought, in the platform's order.</summary>
    public IReadOnlyList<LineItem> Lines { get; init; } = [];

    /// <summary>How it is shipped; several when the shop makes several consignments; removed ones are left out.</summary>
    public IReadOnlyList<ShippingLine> Shipping { get; init; } = [];

    /// <summary>Taxes of the whole order by name and rate.</summary>
    public IReadOnlyList<TaxLine> Taxes { get; init; } = [];

    /// <summary>Coupons, automatic discounts, negative fees.</summary>
    public IReadOnlyList<Discount> Discounts { get; init; } = [];

    /// <summary>Surcharges such as the cash-on-delivery fee.</summary>
    public IReadOnlyList<Fee> Fees { get; init; } = [];

    /// <summary>How it is or was paid.</summary>
    public IReadOnlyList<Payment> Payments { get; init; } = [];

    /// <summary>What was given back.</summary>
    public IReadOnlyList<Refund> Refunds { get; init; } = [];

    /// <summary>What the shop says was sent.</summary>
    public IReadOnlyList<Fulfilment> Fulfilments { get; init; } = [];

    /// <summary>What one label goes on; made by the store's rules, never by a mapping. Empty until rules ran; then at least one for an order that is to be delivered.</summary>
    public IReadOnlyList<Package> Packages { get; init; } = [];

    /// <summary>The buyer's note.</summary>
    public string? Note { get; init; }

    /// <summary>Tags from the platform and from rules; trimmed, no duplicates.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Weight of all lines that are shipped, in grams; null when unknown.</summary>
    public long? WeightGrams { get; init; }

    /// <summary>True when at least one line needs a parcel.</summary>
    public bool RequiresShipping { get; init; } = true;

    /// <summary>Known-but-odd facts by name: note attributes, metadata, purchase order number, locale, source ids. Values are text; objects are kept as JSON text.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = EmptyAttributes;

    /// <summary>What a person should look at before the order goes on; each becomes a hold with its code.</summary>
    public IReadOnlyList<Concern> Concerns { get; init; } = [];

    /// <summary>The shared empty attribute table.</summary>
    public static IReadOnlyDictionary<string, string> EmptyAttributes { get; } = new Dictionary<string, string>().AsReadOnly();
}

/// <summary>Something in the document that a person should look at.</summary>
/// <param name="Code">Stable snake_case name, for example <c>unknown_status</c>, <c>address_withheld</c>.</param>
/// <param name="Reason">One sentence that says what is odd and what can be done.</param>
public sealed record Concern(string Code, string Reason);

/// <summary>An order's amounts, all in the order's currency. Null means that the platform does not say.</summary>
public sealed record OrderTotals
{
    /// <summary>What the buyer owes in all, as ordered.</summary>
    public required Money Total { get; init; }
    /// <summary>Goods after discounts.</summary>
    public Money? Subtotal { get; init; }
    /// <summary>All discounts together; positive.</summary>
    public Money? Discount { get; init; }
    /// <summary>Shipping.</summary>
    public Money? Shipping { get; init; }
    /// <summary>All taxes together.</summary>
    public Money? Tax { get; init; }
    /// <summary>All fees together.</summary>
    public Money? Fees { get; init; }
    /// <summary>Tip.</summary>
    public Money? Tip { get; init; }
    /// <summary>Duties.</summary>
    public Money? Duties { get; init; }
    /// <summary>Given back so far; positive.</summary>
    public Money? Refunded { get; init; }
    /// <summary>Total after edits and refunds.</summary>
    public Money? CurrentTotal { get; init; }
    /// <summary>Still to be paid, as the platform says.</summary>
    public Money? Outstanding { get; init; }
    /// <summary>The total as the buyer saw it, when in another currency.</summary>
    public Money? Presentment { get; init; }
    /// <summary>True when line amounts contain the tax.</summary>
    public bool TaxesIncluded { get; init; }
}

/// <summary>A buyer.</summary>
public sealed record Customer
{
    /// <summary>The platform's id; null for a guest.</summary>
    public string? ExternalId { get; init; }
    /// <summary>Full name.</summary>
    public string? Name { get; init; }
    /// <summary>E-mail address as given.</summary>
    public string? Email { get; init; }
    /// <summary>Telephone number as given.</summary>
    public string? Phone { get; init; }
    /// <summary>National tax or identity number (NIF, RUT, CPF, VAT number), where known.</summary>
    public string? TaxId { get; init; }
    /// <summary>Language tag, for example <c>pl-PL</c>.</summary>
    public string? Locale { get; init; }
    /// <summary>The shop's note about this buyer.</summary>
    public string? Note { get; init; }
}

/// <summary>A postal address.</summary>
public sealed record Address
{
    /// <summary>Recipient.</summary>
    public string? Name { get; init; }
    /// <summary>Given names, where apart.</summary>
    public string? FirstName { get; init; }
    /// <summary>Family names, where apart.</summary>
    public string? LastName { get; init; }
    /// <summary>Company.</summary>
    public string? Company { get; init; }
    /// <summary>Street and house number, as the platform has them.</summary>
    public string? Line1 { get; init; }
    /// <summary>Flat, floor, further directions.</summary>
    public string? Line2 { get; init; }
    /// <summary>House number where the platform keeps it apart.</summary>
    public string? HouseNumber { get; init; }
    /// <summary>Commune, district or municipality (Chile: the commune's official name, whatever its spelling in the document).</summary>
    public string? District { get; init; }
    /// <summary>City.</summary>
    public string? City { get; init; }
    /// <summary>ISO 3166-2 subdivision without the country prefix (<c>RM</c>, <c>CA</c>, <c>M</c>); null when unknown.</summary>
    public string? Region { get; init; }
    /// <summary>The region in words, as the platform has it.</summary>
    public string? RegionName { get; init; }
    /// <summary>Postcode, as given.</summary>
    public string? Postcode { get; init; }
    /// <summary>ISO 3166-1 alpha-2 country code in capitals.</summary>
    public string? Country { get; init; }
    /// <summary>Telephone number for the driver.</summary>
    public string? Phone { get; init; }
    /// <summary>E-mail address for the driver's notice.</summary>
    public string? Email { get; init; }
    /// <summary>Degrees north.</summary>
    public double? Latitude { get; init; }
    /// <summary>Degrees east.</summary>
    public double? Longitude { get; init; }
}

/// <summary>One row of an order.</summary>
public sealed record LineItem
{
    /// <summary>The platform's id of the line.</summary>
    public required string Id { get; init; }
    /// <summary>Stock-keeping unit; null when the shop has none.</summary>
    public string? Sku { get; init; }
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }
    /// <summary>The variant in words ("Moss / M").</summary>
    public string? Variant { get; init; }
    /// <summary>Brand or vendor.</summary>
    public string? Vendor { get; init; }
    /// <summary>The platform's product id.</summary>
    public string? ProductId { get; init; }
    /// <summary>The platform's variant id.</summary>
    public string? VariantId { get; init; }
    /// <summary>As ordered. May have decimals where a shop sells by length or weight.</summary>
    public required decimal Quantity { get; init; }
    /// <summary>After removals and refunds; what is to be sent. Equal to <see cref="Quantity"/> where the platform does not say.</summary>
    public required decimal CurrentQuantity { get; init; }
    /// <summary>Price of one before discounts.</summary>
    public Money? UnitPrice { get; init; }
    /// <summary>Quantity times unit price, before discounts.</summary>
    public Money? Subtotal { get; init; }
    /// <summary>Discounts on this line; positive.</summary>
    public Money? Discount { get; init; }
    /// <summary>After discounts; contains the tax when the order's <see cref="OrderTotals.TaxesIncluded"/> says so.</summary>
    public Money? Total { get; init; }
    /// <summary>All taxes of the line together.</summary>
    public Money? Tax { get; init; }
    /// <summary>Taxes by name and rate.</summary>
    public IReadOnlyList<TaxLine> Taxes { get; init; } = [];
    /// <summary>Weight of one, in grams; null when unknown.</summary>
    public long? WeightGrams { get; init; }
    /// <summary>False for services, gift cards, downloads.</summary>
    public bool RequiresShipping { get; init; } = true;
    /// <summary>True for a gift card.</summary>
    public bool IsGiftCard { get; init; }
    /// <summary>Bundle or parent line it belongs to; null for a line of its own.</summary>
    public string? ParentId { get; init; }
    /// <summary>Picture.</summary>
    public string? ImageUrl { get; init; }
    /// <summary>What the shop says of this line's goods.</summary>
    public FulfilmentStatus FulfilmentStatus { get; init; }
    /// <summary>Properties, metadata, personalisation.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = Order.EmptyAttributes;
    /// <summary>Set by rules: why the line goes to no destination; null for a line that goes.</summary>
    public string? ExcludedBecause { get; init; }
}

/// <summary>How an order or a part of it is shipped.</summary>
public sealed record ShippingLine
{
    /// <summary>The platform's id of the line.</summary>
    public string? Id { get; init; }
    /// <summary>What the buyer chose, in words.</summary>
    public required string Title { get; init; }
    /// <summary>The method's code (<c>flat_rate</c>, <c>inpost_locker_standard</c>).</summary>
    public string? Code { get; init; }
    /// <summary>The rate's origin or carrier.</summary>
    public string? Carrier { get; init; }
    /// <summary>Before discounts.</summary>
    public Money? Price { get; init; }
    /// <summary>After discounts.</summary>
    public Money? Total { get; init; }
    /// <summary>Tax on it.</summary>
    public Money? Tax { get; init; }
    /// <summary>True when the buyer collects it.</summary>
    public bool IsPickup { get; init; }
    /// <summary>Metadata.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = Order.EmptyAttributes;
}

/// <summary>A tax by name.</summary>
/// <param name="Title">For example <c>PL VAT</c>.</param>
/// <param name="Rate">0.23 for 23 %; null when unknown.</param>
/// <param name="Amount">The tax.</param>
public sealed record TaxLine(string Title, decimal? Rate, Money Amount);

/// <summary>A discount.</summary>
/// <param name="Code">The coupon's code; null for an automatic one.</param>
/// <param name="Kind">The platform's word: <c>percentage</c>, <c>fixed_amount</c>, <c>shipping</c>, <c>percent</c>.</param>
/// <param name="Title">In words.</param>
/// <param name="Amount">Taken off; positive. Null when the platform gives only a rule.</param>
public sealed record Discount(string? Code, string? Kind, string? Title, Money? Amount);

/// <summary>A surcharge.</summary>
/// <param name="Title">In words.</param>
/// <param name="Amount">Without tax where the platform separates it.</param>
/// <param name="Tax">Tax on it.</param>
public sealed record Fee(string Title, Money Amount, Money? Tax);

/// <summary>A payment or the intention to pay.</summary>
public sealed record Payment
{
    /// <summary>The gateway's or method's code (<c>cod</c>, <c>shopify_payments</c>).</summary>
    public required string Method { get; init; }
    /// <summary>The method in words.</summary>
    public string? Title { get; init; }
    /// <summary>The provider's transaction id.</summary>
    public string? TransactionId { get; init; }
    /// <summary>The amount; null when not said.</summary>
    public Money? Amount { get; init; }
    /// <summary>How it stands.</summary>
    public PaymentStatus Status { get; init; }
    /// <summary>When it was paid, UTC.</summary>
    public DateTimeOffset? PaidAt { get; init; }
}

/// <summary>Money and goods given back.</summary>
public sealed record Refund
{
    /// <summary>The platform's id of the refund.</summary>
    public required string Id { get; init; }
    /// <summary>When, UTC.</summary>
    public DateTimeOffset? At { get; init; }
    /// <summary>What the buyer got back; positive. Zero for a refund of goods without money.</summary>
    public required Money Amount { get; init; }
    /// <summary>The shop's reason or note.</summary>
    public string? Reason { get; init; }
    /// <summary>Lines and quantities given back.</summary>
    public IReadOnlyList<RefundLine> Lines { get; init; } = [];
}

/// <summary>A line's part in a refund.</summary>
/// <param name="LineId">The order line's id.</param>
/// <param name="Quantity">How many; positive.</param>
/// <param name="Amount">For this line, positive; null when not said.</param>
/// <param name="Restock">The platform's word: <c>return</c>, <c>cancel</c>, <c>no_restock</c>.</param>
public sealed record RefundLine(string LineId, decimal Quantity, Money? Amount, string? Restock);

/// <summary>What the shop says was sent together.</summary>
public sealed record Fulfilment
{
    /// <summary>The platform's id.</summary>
    public required string Id { get; init; }
    /// <summary>The platform's word for how it stands (<c>success</c>, <c>cancelled</c>).</summary>
    public string? Status { get; init; }
    /// <summary>The carrier's progress in the platform's word (<c>in_transit</c>, <c>delivered</c>).</summary>
    public string? ShipmentStatus { get; init; }
    /// <summary>When, UTC.</summary>
    public DateTimeOffset? At { get; init; }
    /// <summary>Carrier in words.</summary>
    public string? Carrier { get; init; }
    /// <summary>Tracking numbers, as printed on the labels.</summary>
    public IReadOnlyList<string> TrackingNumbers { get; init; } = [];
    /// <summary>Tracking addresses.</summary>
    public IReadOnlyList<string> TrackingUrls { get; init; } = [];
    /// <summary>Lines and quantities sent; empty means not said.</summary>
    public IReadOnlyList<PackageLine> Lines { get; init; } = [];
}

/// <summary>What one label goes on.</summary>
public sealed record Package
{
    /// <summary>1, 2, 3 ... within the order and destination.</summary>
    public required int Number { get; init; }
    /// <summary>Lines and quantities in it.</summary>
    public IReadOnlyList<PackageLine> Lines { get; init; } = [];
    /// <summary>Weight in grams; null when unknown.</summary>
    public long? WeightGrams { get; init; }
    /// <summary>The key of the destination it is for; null for every destination of the order.</summary>
    public string? Destination { get; init; }
    /// <summary>Why it is a package of its own, in words; null for the only one.</summary>
    public string? Because { get; init; }
}

/// <summary>A line's part in a package or fulfilment.</summary>
/// <param name="LineId">The order line's id.</param>
/// <param name="Quantity">How many.</param>
public sealed record PackageLine(string LineId, decimal Quantity);
