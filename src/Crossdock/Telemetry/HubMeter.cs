using System.Diagnostics.Metrics;

namespace Crossdock.Telemetry;

/// <summary>The instruments of the main path, under the meter "Crossdock".</summary>
public static class HubMeter
{
    public static Meter Meter { get; } = new("Crossdock");

    /// <summary>Events stored, by outcome: stored, repeated.</summary>
    public static Counter<long> Captured { get; } = Meter.CreateCounter<long>("crossdock_capture_events", description: "Events stored, by outcome");

    /// <summary>Calls not stored, by reason: unknown, signature, too_large, type, busy, database.</summary>
    public static Counter<long> Refused { get; } = Meter.CreateCounter<long>("crossdock_capture_refused", description: "Calls not stored, by reason");

    /// <summary>How many events one commit stored.</summary>
    public static Histogram<int> CommitSize { get; } = Meter.CreateHistogram<int>("crossdock_capture_commit_events", description: "Events stored by one commit");

    /// <summary>Events worked, by outcome.</summary>
    public static Counter<long> Processed { get; } = Meter.CreateCounter<long>("crossdock_process_events", description: "Events worked, by outcome");

    /// <summary>How long one batch took, in milliseconds.</summary>
    public static Histogram<double> BatchMilliseconds { get; } = Meter.CreateHistogram<double>("crossdock_process_batch_ms", "ms", "How long one batch took");
}
