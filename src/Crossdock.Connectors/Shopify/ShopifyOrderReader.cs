using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

/// <summary>Reads one order document in a single forward pass; what depends on several fields is decided in <see cref="Build"/>.</summary>
internal ref partial struct ShopifyOrderReader
{
    private readonly ReadOnlySpan<byte> payload;
    private readonly bool shipOnAuthorization;
    private ShopifyCursor cursor;

    private string? id, name, currency, presentmentCurrency, financialStatus, fulfillmentStatus, cancelReason, channel, email, contactEmail, phone, locale, note, tags, orderNumber;
    private DateTimeOffset? createdAt, processedAt, updatedAt, cancelledAt, closedAt;
    private decimal? total, subtotal, discounts, shippingTotal, tax, fees, tip, duties, currentDuties, currentTotal, outstanding, presentmentTotal, currentSubtotal, currentTax, currentDiscounts, currentShipping;
    private decimal? totalWeight, channelLiableTax;
    private decimal refunded, refundedTax;
    private bool taxesIncluded, isTest;
    private Address? shipTo, billTo;
    private Customer? customer;
    private string? defaultPhone, defaultName;
    private List<LineItem>? lines;
    private List<ShippingLine>? shipping;
    private List<TaxLine>? taxes;
    private List<Refund>? refunds;
    private List<Fulfilment>? fulfilments;
    private List<string>? gateways;
    private string? gateway;
    private Dictionary<string, string>? attributes;
    private List<(string? Code, decimal? Amount, string? Kind)>? codes;
    private List<(string? Code, string? Title, string? ValueType)>? applications;
    private decimal[]? allocated;

    internal ShopifyOrderReader(ReadOnlySpan<byte> payload, bool shipOnAuthorization)
    {
        this.payload = payload;
        this.shipOnAuthorization = shipOnAuthorization;
        cursor = new ShopifyCursor(payload);
    }

    internal readonly long FaultAt => cursor.FaultAt;

    internal readonly string? FaultExpected => cursor.FaultExpected;

    /// <summary>Reads the whole document; false when it is no object. Throws <see cref="System.Text.Json.JsonException"/> on broken JSON.</summary>
    internal bool Read()
    {
        cursor.Start();
        if (!cursor.EnterObject())
        {
            return false;
        }
        ReadFields();
        cursor.Finish();
        return true;
    }

    private void ReadFields()
    {
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Order when id is null && cursor.EnterObject(): ReadFields(); break;   // the REST answer wraps the order
                case Field.Id: id = cursor.Text(); break;
                case Field.Name: name = cursor.Text(); break;
                case Field.Currency: currency = cursor.Word(); break;
                case Field.PresentmentCurrency: presentmentCurrency = cursor.Word(); break;
                case Field.FinancialStatus: financialStatus = cursor.Word(); break;
                case Field.FulfillmentStatus: fulfillmentStatus = cursor.Word(); break;
                case Field.CancelReason: cancelReason = cursor.Word(); break;
                case Field.SourceName: channel = cursor.Word(); break;
                case Field.Email: email = cursor.Text(); break;
                case Field.ContactEmail: contactEmail = cursor.Text(); break;
                case Field.Phone: phone = cursor.Text(); break;
                case Field.CustomerLocale: locale = cursor.Word(); break;
                case Field.Note: note = cursor.Text(); break;
                case Field.Tags: tags = cursor.Text(); break;
                case Field.OrderNumber: orderNumber = cursor.Text(); break;
                case Field.CreatedAt: createdAt = cursor.Time(); break;
                case Field.ProcessedAt: processedAt = cursor.Time(); break;
                case Field.UpdatedAt: updatedAt = cursor.Time(); break;
                case Field.CancelledAt: cancelledAt = cursor.Time(); break;
                case Field.ClosedAt: closedAt = cursor.Time(); break;
                case Field.TotalPrice: total = cursor.Amount(); break;
                case Field.SubtotalPrice: subtotal = cursor.Amount(); break;
                case Field.TotalDiscounts: discounts = cursor.Amount(); break;
                case Field.TotalTax: tax = cursor.Amount(); break;
                case Field.TotalTipReceived: tip = cursor.Amount(); break;
                case Field.TotalOutstanding: outstanding = cursor.Amount(); break;
                case Field.CurrentTotalPrice: currentTotal = cursor.Amount(); break;
                case Field.CurrentSubtotalPrice: currentSubtotal = cursor.Amount(); break;
                case Field.CurrentTotalTax: currentTax = cursor.Amount(); break;
                case Field.CurrentTotalDiscounts: currentDiscounts = cursor.Amount(); break;
                case Field.CurrentShippingPriceSet: currentShipping = ReadMoneySet().Shop; break;
                case Field.TotalShippingPriceSet: shippingTotal = ReadMoneySet().Shop; break;
                case Field.OriginalTotalDutiesSet: duties = ReadMoneySet().Shop; break;
                case Field.CurrentTotalDutiesSet: currentDuties = ReadMoneySet().Shop; break;
                case Field.OriginalTotalAdditionalFeesSet: fees = ReadMoneySet().Shop; break;
                case Field.TotalPriceSet: (_, presentmentTotal, _, _) = ReadMoneySet(); break;
                case Field.TotalWeight: totalWeight = cursor.Amount(); break;
                case Field.TaxesIncluded: taxesIncluded = cursor.Flag() ?? false; break;
                case Field.Test: isTest = cursor.Flag() ?? false; break;
                case Field.ShippingAddress: shipTo = ReadAddress(out _); break;
                case Field.BillingAddress: billTo = ReadAddress(out _); break;
                case Field.Customer: ReadCustomer(); break;
                case Field.LineItems: ReadLines(); break;
                case Field.ShippingLines: ReadShipping(); break;
                case Field.TaxLines: taxes = ReadTaxes(out _, ofOrder: true); break;
                case Field.DiscountCodes: ReadDiscountCodes(); break;
                case Field.DiscountApplications: ReadDiscountApplications(); break;
                case Field.Refunds: ReadRefunds(); break;
                case Field.Fulfillments: ReadFulfilments(); break;
                case Field.PaymentGatewayNames: ReadGateways(); break;
                case Field.Gateway: gateway = cursor.Word(); break;
                case Field.NoteAttributes: ReadPairs(ref attributes, "note."); break;
                case Field.AdminGraphqlApiId or Field.ConfirmationNumber or Field.PoNumber or Field.AppId or Field.SourceIdentifier or Field.SourceUrl or Field.LandingSite
                    or Field.ReferringSite or Field.LocationId or Field.Number or Field.TotalLineItemsPrice:
                    Keep(FieldTable.NameOf(field), cursor.Word());
                    break;
                case Field.PaymentTerms or Field.Company or Field.Returns or Field.LineItemGroups: KeepJson(FieldTable.NameOf(field)); break;
                case Field.Confirmed: KeepIf("confirmed", false); break;
                case Field.TaxExempt: KeepIf("tax_exempt", true); break;
                case Field.EstimatedTaxes: KeepIf("estimated_taxes", true); break;
                default: cursor.Skip(); break;
            }
        }
    }

    /// <summary>The order's currency, looked up ahead where an odd document has it behind the lines.</summary>
    private string Currency
    {
        get
        {
            if (currency is null)
            {
                var ahead = new ShopifyCursor(payload);
                ahead.Start();
                currency = Find(ref ahead) ?? "XXX";
            }
            return currency;
        }
    }

    private static string? Find(ref ShopifyCursor ahead)
    {
        if (!ahead.EnterObject())
        {
            return null;
        }
        while (ahead.Next(out Field field))
        {
            if (field == Field.Currency)
            {
                return ahead.Word();
            }
            if (field == Field.Order && ahead.IsObject)
            {
                return Find(ref ahead);
            }
            ahead.Skip();
        }
        return null;
    }

    private readonly Money? Of(decimal? amount) => amount is { } value ? new Money(value, currency!) : null;

    private void Keep(string attribute, string? value)
    {
        if (value is not null)
        {
            (attributes ??= new Dictionary<string, string>(24))[attribute] = value;
        }
    }

    private void KeepIf(string attribute, bool odd)
    {
        if (cursor.Flag() == odd)
        {
            Keep(attribute, odd ? "true" : "false");
        }
    }

    private void KeepJson(string attribute)
    {
        if (cursor.Raw() is var json && json is not ("null" or "[]" or "{}" or "\"\""))
        {
            Keep(attribute, json);
        }
    }

    private void KeepAmount(string attribute, decimal? amount, decimal? usual)
    {
        if (amount is { } value && value != usual)
        {
            Keep(attribute, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void KeepTime(string attribute, DateTimeOffset? time, DateTimeOffset? usual)
    {
        if (time is { } value && value != usual)
        {
            Keep(attribute, value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }
    }
}
