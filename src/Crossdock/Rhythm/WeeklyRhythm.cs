using NodaTime;

namespace Crossdock.Rhythm;

/// <summary>Orders placed in one hour.</summary>
/// <param name="Hour">Its begin, UTC.</param>
/// <param name="Orders">How many.</param>
internal readonly record struct HourOfOrders(DateTimeOffset Hour, int Orders);

/// <summary>How many orders a store usually gets, by hour of its week. Learned from what it sold; pure.</summary>
internal sealed class WeeklyRhythm
{
    /// <summary>How far back is looked.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromDays(56);

    internal const int Slots = 168;

    // Counts as much as this many weeks of its own do for an hour of the week: what the day and the hour alone let expect.
    private const double Weeks = 4;
    private const double LeastSpread = 0.05, MostSpread = 4;

    /// <summary>Whose week it is.</summary>
    public required DateTimeZone Zone { get; init; }
    /// <summary>Orders an hour, by hour of the week from Monday 0:00.</summary>
    public required IReadOnlyList<double> Hourly { get; init; }
    /// <summary>By how much the store's days differ beyond chance: the squared coefficient of variation.</summary>
    public required double Spread { get; init; }
    /// <summary>What it was learned from.</summary>
    public required long Orders { get; init; }
    public required double Days { get; init; }

    /// <summary>Orders of an average month of thirty days.</summary>
    public double PerMonth => Hourly.Sum() / 7 * 30;

    /// <summary>Learns from the hours that had orders; hours that are not named had none.</summary>
    /// <param name="hours">In any order; those outside of the window are left out.</param>
    /// <param name="until">End of what counts: the last order, so that a silence does not teach that silence is usual.</param>
    /// <param name="zone">The store's time zone; UTC where it is not known.</param>
    public static WeeklyRhythm Learn(IReadOnlyCollection<HourOfOrders> hours, DateTimeOffset until, DateTimeZone zone)
    {
        var within = hours.Where(one => one.Hour >= until - Window && one.Hour <= until && one.Orders > 0).ToDictionary(one => one.Hour.ToUnixTimeSeconds() / 3600, one => one.Orders);
        long end = until.ToUnixTimeSeconds() / 3600, begin = within.Count == 0 ? end : within.Keys.Min();
        double[] sold = new double[Slots], exposed = new double[Slots];
        for (long hour = begin; hour <= end; hour++)
        {
            int slot = Slot(hour, zone);
            exposed[slot]++;
            sold[slot] += within.GetValueOrDefault(hour);
        }

        double orders = sold.Sum(), mean = orders / Math.Max(1, exposed.Sum());
        var rhythm = new WeeklyRhythm { Zone = zone, Hourly = Smoothed(sold, exposed, mean), Spread = LeastSpread, Orders = (long)orders, Days = (end - begin + 1) / 24.0 };
        return orders == 0 ? rhythm : rhythm.WithSpread(within, begin, end).Lowered(within, begin, end);
    }

    /// <summary>How many orders a stretch of time lets expect, UTC. Of the three answers for clocks that agree, or are an hour off either way (a change of daylight saving time, a habit that moved), the smallest.</summary>
    public double Expect(DateTimeOffset from, DateTimeOffset to) => to <= from ? 0 : Math.Min(Sum(from, to, 0), Math.Min(Sum(from, to, -1), Sum(from, to, 1)));

    /// <summary>The same for clocks that agree: what a person is told.</summary>
    public double Usually(DateTimeOffset from, DateTimeOffset to) => to <= from ? 0 : Sum(from, to, 0);

    private double Sum(DateTimeOffset from, DateTimeOffset to, int shift)
    {
        double sum = 0;
        for (var at = from; at < to;)
        {
            long hour = at.ToUnixTimeSeconds() / 3600;
            var next = DateTimeOffset.FromUnixTimeSeconds((hour + 1) * 3600);
            var stop = next < to ? next : to;
            sum += Hourly[Slot(hour + shift, Zone)] * (stop - at).TotalHours;
            at = stop;
        }

        return sum;
    }

    private static double[] Smoothed(double[] sold, double[] exposed, double mean)
    {
        double[] hourly = new double[Slots];
        if (mean == 0)
        {
            return hourly;
        }

        // A few orders of its own before a day or an hour of the day counts as different from the others.
        double[] days = [.. Enumerable.Range(0, 7).Select(day => Factor(slot => slot / 24 == day, 5))];
        double[] times = [.. Enumerable.Range(0, 24).Select(time => Factor(slot => slot % 24 == time, 2))];
        double[] prior = [.. Enumerable.Range(0, Slots).Select(slot => mean * days[slot / 24] * times[slot % 24])];
        double scale = sold.Sum() / Math.Max(1e-9, Enumerable.Range(0, Slots).Sum(slot => prior[slot] * exposed[slot]));
        for (int slot = 0; slot < Slots; slot++)
        {
            hourly[slot] = (sold[slot] + (Weeks * prior[slot] * scale)) / (exposed[slot] + Weeks);
        }

        return hourly;

        double Factor(Func<int, bool> isIn, double own)
        {
            var slots = Enumerable.Range(0, Slots).Where(isIn).ToList();
            return (slots.Sum(slot => sold[slot]) + own) / ((mean * slots.Sum(slot => exposed[slot])) + own);
        }
    }

    // By moments over whole days: what is left of their variance when chance (Poisson) is taken away. Of the days below what was expected, twice: a campaign says nothing of how silent a day can be.
    private WeeklyRhythm WithSpread(Dictionary<long, int> within, long begin, long end)
    {
        double beyond = 0, squares = 0;
        for (long day = begin; day + 23 <= end; day += 24)
        {
            double expected = 0;
            int sold = 0;
            for (long hour = day; hour < day + 24; hour++)
            {
                expected += Hourly[Slot(hour, Zone)];
                sold += within.GetValueOrDefault(hour);
            }

            beyond += (sold < expected ? 2 * (sold - expected) * (sold - expected) : 0) - expected;
            squares += expected * expected;
        }

        // The days that it was learned from fit it better than others will.
        double weeks = Days / 7;
        return With(Hourly, squares == 0 ? MostSpread : Math.Clamp(beyond / squares * (weeks / Math.Max(1, weeks - 1)), LeastSpread, MostSpread));
    }

    // A store that sells less lately than it did on average of the window is expected to sell as lately; one that sells more, as on average.
    private WeeklyRhythm Lowered(Dictionary<long, int> within, long begin, long end)
    {
        double level = Math.Min(Math.Min(1, Level(7 * 24, 3)), Level(2 * 24, 5));
        return With([.. Hourly.Select(rate => rate * level)], Spread);

        double Level(int hours, double own)
        {
            double expected = own, sold = own;
            for (long hour = Math.Max(begin, end - hours + 1); hour <= end; hour++)
            {
                expected += Hourly[Slot(hour, Zone)];
                sold += within.GetValueOrDefault(hour);
            }

            return sold / expected;
        }
    }

    private WeeklyRhythm With(IReadOnlyList<double> hourly, double spread) => new() { Zone = Zone, Hourly = hourly, Spread = spread, Orders = Orders, Days = Days };

    private static int Slot(long hour, DateTimeZone zone)
    {
        if (zone == DateTimeZone.Utc)
        {
            // 1970 began on a Thursday.
            return (int)((hour + 72) % Slots);
        }

        var local = Instant.FromUnixTimeSeconds(hour * 3600).InZone(zone).LocalDateTime;
        return (((int)local.DayOfWeek - 1) * 24) + local.Hour;
    }
}
