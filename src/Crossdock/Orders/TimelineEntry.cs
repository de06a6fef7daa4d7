using System.Text.Json.Serialization;
using Crossdock.Model.Orders;

namespace Crossdock.Orders;

/// <summary>What kind of thing happened to an order. Stored by the snake_case name, which never changes meaning.</summary>
public enum TimelineKind
{
    /// <summary>An event of the store arrived and was taken.</summary>
    Received = 0,
    /// <summary>An event arrived again.</summary>
    Repeated = 1,
    /// <summary>An event was older than what is known, and changed nothing.</summary>
    Older = 2,
    /// <summary>An event had newer times but the same content, and changed nothing.</summary>
    Unchanged = 3,
    /// <summary>The order's content changed.</summary>
    Changed = 4,
    /// <summary>A rule decided something.</summary>
    Rule = 5,
    /// <summary>The state moved.</summary>
    State = 6,
    /// <summary>A delivery was planned.</summary>
    Planned = 7,
    /// <summary>A delivery was attempted.</summary>
    Attempt = 8,
    /// <summary>A delivery ended: delivered, dead letter, dropped, superseded.</summary>
    Delivery = 9,
    /// <summary>The order was held.</summary>
    Held = 10,
    /// <summary>A hold was released.</summary>
    Released = 11,
    /// <summary>A person edited something.</summary>
    Edited = 12,
    /// <summary>Something worth knowing that is none of the above.</summary>
    Note = 13,
}

/// <summary>One thing that happened to an order, told in a plain sentence.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Actor">Who or what did it: <c>store acme</c>, <c>rule "Gift cards are not parcels"</c>, <c>destination courier</c>, <c>operator admin</c>, <c>crossdock</c>.</param>
/// <param name="Text">One sentence in English.</param>
/// <param name="Because">The reason; null where the text says it.</param>
/// <param name="Ref">The id of the event, delivery or hold it is about; null for none.</param>
public sealed record TimelineEntry(
    DateTimeOffset At,
    [property: JsonConverter(typeof(SnakeCase<TimelineKind>))] TimelineKind Kind,
    string Actor,
    string Text,
    string? Because = null,
    Guid? Ref = null);
