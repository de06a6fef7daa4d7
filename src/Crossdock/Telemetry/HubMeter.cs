using System.Diagnostics.Metrics;

namespace Crossdock.Telemetry;

/// <summary>The instruments of the main path, under the meter "Crossdock". Names and units follow OpenTelemetry's conventions: dots, singular units in braces, durations in seconds.
/// docs/telemetry.md lists them; a test holds the two together.</summary>
public static class HubMeter
{
    /// <summary>The name that listeners choose it by.</summary>
    public const string Name = "Crossdock";

    private static readonly InstrumentAdvice<double> Short = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };
    private static readonly InstrumentAdvice<double> Long = new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 86400] };
    private static readonly InstrumentAdvice<int> Sizes = new() { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000] };

    public static Meter Meter { get; } = new(Name);

    /// <summary>Events stored, by outcome: stored, repeated.</summary>
    public static Counter<long> Captured { get; } = Meter.CreateCounter<long>("crossdock.capture.events", "{event}", "Events stored, by outcome: stored, repeated");

    /// <summary>Calls not stored, by reason: unknown, signature, too_large, type, busy, database, broken.</summary>
    public static Counter<long> Refused { get; } = Meter.CreateCounter<long>("crossdock.capture.refused", "{request}", "Calls not stored, by reason");

    /// <summary>From the body read to the answer 200, in seconds.</summary>
    public static Histogram<double> CaptureDuration { get; } = Meter.CreateHistogram("crossdock.capture.duration", "s", "From the body read to the answer 200", advice: Short);

    /// <summary>How many events one commit stored.</summary>
    public static Histogram<int> CommitSize { get; } = Meter.CreateHistogram("crossdock.capture.commit.size", "{event}", "Events stored by one commit", advice: Sizes);

    /// <summary>Events worked.</summary>
    public static Counter<long> Processed { get; } = Meter.CreateCounter<long>("crossdock.process.events", "{event}", "Events worked");

    /// <summary>Events parked because they were not understood, or wait for their order.</summary>
    public static Counter<long> Parked { get; } = Meter.CreateCounter<long>("crossdock.process.parked", "{event}", "Events parked: not understood, or waiting for their order");

    /// <summary>Orders written, by change: new, changed.</summary>
    public static Counter<long> Orders { get; } = Meter.CreateCounter<long>("crossdock.process.orders", "{order}", "Orders written, by change: new, changed");

    /// <summary>How long one batch took, in seconds.</summary>
    public static Histogram<double> BatchDuration { get; } = Meter.CreateHistogram("crossdock.process.batch.duration", "s", "How long one batch of events took", advice: Short);

    /// <summary>Attempts to deliver, by destination and outcome: delivered, retry_later, unclear, hold, rejected.</summary>
    public static Counter<long> Attempts { get; } = Meter.CreateCounter<long>("crossdock.delivery.attempts", "{attempt}", "Attempts to deliver, by destination and outcome");

    /// <summary>How long one attempt took, its look-up included, in seconds, by destination.</summary>
    public static Histogram<double> AttemptDuration { get; } = Meter.CreateHistogram("crossdock.delivery.duration", "s", "How long one attempt took, by destination", advice: Short);

    /// <summary>From the arrival of the event to the destination's yes, in seconds.</summary>
    public static Histogram<double> Lead { get; } = Meter.CreateHistogram("crossdock.delivery.lead_time", "s", "From the arrival of the event that an order stands on to the destination's yes, of first deliveries", advice: Long);
}
