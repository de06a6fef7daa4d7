using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Drift;

/// <summary>What can be said of a mapped order, whatever the platform: the net below the places that a connector declares, and all there is for one that declares none.</summary>
internal static class OrderFacts
{
    private const string ShipTo = "=shipTo";
    private const string Street = "=shipTo.line1";
    private const string City = "=shipTo.city";
    private const string Country = "=shipTo.country";
    private const string Lines = "=lines";
    private const string Prices = "=lines.total";
    private const string Subtotal = "=totals.subtotal";
    private static readonly string[] Sums = ["=totals.sum", "=totals.sum.discounted"];

    public static bool IsShipped(Order order) => order.RequiresShipping && !order.Shipping.Any(line => line.IsPickup);

    /// <summary>What a fact is about, by its stored path.</summary>
    public static CriticalMeaning MeaningOf(string path) =>
        path.StartsWith(ShipTo, StringComparison.Ordinal) ? CriticalMeaning.Address : path is Lines ? CriticalMeaning.Lines : CriticalMeaning.Amount;

    /// <summary>Notes the facts of an order. What cannot be said of it is left out.</summary>
    public static void Note(Order order, ShapeBook book, Observation into)
    {
        if (IsShipped(order))
        {
            Add(ShipTo, CriticalMeaning.Address, order.ShipTo is not null);
            if (order.ShipTo is { } to)
            {
                Add(Street, CriticalMeaning.Address, to.Line1 is not null);
                Add(City, CriticalMeaning.Address, (to.City ?? to.District) is not null);
                Add(Country, CriticalMeaning.Address, to.Country is not null);
            }
        }

        if (order.State is OrderState.Cancelled)
        {
            return;
        }

        Add(Lines, CriticalMeaning.Lines, order.Lines.Count > 0);
        if (order.Lines.Count == 0)
        {
            return;
        }

        Add(Prices, CriticalMeaning.Amount, order.Lines.All(line => (line.Total ?? line.UnitPrice) is not null));
        NoteSums(order, book, into);

        void Add(string path, CriticalMeaning meaning, bool isRight) => into.Facts.Add((book.Fact(path, meaning), isRight));
    }

    /// <summary>The fact's failure in a sentence.</summary>
    public static string Sentence(string path) => path switch
    {
        ShipTo => "The order is to be shipped, and no address could be read from its document.",
        Street => "No street could be read from the document's address.",
        City => "Neither city nor district could be read from the document's address.",
        Country => "No country could be read from the document's address.",
        Lines => "No lines could be read from the document.",
        Prices => "The prices of the lines could not be read from the document.",
        Subtotal => "The lines do not add up to the order's subtotal.",
        _ => "Lines, shipping, fees and taxes do not add up to the order's total.",
    };

    // Which way a platform's amounts add up is learned: only one that has always been right for a store says anything. After edits and refunds none has to.
    private static void NoteSums(Order order, ShapeBook book, Observation into)
    {
        if (order.Refunds.Count > 0 || order.Lines.Any(line => line.CurrentQuantity != line.Quantity || line.Total is null || line.Total.Value.Currency != order.Currency))
        {
            return;
        }

        var totals = order.Totals;
        decimal lines = order.Lines.Sum(line => line.Total!.Value.Amount);
        decimal around = (order.Shipping.Count > 0 && order.Shipping.All(line => line.Total is not null) ? order.Shipping.Sum(line => line.Total!.Value.Amount) : totals.Shipping?.Amount ?? 0)
            + (totals.Fees?.Amount ?? 0) + (totals.Tip?.Amount ?? 0) + (totals.Duties?.Amount ?? 0) + (totals.TaxesIncluded ? 0 : totals.Tax?.Amount ?? 0);
        bool isWhole = decimal.IsInteger(totals.Total.Amount) && decimal.IsInteger(lines);
        decimal tolerance = (isWhole ? 1m : 0.01m) * (order.Lines.Count + 2);
        bool[] right =
        [
            Math.Abs(lines + around - totals.Total.Amount) <= tolerance,
            Math.Abs(lines + around - (totals.Discount?.Amount ?? 0) - totals.Total.Amount) <= tolerance,
        ];
        if (totals.Subtotal is { } subtotal)
        {
            into.Facts.Add((book.Fact(Subtotal, CriticalMeaning.Amount), Math.Abs(lines - subtotal.Amount) <= tolerance));
        }

        // Where another way still adds up, an order is not wrong for one that does not.
        bool anyKnown = false;
        for (int i = 0; i < Sums.Length; i++)
        {
            var node = book.Fact(Sums[i], CriticalMeaning.Amount);
            anyKnown |= right[i] && node.Absent == 0 && node.Present > 0;
        }

        for (int i = 0; i < Sums.Length; i++)
        {
            var node = book.Fact(Sums[i], CriticalMeaning.Amount);
            if (right[i] || !anyKnown || node.Absent > 0 || !book.IsLearned)
            {
                into.Facts.Add((node, right[i]));
            }
        }
    }
}
