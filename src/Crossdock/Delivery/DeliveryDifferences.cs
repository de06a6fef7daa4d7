using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.Delivery;

/// <summary>What changed between two documents of an order that matters to whoever ships it. States, refunds, tags and the shop's own fulfilments do not.</summary>
internal static class DeliveryDifferences
{
    /// <summary>One phrase per difference; empty when a destination that has the former needs to know nothing.</summary>
    internal static IReadOnlyList<string> Between(Order before, Order after)
    {
        List<string> found = [];
        if (before.ShipTo != after.ShipTo)
        {
            found.Add("the delivery address");
        }
        Lines(before, after, found);
        if (!Same(before.Packages, after.Packages))
        {
            found.Add($"the packages ({before.Packages.Count} before, {after.Packages.Count} now)");
        }
        if (before.Note != after.Note)
        {
            found.Add("the buyer's note");
        }
        if (!before.Shipping.Select(line => line.Title).SequenceEqual(after.Shipping.Select(line => line.Title), StringComparer.Ordinal))
        {
            found.Add("the shipping method");
        }
        // What the driver collects is part of the courier's job; what the buyer paid otherwise is not.
        if (before.PaymentStatus == PaymentStatus.CashOnDelivery != (after.PaymentStatus == PaymentStatus.CashOnDelivery)
            || after.PaymentStatus == PaymentStatus.CashOnDelivery && Due(before) != Due(after))
        {
            found.Add("the amount to collect");
        }
        return found;
    }

    // After edits and refunds the total as ordered stays; less is left to collect.
    private static Money Due(Order order) => order.Totals.CurrentTotal ?? order.Totals.Total;

    private static void Lines(Order before, Order after, List<string> found)
    {
        Dictionary<string, LineItem> former = new(StringComparer.Ordinal);
        foreach (var line in before.Lines)
        {
            former[line.Id] = line;
        }
        foreach (var line in after.Lines)
        {
            if (!former.Remove(line.Id, out var old))
            {
                found.Add($"{Name(line)} was added");
            }
            else if (old.CurrentQuantity != line.CurrentQuantity)
            {
                found.Add(string.Create(CultureInfo.InvariantCulture, $"{Name(line)}: {line.CurrentQuantity:0.###} instead of {old.CurrentQuantity:0.###}"));
            }
            else if (old.Sku != line.Sku)
            {
                found.Add($"{Name(old)} became {Name(line)}");
            }
        }
        found.AddRange(former.Values.Select(gone => $"{Name(gone)} was removed"));
    }

    private static string Name(LineItem line) => line.Sku ?? line.Name;

    private static bool Same(IReadOnlyList<Package> left, IReadOnlyList<Package> right) => left.Count == right.Count
        && left.Zip(right).All(pair => pair.First.Destination == pair.Second.Destination && pair.First.WeightGrams == pair.Second.WeightGrams && pair.First.Lines.SequenceEqual(pair.Second.Lines));
}
