using System.Text;
using System.Text.Json;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Orders;
using Crossdock.Reading;
using Crossdock.Replays;
using Crossdock.Review;
using Crossdock.Rules;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Delivery;
using Crossdock.Tests.Rules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NpgsqlTypes;
using Xunit;

namespace Crossdock.Tests.Replays;

/// <summary>One node that works, delivers and replays on a real database, with stores of any platform and two couriers that take everything.</summary>
internal sealed class ReplayHub : IAsyncDisposable, IConnectionDirectory
{
    private readonly ServiceProvider services;
    private readonly NpgsqlDataSource own;
    private readonly List<Connection> connections = [];
    private bool isDead;

    internal ReplayHub(TestDatabase database, Dictionary<string, string?>? options = null)
    {
        own = new NpgsqlDataSourceBuilder(database.ConnectionString).Build();
        Database = database.DataSource;
        var collection = new ServiceCollection();
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Crossdock:Replays:TickMilliseconds"] = "50",
            ["Crossdock:Replays:LeaseSeconds"] = "5",
            ["Crossdock:Processing:LeaseSeconds"] = "10",
            ["Crossdock:Processing:PollMilliseconds"] = "100",
            ["Crossdock:Delivery:PollSeconds"] = "1",
            ["Crossdock:Delivery:LeaseSeconds"] = "10",
        }).AddInMemoryCollection(options ?? []).Build());
        collection.AddLogging().AddSingleton(TimeProvider.System).AddSingleton(own).AddSingleton(NodeIdentity.New()).AddSingleton<IConnectionDirectory>(this);
        collection.AddDelivery().AddProcessing(isOpen: true).AddCapture().AddReading().AddReplays().AddHolds();
        collection.AddSingleton<OrderActions>().AddSingleton<ReplayStore>().AddSingleton<ReplayActions>().AddSingleton<ReplayQueries>();
        services = collection.BuildServiceProvider();
    }

    public ConnectionSnapshot Current { get; private set; } = ConnectionSnapshot.Empty;
    public event Action? Changed;

    internal NpgsqlDataSource Database { get; }
    internal ScriptedDestination Courier { get; } = Taking(DeliveryKind.Create, DeliveryKind.Update, DeliveryKind.Cancel);
    /// <summary>Cannot be told of changes and cancellations.</summary>
    internal ScriptedDestination Second { get; } = Taking(DeliveryKind.Create);
    internal ReplayActions Actions => Get<ReplayActions>();
    internal ReplayQueries Queries => Get<ReplayQueries>();

    internal T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>Connects a store of a platform, its rules as YAML; a second hub connects the same one by its key.</summary>
    internal async Task<Connection> ConnectAsync(
        string key, string platform = "shopify", string settings = """{"shop":"acme.myshopify.com"}""", string rules = "[]", bool needsApproval = false, Func<MappedEvent, MappingOutcome, MappingOutcome>? mapping = null)
    {
        foreach (var (name, courier) in new[] { ("courier", Courier), ("second", Second) }.Where(one => !connections.Exists(connection => connection.Key == one.Item1)))
        {
            connections.Add(new Connection
            {
                Id = (await InsertAsync(name, "http", "[]", false)).Id, Settings = Settings(name, "http", "{}"), IsEnabled = true, Version = 1, Connector = BuiltIn("http"), Rules = StoreRules.Default, Destination = courier,
            });
        }

        var connector = BuiltIn(platform);
        var (id, version, rulesVersion) = await InsertAsync(key, platform, Json(rules), needsApproval);
        var own = ((IOrderMapper)connector).MappingFor(Settings(key, platform, settings));
        var store = new Connection
        {
            Id = id, Settings = Settings(key, platform, settings), IsEnabled = true, Version = version, Connector = connector, Mapping = new ChangedMapping(own, mapping),
            Rules = StoreRules.Read(JsonElement.Parse(Json(rules)), rulesVersion, "rules", []), Destinations = ["courier"], Approval = needsApproval ? new(true, false, null) : ApprovalSetting.Automatic,
        };
        connections.RemoveAll(connection => connection.Key == key);
        connections.Add(store);
        Current = new ConnectionSnapshot([.. connections]);
        Changed?.Invoke();
        return store;
    }

    internal async Task<ReplayHub> StartAsync()
    {
        foreach (var role in services.GetServices<IHostedService>())
        {
            await role.StartAsync(CancellationToken.None);
        }

        return this;
    }

    /// <summary>Stores what a webhook would bring.</summary>
    internal Task ReceiveAsync(Connection store, string topic, string key, string? orderKey, string payload) =>
        Get<ReadCapture>().StoreAsync(store, [new ReadEvent(topic, key, orderKey, null, Encoding.UTF8.GetBytes(payload), "webhook 127.0.0.1")], skipsKnown: false, CancellationToken.None);

    /// <summary>Everything received is worked and everything planned is delivered or held.</summary>
    internal async Task SettleAsync()
    {
        await UntilAsync("SELECT count(*) FROM inbox", 0);
        await UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE d.state = 'waiting' AND NOT o.held", 0);
        await UntilAsync("SELECT count(*) FROM orders o WHERE state = 'approved' AND NOT held AND EXISTS (SELECT FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered') AND NOT EXISTS (SELECT FROM holds h WHERE h.order_id = o.id AND h.code = 'cancelled_after_delivery')", 0);
    }

    /// <summary>Starts a replay of everything so far and waits for the end of its trial.</summary>
    internal async Task<ReplayRow> TryAsync(string? rules = null, string[]? stores = null)
    {
        var answer = await Actions.StartAsync(Request(rules, stores), "operator eva", CancellationToken.None);
        Assert.Null(answer.Refusal);
        return await EndAsync(answer.Id!.Value);
    }

    internal static ReplayRequest Request(string? rules = null, string[]? stores = null) => new()
    {
        From = TimeProvider.System.GetUtcNow().AddDays(-1), To = DateTimeOffset.MaxValue, Connections = stores ?? (rules is null ? [] : ["acme"]), Rules = rules, Because = "new rules",
    };

    internal async Task<ReplayRow> EndAsync(Guid id)
    {
        await UntilAsync($"SELECT state IN ('done', 'failed') FROM replays WHERE id = '{id}'", true);
        return (await Queries.FindAsync(id, CancellationToken.None))!;
    }

    internal async Task<IReadOnlyList<ReplayDifferenceRow>> DifferencesAsync(Guid replay, ReplayKind? kind = null) =>
        (await Queries.DifferencesAsync(replay, kind, new PageRequest(null, 500), CancellationToken.None)).Items;

    /// <summary>Applies, and waits until what was put back is worked.</summary>
    internal async Task<ReplayApplicationRow> ApplyAsync(Guid replay, ReplayChoice? choice = null)
    {
        var answer = await Actions.ApplyAsync(replay, choice ?? new ReplayChoice { Because = "checked" }, "operator eva", CancellationToken.None);
        Assert.Null(answer.Refusal);
        await UntilAsync($"SELECT count(*) FROM replay_applications WHERE replay_id = '{replay}' AND state = 'running'", 0);
        await SettleAsync();
        return (await Queries.FindAsync(replay, CancellationToken.None))!.Applications[^1];
    }

    /// <summary>A hash of everything that a trial must not touch.</summary>
    internal async Task<string> FingerprintAsync() => (string)(await ScalarAsync("""
        SELECT concat_ws(' ', (SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM orders t), (SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM deliveries t), (SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM holds t),
            (SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM timeline t), (SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM events t), (SELECT md5(string_agg(t::text, '' ORDER BY t.event_id)) FROM parked_events t),
            (SELECT count(*) FROM inbox), (SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM attempts t))
        """))!;

    /// <summary>The node is gone in the middle of whatever it does: it reaches the database no more and gives nothing back.</summary>
    internal async Task KillAsync()
    {
        isDead = true;
        await own.DisposeAsync();
        _ = StopAsync();
    }

    internal Task UntilAsync(string sql, object wanted) => Database.UntilAsync(sql, wanted);

    internal Task<object?> ScalarAsync(string sql) => Database.AskAsync(sql);

    internal async Task<string> TimelineAsync(string externalId) =>
        (string)(await ScalarAsync($"SELECT coalesce(string_agg(t.entries::text, ' ' ORDER BY t.id), '') FROM timeline t JOIN orders o ON o.id = t.order_id WHERE o.external_id = '{externalId}'"))!;

    internal async Task<Guid> OrderAsync(string externalId) => (Guid)(await ScalarAsync($"SELECT id FROM orders WHERE external_id = '{externalId}'"))!;

    public async ValueTask DisposeAsync()
    {
        if (!isDead)
        {
            await StopAsync();
            await services.DisposeAsync();
            await own.DisposeAsync();
        }
    }

    private Task StopAsync() => services.StopRolesAsync(() => isDead);

    private async Task<(ConnectionId Id, long Version, int Rules)> InsertAsync(string key, string platform, string rules, bool needsApproval)
    {
        // As the configuration does it: a change raises the versions.
        await using var command = Database.CreateCommand("""
            INSERT INTO connections AS c (key, name, platform, rules, rules_version, approval, created_at, updated_at) VALUES ($1, $1, $2, $3, 1, $4, now(), now())
            ON CONFLICT (key) DO UPDATE SET rules = excluded.rules, approval = excluded.approval,
                version = c.version + CASE WHEN c.rules = excluded.rules AND c.approval = excluded.approval THEN 0 ELSE 1 END, rules_version = c.rules_version + CASE WHEN c.rules = excluded.rules THEN 0 ELSE 1 END
            RETURNING id, version, rules_version
            """);
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = platform });
        command.Parameters.Add(new() { Value = rules, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = needsApproval ? "manual" : "automatic" });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (new ConnectionId(reader.GetInt32(0)), reader.GetInt64(1), reader.GetInt32(2));
    }

    private static string Json(string yaml) => ConfigurationYaml.Read(yaml, _ => null, [])?.ToJsonString() ?? "[]";

    private static IConnector BuiltIn(string platform) => BuiltInConnectors.All.Single(connector => connector.Manifest.Platform == platform);

    private static ConnectionSettings Settings(string key, string platform, string settings) =>
        new(key, key, platform, JsonElement.Parse(settings), new Dictionary<string, string> { ["webhookSecret"] = "hush-hush-0123456789" });

    private static ScriptedDestination Taking(params DeliveryKind[] kinds) => new((request, _) => new Delivered($"taken-{request.Id}"))
    {
        Limits = new DestinationLimits { TimeoutSeconds = 2, BackoffSeconds = 1, Attempts = 3 }, Kinds = kinds.ToHashSet(),
    };

    /// <summary>The connector's own mapping, with what a test lays over it: a connector that was changed.</summary>
    private sealed class ChangedMapping(IOrderMapping own, Func<MappedEvent, MappingOutcome, MappingOutcome>? change) : IOrderMapping
    {
        public MappingOutcome Map(in ReceivedEvent received)
        {
            var outcome = own.Map(received);
            return change is null ? outcome : change(new MappedEvent(received.Topic, received.OrderKey), outcome);
        }
    }
}

/// <summary>What a test's mapping is told of an event.</summary>
internal sealed record MappedEvent(string Topic, string? OrderKey);
