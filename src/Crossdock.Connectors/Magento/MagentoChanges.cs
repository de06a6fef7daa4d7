using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>Shipments and credit memos, which Magento keeps apart from the order.</summary>
internal static class MagentoChanges
{
    internal static MappingOutcome Shipment(JsonElement data, string place)
    {
        if (MagentoText.Id(data, "order_id") is not { } order)
        {
            return new Unmappable("The shipment does not say which order it is for.", $"{place}/order_id");
        }

        return ReadShipment(data) is { } fulfilment
            ? new MappedChange(order, new() { What = $"Shipment {JsonFields.Text(data, "increment_id") ?? fulfilment.Id} in the shop", At = fulfilment.At, Fulfilment = fulfilment })
            : new Unmappable("The shipment has no 'entity_id'.", $"{place}/entity_id");
    }

    internal static MappingOutcome CreditMemo(JsonElement data, string place)
    {
        if (MagentoText.Id(data, "order_id") is not { } order)
        {
            return new Unmappable("The credit memo does not say which order it is for.", $"{place}/order_id");
        }

        if (JsonFields.Text(data, "order_currency_code") is not { Length: 3 } currency || !currency.All(char.IsAsciiLetter))
        {
            return new Unmappable("'order_currency_code' must be an ISO 4217 code such as \"EUR\".", $"{place}/order_currency_code");
        }

        return ReadCreditMemo(data, currency.ToUpperInvariant()) is { } refund
            ? new MappedChange(order, new() { What = $"Credit memo {JsonFields.Text(data, "increment_id") ?? refund.Id} of {refund.Amount}", At = refund.At, Refund = refund })
            : new Unmappable("The credit memo has no 'entity_id' or no 'grand_total'.", $"{place}/entity_id");
    }

    internal static Fulfilment? ReadShipment(JsonElement data)
    {
        if (MagentoText.Id(data, "entity_id") is not { } id)
        {
            return null;
        }

        List<JsonElement> tracks = [.. JsonFields.Items(data, "tracks")];
        return new()
        {
            Id = id,
            Status = JsonFields.Text(data, "shipment_status"),
            At = JsonFields.Time(JsonFields.Text(data, "created_at")),
            // "custom" says nothing; the title is what the buyer reads.
            Carrier = tracks.Select(track => JsonFields.Text(track, "title") ?? JsonFields.Text(track, "carrier_code")).FirstOrDefault(carrier => carrier is not null),
            TrackingNumbers = [.. tracks.Select(track => JsonFields.Text(track, "track_number")).OfType<string>().Distinct()],
            Lines = [.. JsonFields.Items(data, "items").Select(item => (Line: MagentoText.Id(item, "order_item_id"), Quantity: JsonFields.TryNumber(JsonFields.Get(item, "qty"))))
                .Where(item => item.Line is not null && item.Quantity > 0).Select(item => new PackageLine(item.Line!, MagentoText.Plain(item.Quantity!.Value)))],
        };
    }

    internal static Refund? ReadCreditMemo(JsonElement data, string currency)
    {
        if (MagentoText.Id(data, "entity_id") is not { } id || JsonFields.TryNumber(JsonFields.Get(data, "grand_total")) is not { } total)
        {
            return null;
        }

        return new()
        {
            Id = id,
            At = JsonFields.Time(JsonFields.Text(data, "created_at")),
            Amount = new(MagentoText.Plain(Math.Abs(total)), currency),
            Reason = JsonFields.Items(data, "comments").Select(comment => JsonFields.Text(comment, "comment")).FirstOrDefault(comment => comment is not null),
            Lines = [.. JsonFields.Items(data, "items").Select(item => (Line: MagentoText.Id(item, "order_item_id"), Quantity: JsonFields.TryNumber(JsonFields.Get(item, "qty")), Amount: JsonFields.TryNumber(JsonFields.Get(item, "row_total_incl_tax") ?? JsonFields.Get(item, "row_total"))))
                .Where(item => item.Line is not null && item.Quantity > 0)
                .Select(item => new RefundLine(item.Line!, MagentoText.Plain(item.Quantity!.Value), item.Amount is { } amount ? new Money(MagentoText.Plain(Math.Abs(amount)), currency) : null, null))],
        };
    }
}
