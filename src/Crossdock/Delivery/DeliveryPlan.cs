using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Delivery;

/// <summary>What the planner has to know of a destination.</summary>
internal readonly record struct PlanDestination(ConnectionId Id, string Key, bool CanUpdate, bool CanCancel);

/// <summary>A delivery row of the order as it stands, read with <c>FOR UPDATE</c> so that it cannot be claimed meanwhile.</summary>
/// <remarks><c>IsLeased</c>: It names a node (leased_by): it may be on its way at this moment, or the node died while it was.</remarks>
internal sealed record ExistingDelivery(
    DeliveryId Id, ConnectionId Destination, DeliveryKind Kind, int Generation, DeliveryState State, int Attempts, bool IsUnclear, bool IsLeased, string? RemoteId);

/// <summary>What is to be planned for.</summary>
internal sealed record PlanRequest
{
    /// <summary>The order's document after rules as stored before; null for a new order.</summary>
    public Order? Before { get; init; }
    /// <summary>The order's document after rules as it is to be stored.</summary>
    public required Order After { get; init; }
    /// <summary>What else changed that every destination is to be told, in phrases: a person changed it on purpose.</summary>
    public IReadOnlyList<string> AlsoChanged { get; init; } = [];
    /// <summary>True when the order goes nowhere any more: cancelled or excluded.</summary>
    public bool IsCalledOff { get; init; }
    /// <summary>True when that was so before already: then nothing new is asked of anybody.</summary>
    public bool WasCalledOff { get; init; }
    /// <summary>Why it goes nowhere, for the timeline.</summary>
    public string? CalledOffBecause { get; init; }
    /// <summary>Where it is to go by its rules.</summary>
    public required IReadOnlyList<PlanDestination> Destinations { get; init; }
    /// <summary>Every destination that <see cref="Existing"/> names and <see cref="Destinations"/> does not, as far as it still exists.</summary>
    public IReadOnlyList<PlanDestination> FormerDestinations { get; init; } = [];
    /// <summary>The order's delivery rows.</summary>
    public IReadOnlyList<ExistingDelivery> Existing { get; init; } = [];
}

/// <summary>A row to insert. When <see cref="MustWait"/> is set it must be written without a lease: an earlier delivery of the order to the same destination has to end first.</summary>
/// <remarks><c>Document</c>: What this destination gets.
/// <c>IsWholeOrder</c>: True when that is the order's own document: <c>deliveries.document</c> stays null.</remarks>
internal sealed record PlannedDelivery(PlanDestination Destination, DeliveryKind Kind, int Generation, bool MustWait, string? RemoteId, Order Document, bool IsWholeOrder, string Text);

/// <summary>A waiting, held or dead row that keeps its identity (and idempotency key) and gets a newer document (null: the order's own).</summary>
internal sealed record RefreshedDelivery(DeliveryId Id, Order? Document);

/// <summary>A hold to open.</summary>
internal sealed record PlannedHold(string Code, string Reason, DeliveryId? Delivery = null);

/// <summary>What is to be done to the order's deliveries, all in the order's transaction.</summary>
/// <remarks><c>Generation</c>: The order's generation from now on; <c>orders.generation</c>.</remarks>
internal sealed record DeliveryPlan(
    int Generation, IReadOnlyList<PlannedDelivery> Insert, IReadOnlyList<DeliveryId> Supersede, IReadOnlyList<RefreshedDelivery> Refresh, IReadOnlyList<PlannedHold> Holds)
{
    public bool IsEmpty => Insert.Count + Supersede.Count + Refresh.Count + Holds.Count == 0;
}
