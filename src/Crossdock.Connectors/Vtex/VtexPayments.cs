using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>Reads how an order is paid. Card numbers and holders were taken out when the order was read, and are not looked at here either.</summary>
internal sealed class VtexPayments
{
    private readonly JsonFields fields;
    private readonly VtexMoney money;
    private readonly VtexSettings settings;
    private readonly Dictionary<string, string> attributes;
    private readonly List<(JsonElement Element, string Place)> payments = [];
    private readonly List<(JsonElement Element, string Place)> cards = [];

    internal VtexPayments(VtexSettings settings, JsonFields fields, JsonElement root, VtexMoney money, Dictionary<string, string> attributes)
    {
        (this.settings, this.fields, this.money, this.attributes) = (settings, fields, money, attributes);
        var data = JsonFields.Block(root, "paymentData");
        int transaction = 0;
        foreach (var entry in JsonFields.Items(data, "transactions"))
        {
            int payment = 0;
            foreach (var element in JsonFields.Flag(entry, "isActive") == false ? [] : JsonFields.Items(entry, "payments"))
            {
                payments.Add((element, string.Create(CultureInfo.InvariantCulture, $"/paymentData/transactions/{transaction}/payments/{payment++}")));
            }

            transaction++;
        }

        int card = 0;
        foreach (var element in JsonFields.Items(data, "giftCards"))
        {
            cards.Add((element, string.Create(CultureInfo.InvariantCulture, $"/paymentData/giftCards/{card++}")));
        }
    }

    internal IEnumerable<JsonElement> Elements => payments.Select(payment => payment.Element);

    /// <summary>True when the courier collects some of it.</summary>
    internal bool IsAtTheDoor => payments.Exists(payment => IsCash(payment.Element));

    internal List<Payment> Read(PaymentStatus status, DateTimeOffset? paidAt)
    {
        List<Payment> read = [];
        foreach (var (element, place) in payments)
        {
            string number = (read.Count + 1).ToString(CultureInfo.InvariantCulture);
            Keep($"payments.{number}.paymentSystem", JsonFields.Text(element, "paymentSystem"));
            Keep($"payments.{number}.installments", JsonFields.Text(element, "installments"));
            // Of a card this would be the month it runs out.
            Keep($"payments.{number}.dueDate", JsonFields.Text(element, "group") == "bankInvoice" ? JsonFields.Text(element, "dueDate") : null);
            bool isCash = IsCash(element);
            read.Add(new()
            {
                Method = JsonFields.Text(element, "group") ?? JsonFields.Text(element, "paymentSystem") ?? "other",
                Title = JsonFields.Text(element, "paymentSystemName") ?? JsonFields.Text(element, "giftCardName"),
                TransactionId = JsonFields.Text(element, "tid") ?? JsonFields.Text(element, "id"),
                Amount = money.Read(element, "value", place),
                Status = isCash || status != PaymentStatus.CashOnDelivery ? status : PaymentStatus.Paid,
                PaidAt = isCash ? null : paidAt,
            });
        }

        // A card that pays is among the payments as well; the list tells of those that were offered, without their codes.
        foreach (var (element, place) in cards)
        {
            if (JsonFields.Flag(element, "inUse") != false && (JsonFields.Text(element, "id") ?? JsonFields.Text(element, "name")) is { } id
                && !payments.Exists(payment => JsonFields.Text(payment.Element, "giftCardId") == id || JsonFields.Text(payment.Element, "group")?.StartsWith("giftCard", StringComparison.OrdinalIgnoreCase) == true))
            {
                read.Add(new() { Method = "giftCard", Title = JsonFields.Text(element, "name"), TransactionId = JsonFields.Text(element, "id"), Amount = money.Read(element, "value", place), Status = PaymentStatus.Paid, PaidAt = paidAt });
            }
        }

        return read;
    }

    private bool IsCash(JsonElement payment) => JsonFields.Text(payment, "paymentSystemName") is { } name && settings.CashNames.Contains(PlaceNames.Fold(name));

    private void Keep(string name, string? value)
    {
        if (value is not null)
        {
            attributes[name] = value;
        }
    }
}
