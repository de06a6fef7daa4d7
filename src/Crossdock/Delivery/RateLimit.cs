namespace Crossdock.Delivery;

/// <summary>A token bucket that holds one second's worth: calls are given their turn in order. Safe from any thread.</summary>
internal sealed class RateLimit(TimeProvider clock)
{
    private readonly Lock gate = new();
    private DateTimeOffset nextFree = DateTimeOffset.MinValue;

    /// <summary>Takes a turn within <paramref name="longest"/>; answers how long to wait for it, or null when it would take longer: then no turn is taken.</summary>
    internal TimeSpan? TryTake(double? perSecond, TimeSpan longest)
    {
        if (perSecond is not > 0)
        {
            return TimeSpan.Zero;
        }
        var step = TimeSpan.FromSeconds(1 / perSecond.Value);
        // Below one a second there is nothing to save up.
        var saved = perSecond > 1 ? TimeSpan.FromSeconds(1) - step : TimeSpan.Zero;
        var now = clock.GetUtcNow();
        lock (gate)
        {
            var turn = nextFree < now - saved ? now - saved : nextFree;
            var wait = turn <= now ? TimeSpan.Zero : turn - now;
            if (wait > longest)
            {
                return null;
            }
            nextFree = turn + step;
            return wait;
        }
    }
}
