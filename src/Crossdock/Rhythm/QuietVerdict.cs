using Crossdock.Model;

namespace Crossdock.Rhythm;

/// <summary>One store that may be judged: it is on, sends by itself, and has enough history.</summary>
/// <param name="Store">The store.</param>
/// <param name="Since">Since when its silence is counted.</param>
/// <param name="Until">Up to when its orders should be known here.</param>
internal sealed record JudgedStore(StoreRhythm Store, DateTimeOffset Since, DateTimeOffset Until)
{
    public WeeklyRhythm Rhythm => Store.Rhythm!;
    public ConnectionId Id => Store.ConnectionId;
}

/// <summary>What a look at all stores found.</summary>
/// <param name="Quiet">Stores whose silence is improbable.</param>
/// <param name="Common">When many of them are: the silence that they share; null when it is not common.</param>
internal sealed record QuietVerdict(IReadOnlyList<(JudgedStore Store, Silence Silence)> Quiet, (DateTimeOffset Since, Silence Silence, int Silent, int Judged)? Common)
{
    private const int FewestTogether = 5;

    // Days are good or bad for many stores at once.
    private const double CommonSpread = 0.05;

    /// <summary>Judges all stores at once. Pure.</summary>
    /// <param name="stores">Those that may be judged.</param>
    /// <param name="onceInMonths">From where on a silence is improbable.</param>
    public static QuietVerdict Of(IReadOnlyList<JudgedStore> stores, double onceInMonths)
    {
        var quiet = stores.Where(one => one.Until - one.Since >= Silence.Shortest).Select(one => (Store: one, Silence: Silence.Of(one.Rhythm, one.Since, one.Until)))
            .Where(one => one.Silence.OnceInMonths >= onceInMonths).ToList();
        return new(quiet, stores.Count < 2 ? null : All(stores, onceInMonths) ?? Most(stores, quiet));
    }

    // Nobody sold anything: what each of them may do, all of them together do not.
    private static (DateTimeOffset, Silence, int, int)? All(IReadOnlyList<JudgedStore> stores, double onceInMonths)
    {
        var since = stores.Max(one => one.Since);
        var until = stores.Min(one => one.Until);
        if (until - since < Silence.Shortest)
        {
            return null;
        }

        double[] expected = [.. stores.Select(one => one.Rhythm.Expect(since, one.Until))];
        double sum = expected.Sum();
        double spread = sum == 0 ? 1 : CommonSpread + stores.Zip(expected).Sum(one => Silence.SpreadOf(one.First.Rhythm, until - since) * one.Second * one.Second) / (sum * sum);
        var silence = Silence.Of(sum, spread, stores.Sum(one => one.Rhythm.PerMonth));
        // One store that makes up nearly all of it is that store's silence, not everybody's.
        return silence.OnceInMonths >= onceInMonths && expected.Count(one => one >= 0.5) >= 2 && expected.Max() < 0.9 * sum ? (since, silence, stores.Count, stores.Count) : null;
    }

    // Some still sell by another way, but half of those that should have sold meanwhile did not.
    private static (DateTimeOffset, Silence, int, int)? Most(IReadOnlyList<JudgedStore> stores, List<(JudgedStore Store, Silence Silence)> quiet)
    {
        if (quiet.Count < FewestTogether)
        {
            return null;
        }

        // Those that fell silent together: within the same hours.
        var begins = quiet.Select(one => one.Store.Since).Order().ToList();
        var middle = begins[begins.Count / 2];
        var together = quiet.Where(one => (one.Store.Since - middle).Duration() <= TimeSpan.FromHours(6)).ToList();
        int due = stores.Count(one => one.Rhythm.Expect(middle, one.Until) >= 3);
        return together.Count >= FewestTogether && together.Count * 2 >= due ? (together.Min(one => one.Store.Since), together.MinBy(one => one.Silence.OnceInMonths).Silence, together.Count, Math.Max(due, together.Count)) : null;
    }
}
