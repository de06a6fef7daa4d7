using System.Globalization;
using Crossdock.Model.Connectors;
using Crossdock.Reconciliation;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Reading;
using NodaTime;
using Xunit;

namespace Crossdock.Tests.Reconciliation;

public sealed class ThousandStoreDaysTests : IAsyncLifetime
{
    private const int Stores = 25, Days = 20, OrdersADay = 25;
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(45);
    private static readonly string[] Zones =
        ["Europe/Madrid", "America/Santiago", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana", "UTC", "Pacific/Auckland", "America/Bogota", "Africa/Casablanca"];
    private readonly TestDatabase database = new();

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    /// <summary>Two times five hundred days of stores, over both changes of the clocks: every gap that is found was one, every order of every day is accounted for, and nobody is woken.</summary>
    [Theory]
    [InlineData(2026, 3, 20, 1)]
    [InlineData(2026, 10, 18, 2)]
    public async Task Edits_cancellations_zones_and_daylight_saving_raise_no_false_alarm(int year, int month, int day, int seed)
    {
        var chance = new Random(seed);
        var start = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero);
        var clock = new FakeClock(start);
        await using var driver = new LedgerDriver(database, clock, everySeconds: 14_400);
        var shops = new List<ScriptedShop>();
        var events = new List<SimulatedEvent>();
        for (int i = 0; i < Stores; i++)
        {
            var shop = new ScriptedShop
            {
                PageSize = 20,
                Traits = new() { Pace = new RequestPace(10_000, 10_000, 8), HasCheapSummaries = true, ListLag = Lag, Follows = i % 5 == 4 ? OrderClock.Placed : OrderClock.Changed },
            };
            shops.Add(shop);
            // No two stores on the same minute.
            await driver.ConnectAsync($"store-{i}", shop, start.AddMinutes(7 * i), Zones[i % Zones.Length]);
            events.AddRange(SimulatedYear.Of(i, DateTimeZoneProviders.Tzdb[Zones[i % Zones.Length]], start.AddHours(4), Days, OrdersADay, chance));
        }

        await driver.StartAsync();
        var late = events.Where(one => one.ArrivesAt > one.At + TimeSpan.FromSeconds(180)).Select(one => (one.Store, one.ExternalId)).ToHashSet();
        // The list tells of a change a little later than it happened.
        var shown = new Queue<SimulatedEvent>(events.OrderBy(one => one.At));
        var arriving = new Queue<SimulatedEvent>(events.Where(one => one.ArrivesAt is not null).OrderBy(one => one.ArrivesAt).ThenBy(one => one.At));
        var end = start.AddDays(Days + 12);
        var step = TimeSpan.FromMinutes(30);
        for (var now = start + step; now <= end; now += now > start.AddDays(Days + 1) ? step * 4 : step)
        {
            clock.Set(now);
            while (shown.TryPeek(out var next) && next.At + (Lag * 0.9) <= now)
            {
                shown.Dequeue();
                if (next.IsDeletion)
                {
                    shops[next.Store].Delete(next.ExternalId);
                }
                else
                {
                    shops[next.Store].Sell(next.ExternalId, next.PlacedAt, next.At, next.Total);
                }
            }

            var batch = new List<SimulatedCopy>();
            while (arriving.TryPeek(out var next) && next.ArrivesAt <= now)
            {
                arriving.Dequeue();
                batch.Add(new(next.Store, next.ExternalId, next.PlacedAt, next.At, next.Total));
            }

            await driver.BringAsync([.. batch.OrderBy(copy => copy.UpdatedAt)]);
            for (int rounds = 0; await driver.RunDueAsync() > 0 && rounds < 5; rounds++)
            {
                await driver.SettleAsync();
                clock.Advance(TimeSpan.FromSeconds(11));
            }
        }

        // Every gap was one: its order had not arrived three minutes after the fact.
        var gaps = await driver.RowsAsync("SELECT connection_id, external_id, kind, state FROM ledger_differences WHERE was_gap", row => (Store: row.GetInt32(0), Id: row.GetString(1), Kind: row.GetString(2), State: row.GetString(3)));
        var falseOnes = gaps.Where(gap => !late.Contains((driver.Stores.FindIndex(store => store.Id.Value == gap.Store), gap.Id))).ToList();
        Assert.True(falseOnes.Count == 0, $"{falseOnes.Count} false of {gaps.Count}: {string.Join(", ", falseOnes.Take(5))}");
        Assert.NotEmpty(gaps);
        Assert.All(gaps, gap => Assert.NotEqual("open", gap.State));
        Assert.Equal(0L, await driver.Hub.ScalarAsync("SELECT count(*) FROM ledger_differences WHERE state IN ('open', 'waiting', 'parked')"));
        Assert.Equal(0L, await driver.Hub.ScalarAsync("SELECT count(*) FROM alerts"));

        // Every day of every store adds up to the store's own truth.
        int days = await TruthAsync(driver, events, start);
        Assert.Equal(Stores * (Days - 2), days);
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{Stores * Days} store-days, {days} of them held against the truth, {events.Count} events, {driver.Rounds} rounds, {shops.Sum(shop => shop.Lists.Count)} lists, {gaps.Count} gaps, all of them true"));
    }

    private static async Task<int> TruthAsync(LedgerDriver driver, List<SimulatedEvent> events, DateTimeOffset start)
    {
        var ledger = (await driver.RowsAsync("SELECT connection_id, day, listed, to_at - from_at, is_whole, read_at, hash FROM ledger_days WHERE reads > 1",
            row => (Store: row.GetInt32(0), Day: LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(1)), Listed: row.GetInt64(2), Length: row.GetTimeSpan(3), IsWhole: row.GetBoolean(4), ReadAt: new DateTimeOffset(row.GetDateTime(5)), Hash: row.GetInt64(6))))
            .ToDictionary(row => (row.Store, row.Day));
        int days = 0;
        for (int i = 0; i < Stores; i++)
        {
            var zone = DateTimeZoneProviders.Tzdb[Zones[i % Zones.Length]];
            // What is changed after a day's last reading is beyond its ledger.
            var own = events.Where(one => one.Store == i).GroupBy(one => one.ExternalId).Select(group => group.OrderBy(one => one.At).ToList()).ToList();
            var whole = StoreCalendar.DayOf(start, zone).PlusDays(2);
            foreach (var row in ledger.Values.Where(row => row.Store == driver.Stores[i].Id.Value && row.Day >= whole && row.Day < whole.PlusDays(Days - 2)))
            {
                days++;
                var readAt = new DateTimeOffset(row.ReadAt.UtcTicks / (30 * TimeSpan.TicksPerMinute) * (30 * TimeSpan.TicksPerMinute), TimeSpan.Zero);
                var shown = own.Select(order => order.LastOrDefault(one => one.At + (Lag * 0.9) <= readAt)).OfType<SimulatedEvent>().Where(one => !one.IsDeletion && StoreCalendar.DayOf(one.PlacedAt, zone) == row.Day).ToList();
                Assert.True(row.IsWhole && row.Listed == shown.Count, $"{zone} {row.Day}: {row.Listed} listed, {shown.Count} true");
                Assert.Equal(shown.Aggregate(0L, (hash, one) => hash ^ LedgerHash.Of(one.ExternalId, one.At, one.Total, "EUR", null)), row.Hash);
                var bounds = StoreCalendar.Bounds(row.Day, zone);
                Assert.Equal(bounds.To - bounds.From, row.Length);
            }
        }

        return days;
    }
}
