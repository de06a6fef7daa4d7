using Crossdock.Model.Connectors;

namespace Crossdock.Delivery;

/// <summary>One call as it goes into the log of attempts.</summary>
internal readonly record struct LoggedCall(Guid Id, string Purpose, string Outcome, string? Because, int Number, int ElapsedMs, Exchange? Exchange);

/// <summary>An attempt that ended and waits for being stored.</summary>
internal sealed class FinishedAttempt
{
    public required DueDelivery Due { get; init; }
    public required string DestinationKey { get; init; }
    public required DateTimeOffset At { get; init; }
    public required DeliveryRuling Ruling { get; init; }
    public required LoggedCall Call { get; init; }

    /// <summary>True when only the rate was wrong: that is nobody's failure.</summary>
    public bool IsThrottled { get; init; }

    /// <summary>The tracking that the destination's answer named; null when it named none.</summary>
    public Tracking? Tracking { get; init; }

    /// <summary>The look-up before it, where there was one.</summary>
    public LoggedCall? Find { get; init; }

    /// <summary>The same without what was said, for the case that the database refuses the text.</summary>
    public FinishedAttempt WithoutExchange() => new()
    {
        Due = Due,
        DestinationKey = DestinationKey,
        At = At,
        IsThrottled = IsThrottled,
        Tracking = Tracking,
        Ruling = Ruling with { Error = Ruling.Error is null ? null : "the answer could not be stored" },
        Call = Call with { Exchange = null, Because = null },
        Find = Find is { } find ? find with { Exchange = null, Because = null } : null,
    };
}
