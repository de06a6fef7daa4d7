using Crossdock.Model.Connectors;
using Crossdock.Normalise;

namespace Crossdock.Drift;

/// <summary>One look at one document: walk, check, learn.</summary>
internal static class ShapeLook
{
    // With more than that wrong at once it is another kind of document, not a changed one.
    private const int MostOfUnmappable = 3;

    /// <summary>Looks, and learns where the event is new. Null when nothing is wrong with its order, as far as can be told.</summary>
    public static IReadOnlyList<DriftFinding>? At(ShapeBook book, InboxItem item, MappingOutcome outcome, IReadOnlyDictionary<string, KnownDrift> known, Observation seen)
    {
        byte[] body = item.Body!;
        if (!ShapeScanner.Walk(body, book, seen))
        {
            return null;
        }

        bool isShipped = true;
        switch (outcome)
        {
            case MappedOrder mapped:
                isShipped = OrderFacts.IsShipped(mapped.Order);
                OrderFacts.Note(mapped.Order, book, seen);
                break;
            case MappedOrders many:
                isShipped = many.Orders.All(OrderFacts.IsShipped);
                foreach (var order in many.Orders)
                {
                    OrderFacts.Note(order, book, seen);
                }

                break;
        }

        seen.CountCritical(book.Criticals.Count, book.Parents);
        bool isOrder = outcome is MappedOrder or MappedOrders or Unmappable;
        var found = isOrder && !EventSource.IsHistory(item.Source) ? book.Check(seen, body, isShipped, known) : null;
        if (outcome is Unmappable unmappable)
        {
            // It is parked for its own reason, and nothing is learned from it. Only where the change is that reason is it told beside it.
            return found is null || found.Count > MostOfUnmappable ? null : found.FindAll(finding => unmappable.Path is null || IsAt(unmappable.Path, finding.Path)) is { Count: > 0 } same ? same : null;
        }

        if (item.Kind is InboxKind.Event)
        {
            book.Learn(seen, body, item.EventId, item.ReceivedAt, isShipped && isOrder, found is not null);
        }

        return found;
    }

    // /line_items/0/price and line_items[].price are one place.
    private static bool IsAt(string pointer, string path)
    {
        string at = string.Concat(pointer.Split('/', StringSplitOptions.RemoveEmptyEntries).Select((part, index) => part.All(char.IsAsciiDigit) ? "[]" : index == 0 ? part : "." + part));
        return at == path || at.StartsWith(path, StringComparison.Ordinal) || path.StartsWith(at, StringComparison.Ordinal);
    }
}
