using System.Text.Json.Serialization;
using Crossdock.Model;
using Crossdock.Model.Orders;

namespace Crossdock.Replays;

/// <summary>What would be different, in words and values.</summary>
public sealed record ReplayTold
{
    /// <summary>Fields before and after, at most 40.</summary>
    public IReadOnlyList<FieldDifference> Fields { get; init; } = [];
    /// <summary>How many more fields would differ.</summary>
    public int MoreFields { get; init; }
    /// <summary>Reasons for which it would be held.</summary>
    public IReadOnlyList<string> Held { get; init; } = [];
    /// <summary>Reasons for which it would no longer be held.</summary>
    public IReadOnlyList<string> Released { get; init; } = [];
    /// <summary>One sentence per delivery that would be made, changed or called off.</summary>
    public IReadOnlyList<string> Deliveries { get; init; } = [];
    /// <summary>Which rules would decide what and why, or why it cannot be worked again; at most 8.</summary>
    public IReadOnlyList<string> Why { get; init; } = [];
}

/// <summary>Its stored form.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReplayTold))]
internal sealed partial class ReplayJson : JsonSerializerContext;

/// <summary>One order that would be different.</summary>
internal sealed record TrialDifference
{
    public required Guid Id { get; init; }
    public required ConnectionId ConnectionId { get; init; }
    public OrderId? OrderId { get; init; }
    public string? ExternalId { get; init; }
    public string? Number { get; init; }
    public required int Kinds { get; init; }
    public OrderState? Before { get; init; }
    public OrderState? After { get; init; }
    public int Version { get; init; }
    public Guid? BaseEvent { get; init; }
    /// <summary>What is worked again when it is applied, in this order.</summary>
    public IReadOnlyList<Guid> Events { get; init; } = [];
    public int Creates { get; init; }
    public int Updates { get; init; }
    public int Cancels { get; init; }
    public required ReplayTold Told { get; init; }
}
