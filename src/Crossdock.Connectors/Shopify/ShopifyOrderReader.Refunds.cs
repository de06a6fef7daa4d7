using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

internal ref partial struct ShopifyOrderReader
{
    private void ReadRefunds()
    {
        refunds = null;
        (refunded, refundedTax) = (0m, 0m);
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
        List<(string Line, decimal Quantity, decimal? Amount, decimal? Tax, string? Restock, string? Location)>? given = null;
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
                KeepAmount($"refund.{refundId}.line.{line.Line}.total_tax", line.Tax, 0m);
            }
        }
        if (keepOddities)
        {
            KeepAdjustments(refundId, adjustments);
            AddToRefunded(known, paid, paidIn, given, adjustments);
        }
        return new Refund { Id = refundId ?? "", At = (processed ?? created)?.ToUniversalTime(), Amount = new Money(paid, paidIn ?? inCurrency), Reason = reason, Lines = read };
    }

    private void KeepAdjustments(string? refundId, List<(string? Kind, decimal Amount)>? adjustments)
    {
        foreach (var same in (adjustments ?? []).GroupBy(adjustment => adjustment.Kind ?? "adjustment", adjustment => adjustment.Amount, StringComparer.Ordinal))
        {
            Keep($"refund.{refundId}.{same.Key}", same.Sum().ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>What the refund cost the shop. Transactions are in the currency the buyer paid in; where that is another, lines and adjustments say it in the shop's.</summary>
    private void AddToRefunded(string? known, decimal paid, string? paidIn, List<(string Line, decimal Quantity, decimal? Amount, decimal? Tax, string? Restock, string? Location)>? given, List<(string? Kind, decimal Amount)>? adjustments)
    {
        if (paidIn is null || paidIn == known)
        {
            refunded += paid;
            return;
        }
        foreach (var line in given ?? [])
        {
            refunded += line.Amount ?? 0m;
            refundedTax += line.Tax ?? 0m;
        }
        foreach (var (_, amount) in adjustments ?? [])
        {
            refunded -= amount;      // money given back beyond the lines is written as a negative adjustment
        }
    }

    private (string Line, decimal Quantity, decimal? Amount, decimal? Tax, string? Restock, string? Location) ReadRefundLine(ref string? seenIn)
    {
        (string? line, string? restock, string? location) = (null, null, null);
        (decimal? quantity, decimal? plain, decimal? inSet, decimal? tax, decimal? taxInSet) = (null, null, null, null, null);
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
                case Field.TotalTax: tax = cursor.Amount(); break;
                case Field.TotalTaxSet: taxInSet = ReadMoneySet().Shop; break;
                case Field.RestockType: restock = cursor.Word(); break;
                case Field.LocationId: location = cursor.Word(); break;
                default: cursor.Skip(); break;
            }
        }
        // The plain amounts are JSON numbers and may have been rounded on their way; the sets are text.
        return (line ?? "", quantity ?? 0m, inSet ?? plain, taxInSet ?? tax, restock, location);
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
