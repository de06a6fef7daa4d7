using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crossdock.Server;
using Crossdock.Telemetry;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Testing.Faults;
using Crossdock.Tests.Conventions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Telemetry;

/// <summary>What /metrics and the health addresses of a whole hub say, also while its database is away.</summary>
public sealed partial class MetricsTests : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-metrics-").FullName;
    private DatabaseProxy proxy = null!;
    private RunningHub hub = null!;
    private HttpClient http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        proxy = new DatabaseProxy(database.ConnectionString);
        hub = await HubHost.StartAsync(new HubSettings { Database = Through(), DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = "cd_metrics" });
        http = new HttpClient { BaseAddress = new Uri(hub.Address) };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await hub.DisposeAsync();
        await proxy.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Metrics_are_the_documented_ones_and_alerts_and_dashboard_name_no_others()
    {
        await hub.Application.Services.GetRequiredService<HubGauges>().LookAsync(Stop);
        string text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);
        var told = Help().Matches(text).ToDictionary(match => match.Groups["name"].Value, match => Regex.Match(text, $"^# TYPE {match.Groups["name"].Value} (\\w+)$", RegexOptions.Multiline).Groups[1].Value, StringComparer.Ordinal);
        var documented = Row().Matches(SourceTree.Read("docs/telemetry.md")).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["kind"].Value, StringComparer.Ordinal);
        Assert.Equal(told.Select(one => $"{one.Key} {one.Value}").Order(StringComparer.Ordinal), documented.Select(one => $"{one.Key} {one.Value}").Order(StringComparer.Ordinal));
        Assert.Matches(@"(?m)^crossdock_database_up 1$", text);
        Assert.Matches(@"(?m)^crossdock_inbox_oldest_age_seconds 0$", text);
        Assert.Matches("(?m)^crossdock_alerts_open\\{severity=\"critical\"\\} 0$", text);

        HashSet<string> series = [.. told.Keys, .. told.Where(one => one.Value == "histogram").SelectMany(one => (string[])[one.Key + "_bucket", one.Key + "_sum", one.Key + "_count"])];
        foreach (string file in (string[])["deploy/prometheus/alerts.yaml", "deploy/grafana/crossdock.json"])
        {
            string[] used = [.. Metric().Matches(SourceTree.Read(file)).Select(match => match.Value).Distinct()];
            Assert.True(used.Length > 5, $"{file} names hardly any metric");
            Assert.Subset(series, used.ToHashSet(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Alerts_have_what_prometheus_needs_and_say_what_to_do()
    {
        string text = SourceTree.Read("deploy/prometheus/alerts.yaml");
        var rules = new YamlDotNet.Serialization.Deserializer().Deserialize<Dictionary<string, List<Dictionary<string, object>>>>(text)["groups"];
        var alerts = rules.SelectMany(group => (List<object>)group["rules"]).Cast<Dictionary<object, object>>().ToList();
        Assert.True(alerts.Count >= 8);
        Assert.All(alerts, alert =>
        {
            Assert.Matches("^Crossdock[A-Z]\\w+$", (string)alert["alert"]);
            Assert.Matches("^\\d+[smh]$", (string)alert["for"]);
            Assert.Contains((string)((Dictionary<object, object>)alert["labels"])["severity"], new[] { "warning", "critical" });
            var annotations = (Dictionary<object, object>)alert["annotations"];
            Assert.NotEmpty((string)annotations["summary"]);
            Assert.NotEmpty((string)annotations["description"]);
            string expression = (string)alert["expr"];
            Assert.Equal(expression.Count(letter => letter == '('), expression.Count(letter => letter == ')'));
        });
        using var dashboard = JsonDocument.Parse(SourceTree.Read("deploy/grafana/crossdock.json"));
        Assert.All(dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row"), panel =>
        {
            Assert.NotEmpty(panel.GetProperty("title").GetString()!);
            Assert.All(panel.GetProperty("targets").EnumerateArray(), target => Assert.NotEmpty(target.GetProperty("expr").GetString()!));
        });
    }

    [Fact]
    public async Task Hub_without_its_database_is_alive_and_not_ready_and_ready_again_by_itself()
    {
        Assert.Equal((HttpStatusCode.OK, "ready"), await AskAsync("/health/ready"));
        proxy.GoAway();
        Assert.Equal((HttpStatusCode.OK, "live"), await AskAsync("/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the database does not answer"), await AskAsync("/health/ready"));
        await hub.Application.Services.GetRequiredService<HubGauges>().LookAsync(Stop);
        string text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);
        Assert.Matches(@"(?m)^crossdock_database_up 0$", text);
        Assert.DoesNotMatch(@"(?m)^crossdock_inbox_waiting \d", text);
        proxy.GoOn();
        // A connection that broke may be met once more before the pool has a new one.
        for (int attempt = 0; (await AskAsync("/health/ready")).Status != HttpStatusCode.OK; attempt++)
        {
            Assert.True(attempt < 60, "it does not become ready again");
        }

        proxy.Hang();
        Assert.Equal((HttpStatusCode.OK, "live"), await AskAsync("/health/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync("/health/ready")).Status);
        proxy.GoOn();
    }

    [Fact]
    public void Recording_takes_no_memory_once_the_labels_were_seen()
    {
        using var metrics = new PrometheusText();
        KeyValuePair<string, object?> one = new("outcome", "stored");
        for (int warm = 0; warm < 100; warm++)
        {
            HubMeter.Captured.Add(1, one);
            HubMeter.CaptureDuration.Record(0.004);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int times = 0; times < 1000; times++)
        {
            HubMeter.Captured.Add(1, one);
            HubMeter.CaptureDuration.Record(0.004);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Contains("crossdock_capture_duration_seconds_bucket{le=\"0.005\"}", metrics.Write(), StringComparison.Ordinal);
    }

    private string Through()
    {
        var through = new NpgsqlConnectionStringBuilder(proxy.DataSource.ConnectionString) { Password = new NpgsqlConnectionStringBuilder(database.ConnectionString).Password, MaxPoolSize = 30 };
        return through.ConnectionString;
    }

    private async Task<(HttpStatusCode Status, string Text)> AskAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    [GeneratedRegex(@"^# HELP (?<name>\w+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Help();

    [GeneratedRegex(@"^\| `(?<name>(crossdock|dotnet)_\w+)` \| (?<kind>\w+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex(@"\b(crossdock|dotnet)_[a-z_]+\b")]
    private static partial Regex Metric();
}
