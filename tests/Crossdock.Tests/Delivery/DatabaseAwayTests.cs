using Crossdock.Model.Connectors;
using Crossdock.Testing.Database;
using Dapper;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Delivery;

public sealed class DatabaseAwayTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Outcome_is_kept_while_the_database_is_away_and_nothing_is_sent_twice()
    {
        await using DeliveryHub hub = new(database);
        TaskCompletionSource answer = new();
        ScriptedDestination courier = new(async (_, _, stop) =>
        {
            await answer.Task.WaitAsync(stop);
            return new Delivered("R-1");
        });
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await DeliveryHub.UntilAsync(() => Task.FromResult(!courier.Asked.IsEmpty), "the call");

        await using var outside = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await using var admin = await outside.OpenConnectionAsync();
        string name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;
        await admin.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await admin.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = @name", new { name });
        answer.SetResult();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await admin.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");

        await hub.BecomesAsync(due, "delivered");
        Assert.Single(courier.Asked);
    }
}
