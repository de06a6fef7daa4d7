using System.ComponentModel.DataAnnotations;

namespace Crossdock.Telemetry;

/// <summary>What the hub tells of itself to other programs.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Where traces and metrics are sent by OTLP, for example <c>http://collector:4317</c>; null or empty sends nothing. Default none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>How: <c>grpc</c>, or <c>http</c> for protobuf over HTTP, where the endpoint is the collector's address without path (port 4318). Default grpc.</summary>
    [RegularExpression("grpc|http", ErrorMessage = "The field OtlpProtocol must be grpc or http.")] public string OtlpProtocol { get; init; } = "grpc";

    /// <summary>Of how many events in a hundred the way from webhook to courier is traced; the same ones on every node. Default 1; 0 to 100.</summary>
    [Range(0.0, 100.0)] public double TracePercent { get; init; } = 1;

    /// <summary>Name of the service in traces and metrics. Default crossdock.</summary>
    [Required] public string ServiceName { get; init; } = "crossdock";

    /// <summary>How often the figures that the database knows (what waits, what is stuck) are looked up for <c>/metrics</c>, in seconds. Default 15; 1 to 600.</summary>
    [Range(1, 600)] public int GaugeSeconds { get; init; } = 15;
}
