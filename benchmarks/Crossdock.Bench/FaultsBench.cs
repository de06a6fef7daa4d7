using Crossdock.Testing.Faults;

namespace Crossdock.Bench;

/// <summary>The long form of the kill campaign: each run kills the hub five times and its PostgreSQL five times, in turn, with a thousand orders in flight each time.</summary>
internal static class FaultsBench
{
    public static async Task<int> RunAsync(int runs, int seed, int orders, int each)
    {
        var reports = new List<CampaignReport>();
        for (int run = 0; run < runs; run++)
        {
            Console.WriteLine($"run {run + 1} of {runs}, seed {seed + run}");
            reports.Add(await FaultCampaign.RunAsync(new CampaignOptions { Seed = seed + run, Kills = [.. FaultCampaign.Alternating(each), Victim.Both], OrdersPerKill = orders }, Console.WriteLine));
            Console.WriteLine(reports[^1]);
        }

        double[] recoveries = [.. reports.SelectMany(report => report.Kills).Select(kill => kill.AcknowledgedAgainMs)];
        Console.WriteLine(FormattableString.Invariant(
            $"{runs} runs, {recoveries.Length} kills: attempted {reports.Sum(report => report.Attempted)}, acknowledged {reports.Sum(report => report.Acknowledged)}, lost {reports.Sum(report => report.Lost.Count)}, duplicated {reports.Sum(report => report.Duplicated.Count)}, unexpected {reports.Sum(report => report.Unexpected.Count)}, recovered {reports.Sum(report => report.Recovered)}, inconsistent {reports.Sum(report => report.Inconsistent.Count)}; acknowledging again after median {BenchMath.Median(recoveries):F0} ms, at most {recoveries.Max():F0} ms; at rest after at most {reports.Max(report => report.Settled.After.TotalSeconds):F1} s"));
        return reports.TrueForAll(report => report.IsFlawless) ? 0 : 1;
    }
}
