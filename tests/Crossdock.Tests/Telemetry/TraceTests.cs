using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Crossdock.Server;
using Crossdock.Telemetry;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;
using Xunit;

namespace Crossdock.Tests.Telemetry;

/// <summary>One trace from the webhook to the courier: its id is the event's.</summary>
public sealed class TraceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Webhook_work_and_delivery_are_one_trace_that_the_courier_gets_too()
    {
        await using var courier = await NotingCourier.StartAsync();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = Listen(spans);
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        using var request = hub.Signed(System.Text.Encoding.UTF8.GetBytes(TestHub.Order(51_001)), "w-51001");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var answer = await hub.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '51001'", "delivered");

        var eventId = (Guid)(await hub.ScalarAsync("SELECT event_id FROM orders WHERE external_id = '51001'"))!;
        string trace = eventId.ToString("N");
        var own = spans.Where(span => span.TraceId.ToString() == trace).ToDictionary(span => span.OperationName);
        Assert.Equal(["capture", "deliver", "process"], own.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(default, own["capture"].ParentSpanId);
        Assert.All((string[])["process", "deliver"], name => Assert.Equal(own["capture"].SpanId, own[name].ParentSpanId));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Assert.Single(own["capture"].Links).Context.TraceId.ToString());
        Assert.Equal(("acme", 200), (own["capture"].GetTagItem("messaging.destination.name"), own["capture"].GetTagItem("http.response.status_code")));
        Assert.Equal(("courier", "delivered"), (own["deliver"].GetTagItem("messaging.destination.name"), own["deliver"].GetTagItem("crossdock.outcome")));
        Assert.True(own["capture"].StartTimeUtc <= own["deliver"].StartTimeUtc);
        Assert.StartsWith($"00-{trace}-", Assert.Single(courier.Parents), StringComparison.Ordinal);
        // Nothing that a customer or the courier wrote.
        Assert.DoesNotContain(spans.SelectMany(span => span.TagObjects), tag => tag.Value is string text && (text.Contains("Rojas", StringComparison.Ordinal) || text.Contains("ana@", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Trace_goes_on_under_the_same_id_where_another_node_takes_the_delivery()
    {
        await using var courier = await NotingCourier.StartAsync();
        await using (var first = await TestHub.StartAsync(database.DataSource, courier.Address))
        {
            Assert.Equal(HttpStatusCode.OK, await first.SendAsync(TestHub.Order(51_002), "w-51002"));
            await first.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '51002'", "delivered");
        }

        // Nothing is left of the first node but the rows.
        await using (var command = database.DataSource.CreateCommand("UPDATE deliveries SET state = 'waiting', next_attempt_at = now() WHERE order_id = (SELECT id FROM orders WHERE external_id = '51002')"))
        {
            await command.ExecuteNonQueryAsync(Stop);
        }

        var spans = new ConcurrentQueue<Activity>();
        using var listener = Listen(spans);
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        await hub.UntilAsync("SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '51002'", "delivered");
        var eventId = (Guid)(await hub.ScalarAsync("SELECT event_id FROM orders WHERE external_id = '51002'"))!;
        var span = Assert.Single(spans, span => span.TraceId.ToString() == eventId.ToString("N"));
        Assert.Equal(("deliver", default(ActivitySpanId)), (span.OperationName, span.ParentSpanId));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(10, 700, 1300)]
    [InlineData(100, 10_000, 10_000)]
    public void As_many_events_in_a_hundred_are_traced_as_are_asked_for_and_always_the_same(double percent, int least, int most)
    {
        var sampler = new EventSampler(percent);
        ActivityTraceId[] traces = [.. Enumerable.Range(0, 10_000).Select(_ => HubTrace.TraceOf(Guid.CreateVersion7()))];
        bool[] decided = [.. traces.Select(IsTraced)];
        Assert.InRange(decided.Count(one => one), least, most);
        Assert.Equal(decided, traces.Select(IsTraced));

        bool IsTraced(ActivityTraceId trace) => sampler.ShouldSample(new SamplingParameters(default, trace, "capture", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample;
    }

    private static ActivityListener Listen(ConcurrentQueue<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == HubTrace.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>A courier that takes everything and keeps the callers' traceparent.</summary>
    private sealed class NotingCourier(WebApplication server) : IAsyncDisposable
    {
        public ConcurrentQueue<string> Parents { get; } = new();

        public string Address => server.Urls.First();

        public static async Task<NotingCourier> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var courier = new NotingCourier(builder.Build());
            courier.Run();
            await courier.StartServerAsync();
            return courier;
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();

        private void Run() => server.Run(async call =>
        {
            if (call.Request.Headers.TryGetValue("traceparent", out var parent))
            {
                Parents.Enqueue(parent.ToString());
            }

            call.Response.StatusCode = 201;
            await call.Response.WriteAsync("""{"id":"S-1"}""");
        });

        private Task StartServerAsync() => server.StartAsync();
    }
}
