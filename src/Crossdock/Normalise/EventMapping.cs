using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Normalise;

/// <summary>What a stored event means today: the connection's mapping, its addresses brought to ISO codes. The live processor and a replay's trial ask it alike.</summary>
internal static class EventMapping
{
    // :: Step 9: map to the canonical order
    /// <summary>Understands one event; never throws for what it contains.</summary>
    public static MappingOutcome Map(InboxItem item, Connection store)
    {
        if (RelayTopics.ParkedBecause(item.Topic) is { } because)
        {
            return new Unmappable(because);
        }

        if (item.Body is null)
        {
            return new Unmappable("The payload is not stored any more (retention), so the event cannot be worked again.");
        }

        try
        {
            return store.Mapping!.Map(new ReceivedEvent(item.Body, item.Topic, item.OrderKey, item.OccurredAt, item.ReceivedAt)) switch
            {
                MappedOrder mapped => mapped with { Order = Normalised(mapped.Order) },
                MappedOrders many => new MappedOrders([.. many.Orders.Select(Normalised)]),
                var other => other,
            };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A mapping promises never to throw; where one does, its event is parked like any other that is not understood.
            return new Unmappable($"The connector failed on this document ({exception.GetType().Name}): {exception.Message}");
        }
    }

    /// <summary>The snapshot of that order among what an event means; null when there is none.</summary>
    public static MappedOrder? Snapshot(MappingOutcome outcome, string externalId) => outcome switch
    {
        MappedOrder mapped when mapped.Order.ExternalId == externalId => mapped,
        MappedOrders many => many.Orders.LastOrDefault(order => order.ExternalId == externalId) is { } order ? new MappedOrder(order) : null,
        _ => null,
    };

    private static Order Normalised(Order order)
    {
        var shipTo = order.ShipTo is { } to ? AddressNormaliser.Normalise(to) : null;
        var billTo = order.BillTo is { } bill ? AddressNormaliser.Normalise(bill) : null;
        return ReferenceEquals(shipTo, order.ShipTo) && ReferenceEquals(billTo, order.BillTo) ? order : order with { ShipTo = shipTo, BillTo = billTo };
    }
}
