using Crossdock.Model.Connectors;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Delivery;

/// <summary>What delivery tells of itself: counts per destination and store, and the breaker.</summary>
public sealed class DeliveryFiguresTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Deliveries_and_failures_are_counted_for_the_destination_and_for_the_store_and_throttling_is_no_failure()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, call) => call switch
        {
            1 => new RetryLater("too many", TimeSpan.FromMilliseconds(10), IsThrottled: true),
            2 => new RetryLater("HTTP 500"),
            _ => new Delivered("R-1"),
        });
        var destination = await hub.AddAsync("counted", courier);
        var due = await hub.OrderAsync(destination);
        await hub.StartAsync();
        await hub.BecomesAsync(due, "delivered");
        await DeliveryHub.UntilAsync(async () =>
        {
            await hub.Statistics.FlushAsync(CancellationToken.None);
            return await CountsAsync(destination.Value) == "delivered 1, failed 1";
        }, "counts of the destination");
        Assert.Equal("handed_over 1", await CountsAsync(hub.Store.Value));

        var summary = (await hub.Connections.ListAsync(CancellationToken.None)).Single(row => row.Id == destination.Value);
        Assert.Equal((1L, 1L, "closed", 0), (summary.Delivered, summary.Failed, summary.Health?.Breaker, summary.Health?.FailuresInRow));
        Assert.NotNull(summary.Health?.LastSuccessAt);

        Task<string> CountsAsync(int connection) => hub.AskAsync<string>("SELECT string_agg(name || ' ' || count, ', ' ORDER BY name) FROM (SELECT name, sum(count) AS count FROM statistics WHERE connection_id = @connection GROUP BY name) s", new { connection });
    }

    [Fact]
    public async Task Open_breaker_is_shown_with_its_reason()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => new RetryLater("HTTP 503")) { Limits = new DestinationLimits { BackoffSeconds = 1, Attempts = 50, BreakerFailures = 1, BreakerSeconds = 3600 } };
        var destination = await hub.AddAsync("broken", courier);
        Assert.Null((await hub.Connections.ListAsync(CancellationToken.None)).Single(row => row.Id == destination.Value).Health);
        await hub.OrderAsync(destination);
        await hub.StartAsync();
        await DeliveryHub.UntilAsync(async () => (await hub.Connections.ListAsync(CancellationToken.None)).Single(row => row.Id == destination.Value).Health?.Breaker == "open", "the breaker opens");
        var health = (await hub.Connections.ListAsync(CancellationToken.None)).Single(row => row.Id == destination.Value).Health!;
        Assert.Equal(("HTTP 503", 1), (health.LastError, health.FailuresInRow));
        Assert.True(health.BreakerOpenUntil > TimeProvider.System.GetUtcNow().AddMinutes(50));
    }
}
