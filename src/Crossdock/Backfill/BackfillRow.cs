namespace Crossdock.Backfill;

/// <summary>One backfill and how far it is.</summary>
public sealed record BackfillRow
{
    public required Guid Id { get; init; }
    /// <summary>The connection's key.</summary>
    public required string Connection { get; init; }
    public required string ConnectionName { get; init; }
    /// <summary>Begin of what is read, UTC, inclusive.</summary>
    public required DateTimeOffset From { get; init; }
    /// <summary>End, UTC, exclusive.</summary>
    public required DateTimeOffset To { get; init; }
    /// <summary>True when its orders are handed to the destinations; false for history, which is only shown.</summary>
    public required bool Deliver { get; init; }
    /// <summary>Stored name of <see cref="BackfillState"/>.</summary>
    public required string State { get; init; }
    /// <summary>How many orders there are by the platform's word; null when it does not say.</summary>
    public long? Total { get; init; }
    /// <summary>Orders read.</summary>
    public required long Read { get; init; }
    /// <summary>Of them, stored for the first time.</summary>
    public required long New { get; init; }
    /// <summary>Of them, stored already in the same version.</summary>
    public required long Known { get; init; }
    /// <summary>Of them, left to live traffic, because they were placed so lately.</summary>
    public required long LeftOut { get; init; }
    /// <summary>Pieces of the range; null until it was cut.</summary>
    public int? Windows { get; init; }
    public required int WindowsDone { get; init; }
    /// <summary>Time spent reading, in milliseconds.</summary>
    public required long WorkedMs { get; init; }
    /// <summary>What stands in the way, in the platform's own words; null when nothing does.</summary>
    public string? Error { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Orders read per second of work; null before the first.</summary>
    public double? PerSecond => WorkedMs > 0 && Read > 0 ? Math.Round(Read * 1000.0 / WorkedMs, 2) : null;

    /// <summary>How much is done, 0 to 1: of the orders where the platform says how many there are, otherwise of the range.</summary>
    public double Progress => State == "done" ? 1
        : Total is > 0 and var total ? Math.Min(0.999, Math.Round((double)Read / total, 4))
        : Windows is > 0 and var windows ? Math.Min(0.999, Math.Round((double)WindowsDone / windows, 4)) : 0;

    /// <summary>How long it will take at the speed so far, in seconds; null while that cannot be told, or when it is over.</summary>
    public long? SecondsLeft => State is "running" && Progress is > 0 and < 1 && WorkedMs > 0 ? (long)Math.Ceiling(WorkedMs / 1000.0 * (1 - Progress) / Progress) : null;
}
