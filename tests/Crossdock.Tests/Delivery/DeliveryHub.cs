using System.Text;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Rules;
using Crossdock.Telemetry;
using Crossdock.Testing.Database;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Delivery;

/// <summary>Delivery as it runs in the hub, on a real database, with scripted destinations.</summary>
internal sealed class DeliveryHub : IAsyncDisposable, IConnectionDirectory
{
    private readonly ServiceProvider services;
    private readonly List<Connection> connections = [];
    private readonly string tag = Guid.NewGuid().ToString("n")[..8];
    private bool isRunning;

    internal DeliveryHub(TestDatabase database)
    {
        Database = database.DataSource;
        ServiceCollection collection = new();
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Crossdock:Delivery:PollSeconds"] = "1",
            ["Crossdock:Delivery:StopSeconds"] = "1",
            ["Crossdock:Delivery:QueueSize"] = "64",
        }).Build());
        collection.AddLogging().AddSingleton(TimeProvider.System).AddSingleton(Database).AddSingleton(NodeIdentity.New()).AddSingleton<IConnectionDirectory>(this).AddDelivery().AddHolds();
        services = collection.BuildServiceProvider();
    }

    public ConnectionSnapshot Current { get; private set; } = ConnectionSnapshot.Empty;
    public event Action? Changed;

    internal NpgsqlDataSource Database { get; }
    internal ConnectionId Store { get; private set; }
    internal NodeIdentity Node => services.GetRequiredService<NodeIdentity>();
    internal IDeliveryIntake Intake => services.GetRequiredService<IDeliveryIntake>();
    internal DeliveryActions Actions => services.GetRequiredService<DeliveryActions>();
    internal HoldStore Holds => services.GetRequiredService<HoldStore>();
    internal OutcomeStore Outcomes => services.GetRequiredService<OutcomeStore>();
    internal ConnectionStatistics Statistics => services.GetRequiredService<ConnectionStatistics>();
    internal ConnectionQueries Connections => new(Database, this, services.GetServices<IDestinationHealth>(), TimeProvider.System);
    internal DestinationStatus? Status(ConnectionId id) => services.GetRequiredService<IDestinationMonitor>().Statuses().SingleOrDefault(status => status.Id == id);

    internal async Task<ConnectionId> AddAsync(string name, IDestination? destination, IDestination? told = null)
    {
        string key = $"{name}-{tag}";
        await using var connection = await Database.OpenConnectionAsync();
        ConnectionId id = new(await connection.QuerySingleAsync<int>("INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES (@key, @key, 'scripted', now(), now()) RETURNING id", new { key }));
        connections.Add(new Connection
        {
            Id = id,
            Settings = new ConnectionSettings(key, key, "scripted", default, new Dictionary<string, string>()),
            IsEnabled = true,
            Version = 1,
            Connector = new ScriptedConnector(),
            Rules = new NoRules(),
            Destination = destination,
            StatusDestination = told,
        });
        Current = new ConnectionSnapshot([.. connections]);
        Changed?.Invoke();
        return id;
    }

    /// <summary>The store of the orders that follow, told how they get on.</summary>
    internal async Task<ConnectionId> TellAsync(IDestination shop, string name = "store") => Store = await AddAsync(name, null, shop);

    /// <summary>Changes a connection's settings: the shop is told no more, or again.</summary>
    internal void Replace(ConnectionId id, IDestination? told)
    {
        int index = connections.FindIndex(connection => connection.Id == id);
        var former = connections[index];
        connections[index] = new Connection
        {
            Id = id, Settings = former.Settings, IsEnabled = true, Version = former.Version + 1, Connector = former.Connector, Rules = former.Rules, Destination = former.Destination, StatusDestination = told,
        };
        Current = new ConnectionSnapshot([.. connections]);
        Changed?.Invoke();
    }

    internal async Task StartAsync()
    {
        isRunning = true;
        foreach (var role in services.GetServices<IHostedService>())
        {
            await role.StartAsync(CancellationToken.None);
        }
    }

    internal async Task StopAsync()
    {
        isRunning = false;
        foreach (var role in services.GetServices<IHostedService>())
        {
            await role.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>Writes an approved order with one waiting delivery, as the processor does.</summary>
    internal async Task<DueDelivery> OrderAsync(ConnectionId destination, string state = "approved", bool isLeased = false, DeliveryKind kind = DeliveryKind.Create, OrderId? of = null, int generation = 1)
    {
        if (Store == default)
        {
            Store = await AddAsync("store", null);
        }
        var now = TimeProvider.System.GetUtcNow();
        DueDelivery due = new()
        {
            Id = DeliveryId.New(now),
            OrderId = of ?? OrderId.New(now),
            Store = Store,
            Destination = destination,
            Kind = kind,
            Generation = generation,
            StoreKey = "store",
            OrderNumber = "#1",
            Document = Encoding.UTF8.GetBytes("""{"externalId":"1","number":"#1"}"""),
            LeasedUntil = now.AddSeconds(150),
        };
        await using var connection = await Database.OpenConnectionAsync();
        if (of is null)
        {
            await connection.ExecuteAsync("""
                INSERT INTO orders (id, connection_id, external_id, number, state, state_changed_at, payment_status, fulfilment_status, event_id, content_hash, currency, total, rules_version, created_at, updated_at, document)
                VALUES (@order, @store, @external, '#1', @state, now(), 'paid', 'unfulfilled', @event, @event, 'EUR', 10, 0, now(), now(), @document::json)
                """, new { order = due.OrderId.Value, store = Store.Value, external = due.OrderId.ToString(), state, @event = Guid.CreateVersion7(now), document = Encoding.UTF8.GetString(due.Document.Span) });
        }
        await connection.ExecuteAsync("""
            INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, leased_until, leased_by, created_at)
            VALUES (@id, @order, @store, @destination, @kind, @generation, 'waiting', now(), @until, @by, now())
            """, new
        {
            id = due.Id.Value,
            order = due.OrderId.Value,
            store = Store.Value,
            destination = destination.Value,
            kind = EnumNames<DeliveryKind>.Of(kind),
            generation,
            until = isLeased ? due.LeasedUntil.UtcDateTime : (DateTime?)null,
            by = isLeased ? Node.Id : (Guid?)null,
        });
        return due;
    }

    internal async Task<TValue> AskAsync<TValue>(string sql, object parameters)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return (await connection.QuerySingleAsync<TValue>(sql, parameters))!;
    }

    internal async Task DoAsync(string sql, object parameters)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    internal Task<string> StateAsync(DueDelivery due) => AskAsync<string>("SELECT state FROM deliveries WHERE id = @id", new { id = due.Id.Value });

    internal Task<string> TimelineAsync(DueDelivery due) =>
        AskAsync<string>("SELECT coalesce(string_agg(entries::text, ' ' ORDER BY id), '') FROM timeline WHERE order_id = @id", new { id = due.OrderId.Value });

    internal Task BecomesAsync(DueDelivery due, string state) => UntilAsync(async () => await StateAsync(due) == state, $"the delivery to become {state}");

    internal static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(25));
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, $"waited in vain for {what}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (isRunning)
        {
            await StopAsync();
        }
        await services.DisposeAsync();
    }

    private sealed class ScriptedConnector : IConnector, IOrderStatusTarget
    {
        public bool TellsStatus(ConnectionSettings connection) => true;
        public IDestination OpenStatus(ConnectionAccess access) => throw new InvalidOperationException("a test gives the destination itself");
        public ConnectorManifest Manifest { get; } = new() { Platform = "scripted", Title = "Scripted", Summary = "Does what a test says." };
        public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => [];
    }

    private sealed class NoRules : IStoreRules
    {
        public int Version => 0;
        public RuleDecision Decide(Order order, IReadOnlyList<string> destinations, DateTimeOffset at) => new(order, [], null, [], destinations);
    }
}
