using Crossdock.Tests.Access;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Connections;

/// <summary>Apply, export and the directory over a real database.</summary>
public sealed class ConfigurationTests : IAsyncLifetime
{
    private const string Two = """
        connections:
          - key: shop
            name: Shop
            platform: test
            settings: { colour: blue, size: 3 }
            secrets: { password: "${SHOP_PASSWORD}" }
            destinations: [courier]
            approval: manual
            rules: [ { name: R, when: { field: shipTo.region, in: [RM] }, then: [ { exclude: order } ] } ]
          - { key: courier, name: Courier, platform: test }
        """;

    private readonly TestDatabase _database = new();
    private readonly OutgoingHttp _http = new(Options.Create(new ConnectionsOptions()));
    private readonly FakeClock _clock = new();
    private ConnectionDirectory _directory = null!;
    private ConfigurationService _configuration = null!;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        (_directory, _configuration) = Node();
    }

    public async ValueTask DisposeAsync()
    {
        _directory.Dispose();
        _http.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Applied_connections_are_ready_at_once_and_secrets_come_back_in_clear()
    {
        var result = await ApplyAsync(Two);
        Assert.Equal(["shop", "courier"], result.Created);
        Assert.Empty(result.Errors);
        var shop = _directory.Current.ByKey["shop"];
        Assert.Equal(("geheim", true, 1, null), (shop.Settings.Secret("password"), shop.NeedsApproval, shop.Rules.Version, shop.BrokenBecause));
        Assert.Equal(["courier"], shop.Destinations);
    }

    [Fact]
    public async Task Secrets_are_neither_in_the_database_nor_in_the_export()
    {
        await ApplyAsync(Two);
        await using var command = _database.DataSource.CreateCommand("SELECT string_agg(c::text, ' ') FROM connections c");
        Assert.DoesNotContain("geheim", (string)(await command.ExecuteScalarAsync())!, StringComparison.Ordinal);
        string export = await _configuration.ExportAsync();
        Assert.DoesNotContain("geheim", export, StringComparison.Ordinal);
        Assert.Contains("${SHOP_PASSWORD}", export, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_the_same_again_or_the_export_changes_nothing()
    {
        await ApplyAsync(Two);
        Assert.Equal(["shop", "courier"], (await ApplyAsync(Two)).Unchanged);
        Assert.Equal(["shop", "courier"], (await ApplyAsync(await _configuration.ExportAsync())).Unchanged);
        Assert.Equal(1L, await CountAsync("SELECT count(*) FROM rule_versions"));
        Assert.Equal(1L, await CountAsync("SELECT max(version) FROM connections"));
    }

    [Fact]
    public async Task New_rules_are_a_new_version_and_other_changes_are_not()
    {
        await ApplyAsync(Two);
        await ApplyAsync(Two.Replace("name: Shop", "name: Shop 2", StringComparison.Ordinal));
        Assert.Equal(1, _directory.Current.ByKey["shop"].Rules.Version);
        var result = await ApplyAsync(Two.Replace("[RM]", "[RM, VS]", StringComparison.Ordinal));
        Assert.Equal(["shop"], result.Updated);
        Assert.Equal(["courier"], result.Unchanged);
        Assert.Equal(2, _directory.Current.ByKey["shop"].Rules.Version);
        Assert.Equal(2L, await CountAsync("SELECT count(*) FROM rule_versions"));
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once_and_nothing_is_applied()
    {
        var result = await ApplyAsync("""
            connections:
              - { key: good, platform: test }
              - { key: Bad Key, platform: tset, colour: blue }
              - key: shop
                platform: test
                settings: { colour: red }
                secrets: { password: "${NOBODY_HAS_THIS}" }
                approval: perhaps
                rules:
                  - name: R
                    when: { any: [ { field: number, is: 1 }, { field: shipTo.regoin, is: RM } ] }
                    then: [ { tag: x } ]
            """);
        Assert.Equal(
            ["connections[1].colour", "connections[1].key", "connections[1].platform", "connections[2].approval", "connections[2].rules[0].when.any[1].field", "connections[2].secrets.password", "connections[2].settings.colour"],
            result.Errors.Select(error => error.Path).Order(StringComparer.Ordinal));
        Assert.Equal(0L, await CountAsync("SELECT count(*) FROM connections"));
    }

    [Theory]
    [InlineData("connections: [ { key: a, platform: test, destinations: [nowhere] } ]", "There is no connection \"nowhere\"")]
    [InlineData("connections: [ { key: a, platform: test }, { key: a, platform: test } ]", "more than once")]
    [InlineData("connections: [ { key: a, platform: test, rules: [ { name: R, then: [ { destinations: [nowhere] } ] } ] } ]", "There is no connection \"nowhere\"")]
    [InlineData("connections: [ { key: a, platform: test, rules: [ { name: R, then: [ { route: lines, to: nowhere } ] } ] } ]", "There is no connection \"nowhere\"")]
    [InlineData("connections: [", "line")]
    [InlineData("connections: [ { key: a, key: b } ]", "line")]
    [InlineData("", "list of connections")]
    [InlineData("just text", "list of connections")]
    public async Task Unusable_file_is_refused(string yaml, string says)
    {
        var result = await ApplyAsync(yaml);
        Assert.Contains(says, string.Join('\n', result.Errors.Select(error => $"{error.Path}: {error.Problem}")), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("destinations: [courier, shop]", "connections.other.destinations")]
    [InlineData("rules: [ { name: R, then: [ { route: lines, to: shop } ] } ]", "connections.other.rules[0]")]
    public async Task Connection_that_cannot_receive_orders_is_refused_as_a_destination(string more, string path)
    {
        Assert.Empty((await ApplyAsync("connections: [ { key: shop, platform: shoponly }, { key: courier, platform: test } ]")).Errors);
        foreach (string again in new[] { "", ", { key: shop, platform: shoponly }" })
        {
            var problem = Assert.Single((await ApplyAsync($"connections: [ {{ key: other, platform: shoponly, {more} }}{again} ]")).Errors);
            Assert.Equal(path, problem.Path);
            Assert.Contains("\"shop\" (shoponly)", problem.Problem, StringComparison.Ordinal);
            Assert.EndsWith("Possible: courier.", problem.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Connections_not_named_stay_unless_pruned_and_come_back_as_themselves()
    {
        await ApplyAsync(Two);
        var id = _directory.Current.ByKey["shop"].Id;
        const string One = "connections: [ { key: courier, name: Courier, platform: test } ]";
        Assert.Empty((await ApplyAsync(One)).Deleted);
        Assert.Equal(["shop"], (await _configuration.ApplyAsync(One, "eva", Lookup, prune: true)).Deleted);
        Assert.Equal(["courier"], _directory.Current.ByKey.Keys);
        await ApplyAsync(Two);
        Assert.Equal(id, _directory.Current.ByKey["shop"].Id);
    }

    [Fact]
    public async Task Another_node_hears_of_a_change()
    {
        var (other, _) = Node();
        using (other)
        {
            await other.StartAsync(TestContext.Current.CancellationToken);
            var heard = new TaskCompletionSource();
            other.Changed += () =>
            {
                if (other.Current.ByKey.ContainsKey("shop"))
                {
                    heard.TrySetResult();
                }
            };
            await ApplyAsync(Two);
            await heard.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            await other.StopAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Broken_connection_says_so_and_leaves_the_others_alone()
    {
        await ApplyAsync(Two);
        await ExecuteAsync("""UPDATE connections SET settings = '{"colour":"red"}', version = version + 1 WHERE key = 'shop'""");
        await ExecuteAsync("INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ('old', 'Old', 'gone', now(), now())");
        var courier = _directory.Current.ByKey["courier"];
        await _directory.RefreshAsync(CancellationToken.None);
        Assert.Contains("settings.colour", _directory.Current.ByKey["shop"].BrokenBecause, StringComparison.Ordinal);
        Assert.Contains("gone", _directory.Current.ByKey["old"].BrokenBecause, StringComparison.Ordinal);
        Assert.Same(courier, _directory.Current.ByKey["courier"]);
    }

    [Fact]
    public async Task Without_its_keys_a_connection_says_what_to_do()
    {
        await ApplyAsync(Two);
        var (other, _) = Node();
        using (other)
        {
            await other.RefreshAsync(CancellationToken.None);
            Assert.Contains("cannot be read", other.Current.ByKey["shop"].BrokenBecause, StringComparison.Ordinal);
            Assert.Null(other.Current.ByKey["courier"].BrokenBecause);
        }
    }

    private static string? Lookup(string name) => name == "SHOP_PASSWORD" ? "geheim" : null;

    private Task<ConfigurationResult> ApplyAsync(string yaml) => _configuration.ApplyAsync(yaml, "eva", Lookup);

    private (ConnectionDirectory, ConfigurationService) Node()
    {
        IReadOnlyList<IConnector> connectors = [new TestConnector(), new StoreConnector()];
        var store = new ConnectionStore(_database.DataSource, _clock);
        var secrets = new SecretBox(new EphemeralDataProtectionProvider());
        var directory = new ConnectionDirectory(_database.DataSource, store, new ConnectionPreparation(connectors, secrets, _http, AccessParts.Preparation(_http, _database.DataSource, _clock), _clock),
            Options.Create(new ConnectionsOptions { RefreshSeconds = 300 }), TimeProvider.System, NullLogger<ConnectionDirectory>.Instance);
        return (directory, new ConfigurationService(_database.DataSource, store, directory, secrets, connectors, new Crossdock.Delivery.ConnectionWork(TimeProvider.System)));
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class StoreConnector : IConnector
    {
        public ConnectorManifest Manifest { get; } = new() { Platform = "shoponly", Title = "Shop", Summary = "Has orders, takes none." };

        public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => [];
    }

    private sealed class TestConnector : IConnector, IOrderTarget
    {
        public ConnectorManifest Manifest { get; } = new() { Platform = "test", Title = "Test", Summary = "For tests." };

        public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) =>
            connection.Text("colour") == "red" ? [new SettingProblem("settings.colour", "Not red.")] : [];

        public IDestination Open(ConnectionSettings connection, HttpClient http, TimeProvider clock) =>
            new Crossdock.Connectors.Http.HttpConnector().Open(connection with { Settings = JsonElement.Parse("""{"create":{"url":"https://courier.example/"}}""") }, http, clock);
    }
}
