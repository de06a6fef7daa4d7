using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Reads one order document.</summary>
internal sealed class JumpsellerDocument(JumpsellerSettings settings, JsonFields fields, JsonElement order)
{
    private static readonly string[] KeptTexts =
    [
        "completed_at", "fulfillment_status", "shipping_required", "shipping_option", "same_day_delivery", "payment_method_type", "payment_information", "payment_notification_id", "recovered_from",
    ];
    private static readonly string[] KeptParts = ["shipping_branch", "promotions", "shipping_taxes"];
    private static readonly string[] KeptOfSource = ["created_from", "source_name", "medium", "campaign", "referral_code", "referral_source", "first_page_visited"];

    private readonly Dictionary<string, string> attributes = new(StringComparer.Ordinal);

    internal Order Read(string id, string status, DateTimeOffset changedAt)
    {
        string currency = Currency();
        var totals = JumpsellerTotals.Read(fields, order);
        if (totals is null)
        {
            fields.Complain("The order has no 'total'.", "/order", "total", JsonFields.Get(order, "total"));
        }

        string shipment = JumpsellerStates.ShipmentOf(order);
        bool isAtTheDoor = JsonFields.Text(order, "payment_method_name") is { } method && settings.CashNames.Contains(PlaceNames.Fold(method));
        var verdict = JumpsellerVerdict.Of(status, shipment, isAtTheDoor);
        string option = JsonFields.Text(order, "shipping_option") ?? (JsonFields.Flag(order, "shipping_required") == false ? "no_shipping" : "delivery");
        bool isPickup = option == "store_pickup";
        var reader = new JumpsellerLines(settings, fields, order, currency);
        var lines = reader.Read(verdict.Fulfilment, option != "no_shipping");
        var addresses = new JumpsellerAddresses(settings, order);
        var shipTo = isPickup || option == "no_shipping" ? null : addresses.ShipTo();
        bool requiresShipping = !isPickup && lines.Exists(line => line.RequiresShipping);
        ReadAttributes(isPickup);
        var createdAt = Time("created_at");
        var owed = new Money(totals?.Total ?? 0, currency);
        return new()
        {
            ExternalId = id,
            Number = id,
            State = verdict.State,
            PaymentStatus = verdict.Payment,
            FulfilmentStatus = verdict.Fulfilment,
            PlatformStatus = $"{status}/{shipment}",
            PlacedAt = createdAt,
            UpdatedAt = changedAt,
            PaidAt = verdict.Payment == PaymentStatus.Paid ? Time("completed_at") : null,
            Channel = JsonFields.Text(JsonFields.Block(order, "source"), "created_from"),
            Currency = currency,
            Totals = new()
            {
                Total = owed,
                Subtotal = Amount(totals?.Goods, currency),
                Discount = Amount(totals?.Discount, currency),
                Shipping = Amount(totals?.Shipping, currency),
                Tax = Amount(totals?.Tax, currency),
                CurrentTotal = owed,
                TaxesIncluded = reader.IsTaxIncluded,
            },
            Customer = addresses.Customer(),
            ShipTo = shipTo,
            BillTo = addresses.BillTo(),
            Lines = lines,
            Shipping = Shipping(option, isPickup, totals, currency),
            Taxes = totals?.Tax is > 0 ? [new("Tax", null, new(totals.Tax.Value, currency))] : [],
            Discounts = Discounts(totals, currency),
            Payments = Payments(verdict.Payment, totals, currency),
            Fulfilments = Fulfilments(shipment),
            Note = JsonFields.Text(order, "additional_information"),
            WeightGrams = Weight(lines),
            RequiresShipping = requiresShipping,
            Attributes = attributes.Count == 0 ? Order.EmptyAttributes : attributes,
            Concerns = Concerns(verdict, requiresShipping, shipTo),
        };
    }

    private static List<Concern> Concerns(JumpsellerVerdict verdict, bool requiresShipping, Address? shipTo)
    {
        List<Concern> concerns = [.. verdict.Concerns];
        if (requiresShipping && shipTo?.Line1 is null && verdict.State is (OrderState.New or OrderState.AwaitingPayment or OrderState.Processing))
        {
            concerns.Add(new("address_missing", "The order needs a parcel but its address has no street: ask the buyer and enter it, or exclude the order."));
        }

        return concerns;
    }

    private static long? Weight(List<LineItem> lines)
    {
        var shipped = lines.FindAll(line => line.RequiresShipping);
        return shipped.Count == 0 || shipped.Exists(line => line.WeightGrams is null) ? null : (long)Math.Min(shipped.Sum(line => line.WeightGrams!.Value * line.CurrentQuantity), long.MaxValue / 2);
    }

    private static Money? Amount(decimal? amount, string currency) => amount is { } value ? new Money(value, currency) : null;

    private string Currency()
    {
        if (JsonFields.Text(order, "currency") is { Length: 3 } code && code.All(char.IsAsciiLetter))
        {
            return code.ToUpperInvariant();
        }

        fields.Complain("'currency' must be an ISO 4217 code such as \"CLP\".", "/order", "currency", JsonFields.Get(order, "currency"));
        return "XXX";
    }

    private DateTimeOffset? Time(string name)
    {
        if (JsonFields.Text(order, name) is not { } text)
        {
            return null;
        }

        var time = JumpsellerWebhooks.Time(text);
        if (time is null)
        {
            fields.Complain($"'{name}' must be a time such as \"2026-11-02 15:18:03 UTC\".", "/order", name, JsonFields.Get(order, name));
        }

        return time;
    }

    private List<ShippingLine> Shipping(string option, bool isPickup, JumpsellerTotals? totals, string currency)
    {
        string? name = JsonFields.Text(order, "shipping_method_name");
        if (option == "no_shipping" || (name is null && !isPickup && totals?.ShippingBefore is null or 0))
        {
            return [];
        }

        Dictionary<string, string> kept = new(StringComparer.Ordinal);
        foreach (string field in (ReadOnlySpan<string>)["shipping_method_id", "shipping_service_id", "external_shipping_rate_id", "external_shipping_rate_description"])
        {
            if (JsonFields.Text(order, field) is { } value)
            {
                kept[field] = value;
            }
        }

        if (JsonFields.Text(JsonFields.Block(order, "shipping_branch"), "name") is { } branch)
        {
            kept["branch"] = branch;
        }

        return
        [
            new()
            {
                Id = JsonFields.Text(order, "shipping_method_id"),
                Title = name ?? JsonFields.Text(JsonFields.Block(order, "pickup_address"), "pickup_place_name") ?? "Shipping",
                Code = JsonFields.Text(order, "external_shipping_rate_id") ?? JsonFields.Text(order, "shipping_service_id"),
                Price = Amount(totals?.ShippingBefore, currency),
                Total = Amount(totals?.Shipping, currency),
                Tax = Amount(fields.Number(order, "shipping_tax", "/order"), currency),
                IsPickup = isPickup,
                Attributes = kept.Count == 0 ? Order.EmptyAttributes : kept,
            },
        ];
    }

    private List<Discount> Discounts(JumpsellerTotals? totals, string currency)
    {
        if (totals?.Discount is not > 0)
        {
            return [];
        }

        // Promotions come without their amounts.
        var promotions = JsonFields.Items(order, "promotions").ToList();
        return [new(JsonFields.Text(order, "coupons"), null, promotions.Count == 1 ? JsonFields.Text(promotions[0], "name") : null, new(totals.Discount.Value, currency))];
    }

    private List<Payment> Payments(PaymentStatus status, JumpsellerTotals? totals, string currency)
    {
        List<Payment> payments = [];
        string? name = JsonFields.Text(order, "payment_method_name");
        decimal cards = totals?.GiftCards ?? 0;
        if (name is not null || totals is not null)
        {
            payments.Add(new()
            {
                Method = JsonFields.Text(order, "payment_method_type") ?? name ?? "other",
                Title = name,
                TransactionId = JsonFields.Text(order, "payment_notification_id"),
                Amount = new((totals?.Total ?? 0) - cards, currency),
                Status = status,
                PaidAt = status == PaymentStatus.Paid ? Time("completed_at") : null,
            });
        }

        if (cards > 0)
        {
            payments.Add(new() { Method = "gift_card", Amount = new(cards, currency), Status = PaymentStatus.Paid });
        }

        return payments;
    }

    private List<Fulfilment> Fulfilments(string shipment)
    {
        string? number = JsonFields.Text(order, "tracking_number");
        string? address = JsonFields.Text(order, "tracking_url");
        return number is null && address is null ? [] :
        [
            new()
            {
                Id = number ?? "1",
                ShipmentStatus = shipment,
                Carrier = JsonFields.Text(order, "tracking_company"),
                TrackingNumbers = number is null ? [] : [number],
                TrackingUrls = address is null ? [] : [address],
            },
        ];
    }

    // Links to checkout and review open the buyer's order; address and program of the buyer's computer are nobody's business.
    private void ReadAttributes(bool isPickup)
    {
        foreach (string name in KeptTexts)
        {
            Keep(name, JsonFields.Text(order, name));
        }

        foreach (string name in KeptParts)
        {
            Keep(name, JsonFields.Anything(JsonFields.Get(order, name)));
        }

        var source = JsonFields.Block(order, "source");
        foreach (string name in KeptOfSource)
        {
            Keep("source." + name, JsonFields.Text(source, name));
        }

        foreach (var field in JsonFields.Items(order, "additional_fields"))
        {
            if (JsonFields.Text(field, "label") is { } label)
            {
                string area = JsonFields.Text(field, "area") ?? "other";
                Keep(area == "other" ? label : $"{area}.{label}", JsonFields.Anything(JsonFields.Get(field, "value")));
            }
        }

        var billing = JsonFields.Block(order, "billing_information");
        foreach (string name in (ReadOnlySpan<string>)["business_activity", "company_name", "taxpayer_type"])
        {
            Keep(name, JsonFields.Text(billing, name));
        }

        Keep("pickup_address", isPickup ? JsonFields.Anything(JsonFields.Get(order, "pickup_address")) : null);
    }

    private void Keep(string name, string? value)
    {
        if (value is not null)
        {
            attributes[name] = value;
        }
    }
}
