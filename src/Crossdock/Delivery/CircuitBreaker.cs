namespace Crossdock.Delivery;

/// <summary>Whether a destination is worth calling.</summary>
public enum BreakerState
{
    /// <summary>It answers.</summary>
    Closed = 0,
    /// <summary>It failed too often in a row: nobody calls it for a while.</summary>
    Open = 1,
    /// <summary>One call is let through to see.</summary>
    HalfOpen = 2,
}

/// <summary>Opens after so many failures in a row; then lets one call through at a time until one succeeds. Safe from any thread.</summary>
internal sealed class CircuitBreaker
{
    private readonly Lock gate = new();
    private bool isProbing;

    internal BreakerState State { get; private set; }
    internal int FailuresInRow { get; private set; }
    internal DateTimeOffset OpenUntil { get; private set; }

    /// <summary>Whether a call may be made now; if not, how long to wait before asking again. Whoever may must report how it went.</summary>
    internal bool TryEnter(DateTimeOffset now, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        lock (gate)
        {
            if (State == BreakerState.Closed)
            {
                return true;
            }
            if (now < OpenUntil)
            {
                wait = OpenUntil - now;
                return false;
            }
            if (isProbing)
            {
                wait = TimeSpan.FromMilliseconds(200);
                return false;
            }
            State = BreakerState.HalfOpen;
            isProbing = true;
            return true;
        }
    }

    /// <summary>The destination answered sensibly. True when that closed the breaker.</summary>
    internal bool Succeeded()
    {
        lock (gate)
        {
            bool wasOpen = State != BreakerState.Closed;
            State = BreakerState.Closed;
            isProbing = false;
            FailuresInRow = 0;
            return wasOpen;
        }
    }

    /// <summary>The destination failed. True when that opened the breaker.</summary>
    internal bool Failed(DateTimeOffset now, int limit, TimeSpan openFor)
    {
        lock (gate)
        {
            FailuresInRow++;
            // Calls that were under way when it opened say nothing new.
            if (State == BreakerState.Open || State == BreakerState.Closed && FailuresInRow < limit)
            {
                return false;
            }
            State = BreakerState.Open;
            isProbing = false;
            OpenUntil = now + openFor;
            return true;
        }
    }

    /// <summary>The call was not made, or says nothing about the destination's health.</summary>
    internal void Abstained()
    {
        lock (gate)
        {
            isProbing = false;
        }
    }
}
