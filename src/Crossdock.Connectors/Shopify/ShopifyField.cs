using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Crossdock.Connectors.Shopify;

/// <summary>Every name in Shopify's documents that the mapping reads. The document's spelling is the snake_case of the value's name.</summary>
internal enum Field : byte
{
    Unknown = 0,
    AdminGraphqlApiId, Address1, Address2, AllocationMethod, Amount, AmountSet, AppId, AttributedStaffs, BillingAddress, CancelReason, CancelledAt, CarrierIdentifier, ChannelLiable, City, ClosedAt,
    Code, Company, ConfirmationNumber, Confirmed, ContactEmail, Country, CountryCode, CreatedAt, Currency, CurrencyCode, CurrentDiscountedPriceSet, CurrentQuantity,
    CurrentShippingPriceSet, CurrentSubtotalPrice, CurrentTotalDiscounts, CurrentTotalDutiesSet, CurrentTotalPrice, CurrentTotalTax, Customer, CustomerLocale, DefaultAddress,
    Description, DiscountAllocations, DiscountApplicationIndex, DiscountApplications, DiscountCodes, DiscountedPrice, Duties, Email, EstimatedTaxes, FinancialStatus, FirstName,
    FulfillableQuantity, FulfillmentService, FulfillmentStatus, Fulfillments, Gateway, GiftCard, Grams, Id, IsRemoved, Kind, LandingSite, LastName, Latitude, LineItemGroups,
    LineItemId, LineItems, LocationId, Longitude, Name, Note, NoteAttributes, Number, Order, OrderAdjustments, OrderEdit, OrderId, OrderNumber, OriginalTotalAdditionalFeesSet,
    OriginalTotalDutiesSet, PaymentGatewayNames, PaymentTerms, Phone, PoNumber, PresentmentCurrency, PresentmentMoney, Price, PriceSet, ProcessedAt, ProductExists, ProductId,
    Properties, Province, ProvinceCode, Quantity, Rate, ReferringSite, RefundLineItems, Refunds, RequestedFulfillmentServiceId, RequiresShipping, RestockType, Returns,
    SalesLineItemGroupId, Service, ShipmentStatus, ShippingAddress, ShippingLines, ShopMoney, Sku, Source, SourceIdentifier, SourceName, SourceUrl, State, Status, Subtotal,
    SubtotalPrice, SubtotalSet, Tags, TaxAmount, TaxExempt, TaxLines, Taxable, TaxesIncluded, Test, Title, TotalDiscount, TotalDiscounts, TotalLineItemsPrice, TotalOutstanding,
    TotalPrice, TotalPriceSet, TotalShippingPriceSet, TotalTax, TotalTaxSet, TotalTipReceived, TotalWeight, TrackingCompany, TrackingNumber, TrackingNumbers, TrackingUrl, TrackingUrls,
    Transactions, Type, UpdatedAt, Value, ValueType, VariantId, VariantTitle, Vendor, VerifiedEmail, Zip,
}

/// <summary>Finds a field by its bytes: a small open-addressed table over length, first and last eight bytes, so that a name costs one multiplication and one comparison.</summary>
internal static class FieldTable
{
    private const int Slots = 1024;

    private static readonly byte[][] Spelling = [.. Enum.GetValues<Field>().Select(field => field == Field.Unknown ? [] : Encoding.UTF8.GetBytes(JsonNamingPolicy.SnakeCaseLower.ConvertName(field.ToString())))];

    private static readonly byte[] Table = Build();

    /// <summary>The field with this name; <see cref="Field.Unknown"/> for a name that the mapping does not read.</summary>
    internal static Field Find(ReadOnlySpan<byte> name)
    {
        var table = Table;
        for (int slot = Slot(name); ; slot = (slot + 1) & (Slots - 1))
        {
            int candidate = table[slot];
            if (candidate == 0 || name.SequenceEqual(Spelling[candidate]))
            {
                return (Field)candidate;
            }
        }
    }

    /// <summary>The document's spelling of a field.</summary>
    internal static string NameOf(Field field) => Encoding.UTF8.GetString(Spelling[(int)field]);

    private static byte[] Build()
    {
        byte[] table = new byte[Slots];
        for (int field = 1; field < Spelling.Length; field++)
        {
            int slot = Slot(Spelling[field]);
            while (table[slot] != 0)
            {
                slot = (slot + 1) & (Slots - 1);
            }
            table[slot] = (byte)field;
        }
        return table;
    }

    private static int Slot(ReadOnlySpan<byte> name)
    {
        ulong mixed;
        if (name.Length >= 8)
        {
            mixed = BinaryPrimitives.ReadUInt64LittleEndian(name) ^ ulong.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]), 29);
        }
        else
        {
            mixed = 0;
            foreach (byte letter in name)
            {
                mixed = (mixed << 8) | letter;
            }
        }
        return (int)(((mixed + (ulong)name.Length) * 0x9E37_79B9_7F4A_7C15UL) >> 54);
    }
}
