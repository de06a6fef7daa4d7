using System.Diagnostics;
using Crossdock.Connections;
using Crossdock.Model;

namespace Crossdock.Capture;

/// <summary>What became of an event that was handed to the inbox writer.</summary>
internal enum CaptureResult
{
    /// <summary>Committed for the first time.</summary>
    Stored,
    /// <summary>Was there already; the repeat is noted, committed too.</summary>
    Repeated,
    /// <summary>Not committed, or nobody knows: the platform has to send it again.</summary>
    Failed,
}

/// <summary>One event between arrival and commit.</summary>
internal sealed class PendingEvent
{
    public required EventId Id { get; init; }
    public required Connection Connection { get; init; }
    public required string Topic { get; init; }
    public required string DedupeKey { get; init; }
    /// <summary>First half of SHA-256 of the dedupe key.</summary>
    public required Guid KeyHash { get; init; }
    public required string? OrderKey { get; init; }
    public required DateTimeOffset? OccurredAt { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required string Source { get; init; }
    public required string Headers { get; init; }
    public required byte[] Body { get; init; }
    /// <summary>The span of its capture; null when it is not traced.</summary>
    public Activity? Span { get; init; }

    /// <summary>Set when the fate is known; continuations run elsewhere, so that one slow caller never delays the writer.</summary>
    public TaskCompletionSource<CaptureResult> Fate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
