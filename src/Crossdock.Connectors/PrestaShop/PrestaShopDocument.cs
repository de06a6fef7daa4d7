using System.Text.Json;
using Crossdock.Model.Orders;
using NodaTime;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Reads one joined order document (schema 1).</summary>
internal sealed class PrestaShopDocument(PrestaShopSettings settings, PrestaShopPayloads payloads, JsonElement root, JsonElement order, DateTimeOffset madeAt)
{
    // Kept by their own names; what has a place of its own in the canonical order is not repeated here.
    private static readonly string[] KeptFields =
    [
        "id_cart", "id_shop", "id_shop_group", "id_carrier", "module", "invoice_number", "delivery_number", "valid", "recyclable", "gift", "gift_message", "mobile_theme", "note",
        "total_paid_real", "total_paid_tax_excl", "total_products", "total_discounts_tax_excl", "total_shipping_tax_excl", "carrier_tax_rate", "round_mode", "round_type", "conversion_rate",
    ];

    private readonly Dictionary<string, string> attributes = new(StringComparer.Ordinal);
    private readonly DateTimeZone zone = (PrestaShopPayloads.Raw(PrestaShopPayloads.Child(root, "shop"), "timezone") is { } name ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) : null) ?? settings.Zone ?? DateTimeZone.Utc;

    internal Order Read(string id)
    {
        string currency = Currency();
        var lines = new PrestaShopLines(settings, payloads, root, order, currency, Time);
        var parties = new PrestaShopParties(settings, root, attributes);
        ReadAttributes();
        var placedAt = Time(order, "date_add", "/order");
        var updatedAt = Time(order, "date_upd", "/order");
        var totals = new PrestaShopTotals(payloads, order, currency);
        var items = lines.Items();
        var discounts = lines.Discounts();
        var refunds = lines.Refunds();
        var fulfilments = lines.Fulfilments();
        var refunded = refunds.Aggregate(Money.Zero(currency), (sum, refund) => sum + refund.Amount);
        bool requiresShipping = PrestaShopPayloads.Get(order, "id_carrier") is null || PrestaShopPayloads.Id(order, "id_carrier") is not null;
        var shipping = lines.Shipping(requiresShipping);
        bool isPickup = shipping.Count > 0 && shipping.All(line => line.IsPickup);
        var shipTo = isPickup || !requiresShipping ? null : parties.ShipTo();
        requiresShipping = requiresShipping && !isPickup && (items.Count == 0 || items.Exists(item => item.RequiresShipping));
        var verdict = PrestaShopVerdict.Of(settings, root, order, new(
            totals.Total.Amount, totals.Received, refunds.Count > 0, refunds.Count > 0 && refunded.Amount >= totals.Total.Amount, fulfilments.Count > 0));
        List<Concern> concerns = [.. verdict.Concerns];
        bool isOpen = verdict.State is OrderState.New or OrderState.AwaitingPayment;
        if (totals.Difference(items) is { } difference)
        {
            attributes["total_difference"] = difference.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (settings.HoldsDifferences && isOpen)
            {
                concerns.Add(new("total_mismatch", $"Lines, discounts, shipping and wrapping differ by {difference} from what the order says was to be paid: a fee of a payment module, or the order was edited. Look at it in the shop; set roundingCheck to note where this is usual."));
            }
        }

        if (requiresShipping && isOpen && shipTo?.Line1 is null)
        {
            concerns.Add(new("address_missing", "The order needs a parcel but its address has no street: ask the buyer and enter it, or exclude the order."));
        }

        var paidAt = verdict.Payment is PaymentStatus.Paid or PaymentStatus.PartiallyPaid or PaymentStatus.PartiallyRefunded or PaymentStatus.Refunded ? lines.PaidAt() ?? Time(order, "invoice_date", "/order") : null;
        var since = StateSince(verdict.StateId);
        return new()
        {
            ExternalId = id,
            Number = PrestaShopPayloads.Raw(order, "reference") ?? id,
            State = verdict.State,
            PaymentStatus = verdict.Payment,
            FulfilmentStatus = verdict.Fulfilment,
            PlatformStatus = verdict.Word,
            PlacedAt = placedAt,
            UpdatedAt = updatedAt,
            PaidAt = paidAt,
            CancelledAt = verdict.State == OrderState.Cancelled ? since ?? updatedAt : null,
            ClosedAt = verdict.State is OrderState.Delivered or OrderState.Closed ? since : null,
            ShopOffsetMinutes = placedAt is { } at && zone != DateTimeZone.Utc ? (int)zone.GetUtcOffset(Instant.FromDateTimeOffset(at)).ToTimeSpan().TotalMinutes : null,
            Channel = "web",
            Currency = currency,
            Totals = totals.Read(items, lines.FreeShipping(), refunds.Count == 0 ? null : refunded, verdict.State),
            Customer = parties.Customer(),
            ShipTo = shipTo,
            BillTo = parties.BillTo(),
            Lines = items,
            Shipping = shipping,
            Taxes = totals.Taxes(),
            Discounts = discounts,
            Fees = totals.Fees(),
            Payments = lines.Payments(totals.Total, verdict.Payment),
            Refunds = refunds,
            Fulfilments = fulfilments,
            Note = Note(),
            WeightGrams = lines.WeightGrams(items),
            RequiresShipping = requiresShipping,
            Attributes = attributes.Count == 0 ? Order.EmptyAttributes : attributes,
            Concerns = concerns,
        };
    }

    private string Currency()
    {
        if (PrestaShopPayloads.Raw(PrestaShopPayloads.Child(root, "currency"), "iso_code") is { Length: 3 } code && code.All(char.IsAsciiLetter))
        {
            return code.ToUpperInvariant();
        }

        payloads.Complain("The document says no currency: 'currency.iso_code' must be an ISO 4217 code such as \"EUR\". Give the webservice key the right to read currencies.", "/currency/iso_code",
            PrestaShopPayloads.Get(PrestaShopPayloads.Child(root, "currency"), "iso_code"));
        return "XXX";
    }

    private void ReadAttributes()
    {
        foreach (string name in KeptFields)
        {
            if (PrestaShopPayloads.Raw(order, name) is { } value && value is not ("0" or "0.000000" or "0.000"))
            {
                attributes[name] = value;
            }
        }

        if (PrestaShopPayloads.Raw(order, "total_paid") is { } paid && paid != PrestaShopPayloads.Raw(order, "total_paid_tax_incl"))
        {
            attributes["total_paid"] = paid;
        }

        if (Time(order, "delivery_date", "/order") is { } delivery)
        {
            attributes["delivery_date"] = delivery.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Time(order, "invoice_date", "/order") is { } invoice)
        {
            attributes["invoice_date"] = invoice.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        }

        string[] siblings = [.. PrestaShopPayloads.Items(root, "siblings").Select(sibling => PrestaShopPayloads.Id(sibling, "id")).OfType<string>()];
        if (siblings.Length > 0)
        {
            attributes["split_with"] = string.Join(", ", siblings);
        }
    }

    // The state's last row says since when it holds.
    private DateTimeOffset? StateSince(string? stateId) => stateId is null ? null
        : PrestaShopPayloads.Items(root, "order_histories").Where(row => PrestaShopPayloads.Id(row, "id_order_state") == stateId)
            .Select(row => Time(row, "date_add", "/order_histories")).Max();

    // What the shop's people wrote to each other or to the buyer is no delivery instruction.
    private string? Note()
    {
        string[] notes = [.. PrestaShopPayloads.Items(root, "messages")
            .Where(message => !PrestaShopPayloads.IsSet(message, "private") && PrestaShopPayloads.Id(message, "id_employee") is null)
            .Select(message => PrestaShopPayloads.Raw(message, "message")).OfType<string>().Distinct(StringComparer.Ordinal)];
        return notes.Length == 0 ? null : string.Join('\n', notes);
    }

    private DateTimeOffset? Time(JsonElement parent, string name, string pointer)
    {
        if (PrestaShopPayloads.Raw(parent, name) is not { } text || text.StartsWith("0000-", StringComparison.Ordinal))
        {
            return null;
        }

        if (PrestaShopZone.Local(text) is { } local)
        {
            return PrestaShopZone.ToUtc(local, zone, madeAt);
        }

        payloads.Complain($"'{name}' must be a time such as \"2026-11-02 11:43:41\".", $"{pointer}/{name}", PrestaShopPayloads.Get(parent, name));
        return null;
    }
}
