using System.Globalization;
using System.Text.Json.Nodes;
using static Crossdock.Connectors.Shopify.Emulator.ShopifyDocuments;

namespace Crossdock.Connectors.Shopify.Emulator;

/// <summary>An emulated order under GraphQL's own names, as far as Crossdock asks.</summary>
internal static class ShopifyGraphQlNodes
{
    internal static JsonObject Order(EmulatedOrder order)
    {
        var buyer = order.Buyer;
        return new JsonObject
        {
            ["__typename"] = "Order", ["id"] = Gid("Order", order.Id), ["legacyResourceId"] = order.Id.ToString(CultureInfo.InvariantCulture), ["name"] = Name(order), ["number"] = order.Number,
            ["confirmationNumber"] = Confirmation(order), ["confirmed"] = true, ["test"] = order.IsTest, ["createdAt"] = Utc(order.CreatedAt), ["processedAt"] = Utc(order.CreatedAt), ["updatedAt"] = Utc(order.UpdatedAt),
            ["cancelledAt"] = order.CancelledAt is { } cancelled ? Utc(cancelled) : null, ["cancelReason"] = order.CancelledAt is null ? null : "CUSTOMER", ["closedAt"] = null,
            ["displayFinancialStatus"] = order.FinancialStatus.ToUpperInvariant(), ["displayFulfillmentStatus"] = order.FulfillmentStatus?.ToUpperInvariant() ?? "UNFULFILLED", ["currencyCode"] = order.Currency, ["presentmentCurrencyCode"] = order.Currency,
            ["email"] = buyer.Email, ["phone"] = buyer.Phone, ["customerLocale"] = buyer.Locale, ["note"] = order.Note, ["tags"] = new JsonArray([.. order.Tags.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(tag => (JsonNode)tag)]),
            ["poNumber"] = null, ["sourceName"] = "web", ["sourceIdentifier"] = null, ["app"] = new JsonObject { ["id"] = "gid://shopify/App/580111" },
            ["customAttributes"] = new JsonArray((JsonNode)new JsonObject { ["key"] = "delivery_window", ["value"] = "09:00-18:00" }), ["paymentGatewayNames"] = new JsonArray((JsonNode)order.Gateway),
            ["taxesIncluded"] = true, ["taxExempt"] = false, ["estimatedTaxes"] = false, ["totalWeight"] = order.Lines.Sum(line => line.Grams * line.Quantity).ToString(CultureInfo.InvariantCulture), ["requiresShipping"] = order.Lines.Any(line => line.RequiresShipping),
            ["totalPriceSet"] = Money(order, order.Total), ["subtotalPriceSet"] = Money(order, order.Subtotal), ["totalDiscountsSet"] = Money(order, order.Discount), ["totalTaxSet"] = Money(order, order.TaxOf(order.Total)), ["totalShippingPriceSet"] = Money(order, order.Shipping),
            ["totalTipReceivedSet"] = Money(order, 0m), ["totalOutstandingSet"] = Money(order, order.FinancialStatus == "pending" ? order.Total : 0m), ["currentTotalPriceSet"] = Money(order, order.CurrentTotal),
            ["currentSubtotalPriceSet"] = Money(order, order.Subtotal - (order.Refund?.Amount ?? 0m)), ["currentTotalTaxSet"] = Money(order, order.TaxOf(order.CurrentTotal)), ["currentTotalDiscountsSet"] = Money(order, order.Discount),
            ["currentShippingPriceSet"] = Money(order, order.Shipping), ["originalTotalDutiesSet"] = null, ["currentTotalDutiesSet"] = null, ["originalTotalAdditionalFeesSet"] = null,
            ["shippingAddress"] = Address(order), ["billingAddress"] = Address(order), ["customer"] = Customer(order), ["taxLines"] = Taxes(order, order.Total),
            ["discountApplications"] = Connection(order.Discount == 0m ? [] : [Application()]), ["shippingLines"] = Connection([Shipping(order)]), ["lineItems"] = Connection(order.Lines.Select(line => Line(order, line))),
            ["fulfillments"] = order.Fulfilment is { } sent ? new JsonArray((JsonNode)Fulfilment(order, sent)) : [], ["refunds"] = order.Refund is { } refund ? new JsonArray((JsonNode)Refund(order, refund)) : [],
            ["fulfillmentOrders"] = Connection(order.Lines.Any(line => line.RequiresShipping) ? [FulfillmentOrder(order)] : []),
        };
    }

    internal static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    internal static JsonObject Connection(IEnumerable<JsonObject> nodes) => new() { ["nodes"] = new JsonArray([.. nodes.Select(node => (JsonNode)node)]) };

    private static string Confirmation(EmulatedOrder order) => ConfirmationNumber(order.Id);

    private static JsonObject Money(EmulatedOrder order, decimal amount)
    {
        JsonObject Side() => new() { ["amount"] = Decimal(amount), ["currencyCode"] = order.Currency };
        return new JsonObject { ["shopMoney"] = Side(), ["presentmentMoney"] = Side() };
    }

    // GraphQL writes decimals with one digit at least: "49.95", "0.0".
    private static string Decimal(decimal amount) => amount.ToString("0.0###", CultureInfo.InvariantCulture);

    private static JsonObject Address(EmulatedOrder order)
    {
        var buyer = order.Buyer;
        bool isHidden = order.IsAddressWithheld;
        return new JsonObject
        {
            ["name"] = isHidden ? "" : $"{buyer.FirstName} {buyer.LastName}", ["firstName"] = isHidden ? null : buyer.FirstName, ["lastName"] = isHidden ? null : buyer.LastName, ["company"] = null,
            ["address1"] = isHidden ? null : buyer.Street, ["address2"] = isHidden ? null : buyer.Street2, ["city"] = isHidden ? null : buyer.City, ["province"] = buyer.Province, ["provinceCode"] = buyer.ProvinceCode,
            ["zip"] = isHidden ? null : buyer.Zip, ["country"] = buyer.Country, ["countryCodeV2"] = buyer.CountryCode, ["phone"] = isHidden ? null : buyer.Phone, ["latitude"] = buyer.Latitude, ["longitude"] = buyer.Longitude,
        };
    }

    private static JsonObject Customer(EmulatedOrder order) => new()
    {
        ["legacyResourceId"] = order.Buyer.Id.ToString(CultureInfo.InvariantCulture), ["firstName"] = order.Buyer.FirstName, ["lastName"] = order.Buyer.LastName, ["state"] = "DISABLED", ["note"] = null, ["tags"] = new JsonArray(),
        ["verifiedEmail"] = true, ["taxExempt"] = false, ["defaultEmailAddress"] = new JsonObject { ["emailAddress"] = order.Buyer.Email }, ["defaultPhoneNumber"] = null, ["defaultAddress"] = Address(order),
    };

    private static JsonArray Taxes(EmulatedOrder order, decimal of) =>
        [new JsonObject { ["title"] = order.TaxTitle, ["rate"] = order.TaxRate, ["channelLiable"] = false, ["priceSet"] = Money(order, order.TaxOf(of)) }];

    private static JsonObject Application() => new()
    {
        ["__typename"] = "DiscountCodeApplication", ["index"] = 0, ["targetType"] = "LINE_ITEM", ["code"] = "AUTUMN10", ["value"] = new JsonObject { ["__typename"] = "PricingPercentageValue", ["percentage"] = 10.0 },
    };

    private static JsonObject Line(EmulatedOrder order, EmulatedLine line)
    {
        int left = order.CancelledAt is not null ? 0 : line.Quantity - (order.Refund?.LineId == line.Id ? order.Refund.Quantity : 0);
        decimal discount = order.DiscountOf(line);
        return new JsonObject
        {
            ["id"] = Gid("LineItem", line.Id), ["sku"] = line.Sku, ["title"] = line.Title, ["variantTitle"] = line.Variant, ["name"] = line.Variant is null ? line.Title : $"{line.Title} - {line.Variant}", ["vendor"] = line.Vendor,
            ["quantity"] = line.Quantity, ["currentQuantity"] = left, ["unfulfilledQuantity"] = order.FulfillmentStatus == "fulfilled" ? 0 : left, ["requiresShipping"] = line.RequiresShipping, ["isGiftCard"] = !line.RequiresShipping, ["taxable"] = true,
            ["originalUnitPriceSet"] = Money(order, line.Price), ["duties"] = new JsonArray(), ["customAttributes"] = new JsonArray(), ["lineItemGroup"] = null, ["taxLines"] = Taxes(order, (line.Price * line.Quantity) - discount),
            ["discountAllocations"] = discount == 0m ? [] : new JsonArray((JsonNode)new JsonObject { ["allocatedAmountSet"] = Money(order, discount), ["discountApplication"] = new JsonObject { ["index"] = 0 } }),
            ["product"] = new JsonObject { ["legacyResourceId"] = line.ProductId.ToString(CultureInfo.InvariantCulture) },
            ["variant"] = new JsonObject
            {
                ["legacyResourceId"] = line.VariantId.ToString(CultureInfo.InvariantCulture),
                ["inventoryItem"] = new JsonObject { ["measurement"] = new JsonObject { ["weight"] = new JsonObject { ["unit"] = "GRAMS", ["value"] = line.Grams } } },
            },
        };
    }

    private static JsonObject Shipping(EmulatedOrder order) => new()
    {
        ["id"] = Gid("ShippingLine", order.Id - 1_073_304_469_376), ["title"] = order.Shipping == 0m ? "Free delivery" : "Standard delivery", ["code"] = order.Shipping == 0m ? "free" : "standard", ["source"] = "shopify", ["carrierIdentifier"] = null,
        ["phone"] = null, ["isRemoved"] = false, ["originalPriceSet"] = Money(order, order.Shipping), ["discountedPriceSet"] = Money(order, order.Shipping), ["currentDiscountedPriceSet"] = Money(order, order.Shipping),
        ["taxLines"] = Taxes(order, order.Shipping), ["discountAllocations"] = new JsonArray(),
    };

    private static JsonObject Fulfilment(EmulatedOrder order, EmulatedFulfilment sent) => new()
    {
        ["id"] = Gid("Fulfillment", sent.Id), ["legacyResourceId"] = sent.Id.ToString(CultureInfo.InvariantCulture), ["name"] = Name(order) + ".1", ["status"] = "SUCCESS", ["displayStatus"] = sent.ShipmentStatus?.ToUpperInvariant() ?? "FULFILLED", ["createdAt"] = Utc(sent.At),
        ["trackingInfo"] = sent.Number.Length == 0 ? [] : new JsonArray((JsonNode)new JsonObject { ["company"] = sent.Company, ["number"] = sent.Number, ["url"] = sent.Url ?? $"https://tracking.example/{sent.Number}" }),
        ["fulfillmentLineItems"] = Connection(order.Lines.Where(line => line.RequiresShipping).Select(line => new JsonObject { ["quantity"] = line.Quantity, ["lineItem"] = new JsonObject { ["id"] = Gid("LineItem", line.Id) } })),
    };

    private static JsonObject Refund(EmulatedOrder order, EmulatedRefund refund) => new()
    {
        ["legacyResourceId"] = refund.Id.ToString(CultureInfo.InvariantCulture), ["note"] = "changed their mind", ["createdAt"] = Utc(refund.At),
        ["refundLineItems"] = Connection([new JsonObject
        {
            ["quantity"] = refund.Quantity, ["restockType"] = "CANCEL", ["lineItem"] = new JsonObject { ["id"] = Gid("LineItem", refund.LineId) }, ["subtotalSet"] = Money(order, refund.Amount), ["totalTaxSet"] = Money(order, order.TaxOf(refund.Amount)),
        }]),
        ["transactions"] = Connection([new JsonObject
        {
            ["id"] = Gid("OrderTransaction", refund.TransactionId), ["kind"] = "REFUND", ["status"] = "SUCCESS", ["gateway"] = order.Gateway, ["createdAt"] = Utc(refund.At), ["processedAt"] = Utc(refund.At), ["amountSet"] = Money(order, refund.Amount),
        }]),
        ["orderAdjustments"] = Connection([]),
    };

    private static JsonObject FulfillmentOrder(EmulatedOrder order) => new()
    {
        ["id"] = Gid("FulfillmentOrder", (order.Id * 10) + 7), ["status"] = order.CancelledAt is not null ? "CANCELLED" : order.Fulfilment is null ? "OPEN" : "CLOSED",
        ["assignedLocation"] = new JsonObject { ["location"] = new JsonObject { ["id"] = "gid://shopify/Location/73153839245" } },
    };
}
