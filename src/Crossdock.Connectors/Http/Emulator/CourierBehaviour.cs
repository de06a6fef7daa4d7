namespace Crossdock.Connectors.Http;

/// <summary>How often, from 0 to 1, the emulated courier misbehaves, and how. All zero: a courier that always works.</summary>
public sealed record CourierBehaviour
{
    /// <summary>Answers late: accepts, then waits <see cref="SlowMilliseconds"/>.</summary>
    public double Slow { get; init; }
    /// <summary>Refuses the address with 422.</summary>
    public double BadAddress { get; init; }
    /// <summary>Answers 429 with Retry-After.</summary>
    public double Throttle { get; init; }
    /// <summary>Answers 500 and accepts nothing.</summary>
    public double ServerError { get; init; }
    /// <summary>Accepts, then answers something that is not JSON.</summary>
    public double Garbage { get; init; }
    /// <summary>Answers 200 with an error inside and accepts nothing.</summary>
    public double ErrorInside { get; init; }
    /// <summary>Accepts, then drops the connection.</summary>
    public double Drop { get; init; }
    /// <summary>The delay of slow answers, in milliseconds.</summary>
    public int SlowMilliseconds { get; init; } = 2000;
    /// <summary>What 429 asks to wait, in seconds.</summary>
    public int RetryAfterSeconds { get; init; } = 2;
    /// <summary>Seed of the dice.</summary>
    public int Seed { get; init; } = 1;

    internal CourierMood Throw(double dice)
    {
        foreach (var (share, mood) in (ReadOnlySpan<(double, CourierMood)>)
            [(Slow, CourierMood.Slow), (BadAddress, CourierMood.BadAddress), (Throttle, CourierMood.Throttle), (ServerError, CourierMood.ServerError), (Garbage, CourierMood.Garbage), (ErrorInside, CourierMood.ErrorInside), (Drop, CourierMood.Drop)])
        {
            if (dice < share)
            {
                return mood;
            }

            dice -= share;
        }

        return CourierMood.Works;
    }
}

/// <summary>What the emulated courier does with one call.</summary>
public enum CourierMood
{
    Works = 0,
    Slow = 1,
    BadAddress = 2,
    Throttle = 3,
    ServerError = 4,
    Garbage = 5,
    ErrorInside = 6,
    Drop = 7,
}
