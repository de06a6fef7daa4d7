using System.Diagnostics;
using Crossdock.Model;
using Crossdock.Model.Connectors;

namespace Crossdock.Delivery;

/// <summary>A delivery that this node holds by a lease and has in memory, ready to be sent.</summary>
internal sealed class DueDelivery
{
    public required DeliveryId Id { get; init; }
    public required OrderId OrderId { get; init; }
    public required ConnectionId Store { get; init; }
    public required ConnectionId Destination { get; init; }
    public required DeliveryKind Kind { get; init; }
    public required int Generation { get; init; }
    public required string StoreKey { get; init; }
    public required string OrderNumber { get; init; }

    /// <summary>The canonical order for this destination as JSON, UTF-8.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>What the shop is to be told; null for every kind but <see cref="DeliveryKind.Status"/>.</summary>
    public StatusNotice? Notice { get; init; }

    /// <summary>The lease in the row: later than this another node may have it.</summary>
    public required DateTimeOffset LeasedUntil { get; init; }

    /// <summary>Attempts already spent.</summary>
    public int Attempts { get; init; }

    /// <summary>True when a former attempt may have arrived.</summary>
    public bool IsUnclear { get; init; }

    /// <summary>True when the destination may have it from before a restore, and nobody has decided yet.</summary>
    public bool IsRestored { get; init; }

    /// <summary>The event that the order stands on: its trace. Empty where it is not known.</summary>
    public Guid EventId { get; init; }

    /// <summary>The span of that event's capture, where this node took it and traces it.</summary>
    public ActivitySpanId CaptureSpan { get; init; }

    public string? RemoteId { get; init; }
    public string? BodyOverride { get; init; }
}
