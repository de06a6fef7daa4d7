using Crossdock.Alerts;
using Crossdock.Api;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Orders;
using Crossdock.Review;
using Crossdock.Seeding;
using Crossdock.Testing.Database;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Orders;

/// <summary>A database with made-up orders, their lists filled, and what reads and changes them.</summary>
public sealed class SeededOrders : IAsyncLifetime
{
    public const int Count = 3_000;
    private readonly TestDatabase database = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("crossdock-seeded-");
    private ServiceProvider? services;

    public NpgsqlDataSource Database => database.DataSource;

    internal IServiceProvider Services => services!;

    internal OrderListQueries Lists => services!.GetRequiredService<OrderListQueries>();

    internal string? Refusal { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        var all = new ServiceCollection();
        all.AddLogging();
        all.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Crossdock:DataFolder"] = folder.FullName }).Build());
        all.AddSingleton(Database);
        all.AddSingleton(TimeProvider.System);
        all.AddSingleton<IReadOnlyList<IConnector>>(BuiltInConnectors.All);
        all.AddSingleton<IDeliveryIntake, NoIntake>();
        ConnectionsRegistration.AddConnections(all);
        all.AddQueries();
        all.AddHolds();
        all.AddSingleton<OrderActions>();
        all.AddSingleton(provider => new DeliveryActions(Database, TimeProvider.System, provider.GetRequiredService<IDeliveryIntake>()));
        services = all.BuildServiceProvider();
        Refusal = await new OrderSeeder(Database, services.GetRequiredService<ConfigurationService>(), TimeProvider.System).RunAsync(Count, 7, 60, false, static (_, _) => { }, TestContext.Current.CancellationToken);
        await services.GetRequiredService<ConnectionDirectory>().StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (services is not null)
        {
            await services.GetRequiredService<ConnectionDirectory>().StopAsync(CancellationToken.None);
            await services.DisposeAsync();
        }

        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Takes into the lists what changed since.</summary>
    internal async Task CatchUpAsync() =>
        Assert.True(await new OrderListWorker(new OrderListStore(Database, NodeIdentity.New(isAlone: true)), new OrderListFreshness(), TimeProvider.System, NullLogger<OrderListWorker>.Instance).CatchUpAsync(null, TestContext.Current.CancellationToken));

    internal async Task<T> AskAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    internal async Task<List<Guid>> IdsAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<Guid> ids = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private sealed class NoIntake : IDeliveryIntake
    {
        public TimeSpan Lease => TimeSpan.FromMinutes(1);
        public bool HasRoom(ConnectionId destination) => false;
        public int Offer(IReadOnlyList<DueDelivery> deliveries) => deliveries.Count;

        public void GiveBack(IReadOnlyList<DueDelivery> deliveries)
        {
        }

        public void Wake()
        {
        }
    }
}
