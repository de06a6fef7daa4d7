namespace Crossdock.Reading;

/// <summary>Something that was read, ready to be stored like a webhook's delivery.</summary>
internal sealed record ReadEvent(string Topic, string DedupeKey, string? OrderKey, DateTimeOffset? OccurredAt, ReadOnlyMemory<byte> Payload, string Source);

/// <summary>What became of what was read; all of it is committed.</summary>
internal readonly record struct CapturedCount(int New, int Known);

/// <summary>What was read could not be stored just now: whoever read it must not move on.</summary>
internal sealed class NotStoredException(string message) : Exception(message);
