using Crossdock.Model.Orders;

namespace Crossdock.Normalise;

/// <summary>Says in words what differs between two versions of an order, for the timeline.</summary>
internal static class OrderDifferences
{
    public static string Describe(Order before, Order after)
    {
        var differences = new List<string>();
        Add(differences, "state", EnumNames<OrderState>.Of(before.State), EnumNames<OrderState>.Of(after.State));
        Add(differences, "status in the shop", before.PlatformStatus, after.PlatformStatus);
        Add(differences, "payment", EnumNames<PaymentStatus>.Of(before.PaymentStatus), EnumNames<PaymentStatus>.Of(after.PaymentStatus));
        Add(differences, "total", before.Totals.Total.ToString(), after.Totals.Total.ToString());
        if (!Equals(before.ShipTo, after.ShipTo))
        {
            differences.Add("ship-to address");
        }

        Lines(differences, before, after);
        if (after.Refunds.Count > before.Refunds.Count)
        {
            differences.Add($"{after.Refunds.Count - before.Refunds.Count} refund(s) added");
        }

        if (after.Fulfilments.Count > before.Fulfilments.Count)
        {
            differences.Add($"{after.Fulfilments.Count - before.Fulfilments.Count} fulfilment(s) added");
        }

        Add(differences, "note", before.Note, after.Note);
        return differences.Count == 0 ? "other fields" : string.Join("; ", differences);
    }

    private static void Lines(List<string> differences, Order before, Order after)
    {
        var old = new Dictionary<string, LineItem>(StringComparer.Ordinal);
        foreach (var line in before.Lines)
        {
            old.TryAdd(line.Id, line);
        }

        foreach (var line in after.Lines)
        {
            if (!old.Remove(line.Id, out var known))
            {
                differences.Add($"line {line.Sku ?? line.Name} added");
            }
            else if (known.CurrentQuantity != line.CurrentQuantity)
            {
                differences.Add(FormattableString.Invariant($"{line.Sku ?? line.Name}: quantity {known.CurrentQuantity} to {line.CurrentQuantity}"));
            }
        }

        differences.AddRange(old.Values.Select(line => $"line {line.Sku ?? line.Name} removed"));
    }

    private static void Add(List<string> differences, string what, string? before, string? after)
    {
        if (!string.Equals(before, after, StringComparison.Ordinal))
        {
            differences.Add($"{what}: {before ?? "none"} to {after ?? "none"}");
        }
    }
}
