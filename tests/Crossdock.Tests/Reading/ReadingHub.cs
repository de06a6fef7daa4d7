using System.Text.Json;
using Crossdock.Access;
using Crossdock.Alerts;
using Crossdock.Backfill;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Crossdock.Reading;
using Crossdock.Reconciliation;
using Crossdock.Review;
using Crossdock.Rules;
using Crossdock.Subscriptions;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Access;
using Crossdock.Tests.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Reading;

/// <summary>One node that reads, works and delivers, on a real database, with scripted shops and a courier that takes everything.</summary>
internal sealed class ReadingHub : IAsyncDisposable, IConnectionDirectory
{
    private readonly ServiceProvider services;
    private readonly NpgsqlDataSource own;
    private readonly OutgoingHttp http = new(Options.Create(new ConnectionsOptions()));
    private readonly AccessPreparation access;
    private readonly Dictionary<string, ScriptedShop> shops = [];
    private readonly List<Connection> connections = [];
    private bool isDead;

    /// <param name="database">A migrated database.</param>
    /// <param name="options">Further options by full name.</param>
    /// <param name="publicAddress">Where platforms reach it.</param>
    /// <param name="compares">Whether it compares ledgers too.</param>
    /// <param name="clock">The clock; the real one when left out.</param>
    internal ReadingHub(TestDatabase database, Dictionary<string, string?>? options = null, string publicAddress = "https://hub.example", bool compares = false, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        own = new NpgsqlDataSourceBuilder(database.ConnectionString).Build();
        Database = database.DataSource;
        var collection = new ServiceCollection();
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Crossdock:Reading:TickMilliseconds"] = "50",
            ["Crossdock:Reading:LeaseSeconds"] = "5",
            ["Crossdock:Processing:LeaseSeconds"] = "10",
            ["Crossdock:Processing:PollMilliseconds"] = "100",
            ["Crossdock:Delivery:PollSeconds"] = "1",
            ["Crossdock:Delivery:LeaseSeconds"] = "10",
        }).AddInMemoryCollection(options ?? []).Build());
        collection.AddLogging().AddSingleton(clock).AddSingleton(own).AddSingleton(NodeIdentity.New()).AddSingleton<IConnectionDirectory>(this);
        collection.AddSingleton(new HubAddress(new Uri(publicAddress))).AddSingleton<IGoneConnections>(new NothingGone()).AddSingleton<AlertStore>().AddSingleton<SubscriptionQueries>().AddSingleton<SubscriptionActions>();
        collection.AddDelivery().AddProcessing(isOpen: true).AddCapture().AddReading().AddSubscriptions().AddBackfill().AddHolds();
        collection.AddSingleton<OrderActions>().AddSingleton<BackfillActions>().AddSingleton<ReconcileActions>();
        if (compares)
        {
            collection.AddReconciliation();
        }

        services = collection.BuildServiceProvider();
        access = AccessParts.Preparation(http, own, clock);
    }

    public ConnectionSnapshot Current { get; private set; } = ConnectionSnapshot.Empty;
    public event Action? Changed;

    internal NpgsqlDataSource Database { get; }
    internal ScriptedDestination Courier { get; } = new((request, _) => new Delivered($"taken-{request.Id}")) { Limits = new DestinationLimits { TimeoutSeconds = 2, BackoffSeconds = 1, Attempts = 3 } };
    internal IServiceProvider Services => services;

    /// <summary>Connects a shop, made long ago unless said otherwise; a second hub connects the same one by its key.</summary>
    internal async Task<Connection> ConnectAsync(string key, ScriptedShop shop, DateTimeOffset? connectedAt = null, bool polls = true, bool isEnabled = true, long version = 1, string? timeZone = null)
    {
        shops[key] = shop;
        var connector = new ScriptedStore(name => shops[name]);
        var settings = new ConnectionSettings(key, key, "scripted", JsonElement.Parse("{}"), new Dictionary<string, string>());
        var id = await InsertAsync(key, connectedAt ?? TimeProvider.System.GetUtcNow().AddHours(-1), isEnabled, version);
        if (!connections.Exists(connection => connection.Key == "courier"))
        {
            connections.Add(new Connection
            {
                Id = await InsertAsync("courier", TimeProvider.System.GetUtcNow()),
                Settings = new ConnectionSettings("courier", "courier", "scripted", JsonElement.Parse("{}"), new Dictionary<string, string>()),
                IsEnabled = true, Version = 1, Connector = connector, Rules = new OpenRules(), Destination = Courier,
            });
        }

        var traits = shop.Traits;
        var store = new Connection
        {
            Id = id, Settings = settings, IsEnabled = isEnabled, Version = version, Connector = connector, Mapping = connector.MappingFor(settings), Rules = new OpenRules(), Destinations = ["courier"],
            Readers = new OrderReaders(traits, priority => connector.OpenReader(access.For(id, settings, traits.Pace, priority))),
            PollEvery = polls ? traits.PollEvery : null,
            TimeZone = timeZone,
            Feed = shop.FeedEvery is null ? null : connector.OpenFeed(access.For(id, settings, traits.Pace, RequestPriority.Poll)),
            FeedEvery = shop.FeedEvery,
            Subscriptions = shop.Subscriptions,
        };
        connections.RemoveAll(connection => connection.Key == key);
        connections.Add(store);
        Current = new ConnectionSnapshot([.. connections]);
        Changed?.Invoke();
        return store;
    }

    internal async Task StartAsync(Func<IHostedService, bool>? which = null)
    {
        foreach (var role in services.GetServices<IHostedService>().Where(which ?? (_ => true)))
        {
            await role.StartAsync(CancellationToken.None);
        }
    }

    /// <summary>Stores what a webhook would bring.</summary>
    internal Task<CapturedCount> ReceiveAsync(Connection store, string topic, string dedupeKey, string orderKey, byte[] payload) =>
        services.GetRequiredService<ReadCapture>().StoreAsync(store, [new ReadEvent(topic, dedupeKey, orderKey, null, payload, "webhook 127.0.0.1")], skipsKnown: false, CancellationToken.None);

    /// <summary>The node is gone in the middle of whatever it does: it reaches the database no more and gives nothing back.</summary>
    internal async Task KillAsync()
    {
        isDead = true;
        await own.DisposeAsync();
        _ = StopAsync();
    }

    /// <summary>What makes the comparison with the shop look again at once.</summary>
    internal static IReadOnlyList<string> ComparesNow => ["UPDATE ledger_differences SET check_at = now() WHERE closed_at IS NULL", "UPDATE reading_states SET next_at = now() WHERE activity = 'ledger'"];

    /// <summary>Waits until a query answers what is wanted.</summary>
    internal Task UntilAsync(string sql, object wanted, params IReadOnlyList<string> nudges) => Database.UntilAsync(sql, wanted, nudges);

    internal Task<object?> ScalarAsync(string sql) => Database.AskAsync(sql);

    internal async Task<string> TimelineAsync(string externalId)
    {
        await using var command = Database.CreateCommand("SELECT coalesce(string_agg(t.entries::text, ' ' ORDER BY t.id), '') FROM timeline t JOIN orders o ON o.id = t.order_id WHERE o.external_id = $1");
        command.Parameters.Add(new() { Value = externalId });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!isDead)
        {
            await StopAsync();
            await services.DisposeAsync();
            await own.DisposeAsync();
        }

        http.Dispose();
    }

    private Task StopAsync() => services.StopRolesAsync(() => isDead);

    private async Task<ConnectionId> InsertAsync(string key, DateTimeOffset connectedAt, bool isEnabled = true, long version = 1)
    {
        await using var command = Database.CreateCommand("""
            INSERT INTO connections (key, name, platform, created_at, updated_at, enabled, version) VALUES ($1, $1, 'scripted', $2, now(), $3, $4)
            ON CONFLICT (key) DO UPDATE SET updated_at = now(), enabled = $3, version = $4 RETURNING id
            """);
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = connectedAt.UtcDateTime });
        command.Parameters.Add(new() { Value = isEnabled });
        command.Parameters.Add(new() { Value = version });
        return new ConnectionId((int)(await command.ExecuteScalarAsync())!);
    }

    private sealed class NothingGone : IGoneConnections
    {
        public Task<Connection?> PrepareAsync(ConnectionId id, CancellationToken cancellationToken) => Task.FromResult<Connection?>(null);
    }

    private sealed class OpenRules : IStoreRules
    {
        public int Version => 0;

        public RuleDecision Decide(Order order, IReadOnlyList<string> destinations, DateTimeOffset at) => new(order, [], null, [], destinations);
    }
}
