using System.ComponentModel.DataAnnotations;

namespace Crossdock.Capture;

/// <summary>How capture receives and stores. Section <c>Crossdock:Capture</c>.</summary>
public sealed record CaptureOptions
{
    /// <summary>Largest body accepted, in bytes; a larger one is answered 413. Default 5242880 (5 MB); 65536 to 67108864.</summary>
    [Range(65_536, 67_108_864)] public int MaxBodyBytes { get; init; } = 5 * 1024 * 1024;

    /// <summary>Events that may wait for their commit at once; beyond it callers get 503. Default 8192; 16 to 1000000.</summary>
    [Range(16, 1_000_000)] public int WaitingEvents { get; init; } = 8192;

    /// <summary>Bytes of bodies that may wait for their commit at once; beyond it callers get 503. Default 134217728 (128 MB); 1048576 to 4294967296.</summary>
    [Range(1_048_576L, 4_294_967_296L)] public long WaitingBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Bytes of bodies of all calls under way, from their first byte to their answer; beyond it callers get 503. Default 134217728 (128 MB); 1048576 to 4294967296.</summary>
    [Range(1_048_576L, 4_294_967_296L)] public long BodyBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Events stored by one commit at most. Default 512; 1 to 10000.</summary>
    [Range(1, 10_000)] public int CommitEvents { get; init; } = 512;

    /// <summary>Commits in flight at once. Default 2; 1 to 16.</summary>
    [Range(1, 16)] public int Writers { get; init; } = 2;

    /// <summary>How long a caller waits for the commit before it gets 503, in milliseconds; never longer than four fifths of the platform's own deadline. Default 3000; 100 to 30000.</summary>
    [Range(100, 30_000)] public int AnswerMilliseconds { get; init; } = 3000;

    /// <summary>What Retry-After says with a 503, in seconds. Default 5; 1 to 600.</summary>
    [Range(1, 600)] public int RetryAfterSeconds { get; init; } = 5;

    /// <summary>How long one statement of a commit may take before the batch is given up, in seconds. Default 4; 1 to 60.</summary>
    [Range(1, 60)] public int DatabaseSeconds { get; init; } = 4;
}
