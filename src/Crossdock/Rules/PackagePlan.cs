using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.Rules;

/// <summary>How lines become packages.</summary>
/// <param name="By"><c>sku</c>, <c>vendor</c>, <c>line</c>, <c>quantity</c> or <c>weight</c>.</param>
/// <param name="Max">Pieces in one package (quantity) or grams (weight); null for the others.</param>
internal sealed record PackagePlan(string By, decimal? Max)
{
    /// <summary>More than this from one order is a mistake in the order or the rule.</summary>
    public const int Most = 500;

    public static IReadOnlyList<string> Kinds { get; } = ["sku", "vendor", "line", "quantity", "weight"];

    public string InWords => By switch
    {
        "quantity" => string.Create(CultureInfo.InvariantCulture, $"with at most {Max} pieces in a package"),
        "weight" => string.Create(CultureInfo.InvariantCulture, $"with at most {Max} g in a package"),
        _ => $"one package per {By}",
    };

    /// <summary>The packages of these lines; null when there would be more than <see cref="Most"/>.</summary>
    public IReadOnlyList<Package>? Pack(IReadOnlyList<LineItem> lines, string? destination, int first)
    {
        if (By is not ("quantity" or "weight"))
        {
            var groups = lines.GroupBy(line => By switch { "sku" => line.Sku ?? line.Id, "vendor" => line.Vendor ?? "", _ => line.Id }, StringComparer.OrdinalIgnoreCase).ToList();
            return groups.Count > Most
                ? null
                : [.. groups.Select((group, i) => Make(first + i, [.. group.Select(line => (line, line.CurrentQuantity))], destination, $"{By} {group.Key}"))];
        }

        List<Package> packages = [];
        List<(LineItem Line, decimal Quantity)> open = [];
        decimal used = 0;
        foreach (var line in lines)
        {
            decimal left = line.CurrentQuantity;
            decimal size = By == "quantity" ? 1 : line.WeightGrams ?? 0;
            while (left > 0)
            {
                // What weighs nothing fits anywhere; a single piece above the limit still needs a package.
                decimal fits = size == 0 ? left : Math.Min(left, By == "quantity" ? Max!.Value - used : Math.Floor((Max!.Value - used) / size));
                if (fits <= 0 && open.Count == 0)
                {
                    fits = Math.Min(left, 1);
                }

                if (fits > 0)
                {
                    open.Add((line, fits));
                    used += fits * size;
                    left -= fits;
                }

                if (left > 0)
                {
                    packages.Add(Make(first + packages.Count, open, destination, InWords));
                    (open, used) = ([], 0);
                    if (packages.Count >= Most)
                    {
                        return null;
                    }
                }
            }
        }

        if (open.Count > 0)
        {
            packages.Add(Make(first + packages.Count, open, destination, InWords));
        }

        return packages;
    }

    /// <summary>One package with all of it.</summary>
    public static Package Single(IReadOnlyList<LineItem> lines, string? destination, int number) =>
        Make(number, [.. lines.Select(line => (line, line.CurrentQuantity))], destination, because: null);

    private static Package Make(int number, IReadOnlyList<(LineItem Line, decimal Quantity)> parts, string? destination, string? because) => new()
    {
        Number = number,
        Lines = [.. parts.Select(part => new PackageLine(part.Line.Id, part.Quantity))],
        WeightGrams = Weight(parts),
        Destination = destination,
        Because = because,
    };

    /// <summary>Null when a line's weight is unknown, or the sum is beyond any parcel (a nonsense quantity must not overflow).</summary>
    private static long? Weight(IReadOnlyList<(LineItem Line, decimal Quantity)> parts)
    {
        double sum = 0;
        foreach (var (line, quantity) in parts)
        {
            if (line.WeightGrams is not { } grams)
            {
                return null;
            }

            sum += grams * (double)quantity;
        }

        return parts.Count > 0 && sum < 1e15 ? (long)Math.Round(sum) : null;
    }
}
