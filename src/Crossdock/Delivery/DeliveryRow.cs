namespace Crossdock.Delivery;

/// <summary>What a list of deliveries may be narrowed by.</summary>
public sealed record DeliverySearch
{
    /// <summary>waiting, delivered, held, dead, dropped or superseded.</summary>
    public string? State { get; init; }
    /// <summary>The destination's key.</summary>
    public string? Destination { get; init; }
    /// <summary>The store's key.</summary>
    public string? Store { get; init; }

    /// <summary>The states there are.</summary>
    public static IReadOnlyList<string> States { get; } = ["waiting", "delivered", "held", "dead", "dropped", "superseded"];
}

/// <summary>One delivery.</summary>
public record DeliveryRow
{
    public required Guid Id { get; init; }
    public required Guid OrderId { get; init; }
    public string? OrderNumber { get; init; }
    /// <summary>The store's key.</summary>
    public required string Store { get; init; }
    /// <summary>The destination's key.</summary>
    public required string Destination { get; init; }
    public required string DestinationName { get; init; }
    /// <summary>create, update or cancel; status where the shop itself is told how its order gets on.</summary>
    public required string Kind { get; init; }
    /// <summary>The state that the shop is told: processing, in_shipment, delivered or cancelled. Null for every kind but status.</summary>
    public string? Tells { get; init; }
    public required int Generation { get; init; }
    public required string State { get; init; }
    public required int Attempts { get; init; }
    /// <summary>True when a former attempt may have arrived: it is looked up before it is sent again.</summary>
    public required bool IsUnclear { get; init; }
    public required DateTimeOffset NextAttemptAt { get; init; }
    public string? RemoteId { get; init; }
    public string? LastError { get; init; }
    public required bool IsEdited { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DoneAt { get; init; }
    /// <summary>Why a waiting one is not even tried: <c>destination is disabled</c>, <c>store is disabled</c>; null when it is. It goes on when the destination is enabled again.</summary>
    public string? PausedBecause { get; init; }
}

/// <summary>One delivery with what is to be sent.</summary>
public sealed record DeliveryDetail : DeliveryRow
{
    /// <summary>A body that a person edited; null for the template's.</summary>
    public string? BodyOverride { get; init; }
    /// <summary>The canonical order for this destination, JSON text; for the kind status what the shop is told.</summary>
    public required string Document { get; init; }
}

/// <summary>One call to a destination with its answer, secrets masked.</summary>
public sealed record AttemptRow
{
    public required Guid Id { get; init; }
    public required Guid DeliveryId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required int Number { get; init; }
    /// <summary>send or find.</summary>
    public required string Purpose { get; init; }
    public required string Outcome { get; init; }
    public string? Because { get; init; }
    /// <summary>HTTP status; null when there was no answer.</summary>
    public int? Status { get; init; }
    public required int ElapsedMs { get; init; }
    public string? Method { get; init; }
    public string? Url { get; init; }
    public string? RequestHeaders { get; init; }
    public string? RequestBody { get; init; }
    public string? ResponseHeaders { get; init; }
    public string? ResponseBody { get; init; }
    public string? Error { get; init; }
}
