using Crossdock.Model.Orders;

namespace Crossdock.Rules;

/// <summary>What one destination gets of an order.</summary>
public static class DestinationOrder
{
    /// <summary>The order with only what concerns this destination: lines that rules excluded are left out, and where lines were routed, those that others get.
    /// A line in nobody's package (a service) goes to all.</summary>
    public static Order For(Order order, string destination)
    {
        bool isRouted = order.Packages.Any(package => package.Destination is not null);
        if (!isRouted)
        {
            return order.Lines.Any(line => line.ExcludedBecause is not null)
                ? order with { Lines = [.. order.Lines.Where(line => line.ExcludedBecause is null)] }
                : order;
        }

        var mine = Ids(order.Packages.Where(package => package.Destination is null || package.Destination == destination));
        var all = Ids(order.Packages);
        return order with
        {
            Lines = [.. order.Lines.Where(line => line.ExcludedBecause is null && (mine.Contains(line.Id) || !all.Contains(line.Id)))],
            Packages = [.. order.Packages.Where(package => package.Destination is null || package.Destination == destination)],
        };
    }

    private static HashSet<string> Ids(IEnumerable<Package> packages) => [.. packages.SelectMany(package => package.Lines).Select(line => line.LineId)];
}
