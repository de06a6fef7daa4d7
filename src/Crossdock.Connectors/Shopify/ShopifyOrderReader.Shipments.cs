using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

internal ref partial struct ShopifyOrderReader
{
    private void ReadFulfilments()
    {
        fulfilments = null;
        if (!cursor.EnterArray(matters: true))
        {
            return;
        }
        while (cursor.NextElement())
        {
            if (cursor.EnterObject())
            {
                (fulfilments ??= []).Add(ReadFulfilment(out _, keepOddities: true));
            }
        }
    }

    /// <summary>The body of a fulfilment topic; null when it is no object.</summary>
    internal Fulfilment? ReadFulfilmentBody(out string? order)
    {
        order = null;
        cursor.Start();
        if (!cursor.EnterObject())
        {
            return null;
        }
        var read = ReadFulfilment(out order, keepOddities: false);
        cursor.Finish();
        return read;
    }

    private Fulfilment ReadFulfilment(out string? order, bool keepOddities)
    {
        order = null;
        (string? fulfilmentId, string? label, string? status, string? shipmentStatus, string? carrier, string? service, string? location) = (null, null, null, null, null, null, null);
        (string? number, string? url) = (null, null);
        DateTimeOffset? at = null;
        List<string>? numbers = null, urls = null;
        List<PackageLine>? sent = null;
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Id: fulfilmentId = cursor.Text(); break;
                case Field.OrderId: order = cursor.Text(); break;
                case Field.Name: label = cursor.Text(); break;
                case Field.Status: status = cursor.Word(); break;
                case Field.ShipmentStatus: shipmentStatus = cursor.Word(); break;
                case Field.TrackingCompany: carrier = cursor.Word(); break;
                case Field.Service: service = cursor.Word(); break;
                case Field.LocationId: location = cursor.Word(); break;
                case Field.CreatedAt: at = cursor.Time()?.ToUniversalTime(); break;
                case Field.TrackingNumber: number = cursor.Text(); break;
                case Field.TrackingUrl: url = cursor.Text(); break;
                case Field.TrackingNumbers: numbers = ReadTexts(); break;
                case Field.TrackingUrls: urls = ReadTexts(); break;
                case Field.LineItems: sent = ReadPackageLines(); break;
                default: cursor.Skip(); break;
            }
        }
        if (keepOddities)
        {
            Keep($"fulfilment.{fulfilmentId}.name", label);
            Keep($"fulfilment.{fulfilmentId}.location_id", location);
            Keep($"fulfilment.{fulfilmentId}.service", service == "manual" ? null : service);
        }
        return new Fulfilment
        {
            Id = fulfilmentId ?? "",
            Status = status,
            ShipmentStatus = shipmentStatus,
            At = at,
            Carrier = carrier,
            TrackingNumbers = numbers ?? (number is null ? [] : [number]),
            TrackingUrls = urls ?? (url is null ? [] : [url]),
            Lines = sent ?? (IReadOnlyList<PackageLine>)[],
        };
    }

    private List<string>? ReadTexts()
    {
        List<string>? texts = null;
        if (!cursor.EnterArray())
        {
            return null;
        }
        while (cursor.NextElement())
        {
            if (cursor.Text() is { } text)
            {
                (texts ??= []).Add(text);
            }
        }
        return texts;
    }

    private List<PackageLine>? ReadPackageLines()
    {
        List<PackageLine>? read = null;
        if (!cursor.EnterArray())
        {
            return null;
        }
        while (cursor.NextElement())
        {
            if (!cursor.EnterObject())
            {
                continue;
            }
            (string? line, decimal? quantity) = (null, null);
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.Id: line = cursor.Text(); break;
                    case Field.Quantity: quantity = cursor.Amount(); break;
                    default: cursor.Skip(); break;
                }
            }
            (read ??= []).Add(new PackageLine(line ?? "", quantity ?? 0m));
        }
        return read;
    }

    private void ReadRefunds()
    {
        refunds = null;
        if (!cursor.EnterArray(matters: true))
        {
            return;
        }
        while (cursor.NextElement())
        {
            if (cursor.EnterObject())
            {
                (refunds ??= []).Add(ReadRefund(Currency, out _, keepOddities: true));
            }
        }
    }

    /// <summary>The body of <c>refunds/create</c>; null when it is no object.</summary>
    internal Refund? ReadRefundBody(out string? order)
    {
        order = null;
        cursor.Start();
        if (!cursor.EnterObject())
        {
            return null;
        }
        var read = ReadRefund(null, out order, keepOddities: false);
        cursor.Finish();
        return read;
    }

    private Refund ReadRefund(string? known, out string? order, bool keepOddities)
    {
        order = null;
        (string? refundId, string? reason) = (null, null);
        (DateTimeOffset? created, DateTimeOffset? processed) = (null, null);
        (decimal paid, string? paidIn, string? seenIn) = (0m, null, null);
        List<(string Line, decimal Quantity, decimal? Amount, string? Restock, string? Location)>? given = null;
        List<(string? Kind, decimal Amount)>? adjustments = null;
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Id: refundId = cursor.Text(); break;
                case Field.OrderId: order = cursor.Text(); break;
                case Field.Note: reason = cursor.Text(); break;
                case Field.CreatedAt: created = cursor.Time(); break;
                case Field.ProcessedAt: processed = cursor.Time(); break;
                case Field.Transactions when cursor.EnterArray():
                    while (cursor.NextElement())
                    {
                        if (cursor.EnterObject() && ReadTransaction() is { Kind: "refund", Status: "success", Amount: { } back } transaction)
                        {
                            paid += back;
                            paidIn ??= transaction.Currency;
                        }
                    }
                    break;
                case Field.RefundLineItems when cursor.EnterArray():
                    while (cursor.NextElement())
                    {
                        if (cursor.EnterObject())
                        {
                            (given ??= []).Add(ReadRefundLine(ref seenIn));
                        }
                    }
                    break;
                case Field.OrderAdjustments when cursor.EnterArray():
                    while (cursor.NextElement())
                    {
                        if (cursor.EnterObject())
                        {
                            (adjustments ??= []).Add(ReadAdjustment());
                        }
                    }
                    break;
                case Field.Transactions or Field.RefundLineItems or Field.OrderAdjustments: break;
                default: cursor.Skip(); break;
            }
        }
        string inCurrency = known ?? seenIn ?? paidIn ?? "XXX";
        var read = new List<RefundLine>(given?.Count ?? 0);
        foreach (var line in given ?? [])
        {
            read.Add(new RefundLine(line.Line, line.Quantity, line.Amount is { } amount ? new Money(amount, inCurrency) : null, line.Restock));
            if (keepOddities)
            {
                Keep($"refund.{refundId}.line.{line.Line}.location_id", line.Location);
            }
        }
        foreach (var (kind, amount) in keepOddities ? adjustments ?? [] : [])
        {
            Keep($"refund.{refundId}.{kind ?? "adjustment"}", amount.ToString(CultureInfo.InvariantCulture));
        }
        return new Refund { Id = refundId ?? "", At = (processed ?? created)?.ToUniversalTime(), Amount = new Money(paid, paidIn ?? inCurrency), Reason = reason, Lines = read };
    }

    private (string Line, decimal Quantity, decimal? Amount, string? Restock, string? Location) ReadRefundLine(ref string? seenIn)
    {
        (string? line, string? restock, string? location) = (null, null, null);
        (decimal? quantity, decimal? plain, decimal? inSet) = (null, null, null);
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.LineItemId: line = cursor.Text(); break;
                case Field.Quantity: quantity = cursor.Amount(); break;
                case Field.Subtotal: plain = cursor.Amount(); break;
                case Field.SubtotalSet:
                    (inSet, _, string? code, _) = ReadMoneySet();
                    seenIn ??= code;
                    break;
                case Field.RestockType: restock = cursor.Word(); break;
                case Field.LocationId: location = cursor.Word(); break;
                default: cursor.Skip(); break;
            }
        }
        // The plain subtotal is a JSON number and may have been rounded on its way; the set is text.
        return (line ?? "", quantity ?? 0m, inSet ?? plain, restock, location);
    }

    private (string? Kind, decimal Amount) ReadAdjustment()
    {
        (string? kind, decimal amount) = (null, 0m);
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Kind: kind = cursor.Word(); break;
                case Field.Amount: amount += cursor.Amount() ?? 0m; break;
                case Field.TaxAmount: amount += cursor.Amount() ?? 0m; break;
                default: cursor.Skip(); break;
            }
        }
        return (kind, amount);
    }
}
