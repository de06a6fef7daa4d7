using System.Diagnostics;
using Crossdock.Model;

namespace Crossdock.Normalise;

/// <summary>Why an inbox row is there. Stored as its number, which never changes meaning.</summary>
internal enum InboxKind : short
{
    /// <summary>A new event.</summary>
    Event = 0,
    /// <summary>An event that had been stored before: it only leaves a line in the order's timeline.</summary>
    Repeat = 1,
    /// <summary>A stored event is to be worked again: after a connector was mended, a hold released, an order approved.</summary>
    Replay = 2,
}

/// <summary>One inbox row in memory, with its payload.</summary>
internal sealed record InboxItem
{
    public required Guid InboxId { get; init; }
    public required Guid EventId { get; init; }
    public required InboxKind Kind { get; init; }
    public required ConnectionId ConnectionId { get; init; }
    public required string? OrderKey { get; init; }
    public required string Topic { get; init; }
    public required DateTimeOffset? OccurredAt { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    /// <summary>Null when the payload is not there any more, and for a repeat.</summary>
    public required byte[]? Body { get; init; }
    /// <summary>Where it came from; see <see cref="EventSource"/>.</summary>
    public string Source { get; init; } = "";
    public int Attempts { get; init; }
    /// <summary>The span of its capture, where this node took it and traces it.</summary>
    public ActivitySpanId CaptureSpan { get; init; }

    public int Size => (Body?.Length ?? 0) + 512;
}
