namespace Crossdock.Backfill;

/// <summary>How a backfill stands. Stored by the snake_case name, which never changes meaning.</summary>
public enum BackfillState
{
    /// <summary>Being read, or as soon as a node is free.</summary>
    Running = 0,
    /// <summary>The platform refuses; it is tried again by itself every few minutes, and at once when the connection's settings change.</summary>
    Paused = 1,
    /// <summary>A person stopped it; it goes on where it was when a person resumes it.</summary>
    Stopped = 2,
    /// <summary>Everything is read.</summary>
    Done = 3,
    /// <summary>It cannot go on: the connection is gone or cannot be read any more.</summary>
    Failed = 4,
}
