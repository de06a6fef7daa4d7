using Crossdock.Model.Orders;

namespace Crossdock.Replays;

/// <summary>What would be different about an order. An order may differ in several ways. Stored as the bit of its number, which never changes meaning; told by its snake_case name.</summary>
public enum ReplayKind
{
    /// <summary>It would be excluded.</summary>
    Excluded = 0,
    /// <summary>It would no longer be excluded.</summary>
    Included = 1,
    /// <summary>It would be in another state.</summary>
    State = 2,
    /// <summary>It would be held.</summary>
    Held = 3,
    /// <summary>A hold would be released.</summary>
    Released = 4,
    /// <summary>Other lines, or lines excluded or let in.</summary>
    Lines = 5,
    /// <summary>Other packages.</summary>
    Packages = 6,
    /// <summary>Deliveries would be made, changed or called off.</summary>
    Deliveries = 7,
    /// <summary>Any other field.</summary>
    Fields = 8,
    /// <summary>An order that the hub does not have would be made of a stored event.</summary>
    NewOrder = 9,
    /// <summary>The event that it stands on is not understood any more: it would be parked.</summary>
    NotUnderstood = 10,
    /// <summary>The event that it stands on is no longer kept: it cannot be worked again.</summary>
    NotKept = 11,
}

/// <summary>Kinds as a number with a bit for each.</summary>
internal static class ReplayKinds
{
    public static readonly int Count = EnumNames<ReplayKind>.All.Count;

    public static int Bit(this ReplayKind kind) => 1 << (int)kind;

    public static IReadOnlyList<string> Names(int kinds) => [.. Enum.GetValues<ReplayKind>().Where(kind => (kinds & kind.Bit()) != 0).Select(EnumNames<ReplayKind>.Of)];
}
