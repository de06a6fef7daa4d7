using System.Diagnostics;
using System.Text.Json;
using Crossdock.Access;
using Crossdock.Backfill;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Reading;
using Crossdock.Rules;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Bench;

/// <summary>How much of a platform's own limit a backfill uses, alone and beside live fetching, which must not wait for it.</summary>
internal static class BackfillBench
{
    public static async Task<bool> RunAsync(int seconds, int perSecond)
    {
        bool alone = await RoundAsync(seconds, perSecond, live: 0);
        bool beside = await RoundAsync(seconds, perSecond, live: perSecond / 4);
        return alone && beside;
    }

    private static async Task<bool> RoundAsync(int seconds, int perSecond, int live)
    {
        int orders = (perSecond - live) * seconds * 50 / 51;
        await using var postgres = await BenchPostgres.StartAsync();
        string database = await BenchPostgres.DatabaseAsync(postgres, "backfill");
        await using var shop = await LimitedShop.StartAsync(perSecond, perSecond, orders);
        await using var source = NpgsqlDataSource.Create(database);
        var connector = new LimitedConnector(shop);
        using var http = new OutgoingHttp(Options.Create(new ConnectionsOptions { AllowPrivateAddresses = true }));
        using var budgets = new RequestBudgets(TimeProvider.System);
        var access = new AccessPreparation(http, budgets, new TokenVaults(new TokenStore(source), new EphemeralDataProtectionProvider(), TimeProvider.System), TimeProvider.System);
        var id = await ConnectionAsync(source);
        var settings = new ConnectionSettings("limited", "Limited", "limited", JsonElement.Parse("{}"), new Dictionary<string, string>());
        var traits = connector.ReadingOf(settings)!;
        using var readers = new OrderReaders(traits, priority => connector.OpenReader(access.For(id, settings, traits.Pace, priority)));
        var store = new Connection { Id = id, Settings = settings, IsEnabled = true, Version = 1, Connector = connector, Mapping = connector.MappingFor(settings), Rules = new NoRules(), Readers = readers };
        var collection = new ServiceCollection();
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddLogging().AddSingleton(TimeProvider.System).AddSingleton(source).AddSingleton(new KeyedDatabase(source))
            .AddSingleton(NodeIdentity.New()).AddSingleton<IConnectionDirectory>(new OneConnection(store)).AddProcessing(isOpen: true).AddReading().AddBackfill().AddSingleton<BackfillActions>();
        await using var services = collection.BuildServiceProvider();
        var roles = services.GetServices<IHostedService>().ToList();
        foreach (var role in roles)
        {
            await role.StartAsync(CancellationToken.None);
        }

        var (from, to) = LimitedConnector.Range(orders);
        long started = Stopwatch.GetTimestamp();
        await services.GetRequiredService<BackfillActions>().StartAsync("limited", from, to, false, "bench", CancellationToken.None);
        using var over = new CancellationTokenSource();
        var fetching = FetchAsync(readers, live, over.Token);
        await UntilAsync(source, "SELECT state FROM backfills", "done");
        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds, share = shop.Share;
        await over.CancelAsync();
        var waits = await fetching;
        await UntilAsync(source, "SELECT count(*)::text FROM orders", orders.ToString(System.Globalization.CultureInfo.InvariantCulture));
        roles.Reverse();
        foreach (var role in roles)
        {
            await role.StopAsync(CancellationToken.None);
        }

        Console.WriteLine(FormattableString.Invariant(
            $"backfill {(live == 0 ? "alone" : $"beside {live} live fetches a second")}: {orders} orders in {elapsed:F1} s, {shop.Answered} calls of a limit of {perSecond} a second and {shop.Burst} at once: {share:P1} of it; refused for too many {shop.Refused}"));
        if (waits.Count > 0)
        {
            Console.WriteLine(FormattableString.Invariant($"  live fetches: {waits.Count}, median {BenchMath.Median(waits):F0} ms, longest {waits.Max():F0} ms, of which 80 ms are the platform's"));
        }

        return share >= 0.95;
    }

    private static async Task<List<double>> FetchAsync(OrderReaders readers, int perSecond, CancellationToken cancellationToken)
    {
        var waits = new List<double>();
        if (perSecond == 0)
        {
            return waits;
        }

        var calls = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                calls.Add(OneAsync());
            }
        }
        catch (OperationCanceledException)
        {
            // The backfill is done.
        }

        await Task.WhenAll(calls);
        return waits;

        async Task OneAsync()
        {
            long started = Stopwatch.GetTimestamp();
            await readers.For(RequestPriority.Fetch).FetchAsync("1", CancellationToken.None);
            lock (waits)
            {
                waits.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }
    }

    private static async Task UntilAsync(NpgsqlDataSource database, string sql, string wanted)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await timer.WaitForNextTickAsync())
        {
            await using var command = database.CreateCommand(sql);
            if ((string?)await command.ExecuteScalarAsync() == wanted)
            {
                return;
            }
        }
    }

    private static async Task<ConnectionId> ConnectionAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ('limited', 'Limited', 'limited', now(), now()) RETURNING id");
        return new ConnectionId((int)(await command.ExecuteScalarAsync())!);
    }

    private sealed class OneConnection(Connection connection) : IConnectionDirectory
    {
        public ConnectionSnapshot Current { get; } = new([connection]);

        public event Action? Changed
        {
            add { }
            remove { }
        }
    }

    private sealed class NoRules : IStoreRules
    {
        public int Version => 0;

        public RuleDecision Decide(Order order, IReadOnlyList<string> destinations, DateTimeOffset at) => new(order, [], null, [], destinations);
    }
}
