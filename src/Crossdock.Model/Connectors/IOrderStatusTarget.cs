using Crossdock.Model.Connections;
using Crossdock.Model.Orders;

namespace Crossdock.Model.Connectors;

/// <summary>A shop that can be told how one of its orders is getting on: taken, shipped with tracking, delivered. What is told is a delivery of kind <see cref="DeliveryKind.Status"/>
/// whose destination is the store itself, with attempts, retries and dead letters like any other.</summary>
public interface IOrderStatusTarget
{
    /// <summary>False when this connection's settings switch it off or give no key to write with.</summary>
    bool TellsStatus(ConnectionSettings connection);

    /// <summary>Prepares it: a destination that can be sent <see cref="DeliveryKind.Status"/> and nothing else. Only called where <see cref="TellsStatus"/> says so; otherwise as <see cref="IOrderSource.OpenReader"/>.</summary>
    IDestination OpenStatus(ConnectionAccess access);
}

/// <summary>What a shop is to be told.</summary>
/// <param name="ExternalId">The shop's id of the order.</param>
/// <param name="Number">The number people know it by.</param>
/// <param name="State">Where the order stands now: processing (the courier has taken it over), in_shipment, delivered, cancelled.</param>
/// <param name="At">When that happened, UTC.</param>
/// <param name="Carrier">Who carries it; null when not known.</param>
/// <param name="TrackingNumber">As printed on the label; null when there is none.</param>
/// <param name="TrackingUrl">Where the customer follows it; null when there is none.</param>
public sealed record StatusNotice(string ExternalId, string Number, OrderState State, DateTimeOffset At, string? Carrier, string? TrackingNumber, string? TrackingUrl);
