using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Reads one order document (REST <c>wc/v3</c> order object).</summary>
internal sealed class WooCommerceOrderReader(WooCommerceSettings settings, WooCommercePayloads payloads, JsonElement root)
{
    private static readonly string[] KeptFields =
        ["version", "prices_include_tax", "discount_tax", "shipping_tax", "cart_tax", "currency_symbol", "customer_ip_address", "customer_user_agent", "cart_hash", "needs_payment", "needs_processing", "is_editable"];

    private readonly Dictionary<string, string> attributes = new(StringComparer.Ordinal);

    internal Order Read(string id, string word, string status)
    {
        string currency = Currency();
        var lines = new WooCommerceLines(payloads, root, currency);
        ReadAttributes();

        var total = payloads.Money(root, "total", currency, default);
        if (total is null)
        {
            payloads.Complain("The order has no 'total'.", "/total", WooCommercePayloads.Get(root, "total"));
        }

        var owed = total ?? Money.Zero(currency);
        var paidAt = payloads.Time(root, "date_paid_gmt");
        var completedAt = payloads.Time(root, "date_completed_gmt");
        var placedAt = payloads.Time(root, "date_created_gmt");
        var shipping = lines.Shipping();
        var (fees, discounts, reductions) = lines.FeesAndDiscounts();
        var refunds = lines.Refunds();
        var fulfilments = WooCommerceTracking.Read(root);
        var refunded = Sum(refunds.Select(refund => refund.Amount), currency);
        var verdict = WooCommerceVerdict.Of(settings, word, status, new(
            WooCommercePayloads.Raw(root, "payment_method"), paidAt is not null, completedAt is not null, fulfilments.Count > 0,
            refunds.Count > 0, refunds.Count > 0 && refunded.Amount >= owed.Amount, WooCommercePayloads.Flag(root, "needs_payment") == true));
        bool needsProcessing = WooCommercePayloads.Flag(root, "needs_processing") ?? true;
        bool isPickup = shipping.Count > 0 && shipping.All(line => line.IsPickup);
        var items = lines.Items(needsProcessing);
        var addresses = new WooCommerceAddresses(settings, root, attributes);
        var payments = Payments(owed, verdict.Payment, paidAt);
        var shipTo = isPickup || !needsProcessing ? null : addresses.ShipTo(hasShippingLine: shipping.Count > 0);
        // Services need processing too, but have neither a shipping line nor an address to go to.
        bool requiresShipping = needsProcessing && !isPickup && (shipping.Count > 0 || shipTo is not null);

        if (isPickup && addresses.Shipping() is not null)
        {
            attributes["shipping"] = root.GetProperty("shipping").GetRawText();
        }

        return new()
        {
            ExternalId = id,
            Number = WooCommercePayloads.Text(root, "number") ?? id,
            State = verdict.State,
            PaymentStatus = verdict.Payment,
            FulfilmentStatus = verdict.Fulfilment,
            PlatformStatus = status,
            IsTest = attributes.GetValueOrDefault("_wcpay_mode") == "test",
            PlacedAt = placedAt,
            UpdatedAt = payloads.Time(root, "date_modified_gmt"),
            PaidAt = paidAt,
            ClosedAt = completedAt,
            ShopOffsetMinutes = Offset(placedAt),
            Channel = WooCommercePayloads.Text(root, "created_via"),
            Currency = currency,
            Totals = new()
            {
                Total = owed,
                Subtotal = Sum(items.Select(item => item.Total ?? Money.Zero(currency)), currency),
                Discount = (payloads.Money(root, "discount_total", currency, default) ?? Money.Zero(currency)) + reductions,
                Shipping = payloads.Money(root, "shipping_total", currency, default),
                Tax = payloads.Money(root, "total_tax", currency, default),
                Fees = fees.Count == 0 ? null : Sum(fees.Select(fee => fee.Amount), currency),
                Refunded = refunds.Count == 0 ? null : refunded,
                CurrentTotal = owed - refunded,
                Outstanding = WooCommercePayloads.Flag(root, "needs_payment") == true ? owed : null,
                // prices_include_tax only says how the shop shows prices: every amount of the document is net.
                TaxesIncluded = false,
            },
            Customer = addresses.Customer(),
            ShipTo = shipTo,
            BillTo = addresses.BillTo(),
            Lines = items,
            Shipping = shipping,
            Taxes = lines.Taxes(),
            Discounts = discounts,
            Fees = fees,
            Payments = payments,
            Refunds = refunds,
            Fulfilments = fulfilments,
            Note = WooCommercePayloads.Text(root, "customer_note"),
            RequiresShipping = requiresShipping,
            Attributes = attributes.Count == 0 ? Order.EmptyAttributes : attributes,
            Concerns = Concerns(verdict, requiresShipping, shipTo),
        };
    }

    /// <summary>Metadata of an order or a line by its keys; a repeated key gets <c>#2</c>, <c>#3</c>.</summary>
    internal static void ReadMetadata(JsonElement owner, Dictionary<string, string> into)
    {
        foreach (var entry in WooCommercePayloads.Items(WooCommercePayloads.Get(owner, "meta_data")))
        {
            if (WooCommercePayloads.Raw(entry, "key") is { } key && WooCommercePayloads.Get(entry, "value") is { } found && WooCommercePayloads.Anything(found) is { } value)
            {
                string name = key;
                for (int copy = 2; !into.TryAdd(name, value); copy++)
                {
                    name = string.Create(CultureInfo.InvariantCulture, $"{key}#{copy}");
                }
            }
        }
    }

    internal static Money Sum(IEnumerable<Money> amounts, string currency) => amounts.Aggregate(Money.Zero(currency), (sum, amount) => sum + amount);

    private static List<Concern> Concerns(WooCommerceVerdict verdict, bool requiresShipping, Address? shipTo)
    {
        List<Concern> concerns = verdict.Concern is { } known ? [known] : [];
        if (requiresShipping && shipTo?.Line1 is null && verdict.State is (OrderState.New or OrderState.AwaitingPayment))
        {
            concerns.Add(new("address_missing", "The order needs a parcel but its address has no street: ask the buyer and enter it, or exclude the order."));
        }

        return concerns;
    }

    private string Currency()
    {
        if (WooCommercePayloads.Raw(root, "currency") is { Length: 3 } code && code.All(char.IsAsciiLetter))
        {
            return code.ToUpperInvariant();
        }

        payloads.Complain("'currency' must be an ISO 4217 code such as \"EUR\".", "/currency", WooCommercePayloads.Get(root, "currency"));
        return "XXX";
    }

    // order_key and payment_url are left out: whoever has them can open the buyer's pay page.
    private void ReadAttributes()
    {
        foreach (string name in KeptFields)
        {
            if (WooCommercePayloads.Text(root, name) is { } value)
            {
                attributes[name] = value;
            }
        }

        if (WooCommercePayloads.Id(root, "parent_id") is { } parent)
        {
            attributes["parent_id"] = parent;
        }

        ReadMetadata(root, attributes);
    }

    private List<Payment> Payments(Money total, PaymentStatus status, DateTimeOffset? paidAt)
    {
        List<Payment> payments = [];
        var method = WooCommercePayloads.Raw(root, "payment_method");
        var title = WooCommercePayloads.Text(root, "payment_method_title");
        var transaction = WooCommercePayloads.Raw(root, "transaction_id");
        if (method is not null || title is not null || transaction is not null || paidAt is not null)
        {
            payments.Add(new() { Method = method ?? "other", Title = title, TransactionId = transaction, Amount = total, Status = status, PaidAt = paidAt });
        }

        // The card's code is money: only its id is kept.
        int index = 0;
        foreach (var card in WooCommercePayloads.Items(WooCommercePayloads.Get(root, "gift_cards")))
        {
            payments.Add(new()
            {
                Method = "gift_card", TransactionId = WooCommercePayloads.Id(card, "id"), Status = PaymentStatus.Paid,
                Amount = payloads.Money(card, "amount", total.Currency, new("gift_cards", index++)),
            });
        }

        return payments;
    }

    private int? Offset(DateTimeOffset? placedAt) =>
        placedAt is { } utc && WooCommercePayloads.Time(WooCommercePayloads.Raw(root, "date_created")) is { } local && Math.Abs((local - utc).TotalHours) <= 14
            ? (int)(local - utc).TotalMinutes
            : null;
}
