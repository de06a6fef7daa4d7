using Crossdock.Model;
using NodaTime;

namespace Crossdock.Reconciliation;

/// <summary>What a reading compares. Stored by these names.</summary>
internal static class PassKind
{
    /// <summary>What changed lately.</summary>
    public const string Rolling = "rolling";
    /// <summary>A whole day.</summary>
    public const string Day = "day";
}

/// <summary>A reading under way: it goes on where it was, on whichever node.</summary>
internal sealed class LedgerPass
{
    public required ConnectionId ConnectionId { get; init; }
    public required string Kind { get; init; }
    public LocalDate? Day { get; init; }
    /// <summary>Rolling: the window that is counted. Day: the day.</summary>
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    /// <summary>Rolling: the end of what is listed. Day: up to here everything is counted.</summary>
    public required DateTimeOffset Until { get; set; }
    /// <summary>Day: length of its windows.</summary>
    public TimeSpan Step { get; init; }
    public string? Cursor { get; set; }
    public Tally Tally { get; init; } = new();
    public int Requests { get; set; }
    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>A day that is to be read.</summary>
internal sealed record DueDay(LocalDate Day, DateTimeOffset From, long Listed, string? AskedBy);

/// <summary>A day as it is to be kept.</summary>
internal sealed record DayWrite(LocalDate Day, DateTimeOffset From, DateTimeOffset To, string Zone, DayTally Tally, DateTimeOffset CountedTo, DateTimeOffset? NextReadAt);

/// <summary>Why reading cannot go on just now.</summary>
internal sealed record Trouble(string Because, bool NeedsPerson, TimeSpan? After);
