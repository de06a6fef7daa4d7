using Crossdock.Rhythm;
using NodaTime;

namespace Crossdock.Tests.Rhythm;

/// <summary>A store that sells by the hour of the day and the day of the week of its town, better on some days than on others, with seasons, campaigns and slow holidays. The same seed sells the same.</summary>
internal sealed class SimulatedStore
{
    private static readonly double[] Day = [0.10, 0.05, 0.03, 0.02, 0.02, 0.04, 0.15, 0.35, 0.6, 0.85, 1.1, 1.2, 1.2, 1.15, 1.1, 1.1, 1.15, 1.25, 1.4, 1.6, 1.8, 1.7, 1.2, 0.5];

    internal SimulatedStore(int seed, double perWeek, DateTimeZone town, DateTimeOffset from, int days, bool sellsAtNight = true)
    {
        var chance = new Random(seed);
        double[] week = [.. Enumerable.Range(0, 7).Select(_ => 0.6 + (0.8 * chance.NextDouble()))];
        double scale = perWeek / Enumerable.Range(0, 168).Sum(slot => week[slot / 24] * Rate(slot % 24, sellsAtNight));
        double phase = chance.NextDouble() * 2 * Math.PI;
        var orders = new List<DateTimeOffset>();
        for (int day = 0; day < days; day++)
        {
            double good = Gamma(chance, 8) / 8 * (1 + (0.3 * Math.Sin(phase + (day / 60.0)))) * (chance.NextDouble() < 0.02 ? 3 : 1) * (chance.NextDouble() < 0.01 ? 0.4 : 1);
            for (int hour = 0; hour < 24; hour++)
            {
                var at = from.AddDays(day).AddHours(hour);
                var local = Instant.FromDateTimeOffset(at).InZone(town);
                int many = Poisson(chance, good * scale * week[(int)local.DayOfWeek - 1] * Rate(local.Hour, sellsAtNight));
                orders.AddRange(Enumerable.Range(0, many).Select(_ => at.AddMinutes(60 * chance.NextDouble())));
            }
        }

        orders.Sort();
        Orders = orders;
        PerWeek = perWeek;
    }

    internal double PerWeek { get; }
    internal IReadOnlyList<DateTimeOffset> Orders { get; }

    /// <summary>What the hub keeps of it: orders by the hour.</summary>
    internal List<HourOfOrders> Hours(DateTimeOffset until) => [.. Orders.TakeWhile(at => at <= until).SkipWhile(at => at < until - WeeklyRhythm.Window)
        .GroupBy(at => at.ToUnixTimeSeconds() / 3600).Select(hour => new HourOfOrders(DateTimeOffset.FromUnixTimeSeconds(hour.Key * 3600), hour.Count()))];

    private static double Rate(int hour, bool sellsAtNight) => sellsAtNight || hour is >= 9 and < 19 ? Day[hour] : 0;

    private static int Poisson(Random chance, double mean)
    {
        int count = 0;
        for (double left = mean; left > 0; left -= 20)
        {
            double product = chance.NextDouble(), limit = Math.Exp(-Math.Min(left, 20));
            for (; product > limit; product *= chance.NextDouble())
            {
                count++;
            }
        }

        return count;
    }

    private static double Gamma(Random chance, int shape) => -Enumerable.Range(0, shape).Sum(_ => Math.Log(1 - chance.NextDouble()));
}
