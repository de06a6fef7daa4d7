namespace Crossdock.Drift;

/// <summary>What became of a change. The snake_case names are stored.</summary>
public enum DriftState
{
    /// <summary>Nobody has said anything to it yet. Orders that it makes wrong are held.</summary>
    Open = 0,
    /// <summary>A person said that it is right: it is usual from now on.</summary>
    Accepted = 1,
    /// <summary>A person does not want to hear of it. Only what holds no order can be ignored.</summary>
    Ignored = 2,
    /// <summary>Its orders were worked again after the connector was mended. Found once more, it is open again.</summary>
    Replayed = 3,
    /// <summary>It ended by itself: what was missing is there again.</summary>
    Over = 4,
}
