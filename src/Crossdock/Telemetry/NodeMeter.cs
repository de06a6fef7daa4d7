using System.Diagnostics.Metrics;

namespace Crossdock.Telemetry;

/// <summary>Gauges of one hub: what is true of this process or its database now. A meter of its own for each hub, so that two in one process are told apart.</summary>
public sealed class NodeMeter : IDisposable
{
    public NodeMeter() => Meter = new Meter(new MeterOptions(HubMeter.Name) { Scope = this });

    public Meter Meter { get; }

    public void Dispose() => Meter.Dispose();
}
