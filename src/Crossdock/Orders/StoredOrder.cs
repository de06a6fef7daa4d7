using Crossdock.Model;
using Crossdock.Model.Orders;

namespace Crossdock.Orders;

/// <summary>An order as it stands in the database, locked for the transaction that read it.</summary>
internal sealed record StoredOrder
{
    public required OrderId Id { get; init; }
    public required ConnectionId ConnectionId { get; init; }
    public required string ExternalId { get; init; }
    public required string Number { get; init; }
    public required OrderState State { get; init; }
    public required bool IsHeld { get; init; }
    public required DateTimeOffset? SourceUpdatedAt { get; init; }
    public required Guid EventId { get; init; }
    public required Guid ContentHash { get; init; }
    public required int RulesVersion { get; init; }
    public required int Version { get; init; }
    public required int Generation { get; init; }
    public required byte[] Document { get; init; }
    /// <summary>The person who cancelled it here; null where the shop did.</summary>
    public string? CancelledBy { get; init; }
    /// <summary>Read as history: nothing of it is delivered until a person says so.</summary>
    public bool IsHistory { get; init; }
    /// <summary>The person's data were taken out: newer documents are taken without them.</summary>
    public bool IsErased { get; init; }
    /// <summary>People changed something of it, which is laid over what the shop sends.</summary>
    public bool IsEdited { get; init; }
}

/// <summary>An order as it is to be written.</summary>
internal sealed record OrderWrite
{
    public required OrderId Id { get; init; }
    public required ConnectionId ConnectionId { get; init; }
    public required Order Order { get; init; }
    public required OrderState State { get; init; }
    public string? StateBecause { get; init; }
    public required bool IsHeld { get; init; }
    public required DateTimeOffset? SourceUpdatedAt { get; init; }
    public required Guid EventId { get; init; }
    public required Guid ContentHash { get; init; }
    public required int RulesVersion { get; init; }
    public required int Version { get; init; }
    public required int Generation { get; init; }
    public required byte[] Document { get; init; }
}

/// <summary>A timeline row: what one unit of work had to say about one order.</summary>
internal sealed record TimelineWrite(Guid Id, OrderId OrderId, ConnectionId ConnectionId, List<TimelineEntry> Entries);

/// <summary>A reason why a person has to look.</summary>
internal sealed record HoldWrite(Guid Id, OrderId OrderId, ConnectionId ConnectionId, string Code, string Reason, Guid? DeliveryId, DateTimeOffset OpenedAt, string OpenedBy);
