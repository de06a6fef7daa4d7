using System.Globalization;
using Crossdock.Database;

namespace Crossdock.Bench;

/// <summary>How many signed webhooks per second are stored, against three limits taken in the same run.</summary>
internal static class CaptureBench
{
    // Long enough for the runtime to have compiled the hot path of the largest of the servers with optimisation.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly string[] Kinds = ["none", "copy", "single", "hub", "hub, 30 % repeats"];

    /// <param name="rounds">Measured rounds, after one to warm up.</param>
    /// <param name="seconds">How long each server is under load in a round.</param>
    /// <param name="sustainSeconds">How long each of the two sustained loads lasts at the end; 0 leaves them out.</param>
    /// <param name="only">One kind alone, to profile it; null for all.</param>
    public static async Task RunAsync(int rounds, int seconds, int sustainSeconds, string? only)
    {
        await using var postgres = await BenchPostgres.StartAsync();
        var results = Kinds.ToDictionary(kind => kind, _ => new List<LoadResult>());
        long id = BenchStore.TemplateId;
        string hubDatabase = await BenchPostgres.DatabaseAsync(postgres, "hub");
        string bareDatabase = await BenchPostgres.DatabaseAsync(postgres, "bare");
        string folder = Directory.CreateTempSubdirectory("crossdock-bench-").FullName;
        for (int round = 0; round <= rounds; round++)
        {
            foreach (string kind in Kinds.Where(kind => only is null || kind == only))
            {
                bool isHub = kind.StartsWith("hub", StringComparison.Ordinal);
                await using var server = isHub
                    ? await BenchProcess.HubAsync(hubDatabase, folder, "capture,console")
                    : await BenchProcess.BareAsync(kind, BenchStore.Secret, bareDatabase);
                if (isHub)
                {
                    await BenchStore.ConfigureAsync(server.Port, null);
                }

                id += 10_000_000;
                var load = new LoadClient(server.Port, "/in/bench", BenchStore.Secret, BenchStore.Document(), BenchStore.TemplateId.ToString(CultureInfo.InvariantCulture), id);
                await load.RunAsync(64, WarmUp, null, 0);
                double serverBefore = server.Cpu.TotalSeconds, databaseBefore = ProcessorTime.Of(postgres), loadBefore = Environment.CpuUsage.TotalTime.TotalSeconds;
                var result = await load.RunAsync(64, TimeSpan.FromSeconds(seconds), null, kind.Contains("repeats", StringComparison.Ordinal) ? 0.3 : 0);
                double Each(double used) => used * 1e6 / Math.Max(1, result.Accepted);
                string cost = FormattableString.Invariant($"CPU each: server {Each(server.Cpu.TotalSeconds - serverBefore):F0} us, database {Each(ProcessorTime.Of(postgres) - databaseBefore):F0} us, load {Each(Environment.CpuUsage.TotalTime.TotalSeconds - loadBefore):F0} us");
                if (round > 0)
                {
                    results[kind].Add(result);
                }

                Console.WriteLine(FormattableString.Invariant($"round {round}{(round == 0 ? " (warm-up)" : "")}  {kind,-20} {result.PerSecond,10:F0}/s  p50 {result.P50Ms,6:F1} ms  p99 {result.P99Ms,6:F1} ms  other answers {result.Other}  {cost}"));
            }
        }

        double Median(string kind) => results[kind].Count == 0 ? double.NaN : BenchMath.Median(results[kind].Select(result => result.PerSecond));
        Console.WriteLine();
        Console.WriteLine(FormattableString.Invariant($"medians of {rounds}: (a) signature only {Median("none"):F0}/s, (b) signature and COPY {Median("copy"):F0}/s, (c) one commit each {Median("single"):F0}/s, Crossdock {Median("hub"):F0}/s, with 30 % repeats {Median(Kinds[^1]):F0}/s"));
        Console.WriteLine(FormattableString.Invariant($"Crossdock / (b), round by round, median: {BenchMath.Median(results["hub"].Zip(results["copy"], (hub, bare) => hub.PerSecond / bare.PerSecond)):P0}   Crossdock / (a): {Median("hub") / Median("none"):P0}   Crossdock / (c): {Median("hub") / Median("single"):F1}x   repeats / distinct: {Median(Kinds[^1]) / Median("hub"):P0}"));
        if (sustainSeconds > 0)
        {
            // A pause of the disk hits whoever writes: the bare receiver at the same rate tells how much of the tail is the hub's own.
            double rate = Median("hub") / 2;
            await using (var bare = await BenchProcess.BareAsync("copy", BenchStore.Secret, bareDatabase))
            {
                id += 10_000_000;
                var same = new LoadClient(bare.Port, "/in/bench", BenchStore.Secret, BenchStore.Document(), BenchStore.TemplateId.ToString(CultureInfo.InvariantCulture), id);
                await same.RunAsync(64, WarmUp, null, 0);
                Tell($"(b) at that rate for {sustainSeconds} s", await same.RunAsync(64, TimeSpan.FromSeconds(sustainSeconds), rate, 0));
            }

            await using var server = await BenchProcess.HubAsync(hubDatabase, folder, "capture,console");
            id += 10_000_000;
            var load = new LoadClient(server.Port, "/in/bench", BenchStore.Secret, BenchStore.Document(), BenchStore.TemplateId.ToString(CultureInfo.InvariantCulture), id);
            await load.RunAsync(64, WarmUp, null, 0);
            Tell(FormattableString.Invariant($"at half of its maximum ({rate:F0}/s asked) for {sustainSeconds} s"), await load.RunAsync(64, TimeSpan.FromSeconds(sustainSeconds), rate, 0));
            var full = await load.RunAsync(64, TimeSpan.FromSeconds(sustainSeconds), null, 0);
            Console.WriteLine(FormattableString.Invariant($"as fast as it goes for {sustainSeconds} s: {full.PerSecond:F0}/s, p50 {full.P50Ms:F1} ms, p99 {full.P99Ms:F1} ms, other answers {full.Other}; memory {server.MemoryBytes / 1048576} MB"));
        }
    }
    private static void Tell(string what, LoadResult result) => Console.WriteLine(FormattableString.Invariant(
        $"{what}: {result.PerSecond:F0}/s, p50 {result.P50Ms:F1} ms, p99 {result.P99Ms:F1} ms, longest {result.MaxMs:F0} ms, other answers {result.Other}; seconds with a pause over 50 ms: {(result.Pauses.Count == 0 ? "none" : string.Join(", ", result.Pauses.Select(pause => FormattableString.Invariant($"{pause.Second} ({pause.Ms:F0} ms)"))))}"));
}
