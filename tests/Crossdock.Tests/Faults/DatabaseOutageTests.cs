using System.Diagnostics;
using System.Net;
using Crossdock.Connectors.Http;
using Crossdock.Normalise;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Testing.Faults;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Faults;

/// <summary>The database hangs, is away, or throws everybody out while orders come in.</summary>
public sealed class DatabaseOutageTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData(32_000, true)]
    [InlineData(32_100, false)]
    public async Task Callers_get_503_in_time_while_the_database_hangs_or_is_away_and_all_is_delivered_once_when_it_is_back(long first, bool hangs)
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var proxy = new DatabaseProxy(database.ConnectionString);
        await using var hub = await TestHub.StartAsync(proxy.DataSource, courier.Address);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(first), $"w-{first}"));

        (hangs ? (Action)proxy.Hang : proxy.GoAway)();
        var answers = await Task.WhenAll(Enumerable.Range(1, 30).Select(async number =>
        {
            long started = Stopwatch.GetTimestamp();
            using var request = hub.Signed(System.Text.Encoding.UTF8.GetBytes(TestHub.Order(first + number)), $"w-{first + number}");
            using var answer = await hub.Http.SendAsync(request);
            return (answer.StatusCode, answer.Headers.RetryAfter?.Delta, Took: Stopwatch.GetElapsedTime(started));
        }));
        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (answer.StatusCode, answer.Delta)));
        Assert.True(answers.Max(answer => answer.Took) < TimeSpan.FromSeconds(4.9), $"Shopify's deadline is 5 s; it took {answers.Max(answer => answer.Took)}");

        proxy.GoOn();
        // The shop sends again what was not answered 200, each until it is.
        await Task.WhenAll(Enumerable.Range(1, 30).Select(async number =>
        {
            for (int attempt = 0; await hub.SendAsync(TestHub.Order(first + number), $"w-{first + number}") != HttpStatusCode.OK; attempt++)
            {
                Assert.True(attempt < 50, "the hub does not recover");
                await Task.Delay(200);
            }
        }));
        await UntilAsync($"SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id::bigint BETWEEN {first} AND {first + 30} AND d.state = 'delivered'", 31);
        Assert.Equal((31, 0L, 0L), (Own(courier, first, 31), courier.Duplicates, courier.Repeats));
    }

    [Fact]
    public async Task Memory_is_bounded_while_the_database_hangs_and_what_does_not_fit_is_refused_at_once()
    {
        await using var proxy = new DatabaseProxy(database.ConnectionString);
        await using var hub = await TestHub.StartAsync(proxy.DataSource, options: new() { ["Crossdock:Capture:WaitingEvents"] = "16", ["Crossdock:Capture:CommitEvents"] = "4" });
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(32_500), "w-32500"));
        proxy.Hang();
        var times = await Task.WhenAll(Enumerable.Range(32_501, 200).Select(async id =>
        {
            long started = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await hub.SendAsync(TestHub.Order(id), $"w-{id}"));
            return Stopwatch.GetElapsedTime(started);
        }));
        // Two batches of four are with the writers and sixteen wait; everybody else has no place.
        Assert.InRange(times.Count(time => time > TimeSpan.FromSeconds(2)), 16, 24);
        proxy.GoOn();
    }

    [Fact]
    public async Task Throwing_out_every_session_again_and_again_loses_nothing_and_repeats_nothing()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        using var done = new CancellationTokenSource();
        var throwing = Task.Run(async () =>
        {
            await using var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
            string name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;
            for (int round = 0; round < 12 && !done.IsCancellationRequested; round++)
            {
                await using var command = admin.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1");
                command.Parameters.Add(new() { Value = name });
                await command.ExecuteNonQueryAsync();
                await Task.Delay(150);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(lane => Task.Run(async () =>
        {
            for (int id = 33_000 + lane; id < 33_400; id += 8)
            {
                for (int attempt = 0; await hub.SendAsync(TestHub.Order(id), $"w-{id}") != HttpStatusCode.OK; attempt++)
                {
                    Assert.True(attempt < 100, "the hub does not recover");
                    await Task.Delay(20);
                }
            }
        })));
        await done.CancelAsync();
        await throwing;
        await UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id LIKE '33___' AND d.state = 'delivered'", 400);
        await UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal((400, 0L, 0L), (Own(courier, 33_000, 400), courier.Duplicates, courier.Repeats));
        Assert.Equal(0L, await AskAsync("SELECT count(*) FROM parked_events WHERE order_key LIKE '33___'"));
    }

    [Fact]
    public async Task Replay_under_way_when_the_database_goes_away_goes_on_when_it_is_back_and_sends_nothing_again()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var proxy = new DatabaseProxy(database.ConnectionString);
        await using var hub = await TestHub.StartAsync(proxy.DataSource, courier.Address, options: new() { ["Crossdock:Processing:BatchEvents"] = "8" });
        await Task.WhenAll(Enumerable.Range(34_000, 150).Select(id => hub.SendAsync(TestHub.Order(id), $"w-{id}")));
        await UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id LIKE '34___' AND d.state = 'delivered'", 150);

        var replay = new ReplayStore(database.DataSource, TimeProvider.System);
        var results = await replay.ReplayAsync(await EventsAsync("34___"), "operator test", "outage", CancellationToken.None);
        Assert.All(results, result => Assert.True(result.Done, result.Because));
        await UntilAsync("SELECT count(*) < 150 FROM inbox", true);
        proxy.GoAway();
        await Task.Delay(300);
        proxy.GoOn();

        await UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal(0L, await AskAsync("SELECT count(*) FROM parked_events WHERE order_key LIKE '34___'"));
        Assert.Equal(150L, await AskAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id LIKE '34___'"));
        Assert.Equal((150, 0L, 0L), (Own(courier, 34_000, 150), courier.Duplicates, courier.Repeats));
    }

    // The other tests of this class leave orders in the same database, which a test's courier gets as well.
    private static int Own(CourierEmulator courier, long first, int count) =>
        courier.References.Count(reference => long.TryParse(reference.TrimStart('#'), out long number) && number >= first && number < first + count);

    private async Task<List<Guid>> EventsAsync(string orders)
    {
        await using var command = database.DataSource.CreateCommand("SELECT id FROM events WHERE order_key LIKE $1");
        command.Parameters.Add(new() { Value = orders });
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    // Past the proxy: the test must be able to ask while the hub cannot.
    private Task<object?> AskAsync(string sql) => database.DataSource.AskAsync(sql);

    private Task UntilAsync(string sql, object wanted) => database.DataSource.UntilAsync(sql, wanted);
}
