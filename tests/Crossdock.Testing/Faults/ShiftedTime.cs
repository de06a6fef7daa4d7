namespace Crossdock.Testing.Faults;

/// <summary>The real clock, so much later or earlier.</summary>
public sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
}
