using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Access;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Rules;
using Crossdock.Server.Commands;
using Crossdock.Tests.Access;
using Crossdock.Tests.Api;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Connections;

public sealed class ConnectionTesterTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Findings_come_as_the_connector_tells_them_with_the_worst_as_verdict()
    {
        ConnectionSettings? given = null;
        var answer = await TestAsync(new Tested(access =>
        {
            given = access.Settings;
            return [new("Credentials", TestVerdict.Passed, "Shop Acme answers."), new("Permission to read orders", TestVerdict.Failed, "403 \"Access denied for orders field\". Grant read_orders."), new("Clock", TestVerdict.Warning, "It is 40 s apart.")];
        }));
        Assert.Equal("acme", given?.Key);
        Assert.Equal("failed", answer.Tested?.Verdict);
        Assert.Equal(["passed", "failed", "warning"], answer.Tested!.Findings.Select(finding => finding.Verdict));
        Assert.Contains("Access denied for orders field", answer.Tested.Findings[1].Message, StringComparison.Ordinal);
        var json = JsonSerializer.SerializeToElement(answer.Tested, JsonSerializerOptions.Web);
        Assert.StartsWith("passed   Credentials: Shop Acme answers.", TestConnectionCommand.Lines(json), StringComparison.Ordinal);
        Assert.EndsWith("acme: failed", TestConnectionCommand.Lines(json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_that_cannot_be_tested_says_why()
    {
        var without = await TestAsync(new Untested());
        Assert.Null(without.Tested);
        Assert.Contains("Untested cannot be asked", without.Refusal, StringComparison.Ordinal);

        var broken = await TestAsync(new Tested(_ => throw new InvalidOperationException("never asked")), brokenBecause: "shop: is missing.");
        Assert.Equal(("failed", "shop: is missing."), (broken.Tested!.Verdict, broken.Tested.Findings.Single().Message));

        Assert.Equal(new ConnectionTestAnswer(null), await TestAsync(new Untested(), key: "nobody"));
    }

    [Fact]
    public async Task Bug_of_a_connector_is_a_finding()
    {
        var answer = await TestAsync(new Tested(_ => throw new InvalidOperationException("no such thing")));
        Assert.Equal("The connector failed (InvalidOperationException): no such thing", answer.Tested!.Findings.Single().Message);
        Assert.Equal("failed", answer.Tested.Verdict);
    }

    [Fact]
    public async Task Unknown_connection_is_answered_404_and_the_address_is_described()
    {
        using var answer = await host.Client.PostAsync(new Uri("/api/v1/connections/nobody/test", UriKind.Relative), null, Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var stranger = await host.Stranger.PostAsync(new Uri("/api/v1/connections/acme/test", UriKind.Relative), null, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        var described = await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Stop);
        Assert.True(described.GetProperty("paths").GetProperty("/api/v1/connections/{key}/test").TryGetProperty("post", out _));
    }

    private async Task<ConnectionTestAnswer> TestAsync(IConnector connector, string? brokenBecause = null, string key = "acme")
    {
        using var http = new OutgoingHttp(Options.Create(new ConnectionsOptions()));
        var settings = new ConnectionSettings("acme", "Acme", connector.Manifest.Platform, JsonElement.Parse("{}"), new Dictionary<string, string>());
        var connection = new Connection { Id = new ConnectionId(1), Settings = settings, IsEnabled = false, Version = 1, Connector = connector, Rules = StoreRules.Default, BrokenBecause = brokenBecause };
        var tester = new ConnectionTester(new Fixed(connection), AccessParts.Preparation(http, host.Database, TimeProvider.System), TimeProvider.System);
        return await tester.TestAsync(key, Stop);
    }

    private sealed class Fixed(Connection connection) : IConnectionDirectory
    {
        public ConnectionSnapshot Current { get; } = new([connection]);

        public event Action? Changed
        {
            add { }
            remove { }
        }
    }

    private sealed class Untested : IConnector
    {
        public ConnectorManifest Manifest { get; } = new() { Platform = "untested", Title = "Untested", Summary = "Has no test." };

        public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => [];
    }

    private sealed class Tested(Func<ConnectionAccess, IReadOnlyList<TestFinding>> finds) : IConnector, IConnectionTest
    {
        public ConnectorManifest Manifest { get; } = new() { Platform = "tested", Title = "Tested", Summary = "Finds what a test says." };

        public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => [];

        public Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken) => Task.FromResult(finds(access));
    }
}
