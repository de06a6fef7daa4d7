namespace Crossdock.Replays;

/// <summary>How a replay's trial, or what was chosen of it to be applied, stands. Stored by the snake_case name, which never changes meaning.</summary>
public enum ReplayState
{
    /// <summary>Under way, or as soon as its turn comes: one at a time in the whole hub.</summary>
    Running = 0,
    /// <summary>A person stopped it; it goes on where it was when a person resumes it.</summary>
    Stopped = 1,
    /// <summary>Everything is worked.</summary>
    Done = 2,
    /// <summary>It cannot go on; the error says why.</summary>
    Failed = 3,
}
