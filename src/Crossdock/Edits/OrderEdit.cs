namespace Crossdock.Edits;

/// <summary>One field of one order as a person changed it.</summary>
public sealed record OrderEdit
{
    public required Guid Id { get; init; }
    public required Guid OrderId { get; init; }
    /// <summary>What was saved together has the same.</summary>
    public required Guid SaveId { get; init; }
    /// <summary>As rules name it: <c>shipTo.city</c>.</summary>
    public required string Field { get; init; }
    /// <summary>As people read it: <c>delivery city</c>.</summary>
    public required string Label { get; init; }
    /// <summary>What the order said before; null for nothing.</summary>
    public string? Before { get; init; }
    /// <summary>What it says since; null for nothing.</summary>
    public string? Value { get; init; }
    /// <summary>What the shop's document said when this was last settled.</summary>
    public string? ShopValue { get; init; }
    /// <summary>What the shop says now, while <see cref="ConflictAt"/> is set; null for nothing.</summary>
    public string? Theirs { get; init; }
    /// <summary>When the shop's other value came, UTC; null while there is no conflict.</summary>
    public DateTimeOffset? ConflictAt { get; init; }
    /// <summary>Version of the order from which it was changed.</summary>
    public required int Version { get; init; }
    /// <summary>The former change of the same field, which stands again when this one is undone.</summary>
    public Guid? Replaces { get; init; }
    public string? Because { get; init; }
    public required string EditedBy { get; init; }
    public required DateTimeOffset EditedAt { get; init; }
    /// <summary>Who last decided between both values; null when nobody had to.</summary>
    public string? SettledBy { get; init; }
    public DateTimeOffset? SettledAt { get; init; }
    /// <summary>When it ended, UTC; null while it stands.</summary>
    public DateTimeOffset? EndedAt { get; init; }
    public string? EndedBy { get; init; }
    /// <summary><c>replaced</c> by a later change, <c>undone</c>, or <c>theirs</c>: the shop's value was chosen. Null while it stands.</summary>
    public string? EndedBecause { get; init; }
}
