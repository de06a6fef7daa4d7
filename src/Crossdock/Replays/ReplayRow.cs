namespace Crossdock.Replays;

/// <summary>One replay: how far its trial is, and what was chosen of it.</summary>
public sealed record ReplayRow
{
    public required Guid Id { get; init; }
    /// <summary>Begin of the window by the events' arrival, UTC, inclusive.</summary>
    public required DateTimeOffset From { get; init; }
    /// <summary>End, UTC, exclusive.</summary>
    public required DateTimeOffset To { get; init; }
    /// <summary>Keys of the stores.</summary>
    public required IReadOnlyList<string> Connections { get; init; }
    /// <summary>True when rules were given that are tried before they are in force.</summary>
    public required bool TriesRules { get; init; }
    /// <summary>Stored name of <see cref="ReplayState"/>, of the trial.</summary>
    public required string State { get; init; }
    /// <summary>Events in the window; null until they are counted.</summary>
    public long? Total { get; init; }
    /// <summary>Events worked.</summary>
    public required long Read { get; init; }
    /// <summary>Orders tried: those that stand on an event of the window, and those that would be made.</summary>
    public required long Orders { get; init; }
    /// <summary>Of them, those that would be different.</summary>
    public required long Different { get; init; }
    /// <summary>Orders of the window whose event is no longer kept (retention): they cannot be worked again, and nothing is said of them.</summary>
    public required long NotKept { get; init; }
    /// <summary>Different orders by kind of difference; an order may have several.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();
    /// <summary>Time spent on the trial, in milliseconds; waiting for live traffic left out.</summary>
    public required long WorkedMs { get; init; }
    /// <summary>What stands in the way; null when nothing does.</summary>
    public string? Error { get; init; }
    public string? Because { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>When its differences were dropped by retention; null while they are there.</summary>
    public DateTimeOffset? DroppedAt { get; init; }
    /// <summary>What was chosen of it, oldest first.</summary>
    public IReadOnlyList<ReplayApplicationRow> Applications { get; init; } = [];

    /// <summary>Events per second of work; null before the first page.</summary>
    public double? PerSecond => WorkedMs > 0 && Read > 0 ? Math.Round(Read * 1000.0 / WorkedMs, 1) : null;

    /// <summary>How much of the trial is done, 0 to 1.</summary>
    public double Progress => State == "done" ? 1 : Total is > 0 and var total ? Math.Min(0.999, Math.Round((double)Read / total, 4)) : 0;

    /// <summary>How long the trial will take at the speed so far, in seconds; null while that cannot be told, or when it is over.</summary>
    public long? SecondsLeft => State == "running" && PerSecond is { } rate && Total is { } total && total > Read ? (long)Math.Ceiling((total - Read) / rate) : null;
}

/// <summary>What was chosen of a replay to be applied, and how far that is.</summary>
public sealed record ReplayApplicationRow
{
    public required Guid Id { get; init; }
    /// <summary>Stored name of <see cref="ReplayState"/>.</summary>
    public required string State { get; init; }
    /// <summary>Kinds that were chosen; empty for all.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];
    /// <summary>How many orders were named; null when none were, and all of the kinds are meant.</summary>
    public int? Named { get; init; }
    public required bool IncludeShipped { get; init; }
    /// <summary>Orders chosen.</summary>
    public required long Total { get; init; }
    /// <summary>Of them, put back to be worked.</summary>
    public required long PutBack { get; init; }
    /// <summary>Of them, passed over; each with its reason.</summary>
    public required long Skipped { get; init; }
    public string? Error { get; init; }
    public string? Because { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>One order that would be different.</summary>
public sealed record ReplayDifferenceRow
{
    /// <summary>The order's id; of what is no order yet an id of its own.</summary>
    public required Guid Id { get; init; }
    public required string Connection { get; init; }
    /// <summary>Null when there is no such order yet.</summary>
    public Guid? OrderId { get; init; }
    public string? ExternalId { get; init; }
    public string? Number { get; init; }
    /// <summary>Names of <see cref="ReplayKind"/>.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];
    public string? StateBefore { get; init; }
    public string? StateAfter { get; init; }
    /// <summary>Deliveries that would be planned: creates, updates, cancels.</summary>
    public required int Creates { get; init; }
    public required int Updates { get; init; }
    public required int Cancels { get; init; }
    /// <summary>Before and after.</summary>
    public ReplayTold Told { get; init; } = new();
    /// <summary><c>put_back</c>, <c>skipped</c>, or null while it was not chosen.</summary>
    public string? Applied { get; init; }
    /// <summary>Why it was passed over.</summary>
    public string? AppliedBecause { get; init; }
}

/// <summary>What applying would do now, by order.</summary>
public sealed record ReplayPreview
{
    /// <summary>Orders chosen that were not put back yet.</summary>
    public required long Chosen { get; init; }
    /// <summary>Would be put back to be worked.</summary>
    public required long PutBack { get; init; }
    /// <summary>Would be passed over: in shipment, delivered or closed.</summary>
    public required long Shipped { get; init; }
    /// <summary>Would be passed over: changed since the trial.</summary>
    public required long Changed { get; init; }
    /// <summary>Would be passed over: not understood, or no longer kept.</summary>
    public required long Impossible { get; init; }
    /// <summary>Deliveries that would be planned for those put back.</summary>
    public required long Creates { get; init; }
    public required long Updates { get; init; }
    public required long Cancels { get; init; }
}
