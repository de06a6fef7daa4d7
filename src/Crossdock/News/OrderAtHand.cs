using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.News;

/// <summary>An order that destinations say something of, locked for the transaction that read it.</summary>
/// <param name="Id">The order.</param>
/// <param name="Store">Its store.</param>
/// <param name="Number">What people call it.</param>
/// <param name="State">Where it stands.</param>
internal sealed record OrderAtHand(OrderId Id, ConnectionId Store, string Number, OrderState State)
{
    /// <summary>Its deliveries to destinations.</summary>
    public List<DeliveryAtHand> Deliveries { get; } = [];

    /// <summary>What destinations said of it so far.</summary>
    public Dictionary<ConnectionId, Shipment> Shipments { get; } = [];

    /// <summary>Destinations that have it, or may have it, or are still to get it.</summary>
    public IEnumerable<ConnectionId> Holders => Deliveries.GroupBy(delivery => delivery.Destination)
        .Where(group => group.Where(delivery => delivery.Kind is DeliveryKind.Create or DeliveryKind.Cancel && delivery.State is DeliveryState.Delivered or DeliveryState.Waiting or DeliveryState.Held)
            .MaxBy(delivery => delivery.Generation) is { Kind: DeliveryKind.Create })
        .Select(group => group.Key);
}

/// <summary>One of its deliveries.</summary>
internal sealed record DeliveryAtHand(ConnectionId Destination, DeliveryKind Kind, int Generation, DeliveryState State);

/// <summary>What a destination said of an order last.</summary>
internal sealed record Shipment
{
    /// <summary>Nothing yet.</summary>
    public static Shipment Unknown { get; } = new();
    public string? RemoteId { get; init; }
    /// <summary>What its last word meant; null before it said one that means anything.</summary>
    public OrderState? State { get; init; }
    public string? Word { get; init; }
    /// <summary>By its own clock where it says, otherwise by arrival.</summary>
    public DateTimeOffset? SaidAt { get; init; }
    public Guid? EventId { get; init; }
    public string? Carrier { get; init; }
    public string? Number { get; init; }
    public string? Url { get; init; }
}
