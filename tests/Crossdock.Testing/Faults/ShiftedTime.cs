namespace Crossdock.Testing.Faults;

/// <summary>The real clock, so much later or earlier; a test may move it on.</summary>
public sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    private long ticks = by.Ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref ticks));

    /// <summary>Lets so much time pass at once.</summary>
    public void Advance(TimeSpan more) => Interlocked.Add(ref ticks, more.Ticks);
}
