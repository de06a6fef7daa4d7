namespace Crossdock.Reconciliation;

/// <summary>How a store's list and what is here differ about one order. Stored by the snake_case name, which never changes meaning.</summary>
public enum DifferenceKind
{
    /// <summary>Listed there, not here.</summary>
    Missing = 0,
    /// <summary>Changed there, and the copy here is of before.</summary>
    Older = 1,
    /// <summary>The same version with another total.</summary>
    OtherTotal = 2,
    /// <summary>Another word for its state, on platforms that list no time of change.</summary>
    OtherState = 3,
    /// <summary>Here, and not on the list of its day.</summary>
    NotListed = 4,
}

/// <summary>How a difference stands. Stored by the snake_case name, which never changes meaning.</summary>
public enum DifferenceState
{
    /// <summary>A gap: nothing has brought it. It is being fetched.</summary>
    Open = 0,
    /// <summary>Here and not worked yet, announced and not fetched yet, or still being asked about.</summary>
    Waiting = 1,
    /// <summary>Here, and not understood: a person acts.</summary>
    Parked = 2,
    /// <summary>It was a gap, and is here now.</summary>
    Healed = 3,
    /// <summary>Understood, and no gap.</summary>
    Explained = 4,
}
