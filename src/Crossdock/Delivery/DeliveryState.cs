namespace Crossdock.Delivery;

/// <summary>How a delivery stands. Stored by the snake_case name, which never changes meaning.</summary>
public enum DeliveryState
{
    /// <summary>To be sent, now or later; or being sent, when it is leased.</summary>
    Waiting = 0,
    /// <summary>The destination has it.</summary>
    Delivered = 1,
    /// <summary>The destination wants a person to look.</summary>
    Held = 2,
    /// <summary>Refused for good or tried too often: a dead letter.</summary>
    Dead = 3,
    /// <summary>A person gave it up.</summary>
    Dropped = 4,
    /// <summary>Not needed any more before it was sent.</summary>
    Superseded = 5,
}
