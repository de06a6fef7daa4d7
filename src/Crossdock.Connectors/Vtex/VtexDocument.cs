using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;
using NodaTime;
using NodaTime.TimeZones;

namespace Crossdock.Connectors.Vtex;

/// <summary>Reads one order document: the classic order of the OMS, or that of the personal-data architecture, which differs in a few names.</summary>
internal sealed class VtexDocument(VtexSettings settings, JsonFields fields, JsonElement root)
{
    private static readonly string[] KeptTexts =
    [
        "marketplaceOrderId", "sellerOrderId", "orderGroup", "origin", "affiliateId", "salesChannel", "hostname", "merchantName", "followUpEmail", "orderFormId", "allowCancellation", "allowEdition",
        "isCheckedIn", "checkedInPickupPointId", "invoicedDate", "commercialConditionData", "lastMessage", "approvedBy", "cancelledBy", "emailTracked", "userType", "creationEnvironment",
    ];
    private static readonly string[] KeptParts =
        ["sellers", "taxData", "subscriptionData", "marketplace", "changesAttachment", "callCenterOperatorData", "giftRegistryData", "marketplaceItems", "cancellationRequests", "handlingData", "receiptData"];

    private readonly Dictionary<string, string> attributes = new(StringComparer.Ordinal);

    internal Order Read(string id, string status)
    {
        var preferences = JsonFields.Block(root, "storePreferencesData");
        var money = new VtexMoney(fields, Currency(preferences), settings.AmountUnit, JsonFields.Text(JsonFields.Block(preferences, "currencyFormatInfo"), "CurrencyDecimalDigits") == "0");
        var logistics = new VtexLogistics(fields, root);
        var reader = new VtexLines(settings, fields, root, money);
        var lines = reader.Read(logistics.Collected);
        var packages = new VtexPackages(fields, root, lines, reader.Multipliers, money, attributes);
        ReadAttributes(preferences);

        decimal? value = fields.Number(root, "value", "");
        if (value is null)
        {
            fields.Complain("The order has no 'value'.", "", "value", JsonFields.Get(root, "value"));
        }

        var total = money.Of(value ?? 0);
        var totals = new VtexTotals(fields, root, money);
        var authorizedAt = fields.Time(root, "authorizedDate", "");
        var payments = new VtexPayments(settings, fields, root, money, attributes);
        var verdict = VtexVerdict.Of(settings, status, new(
            authorizedAt is not null, payments.IsAtTheDoor, JsonFields.Flag(root, "workflowIsInError") == true, packages, total.Amount));
        var addresses = new VtexAddresses(settings, root, attributes);
        var customer = addresses.Customer();
        var shipTo = logistics.IsAllCollected ? null : addresses.ShipTo(logistics.AddressIds);
        var placedAt = fields.Time(root, "creationDate", "");
        var refunded = packages.Inputs.Count == 0 ? (Money?)null : packages.Inputs.Aggregate(money.Zero, (sum, refund) => sum + refund.Amount);
        bool requiresShipping = lines.Exists(line => line.RequiresShipping);
        Cancellation(verdict.State, out var cancelledAt, out string? reason);
        return new()
        {
            ExternalId = id,
            Number = JsonFields.Text(root, "sequence") ?? id,
            State = verdict.State,
            PaymentStatus = verdict.Payment,
            FulfilmentStatus = verdict.Fulfilment,
            PlatformStatus = status,
            PlacedAt = placedAt,
            UpdatedAt = fields.Time(root, "lastChange", ""),
            PaidAt = authorizedAt,
            CancelledAt = cancelledAt,
            CancelReason = reason,
            ShopOffsetMinutes = Offset(JsonFields.Text(preferences, "timeZone"), placedAt),
            Channel = JsonFields.Text(root, "affiliateId") ?? JsonFields.Text(root, "hostname"),
            Currency = money.Currency,
            Totals = new()
            {
                Total = total,
                Subtotal = totals.Goods,
                Discount = totals.Discount,
                Shipping = totals.Shipping,
                Tax = totals.Tax,
                Fees = totals.Fees.Count == 0 ? null : money.Sum(totals.Fees.Select(fee => (Money?)fee.Amount)),
                Refunded = refunded,
                CurrentTotal = refunded is { } back ? total - back : total,
            },
            Customer = customer,
            ShipTo = shipTo,
            BillTo = addresses.BillTo(payments.Elements),
            Lines = [.. lines.Select(line => line with { FulfilmentStatus = packages.Of(line) })],
            Shipping = logistics.Read(money, lines),
            Taxes = totals.Taxes(lines),
            Discounts = totals.Discounts(),
            Fees = totals.Fees,
            Payments = payments.Read(verdict.Payment, authorizedAt),
            Refunds = packages.Inputs,
            Fulfilments = packages.Outputs,
            Note = JsonFields.Text(JsonFields.Block(root, "openTextField"), "value"),
            Tags = [.. JsonFields.Items(JsonFields.Block(root, "marketingData"), "marketingTags").Select(JsonFields.Text).OfType<string>().Distinct(StringComparer.Ordinal)],
            WeightGrams = Weight(lines),
            RequiresShipping = requiresShipping,
            Attributes = attributes.Count == 0 ? Order.EmptyAttributes : attributes,
            Concerns = Concerns(verdict, requiresShipping, shipTo, logistics.AddressIds.Count),
        };
    }

    private static List<Concern> Concerns(VtexVerdict verdict, bool requiresShipping, Address? shipTo, int addresses)
    {
        List<Concern> concerns = [.. verdict.Concerns];
        if (!requiresShipping || verdict.State is not (OrderState.New or OrderState.AwaitingPayment or OrderState.Processing))
        {
            return concerns;
        }

        if (VtexAddresses.IsMasked(shipTo))
        {
            concerns.Add(new("address_withheld", "The address arrives masked: the account keeps personal data apart. Give the connection's setting personalDataReason, and the key's role the right to see personal data."));
        }
        else if (shipTo?.Line1 is null)
        {
            concerns.Add(new("address_missing", "The order needs a parcel but its address has no street: ask the buyer and enter it, or exclude the order."));
        }

        if (addresses > 1)
        {
            concerns.Add(new("several_addresses", string.Create(CultureInfo.InvariantCulture, $"The order's parcels go to {addresses} addresses; only the first is taken. Send the others by hand, or exclude the order.")));
        }

        return concerns;
    }

    private static long? Weight(List<LineItem> lines)
    {
        var shipped = lines.FindAll(line => line.RequiresShipping);
        return shipped.Count == 0 || shipped.Exists(line => line.WeightGrams is null) ? null : (long)Math.Min(shipped.Sum(line => line.WeightGrams!.Value * line.CurrentQuantity), long.MaxValue / 2);
    }

    private string Currency(JsonElement preferences)
    {
        if (JsonFields.Text(preferences, "currencyCode") is { Length: 3 } code && code.All(char.IsAsciiLetter))
        {
            return code.ToUpperInvariant();
        }

        fields.Complain("'currencyCode' must be an ISO 4217 code such as \"CLP\".", "/storePreferencesData", "currencyCode", JsonFields.Get(preferences, "currencyCode"));
        return "XXX";
    }

    private void ReadAttributes(JsonElement preferences)
    {
        foreach (string name in KeptTexts)
        {
            Keep(name, JsonFields.Text(root, name));
        }

        foreach (string name in KeptParts)
        {
            Keep(name, JsonFields.Anything(JsonFields.Get(root, name)));
        }

        Keep("roundingError", JsonFields.TryNumber(JsonFields.Get(root, "roundingError")) is { } rounding && rounding != 0 ? rounding.ToString(CultureInfo.InvariantCulture) : null);
        Keep("countryCode", JsonFields.Text(preferences, "countryCode"));
        Keep("timeZone", JsonFields.Text(preferences, "timeZone"));
        Keep("optinNewsLetter", JsonFields.Text(JsonFields.Block(root, "clientPreferencesData"), "optinNewsLetter"));
        Keep("trackingHints", JsonFields.Anything(JsonFields.Get(JsonFields.Block(root, "shippingData"), "trackingHints")));
        Keep("invoiceSubject", JsonFields.Text(JsonFields.Block(root, "invoiceData"), "invoiceSubject"));
        Keep("userPaymentInfo", JsonFields.Anything(JsonFields.Get(JsonFields.Block(root, "invoiceData"), "userPaymentInfo")));
        if (JsonFields.Block(root, "marketingData") is { ValueKind: JsonValueKind.Object } marketing)
        {
            foreach (var field in marketing.EnumerateObject())
            {
                if (field.Name is not ("id" or "marketingTags"))
                {
                    Keep("marketingData." + JsonFields.WithoutNul(field.Name), JsonFields.Text(field.Value));
                }
            }
        }

        // Purchase-order numbers and invoice kinds hide here.
        var custom = JsonFields.Block(root, "customData");
        foreach (var app in JsonFields.Items(custom, "customApps"))
        {
            if (JsonFields.Text(app, "id") is { } name && JsonFields.Block(app, "fields") is { ValueKind: JsonValueKind.Object } values)
            {
                foreach (var field in values.EnumerateObject())
                {
                    Keep($"customData.{name}.{JsonFields.WithoutNul(field.Name)}", JsonFields.Anything(field.Value));
                }
            }
        }

        Keep("customFields", JsonFields.Anything(JsonFields.Get(custom, "customFields")));
    }

    // Present on orders that are not cancelled, too: the buyer asked and was refused.
    private void Cancellation(OrderState state, out DateTimeOffset? at, out string? reason)
    {
        var data = JsonFields.Block(root, "cancellationData");
        (at, reason) = (null, null);
        if (state == OrderState.Cancelled)
        {
            at = fields.Time(data, "CancellationDate", "/cancellationData") ?? fields.Time(data, "cancellationDate", "/cancellationData");
            reason = JsonFields.Text(root, "cancelReason") ?? JsonFields.Text(data, "Reason") ?? JsonFields.Text(data, "reason");
        }
        else
        {
            Keep("cancelReason", JsonFields.Text(root, "cancelReason"));
        }

        Keep("cancellationData", JsonFields.Anything(data));
    }

    // A Windows name: "Pacific SA Standard Time".
    private static int? Offset(string? zone, DateTimeOffset? at) =>
        zone is not null && at is { } moment && TzdbDateTimeZoneSource.Default.WindowsMapping.PrimaryMapping.TryGetValue(zone, out string? id)
            ? DateTimeZoneProviders.Tzdb[id].GetUtcOffset(Instant.FromDateTimeOffset(moment)).Seconds / 60
            : null;

    private void Keep(string name, string? value)
    {
        if (value is not null)
        {
            attributes[name] = value;
        }
    }
}
