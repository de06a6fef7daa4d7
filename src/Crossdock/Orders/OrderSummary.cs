using Crossdock.Model.Orders;

namespace Crossdock.Orders;

/// <summary>One order in a list.</summary>
public record OrderSummary
{
    public required Guid Id { get; init; }
    /// <summary>The store's key.</summary>
    public required string Store { get; init; }
    public required string StoreName { get; init; }
    public required string Platform { get; init; }
    public required string ExternalId { get; init; }
    public required string Number { get; init; }
    /// <summary>Stored name of <see cref="OrderState"/>.</summary>
    public required string State { get; init; }
    public string? StateBecause { get; init; }
    public required DateTimeOffset StateChangedAt { get; init; }
    public required bool Held { get; init; }
    public required string PaymentStatus { get; init; }
    public required string FulfilmentStatus { get; init; }
    public string? PlatformStatus { get; init; }
    public DateTimeOffset? PlacedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string Currency { get; init; }
    public required decimal Total { get; init; }
    public string? CustomerName { get; init; }
    public string? CustomerEmail { get; init; }
    public string? ShipCountry { get; init; }
    public string? ShipRegion { get; init; }
    /// <summary>The person who cancelled it here, who or another can restore it; null where the shop cancelled it.</summary>
    public string? CancelledBy { get; init; }
    /// <summary>True when it was read as history: it is shown, and delivered only when a person says so.</summary>
    public required bool IsHistory { get; init; }
}

/// <summary>One order with its document.</summary>
public sealed record OrderDetail : OrderSummary
{
    public required int Version { get; init; }
    public required int Generation { get; init; }
    public required int RulesVersion { get; init; }
    public DateTimeOffset? SourceUpdatedAt { get; init; }
    /// <summary>The event that the document came from.</summary>
    public required Guid EventId { get; init; }
    /// <summary>The canonical order after rules, as JSON text.</summary>
    public required string Document { get; init; }

    /// <summary>The document, read.</summary>
    public Order Order() => OrderJson.Read(System.Text.Encoding.UTF8.GetBytes(Document));
}
