using System.Collections.Concurrent;
using System.Net;
using Crossdock.Server;
using Crossdock.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Telemetry;

/// <summary>A collector of our own gets what the hub sends by OTLP over HTTP.</summary>
public sealed class OtlpExportTests
{
    [Fact]
    public async Task Collector_gets_traces_under_the_event_s_id_and_metrics_by_their_names()
    {
        var got = new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var collector = builder.Build();
        collector.Run(async call =>
        {
            using var body = new MemoryStream();
            await call.Request.Body.CopyToAsync(body);
            got.AddOrUpdate(call.Request.Path.Value!, _ => body.ToArray(), (_, before) => [.. before, .. body.ToArray()]);
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);

        using var export = new OtlpExport(Options.Create(new TelemetryOptions { OtlpEndpoint = collector.Urls.First(), OtlpProtocol = "http", TracePercent = 100, ServiceName = "crossdock-under-test" }), new HubSettings());
        await export.StartAsync(TestContext.Current.CancellationToken);
        var id = Guid.CreateVersion7();
        HubTrace.End(HubTrace.Capture(id, "acme", TimeProvider.System.GetUtcNow()), 200);
        HubMeter.Captured.Add(1, new KeyValuePair<string, object?>("outcome", "stored"));
        await export.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(Contains(got["/v1/traces"], Convert.FromHexString(id.ToString("N"))), "the trace id is not in what was sent");
        Assert.True(Contains(got["/v1/traces"], "crossdock-under-test"u8), "the service's name is not in what was sent");
        Assert.True(Contains(got["/v1/metrics"], "crossdock.capture.events"u8), "the metric is not in what was sent");
    }

    [Fact]
    public async Task Address_that_is_none_is_refused_at_the_start()
    {
        using var export = new OtlpExport(Options.Create(new TelemetryOptions { OtlpEndpoint = "collector" }), new HubSettings());
        var refused = await Assert.ThrowsAsync<HubException>(() => export.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Crossdock__Telemetry__OtlpEndpoint", refused.Message, StringComparison.Ordinal);
    }

    private static bool Contains(byte[] sent, ReadOnlySpan<byte> part) => sent.AsSpan().IndexOf(part) >= 0;
}
