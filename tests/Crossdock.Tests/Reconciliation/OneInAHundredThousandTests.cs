using System.Diagnostics;
using System.Globalization;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Reading;
using Xunit;

namespace Crossdock.Tests.Reconciliation;

public sealed class OneInAHundredThousandTests : IAsyncLifetime
{
    private const int Orders = 100_000, Lost = 61_803;
    private readonly TestDatabase database = new();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task One_lost_order_in_a_hundred_thousand_of_a_day_is_here_within_fifteen_minutes()
    {
        var start = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        var clock = new FakeClock(start);
        await using var driver = new LedgerDriver(database, clock, everySeconds: 300);
        var shop = new ScriptedShop { PageSize = 250, Traits = new() { Pace = new RequestPace(10_000, 10_000, 8), HasCheapSummaries = true, ListLag = TimeSpan.FromSeconds(30) } };
        await driver.ConnectAsync("acme", shop, start, "UTC");
        await driver.StartAsync();
        DateTimeOffset At(int number) => start.AddSeconds(Math.Floor(number * 86_400.0 / Orders));

        var watch = Stopwatch.StartNew();
        int sold = 0;
        DateTimeOffset? hereAt = null;
        for (var now = start.AddMinutes(1); now <= start.AddDays(1).AddHours(3); now += TimeSpan.FromMinutes(1))
        {
            clock.Set(now);
            var batch = new List<SimulatedCopy>();
            for (; sold < Orders && At(sold) < now; sold++)
            {
                shop.Sell($"{sold}", At(sold), total: sold % 977);
                if (sold != Lost)
                {
                    batch.Add(new(0, $"{sold}", At(sold), At(sold), sold % 977));
                }
            }

            await driver.BringAsync(batch);
            await driver.RunDueAsync();
            if (hereAt is null && sold > Lost)
            {
                await driver.SettleAsync();
                hereAt = (long)(await driver.Hub.ScalarAsync($"SELECT count(*) FROM orders WHERE external_id = '{Lost}'"))! > 0 ? now : null;
            }
        }

        watch.Stop();
        Assert.NotNull(hereAt);
        Assert.InRange(hereAt.Value - At(Lost), TimeSpan.Zero, TimeSpan.FromMinutes(15));
        Assert.Equal([$"{Lost}"], shop.Fetches);
        Assert.Equal("missing healed 1", await driver.Hub.ScalarAsync("SELECT string_agg(kind || ' ' || state, ', ') || ' ' || count(*) FROM ledger_differences"));
        Assert.Equal("100000 true", await driver.Hub.ScalarAsync("SELECT listed || ' ' || is_whole FROM ledger_days WHERE day = '2026-03-02'"));
        Assert.Equal((long)Orders, await driver.Hub.ScalarAsync("SELECT count(*) FROM orders"));
        Assert.Equal(0L, await driver.Hub.ScalarAsync("SELECT count(*) FROM alerts"));
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture,
            $"lost at {At(Lost):HH:mm:ss}, here by {hereAt:HH:mm:ss}; {shop.Lists.Count(list => list.By is OrderClock.Changed)} requests in {driver.Rounds} rounds, {shop.Lists.Count(list => list.By is OrderClock.Placed)} for the whole day, {watch.Elapsed.TotalSeconds:0} s"));
    }
}
