using Crossdock.Connections;
using Crossdock.Delivery;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Crossdock.Replays;

namespace Crossdock.Edits;

/// <summary>Tells what a change comes to, before it is saved and after. Pure.</summary>
internal static class EditOutcomes
{
    private const int MostFields = 60;

    public static EditOutcome Of(EditPlan plan, EditSubject subject, OrderDraft draft, OrderResult result, OrderSurroundings around, ConnectionSnapshot connections)
    {
        var fields = plan.Fields.DistinctBy(field => field.Path)
            .Select(field => new EditedField(field.Path, EditableFields.Label(field, subject.Document), field.Read(subject.Document), field.Read(result.Document), field.Read(subject.Mapped))).ToList();
        var also = DocumentDifferences.Between(subject.Order.Document, result.Row.Document, MostFields, out _)
            .Where(one => !fields.Exists(field => Same(field.Field, one.Path))).Select(one => new EditedField(one.Path, one.Path, one.Before, one.After, null)).ToList();
        return new EditOutcome
        {
            Version = subject.Order.Version,
            Fields = fields,
            Also = also,
            StateBefore = EnumNames<OrderState>.Of(subject.Order.State),
            StateAfter = EnumNames<OrderState>.Of(result.Row.State),
            StateBecause = result.Row.StateBecause,
            Rules = [.. draft.Entries.Where(entry => entry.Kind is TimelineKind.Rule).Select(entry => entry.Because is { } because ? $"{entry.Text.TrimEnd('.')}: {because}." : entry.Text)],
            Deliveries = [.. Deliveries(result, around, connections)],
            NotReached = [.. result.Unreached, .. Untold(subject, draft, result, around, connections)],
            Held = [.. result.OpenHolds.Select(hold => hold.Reason)],
            Released = [.. result.CloseHolds.Select(hold => hold.Reason)],
        };
    }

    // The form's path names what is to be sent; the document has it under the line's own fields.
    private static bool Same(string field, string path) =>
        field == path || (path.StartsWith("lines[", StringComparison.Ordinal) && field == path.Replace("lines[", "lines.", StringComparison.Ordinal).Replace("].currentQuantity", ".quantity", StringComparison.Ordinal)
            .Replace("].excludedBecause", ".excluded", StringComparison.Ordinal).Replace("].sku", ".sku", StringComparison.Ordinal))
        || (field.StartsWith("shipping.", StringComparison.Ordinal) && path.StartsWith("shipping[", StringComparison.Ordinal))
        || (field == "tags" && path.StartsWith("tags[", StringComparison.Ordinal));

    private static IEnumerable<string> Deliveries(OrderResult result, OrderSurroundings around, ConnectionSnapshot connections)
    {
        foreach (var planned in result.Plan?.Insert ?? [])
        {
            yield return planned.Text + (result.Row.IsHeld && planned.Kind is not DeliveryKind.Cancel ? ", once the order is released." : ".");
        }

        foreach (var id in result.Plan?.Supersede ?? [])
        {
            yield return $"What waits for {Where(id)} is not sent.";
        }

        // What waits takes its document from the order when it is sent, unless it has one of its own.
        foreach (var waiting in result.Row.State is OrderState.Cancelled or OrderState.Excluded ? [] : around.Deliveries.Where(row =>
            row.State is DeliveryState.Waiting or DeliveryState.Held or DeliveryState.Dead && row.Kind is not DeliveryKind.Cancel && result.Plan?.Supersede.Contains(row.Id) != true))
        {
            string end = waiting.State switch
            {
                DeliveryState.Held => ", once the order is released.",
                DeliveryState.Dead => ", once somebody retries it.",
                _ => result.Row.IsHeld ? ", once the order is released." : ".",
            };
            yield return $"What waits for {Where(waiting.Id)} takes the new content{end}";
        }

        string Where(Model.DeliveryId id) => around.Deliveries.Find(row => row.Id == id) is { } found && connections.ById.TryGetValue(found.Destination, out var connection) ? connection.Key : "a destination";
    }

    /// <summary>Destinations that have the order, for which something changed, and to which nothing is on its way.</summary>
    private static IEnumerable<string> Untold(EditSubject subject, OrderDraft draft, OrderResult result, OrderSurroundings around, ConnectionSnapshot connections)
    {
        if (result.Row.State is OrderState.Cancelled or OrderState.Excluded)
        {
            yield break;
        }

        foreach (var group in around.Deliveries.GroupBy(row => row.Destination))
        {
            bool isThere = group.OrderBy(row => row.Generation).LastOrDefault(row => row.State is DeliveryState.Delivered) is { } last && last.Kind is not DeliveryKind.Cancel;
            if (!isThere || !connections.ById.TryGetValue(group.Key, out var destination) || result.Plan?.Insert.Any(planned => planned.Destination.Id == group.Key) == true
                || result.Plan?.Refresh.Any(refreshed => group.Any(row => row.Id == refreshed.Id)) == true || result.Unreached.Any(text => text.Contains($"handed to {destination.Key},", StringComparison.Ordinal)))
            {
                continue;
            }

            List<string> changes =
            [
                .. DeliveryDifferences.Between(DestinationDocument.For(subject.Document, destination.Key), DestinationDocument.For(result.Document, destination.Key)),
                .. EditChanges.BesideDelivery(subject.Document, result.Document),
            ];
            if (changes.Count > 0)
            {
                yield return $"{destination.Key} has the order and is not told ({OrderSentences.Words(result.Row.State)}{(draft.IsHistory ? ", read as history" : "")}): {string.Join("; ", changes)}";
            }
        }
    }
}
