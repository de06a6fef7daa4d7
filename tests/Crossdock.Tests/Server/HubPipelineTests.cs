using System.Net;
using System.Text.Json;
using Crossdock.Server;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Server;

/// <summary>The whole hub as it is served: what stands around which address.</summary>
public sealed class HubPipelineTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("crossdock-pipeline-").FullName;
    private RunningHub _hub = null!;
    private HttpClient _client = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _hub = await HubHost.StartAsync(new HubSettings { Database = _database.ConnectionString, DataFolder = _folder, Urls = "http://127.0.0.1:0", AdminToken = "cd_pipeline" });
        _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_hub.Address) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Security_headers_are_on_pages_and_answers_and_nothing_of_them_runs_for_capture()
    {
        foreach (string path in new[] { "/", "/sign-in", "/orders", "/console/console.css", "/api/v1/orders", "/metrics", "/health/live" })
        {
            using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), Stop);
            Assert.True(answer.Headers.Contains("Content-Security-Policy"), path);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }

        using var capture = await _client.PostAsync(new Uri("/in/nobody", UriKind.Relative), new ByteArrayContent("{}"u8.ToArray()), Stop);
        Assert.False(capture.Headers.Contains("Content-Security-Policy"));
        Assert.Contains(capture.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.Unauthorized });
    }

    [Fact]
    public async Task Console_and_api_still_ask_who_is_there()
    {
        using var page = await _client.GetAsync(new Uri("/orders", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        using var api = await _client.GetAsync(new Uri("/api/v1/orders", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Fact]
    public async Task Schema_of_the_order_is_served_to_everybody()
    {
        using var answer = await _client.GetAsync(new Uri("/schemas/order.json", UriKind.Relative), Stop);
        Assert.Equal((HttpStatusCode.OK, "application/schema+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using var schema = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.RootElement.GetProperty("$schema").GetString());
        Assert.Equal(JsonValueKind.Object, schema.RootElement.GetProperty("properties").GetProperty("lines").ValueKind);
    }

    [Fact]
    public async Task Metrics_are_prometheus_text_and_count_refused_calls()
    {
        using var refused = await _client.PostAsync(new Uri("/in/nobody", UriKind.Relative), new ByteArrayContent("{}"u8.ToArray()), Stop);
        using var answer = await _client.GetAsync(new Uri("/metrics", UriKind.Relative), Stop);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Contains("# TYPE crossdock_capture_refused_total counter", text, StringComparison.Ordinal);
        Assert.Contains("crossdock_capture_refused_total{reason=\"unknown\"}", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.eE+-]+(Inf)?)$""", line));
    }
}
