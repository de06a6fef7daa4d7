using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

internal ref partial struct ShopifyOrderReader
{
    /// <summary>Shopify's "send test notification" is an order with this id, whatever its <c>test</c> says.</summary>
    internal const string TestNotificationId = "820982911946154508";

    internal readonly string? Id => id;

    internal readonly string? CurrencyRead => currency;

    internal readonly bool HasTotal => (total ?? currentTotal) is not null;

    /// <summary>The canonical order. Only after <see cref="Read"/>, and only with an id, a currency and a total.</summary>
    internal Order Build()
    {
        bool needsParcel = NeedsParcel(out long grams);
        bool isCashOnDelivery = gateways?.Exists(ShopifyStates.IsCashOnDelivery) ?? (gateway is not null && ShopifyStates.IsCashOnDelivery(gateway));
        List<Concern>? concerns = null;
        var payment = Understood(ShopifyStates.Payment(financialStatus), PaymentStatus.Unknown, "financial", financialStatus, ref concerns);
        payment = payment == PaymentStatus.Pending && isCashOnDelivery ? PaymentStatus.CashOnDelivery : payment;
        var said = Understood(ShopifyStates.Fulfilment(fulfillmentStatus), FulfilmentStatus.Unfulfilled, "fulfilment", fulfillmentStatus, ref concerns);

        var (succeeded, arrived) = Sent();
        bool wasShipped = succeeded > 0 || said is FulfilmentStatus.Fulfilled or FulfilmentStatus.PartiallyFulfilled;
        // A part that arrived is no arrival: the rest of a partial fulfilment is still to be sent.
        bool isDelivered = succeeded > 0 && arrived == succeeded && said != FulfilmentStatus.PartiallyFulfilled;
        bool isReturned = wasShipped && IsReturned();
        var state = ShopifyStates.Of(cancelledAt is not null, isReturned, wasShipped, isDelivered, payment, said, shipOnAuthorization);

        string? contactPhone = shipTo?.Phone ?? phone ?? billTo?.Phone ?? customer?.Phone ?? defaultPhone;
        var buyer = Buyer(contactPhone);
        CheckAddress(needsParcel, state, ref concerns);
        KeepRest(buyer);
        bool isForeign = presentmentCurrency is not null && presentmentCurrency != currency;
        return new Order
        {
            ExternalId = id!,
            Number = name ?? (orderNumber is null ? id! : $"#{orderNumber}"),
            State = state,
            PaymentStatus = payment,
            FulfilmentStatus = isReturned ? FulfilmentStatus.Returned : isDelivered ? FulfilmentStatus.Delivered : said,
            PlatformStatus = fulfillmentStatus is null ? financialStatus : $"{financialStatus}/{fulfillmentStatus}",
            IsTest = isTest || id == TestNotificationId,
            PlacedAt = (processedAt ?? createdAt)?.ToUniversalTime(),
            UpdatedAt = updatedAt?.ToUniversalTime(),
            CancelledAt = cancelledAt?.ToUniversalTime(),
            CancelReason = cancelReason,
            ClosedAt = closedAt?.ToUniversalTime(),
            ShopOffsetMinutes = (int?)(createdAt ?? processedAt)?.Offset.TotalMinutes,
            Channel = channel,
            Currency = currency!,
            Totals = new OrderTotals
            {
                Total = Of(total ?? currentTotal)!.Value,
                Subtotal = Of(subtotal),
                Discount = Of(discounts),
                Shipping = Of(shippingTotal) ?? SumOfShipping(),
                Tax = Of(tax),
                Fees = Of(fees),
                Tip = Of(tip),
                Duties = Of(duties ?? currentDuties),
                Refunded = Refunded(),
                CurrentTotal = Of(currentTotal),
                Outstanding = Of(outstanding),
                Presentment = isForeign && presentmentTotal is { } seen ? new Money(seen, presentmentCurrency!) : null,
                TaxesIncluded = taxesIncluded,
            },
            Customer = buyer,
            ShipTo = shipTo is null ? null : shipTo with { Phone = contactPhone, Email = email ?? contactEmail ?? customer?.Email },
            BillTo = billTo,
            Lines = lines ?? (IReadOnlyList<LineItem>)[],
            Shipping = shipping ?? (IReadOnlyList<ShippingLine>)[],
            Taxes = taxes ?? (IReadOnlyList<TaxLine>)[],
            Discounts = applications is null && codes is null ? [] : Discounts(),
            Payments = Payments(payment),
            Refunds = refunds ?? (IReadOnlyList<Refund>)[],
            Fulfilments = fulfilments ?? (IReadOnlyList<Fulfilment>)[],
            Note = note,
            Tags = SplitTags(tags),
            WeightGrams = grams > 0 ? grams : totalWeight is > 0 ? (long)totalWeight.Value : null,
            RequiresShipping = needsParcel,
            Attributes = attributes ?? Order.EmptyAttributes,
            Concerns = concerns ?? (IReadOnlyList<Concern>)[],
        };
    }

    private readonly bool NeedsParcel(out long grams)
    {
        grams = 0;
        bool needsParcel = false;
        decimal sum = 0m;
        foreach (var line in lines ?? [])
        {
            if (line.RequiresShipping)
            {
                needsParcel = true;
                sum += (line.WeightGrams ?? 0) * line.CurrentQuantity;
            }
        }
        grams = (long)Math.Min(sum, 1_000_000_000_000m);
        return needsParcel;
    }

    private static T Understood<T>(T? meaning, T otherwise, string kind, string? word, ref List<Concern>? concerns) where T : struct
    {
        if (meaning is { } known)
        {
            return known;
        }
        (concerns ??= []).Add(new Concern("unknown_status", $"Shopify calls the {kind} status \"{word}\", which Crossdock does not know; look at the order in the shop before it goes on."));
        return otherwise;
    }

    private readonly (int Succeeded, int Arrived) Sent()
    {
        (int succeeded, int arrived) = (0, 0);
        foreach (var fulfilment in fulfilments ?? [])
        {
            if (fulfilment.Status == "success")
            {
                succeeded++;
                arrived += fulfilment.ShipmentStatus == "delivered" ? 1 : 0;
            }
        }
        return (succeeded, arrived);
    }

    private readonly bool IsReturned()
    {
        if (refunds is null || lines is null)
        {
            return false;
        }
        foreach (var line in lines)
        {
            decimal back = 0m;
            foreach (var refund in refunds)
            {
                foreach (var part in refund.Lines)
                {
                    back += part.LineId == line.Id && part.Restock == "return" ? part.Quantity : 0m;
                }
            }
            if (line.RequiresShipping && back < line.Quantity)
            {
                return false;
            }
        }
        return true;
    }

    private readonly void CheckAddress(bool needsParcel, OrderState state, ref List<Concern>? concerns)
    {
        if (!needsParcel || state is OrderState.Cancelled or OrderState.Closed or OrderState.Delivered or OrderState.InShipment)
        {
            return;
        }
        if (shipTo is { Country: not null, Line1: null })
        {
            (concerns ??= []).Add(new Concern("address_withheld", "The ship-to address has a country but no street: Shopify withholds personal data from the app. Ask for protected customer data access, or enter the address by hand."));
        }
        else if (shipTo is null && channel != "pos" && shipping?.Exists(line => line.IsPickup) is not true)
        {
            (concerns ??= []).Add(new Concern("address_missing", "The order needs a parcel but has no ship-to address: a pick-up, or an app without access to addresses. Enter the address or exclude the order."));
        }
    }

    private void KeepRest(Customer? buyer)
    {
        Keep("order_number", orderNumber);
        Keep("presentment_currency", presentmentCurrency);
        Keep("contact_email", contactEmail == email ? null : contactEmail);
        Keep("email", email is null || email == buyer?.Email ? null : email);
        Keep("phone", phone is null || phone == buyer?.Phone || phone == shipTo?.Phone ? null : phone);
        KeepTime("created_at", createdAt, processedAt);
        KeepAmount("current_subtotal_price", currentSubtotal, subtotal);
        KeepAmount("current_total_tax", currentTax, tax);
        KeepAmount("current_total_discounts", currentDiscounts, discounts);
        KeepAmount("current_shipping_price", currentShipping, shippingTotal);
        KeepAmount("current_total_duties", currentDuties, duties ?? currentDuties);
        KeepAmount("channel_liable_tax", channelLiableTax, 0m);
        KeepAmount("total_weight", totalWeight, 0m);
    }

    private readonly Money? SumOfShipping()
    {
        decimal sum = 0m;
        foreach (var line in shipping ?? [])
        {
            sum += line.Total?.Amount ?? 0m;
        }
        return shipping is null ? null : Of(sum);
    }

    private readonly Money? Refunded() => refunds is null ? null : Of(taxesIncluded ? refunded : refunded + refundedTax);

    private readonly Payment[] Payments(PaymentStatus status)
    {
        if (gateways is null)
        {
            return gateway is null ? [] : [new Payment { Method = gateway, Amount = Of(total), Status = status }];
        }
        var read = new Payment[gateways.Count];
        for (int i = 0; i < read.Length; i++)
        {
            // The document does not say how the amount is split between several gateways.
            read[i] = new Payment { Method = gateways[i], Amount = read.Length == 1 ? Of(total) : null, Status = status };
        }
        return read;
    }

    private static string[] SplitTags(string? list)
    {
        if (list is null)
        {
            return [];
        }
        string[] parts = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length < 2 ? parts : [.. parts.Distinct(StringComparer.Ordinal)];
    }
}
