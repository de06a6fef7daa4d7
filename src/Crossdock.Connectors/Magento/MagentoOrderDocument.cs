using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>Reads one order: the REST object, or the model's data of an Adobe event, which has ids as text, a list of addresses and streets in one piece.</summary>
internal sealed class MagentoOrderDocument(MagentoSettings settings, JsonFields fields, JsonElement root, JsonElement companions, string place)
{
    /// <summary>Facts without a place in the canonical order that are kept by their own names. <c>protect_code</c> opens the buyer's page and is not among them.</summary>
    internal static readonly string[] KeptFields =
    [
        "store_id", "store_name", "store_currency_code", "base_currency_code", "global_currency_code", "base_to_order_rate", "base_to_global_rate", "store_to_base_rate", "store_to_order_rate",
        "base_grand_total", "base_subtotal", "base_discount_amount", "base_shipping_amount", "base_tax_amount", "base_total_paid", "base_total_due", "base_total_refunded", "base_total_invoiced",
        "subtotal", "subtotal_incl_tax", "shipping_incl_tax", "shipping_tax_amount", "shipping_discount_amount", "discount_tax_compensation_amount", "shipping_discount_tax_compensation_amount",
        "total_paid", "total_invoiced", "total_offline_refunded", "total_online_refunded", "total_canceled", "adjustment_positive", "adjustment_negative",
        "status", "hold_before_state", "hold_before_status", "customer_group_id", "customer_is_guest", "customer_prefix", "customer_suffix", "customer_middlename", "customer_dob", "customer_gender", "customer_note_notify",
        "applied_rule_ids", "weight", "is_virtual", "email_sent", "quote_id", "remote_ip", "x_forwarded_for", "ext_order_id", "ext_customer_id", "total_item_count", "total_qty_ordered",
        "relation_parent_id", "relation_parent_real_id", "relation_child_id", "relation_child_real_id", "original_increment_id", "edit_increment", "billing_address_id", "coupon_rule_name",
    ];

    private static readonly string[] KeptExtensions = ["pickup_location_code", "company_order_attributes", "coupon_codes", "gift_message"];
    private static readonly string[] Mapped = ["shipping_assignments", "payment_additional_info", "applied_taxes", "item_applied_taxes", "gift_cards"];

    private readonly JsonElement extensions = JsonFields.Block(root, "extension_attributes");
    private readonly JsonElement payment = JsonFields.Block(root, "payment");

    internal Order Read(string id)
    {
        string currency = Currency();
        var money = new MagentoMoney(fields, root, extensions, place, currency);
        var parties = new MagentoParties(settings, root, extensions);
        string? method = parties.ShippingMethod;
        bool isPickup = parties.IsPickup;
        bool isVirtual = MagentoText.Flag(root, "is_virtual");

        if (JsonFields.Get(root, "grand_total") is null)
        {
            fields.Complain("The order has no 'grand_total'.", place, "grand_total", null);
        }

        var lines = new MagentoLines(settings, fields, root, extensions, place, currency, money).Read();
        var sent = lines.Sent;
        var (fulfilments, refunds) = Companions(currency);
        string code = JsonFields.Text(payment, "method") ?? "other";
        string? state = JsonFields.Text(root, "state");
        string? status = JsonFields.Text(root, "status");
        var verdict = MagentoVerdict.Of(settings, new(state, status, code, money.Total, money.Number("total_paid"), money.Number("total_due"), money.Number("total_refunded") ?? 0,
            JsonFields.TryNumber(JsonFields.Get(payment, "amount_authorized")) > 0, isVirtual, sent));

        bool requiresShipping = !isVirtual && !isPickup && lines.Lines.Any(line => line.RequiresShipping);
        var shipTo = requiresShipping ? parties.ShipTo() : null;
        var concerns = Concerns(verdict, money, lines, requiresShipping, shipTo);
        var attributes = Attributes(isPickup ? parties.ShipTo() : null);
        var (cancelledAt, cancelReason) = Cancellation(verdict.State);
        decimal? weight = fields.Number(root, "weight", place);

        return new()
        {
            ExternalId = id,
            Number = JsonFields.Text(root, "increment_id") ?? id,
            State = verdict.State,
            PaymentStatus = verdict.Payment,
            FulfilmentStatus = verdict.Fulfilment,
            PlatformStatus = state is null ? status : status is null || status == state ? state : $"{state}/{status}",
            PlacedAt = fields.Time(root, "created_at", place),
            UpdatedAt = fields.Time(root, "updated_at", place),
            CancelledAt = cancelledAt,
            CancelReason = cancelReason,
            Currency = currency,
            Totals = money.Totals(lines.Goods),
            Customer = parties.Customer(),
            ShipTo = shipTo,
            BillTo = parties.BillTo(),
            Lines = lines.Lines,
            Shipping = isVirtual || (method is null && JsonFields.Text(root, "shipping_description") is null) ? [] : [money.Shipping(parties)],
            Taxes = MagentoMoney.Taxes(JsonFields.Items(extensions, "applied_taxes"), currency),
            Discounts = money.Discounts(),
            Fees = money.Fees(),
            Payments = payment.ValueKind == JsonValueKind.Object ? [Payment(code, money, verdict.Payment)] : [],
            Refunds = refunds,
            Fulfilments = fulfilments,
            Note = JsonFields.Text(root, "customer_note"),
            WeightGrams = weight > 0 && requiresShipping ? Grams(settings, weight.Value) : null,
            RequiresShipping = requiresShipping,
            Attributes = attributes.Count == 0 ? Order.EmptyAttributes : attributes,
            Concerns = concerns,
        };
    }

    internal static long? Grams(MagentoSettings settings, decimal weight) => weight is > 0 and < 1_000_000_000m ? (long)decimal.Round(weight * settings.GramsPerWeight, MidpointRounding.AwayFromZero) : null;

    private List<Concern> Concerns(MagentoVerdict verdict, MagentoMoney money, MagentoLines.Result lines, bool requiresShipping, Address? shipTo)
    {
        List<Concern> concerns = verdict.Concern is { } known ? [known] : [];
        if (verdict.State is not (OrderState.New or OrderState.AwaitingPayment))
        {
            return concerns;
        }

        if (requiresShipping && shipTo?.Line1 is null)
        {
            concerns.Add(new("address_missing", "The order needs a parcel but its document has no shipping address with a street: wait for the shop's next message, ask the buyer and enter it, or exclude the order."));
        }

        if (settings.HoldsOddSums && money.Unexplained() is { } odd)
        {
            concerns.Add(new("amounts_differ", string.Create(CultureInfo.InvariantCulture,
                $"Goods, discount, shipping and tax come to {money.Total - odd} {money.CurrencyCode}, but the order's total is {money.Total}: a module of the shop adds {odd} of its own. Check the total; when that is usual in this shop, set oddSums to accept.")));
        }

        if (settings.HoldsOddSums && lines.AreOdd)
        {
            concerns.Add(new("lines_differ", "The rows of the order do not come to its subtotal: compare lines and prices with the shop, or set oddSums to accept when that is usual in this shop."));
        }

        return concerns;
    }

    // With the order a document may carry what the shop keeps apart from it.
    private (List<Fulfilment> Fulfilments, List<Refund> Refunds) Companions(string currency)
    {
        List<Fulfilment> fulfilments = [.. JsonFields.Items(companions, "shipments").Select(MagentoChanges.ReadShipment).OfType<Fulfilment>().DistinctBy(one => one.Id)];
        List<Refund> refunds = [.. JsonFields.Items(companions, "creditmemos").Select(memo => MagentoChanges.ReadCreditMemo(memo, currency)).OfType<Refund>().DistinctBy(one => one.Id)];
        return (fulfilments, refunds);
    }

    private Payment Payment(string code, MagentoMoney money, PaymentStatus status) => new()
    {
        Method = code,
        Title = MethodTitle(),
        TransactionId = JsonFields.Text(payment, "last_trans_id"),
        Amount = JsonFields.TryNumber(JsonFields.Get(payment, "amount_ordered")) is { } ordered ? money.Of(ordered) : money.Of(money.Total),
        Status = status,
    };

    // "null" is what PHP's json_encode left as text; the first of the list of texts is the title in older versions.
    private string? MethodTitle()
    {
        string? title = JsonFields.Items(extensions, "payment_additional_info").Where(entry => JsonFields.Text(entry, "key") == "method_title").Select(entry => JsonFields.Text(entry, "value")).FirstOrDefault(value => value is not null);
        title ??= JsonFields.Text(JsonFields.Block(payment, "additional_information"), "method_title");
        title ??= JsonFields.Items(payment, "additional_information").Select(JsonFields.Text).FirstOrDefault();
        return title is null or "null" ? null : title;
    }

    private Dictionary<string, string> Attributes(Address? pickup)
    {
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach (string name in KeptFields)
        {
            Keep(name, JsonFields.Text(root, name));
        }

        Keep("po_number", JsonFields.Text(payment, "po_number"));
        Keep("discount_description", JsonFields.Text(root, "discount_description"));
        Keep("status_histories", MagentoText.Anything(JsonFields.Get(root, "status_histories")));
        foreach (string name in KeptExtensions)
        {
            Keep(name, MagentoText.Anything(JsonFields.Get(extensions, name)));
        }

        if (extensions.ValueKind == JsonValueKind.Object)
        {
            // What modules of the shop add: nobody knows what a rule will need.
            foreach (var field in extensions.EnumerateObject().Where(field => !KeptExtensions.Contains(field.Name) && !Mapped.Contains(field.Name)))
            {
                Keep($"extension_attributes.{JsonFields.WithoutNul(field.Name)}", MagentoText.Anything(field.Value));
            }
        }

        if (pickup?.Line1 is not null)
        {
            Keep("shipping_address", $"{pickup.Name}, {pickup.Line1}, {pickup.Postcode} {pickup.City}");
        }

        return attributes;

        void Keep(string name, string? value)
        {
            if (value is not null and not "[]" and not "{}")
            {
                attributes[name] = value;
            }
        }
    }

    // The document has no time of cancellation of its own: the comment that changed the status has, newest first.
    private (DateTimeOffset? At, string? Reason) Cancellation(OrderState state)
    {
        if (state != OrderState.Cancelled)
        {
            return default;
        }

        var entry = JsonFields.Items(root, "status_histories").LastOrDefault(entry => JsonFields.Text(entry, "status") is "canceled" or "closed");
        string? reason = JsonFields.Text(entry, "comment");
        if (JsonFields.Text(root, "relation_child_real_id") is { } child)
        {
            reason = $"edited in the shop: goes on as {child}";
        }

        return (JsonFields.Time(JsonFields.Text(entry, "created_at")), reason);
    }

    private string Currency()
    {
        if (JsonFields.Text(root, "order_currency_code") is { Length: 3 } code && code.All(char.IsAsciiLetter))
        {
            return code.ToUpperInvariant();
        }

        fields.Complain("'order_currency_code' must be an ISO 4217 code such as \"EUR\".", place, "order_currency_code", JsonFields.Get(root, "order_currency_code"));
        return "XXX";
    }
}
