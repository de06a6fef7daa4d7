using Crossdock.Rhythm;
using NodaTime;
using Xunit;

namespace Crossdock.Tests.Rhythm;

/// <summary>Many stores over many months: how often a living one is taken for dead, and how soon a dead one is found. docs/operations.md states both.</summary>
public sealed class QuietSimulationTests(ITestOutputHelper output)
{
    private const int OnceInMonths = 50, LeastOrders = 30, LeastDays = 14;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeZone Santiago = DateTimeZoneProviders.Tzdb["America/Santiago"], Madrid = DateTimeZoneProviders.Tzdb["Europe/Madrid"];
    private static readonly double[] Volumes = [5, 15, 50, 150, 700, 3500];

    [Fact]
    public void Living_stores_are_hardly_ever_taken_for_dead()
    {
        const int days = 250;
        double months = 0;
        int alarms = 0;
        var lines = new List<string>();
        foreach (double perWeek in Volumes)
        {
            double monthsOfVolume = 0;
            int alarmsOfVolume = 0;
            foreach (int seed in Enumerable.Range(1, 10))
            {
                // Half of them in towns that change their clocks, which the hub knows of every second only; some sell by day alone.
                var town = seed % 2 == 0 ? Santiago : Madrid;
                var store = new SimulatedStore((int)perWeek + seed, perWeek, town, Start, days, sellsAtNight: seed % 5 != 0);
                var told = Told(store, seed % 4 < 2 ? town : DateTimeZone.Utc, Start.AddDays(1), Start.AddDays(days - 1));
                alarmsOfVolume += told.Count;
                monthsOfVolume += (days - LeastDays) / 30.0;
            }

            lines.Add(FormattableString.Invariant($"{perWeek,6:0} a week: {alarmsOfVolume} false in {monthsOfVolume:0} store-months"));
            (alarms, months) = (alarms + alarmsOfVolume, months + monthsOfVolume);
        }

        string all = FormattableString.Invariant($"{string.Join("; ", lines)}; in all {alarms / months:0.0000} a store-month");
        output.WriteLine(all);
        Assert.True(months > 400);
        Assert.True(alarms / months <= 0.02, all);
    }

    [Theory]
    [InlineData(3500, 24)]
    [InlineData(700, 36)]
    [InlineData(150, 60)]
    [InlineData(50, 4 * 24)]
    [InlineData(15, 10 * 24)]
    [InlineData(8, 18 * 24)]
    public void Dead_store_is_found_in_time(double perWeek, int hours)
    {
        const int days = 150;
        var taken = new List<double>();
        foreach (int seed in Enumerable.Range(1, 12))
        {
            var store = new SimulatedStore(1000 + (int)perWeek + seed, perWeek, Santiago, Start, 100, sellsAtNight: seed % 5 != 0);
            var died = store.Orders[^1];
            var told = Told(store, Santiago, died, Start.AddDays(days));
            Assert.NotEmpty(told);
            taken.Add((told[0] - died).TotalHours);
        }

        taken.Sort();
        string all = FormattableString.Invariant($"{perWeek} a week: half within {taken[taken.Count / 2]:0.0} h, all within {taken[^1]:0.0} h");
        output.WriteLine(all);
        Assert.True(taken[^1] <= hours, all);
    }

    [Fact]
    public void Shop_that_sells_by_day_is_left_alone_at_night_and_missed_in_the_morning()
    {
        var store = new SimulatedStore(7, 700, Madrid, Start, 100, sellsAtNight: false);
        var rhythm = WeeklyRhythm.Learn(store.Hours(store.Orders[^1]), store.Orders[^1], Madrid);
        var evening = new DateTimeOffset(2026, 4, 14, 17, 0, 0, TimeSpan.Zero);      // 19:00 in Madrid
        Assert.True(Silence.Of(rhythm, evening, evening.AddHours(13)).OnceInMonths < 1, "nobody expects orders before 9:00");
        Assert.True(Silence.Of(rhythm, evening, evening.AddHours(20)).OnceInMonths > OnceInMonths, "by 15:00 it is told");
    }

    [Fact]
    public void Young_and_slow_stores_are_not_judged()
    {
        var few = new SimulatedStore(3, 4, Madrid, Start, 40);
        Assert.True(WeeklyRhythm.Learn(few.Hours(Start.AddDays(40)), Start.AddDays(40), Madrid).Orders < LeastOrders);
        var young = new SimulatedStore(3, 700, Madrid, Start, 10);
        var rhythm = WeeklyRhythm.Learn(young.Hours(Start.AddDays(10)), Start.AddDays(10), Madrid);
        Assert.True(rhythm.Days < LeastDays && rhythm.Orders > 500);
    }

    // As the hub does it: learned again each day, looked at again and again, told once a silence.
    private static List<DateTimeOffset> Told(SimulatedStore store, DateTimeZone zone, DateTimeOffset from, DateTimeOffset to)
    {
        var step = TimeSpan.FromMinutes(store.PerWeek >= 500 ? 10 : 30);
        var told = new List<DateTimeOffset>();
        WeeklyRhythm? rhythm = null;
        DateTimeOffset learnedAt = default, last = default, toldOf = default;
        int next = 0;
        for (var now = from; now < to; now += step)
        {
            for (; next < store.Orders.Count && store.Orders[next] <= now; next++)
            {
                last = store.Orders[next];
            }

            if (last == default)
            {
                continue;
            }

            if (rhythm is null || (now - learnedAt >= TimeSpan.FromDays(1) && last > learnedAt))
            {
                (rhythm, learnedAt) = (WeeklyRhythm.Learn(store.Hours(last), last, zone), now);
            }

            if (toldOf != last && now - last >= Silence.Shortest && rhythm.Orders >= LeastOrders && rhythm.Days >= LeastDays && Silence.Of(rhythm, last, now.AddMinutes(-5)).OnceInMonths >= OnceInMonths)
            {
                told.Add(now);
                toldOf = last;
            }
        }

        return told;
    }
}
