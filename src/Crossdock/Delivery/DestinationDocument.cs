using Crossdock.Model.Orders;

namespace Crossdock.Delivery;

/// <summary>The order as one destination gets it: without excluded lines, with its own packages, and with only the lines that are in them.</summary>
internal static class DestinationDocument
{
    /// <summary>The same instance when the destination gets the whole order.</summary>
    internal static Order For(Order order, string destination)
    {
        bool foreignPackages = order.Packages.Any(package => package.Destination is not null && package.Destination != destination);
        bool excludedLines = order.Lines.Any(line => line.ExcludedBecause is not null);
        if (!foreignPackages && !excludedLines)
        {
            return order;
        }
        var packages = foreignPackages ? [.. order.Packages.Where(package => package.Destination is null || package.Destination == destination)] : order.Packages;
        // A package without lines says nothing of what is in it; then all lines go.
        var packed = foreignPackages && packages.Count > 0 && packages.All(package => package.Lines.Count > 0)
            ? packages.SelectMany(package => package.Lines).Select(line => line.LineId).ToHashSet(StringComparer.Ordinal)
            : null;
        return order with
        {
            Packages = packages,
            Lines = [.. order.Lines.Where(line => line.ExcludedBecause is null && (packed is null || packed.Contains(line.Id)))],
        };
    }
}
