using System.ComponentModel.DataAnnotations;

namespace Crossdock.Replays;

/// <summary>How replays are worked. Section <c>Crossdock:Replays</c>.</summary>
public sealed record ReplayOptions
{
    /// <summary>How often the database is asked for a replay whose turn has come, in milliseconds. Default 1000; 50 to 60000.</summary>
    [Range(50, 60_000)] public int TickMilliseconds { get; init; } = 1000;

    /// <summary>How long after its last sign of life a node's replay is taken over by another, in seconds. Default 60; 5 to 3600.</summary>
    [Range(5, 3600)] public int LeaseSeconds { get; init; } = 60;

    /// <summary>Threads that try orders at once. 0: one per processor. Default 0; 0 to 64.</summary>
    [Range(0, 64)] public int Threads { get; init; }

    /// <summary>Events read at once at most. Default 1000; 10 to 10000.</summary>
    [Range(10, 10_000)] public int PageEvents { get; init; } = 1000;

    /// <summary>Live events waiting to be worked above which a replay waits; looked at before every page. Default 200; 1 to 1000000.</summary>
    [Range(1, 1_000_000)] public int BacklogEvents { get; init; } = 200;

    /// <summary>How long the differences of a replay are kept after it ended, in days. Default 30; 1 to 3650.</summary>
    [Range(1, 3650)] public int KeepDays { get; init; } = 30;
}
