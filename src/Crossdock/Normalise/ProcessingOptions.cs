using System.ComponentModel.DataAnnotations;

namespace Crossdock.Normalise;

/// <summary>How stored events are worked. Section <c>Crossdock:Processing</c>.</summary>
public sealed record ProcessingOptions
{
    /// <summary>Batches worked at once; the events of one order always go to the same lane. 0: one for every two processors, at most 4; fewer lanes make larger batches, which cost less. Default 0; 0 to 64.</summary>
    [Range(0, 64)] public int Lanes { get; init; }

    /// <summary>Events worked in one transaction at most. Default 256; 1 to 5000.</summary>
    [Range(1, 5_000)] public int BatchEvents { get; init; } = 256;

    /// <summary>Events kept in memory between commit and work; what does not fit is taken from the database later. Default 8192; 16 to 1000000.</summary>
    [Range(16, 1_000_000)] public int WaitingEvents { get; init; } = 8192;

    /// <summary>Bytes of bodies kept in memory between commit and work. Default 134217728 (128 MB); 1048576 to 4294967296.</summary>
    [Range(1_048_576L, 4_294_967_296L)] public long WaitingBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>How often the database is asked for events that nobody has in memory, in milliseconds. Default 1000; 50 to 60000.</summary>
    [Range(50, 60_000)] public int PollMilliseconds { get; init; } = 1000;

    /// <summary>How long a node may keep events in memory before others take it for dead, in seconds. Default 60; 10 to 3600.</summary>
    [Range(10, 3600)] public int LeaseSeconds { get; init; } = 60;

    /// <summary>How often an event that fails for a reason of its own is tried before it is parked. Default 3; 1 to 20.</summary>
    [Range(1, 20)] public int Attempts { get; init; } = 3;
}
