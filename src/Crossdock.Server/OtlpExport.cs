using System.Reflection;
using Crossdock.Telemetry;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Crossdock.Server;

/// <summary>Sends traces and metrics by OTLP while the hub runs, where an endpoint is configured. Without one nobody listens, and tracing costs nothing.</summary>
internal sealed class OtlpExport(IOptions<TelemetryOptions> options, HubSettings settings) : IHostedService, IDisposable
{
    private TracerProvider? traces;
    private MeterProvider? metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var telemetry = options.Value;
        if (string.IsNullOrWhiteSpace(telemetry.OtlpEndpoint)) return Task.CompletedTask;
        if (!Uri.TryCreate(telemetry.OtlpEndpoint, UriKind.Absolute, out var endpoint)) throw new HubException($"Crossdock__Telemetry__OtlpEndpoint is \"{telemetry.OtlpEndpoint}\"; it has to be an address such as http://collector:4317.");
        var resource = ResourceBuilder.CreateDefault()
            .AddService(telemetry.ServiceName, serviceVersion: typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
            .AddAttributes([new("crossdock.roles", settings.Roles)]);
        if (telemetry.TracePercent > 0)
        {
            traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(HubTrace.Name).SetSampler(new EventSampler(telemetry.TracePercent))
                .AddOtlpExporter(to => Point(to, endpoint, telemetry.OtlpProtocol, "v1/traces")).Build();
        }

        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(HubMeter.Name, "System.Runtime")
            .AddOtlpExporter(to => Point(to, endpoint, telemetry.OtlpProtocol, "v1/metrics")).Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // What was measured last is sent; a collector that does not answer keeps the hub from ending for two seconds at most.
        traces?.ForceFlush(2000);
        metrics?.ForceFlush(2000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }

    private static void Point(OtlpExporterOptions to, Uri endpoint, string protocol, string path)
    {
        bool isHttp = protocol == "http";
        to.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        to.Endpoint = isHttp ? new Uri(new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/"), path) : endpoint;
    }
}

/// <summary>Decides by the event's id: every node, at every step, comes to the same.</summary>
internal sealed class EventSampler(double percent) : Sampler
{
    private readonly ulong bound = percent >= 100 ? ulong.MaxValue : (ulong)(percent / 100 * ulong.MaxValue);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        Span<byte> bytes = stackalloc byte[16];
        samplingParameters.TraceId.CopyTo(bytes);
        // A UUIDv7 begins with the time; only its last 62 bits are chance, behind two that are always the same.
        ulong chance = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) << 2;
        return new SamplingResult(chance <= bound && bound > 0 ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
