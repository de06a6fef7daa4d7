namespace Crossdock.Files;

/// <summary>How an import stands. Stored by the snake_case name, which never changes meaning.</summary>
public enum ImportState
{
    /// <summary>Being checked, or as soon as a node is free.</summary>
    Checking = 0,
    /// <summary>Checked; a person decides.</summary>
    Checked = 1,
    /// <summary>Being imported.</summary>
    Importing = 2,
    /// <summary>A person stopped it; it goes on where it was when it is started again.</summary>
    Stopped = 3,
    /// <summary>Everything that was to be imported is.</summary>
    Done = 4,
    /// <summary>It cannot be read, or cannot go on.</summary>
    Failed = 5,
    /// <summary>A person gave it up; its file is gone.</summary>
    Discarded = 6,
}
