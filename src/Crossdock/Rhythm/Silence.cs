namespace Crossdock.Rhythm;

/// <summary>How odd a store's silence is. Pure.</summary>
/// <param name="Expected">Orders that would usually have come meanwhile.</param>
/// <param name="OnceInMonths">A silence as long as this one comes by chance once in so many months; less than one for every day's silences.</param>
internal readonly record struct Silence(double Expected, double OnceInMonths)
{
    /// <summary>Shorter ones are never told: a start, a deployment, a platform that takes its time.</summary>
    internal static readonly TimeSpan Shortest = TimeSpan.FromMinutes(30);

    /// <summary>Judges one.</summary>
    /// <param name="rhythm">The store's.</param>
    /// <param name="from">Since when nothing came, UTC.</param>
    /// <param name="to">Until when, UTC.</param>
    public static Silence Of(WeeklyRhythm rhythm, DateTimeOffset from, DateTimeOffset to) => Of(rhythm.Expect(from, to), SpreadOf(rhythm, to - from), rhythm.PerMonth);

    /// <summary>Orders come by chance (Poisson) at a rate that is itself uncertain (gamma, with this squared coefficient of variation): the chance of none where <paramref name="expected"/> were due is (1 + spread × expected)^(-1/spread).
    /// A month has as many silences as orders.</summary>
    public static Silence Of(double expected, double spread, double perMonth) =>
        new(expected, 1 / Math.Max(double.Epsilon, Math.Pow(1 + (spread * expected), -1 / spread) * Math.Max(1, perMonth)));

    /// <summary>A store's days differ, but a bad day is not followed by bad days only; and what was learned from few orders is uncertain by itself.</summary>
    internal static double SpreadOf(WeeklyRhythm rhythm, TimeSpan length) => (rhythm.Spread / Math.Max(1, length.TotalDays)) + (2.0 / (rhythm.Orders + 1));

    /// <summary>For people: <c>once in 14 months</c>.</summary>
    public string Words => OnceInMonths switch
    {
        < 1 => "more often than once a month",
        < 24 => FormattableString.Invariant($"once in {OnceInMonths:0} months"),
        < 12_000 => FormattableString.Invariant($"once in {OnceInMonths / 12:N0} years"),
        _ => "less than once in a thousand years",
    };
}
