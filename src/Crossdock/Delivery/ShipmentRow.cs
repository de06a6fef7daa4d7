namespace Crossdock.Delivery;

/// <summary>What a destination says of an order that it has.</summary>
public sealed record ShipmentRow
{
    /// <summary>The destination's key.</summary>
    public required string Destination { get; init; }
    public required string DestinationName { get; init; }
    /// <summary>Its own id; null when it is not asked for by it.</summary>
    public string? RemoteId { get; init; }
    /// <summary>What its last word meant: processing, in_shipment, delivered or cancelled; null before it said one that means a move.</summary>
    public string? State { get; init; }
    /// <summary>Its last word; null before it said any.</summary>
    public string? Word { get; init; }
    /// <summary>When that was by its own clock, UTC.</summary>
    public DateTimeOffset? SaidAt { get; init; }
    public string? Carrier { get; init; }
    public string? TrackingNumber { get; init; }
    /// <summary>Where the buyer follows it.</summary>
    public string? TrackingUrl { get; init; }
}
