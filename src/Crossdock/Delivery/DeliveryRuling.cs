using System.Diagnostics;
using Crossdock.Model.Connectors;

namespace Crossdock.Delivery;

/// <summary>What becomes of a delivery after an attempt. Pure.</summary>
/// <param name="State">How the row stands now.</param>
/// <param name="Attempts">Attempts spent.</param>
/// <param name="IsUnclear">True when it may have arrived.</param>
/// <param name="NextAttemptAt">When it is tried again, while it waits.</param>
/// <param name="RemoteId">The destination's own id.</param>
/// <param name="Error">Why it is not delivered.</param>
internal readonly record struct DeliveryRuling(DeliveryState State, int Attempts, bool IsUnclear, DateTimeOffset NextAttemptAt, string? RemoteId, string? Error)
{
    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(1);

    /// <summary>Decides.</summary>
    /// <param name="due">The delivery.</param>
    /// <param name="wasUnclear">Whether an attempt before this one may have arrived, after what a look-up said.</param>
    /// <param name="outcome">How the attempt ended.</param>
    /// <param name="limits">What the destination bears.</param>
    /// <param name="now">The time.</param>
    /// <param name="chance">0 to 1: spreads the waits.</param>
    internal static DeliveryRuling Of(DueDelivery due, bool wasUnclear, Outcome outcome, DestinationLimits limits, DateTimeOffset now, double chance) => outcome switch
    {
        Delivered done => new(DeliveryState.Delivered, due.Attempts + 1, false, now, done.RemoteId ?? due.RemoteId, null),
        // A throttled call is not the order's fault: it waits, but does not spend an attempt.
        RetryLater { IsThrottled: true } later => new(DeliveryState.Waiting, due.Attempts, wasUnclear, now + Wait(later.After, 1, limits, chance), null, later.Because),
        RetryLater later => Again(due, wasUnclear, later.Because, later.After, limits, now, chance),
        Unclear unclear => Again(due, true, unclear.Because, null, limits, now, chance),
        // A shop that cannot be told must not keep its order from the courier: no hold, but a dead letter for a person.
        Hold hold when due.Kind == DeliveryKind.Status => new(DeliveryState.Dead, due.Attempts + 1, wasUnclear, now, null, hold.Because),
        Hold hold => new(DeliveryState.Held, due.Attempts + 1, wasUnclear, now, null, hold.Because),
        Rejected rejected => new(DeliveryState.Dead, due.Attempts + 1, wasUnclear, now, null, rejected.Because),
        _ => throw new UnreachableException(),
    };

    private static DeliveryRuling Again(DueDelivery due, bool isUnclear, string because, TimeSpan? after, DestinationLimits limits, DateTimeOffset now, double chance)
    {
        int spent = due.Attempts + 1;
        return spent >= limits.Attempts
            ? new(DeliveryState.Dead, spent, isUnclear, now, null, $"given up after {spent} attempts: {because}")
            : new(DeliveryState.Waiting, spent, isUnclear, now + Wait(after, spent, limits, chance), null, because);
    }

    /// <summary>What the destination asked for, at most a day; otherwise the first wait doubled with each attempt spent, plus or minus a quarter.</summary>
    internal static TimeSpan Wait(TimeSpan? asked, int spent, DestinationLimits limits, double chance)
    {
        if (asked is { } after)
        {
            return after < TimeSpan.Zero ? TimeSpan.Zero : after > LongestAsked ? LongestAsked : after;
        }
        double seconds = Math.Min(limits.BackoffMaximumSeconds, limits.BackoffSeconds * Math.Pow(2, Math.Min(spent - 1, 30)));
        return TimeSpan.FromSeconds(seconds * (0.75 + 0.5 * chance));
    }
}
