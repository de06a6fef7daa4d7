using System.Diagnostics;
using System.Globalization;
using Crossdock.Connectors.Http;
using Npgsql;

namespace Crossdock.Bench;

/// <summary>Orders per second from webhook to the courier's recorded answer, against a bare pipeline in the same run.</summary>
internal static class PipelineBench
{
    // Long enough for the runtime to have compiled the hot path of the larger of the two with optimisation.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    /// <param name="rounds">Measured rounds, after one to warm up.</param>
    /// <param name="seconds">How long each is under load in a round.</param>
    /// <param name="sustainSeconds">How long the last round, of the hub alone, lasts; 0 leaves it out.</param>
    /// <param name="only">One kind alone, to profile it; null for both.</param>
    /// <returns>False when an order was lost or came twice.</returns>
    public static async Task<bool> RunAsync(int rounds, int seconds, int sustainSeconds, string? only)
    {
        bool isRight = true;
        await using var postgres = await BenchPostgres.StartAsync();
        var bare = new List<double>();
        var hub = new List<double>();
        long id = BenchStore.TemplateId;
        string folder = Directory.CreateTempSubdirectory("crossdock-bench-").FullName;
        for (int round = 0; round <= rounds + (sustainSeconds > 0 ? 1 : 0); round++)
        {
            foreach (string kind in new[] { "bare", "hub" }.Where(kind => (only is null || kind == only) && (round <= rounds || kind == "hub")))
            {
                await using var courier = await CourierEmulator.StartAsync();
                string database = await BenchPostgres.DatabaseAsync(postgres, $"{kind}{round}");
                await using var server = kind == "hub"
                    ? await BenchProcess.HubAsync(database, folder, "capture,process,deliver,console")
                    : await BenchProcess.BareAsync("pipeline", BenchStore.Secret, database, courier.Address + "/api/shipments");
                if (kind == "hub")
                {
                    await BenchStore.ConfigureAsync(server.Port, courier.Address);
                }

                id += 10_000_000;
                var load = new LoadClient(server.Port, "/in/bench", BenchStore.Secret, BenchStore.Document(), BenchStore.TemplateId.ToString(CultureInfo.InvariantCulture), id);
                var warm = await load.RunAsync(64, WarmUp, null, 0);
                await ArriveAsync(courier, warm.Accepted, WarmUp);
                double serverBefore = server.Cpu.TotalSeconds, databaseBefore = ProcessorTime.Of(postgres), hereBefore = Environment.CpuUsage.TotalTime.TotalSeconds;
                long started = Stopwatch.GetTimestamp();
                var length = TimeSpan.FromSeconds(round > rounds ? sustainSeconds : seconds);
                var result = await load.RunAsync(64, length, null, 0);

                // The clock runs until the last acknowledged order is at the courier.
                await ArriveAsync(courier, warm.Accepted + result.Accepted, length);
                double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
                long arrived = courier.Accepted - warm.Accepted;
                double rate = arrived / elapsed;
                double Each(double used) => used * 1e6 / Math.Max(1, arrived);
                isRight &= arrived == result.Accepted && courier.Duplicates == 0;
                if (round > 0 && round <= rounds)
                {
                    (kind == "hub" ? hub : bare).Add(rate);
                }

                Console.WriteLine(FormattableString.Invariant($"round {round}{(round == 0 ? " (warm-up)" : round > rounds ? " (sustained)" : "")}  {kind,-5} {rate,8:F0} orders/s to the courier; acknowledged {result.Accepted}, at the courier {arrived}, twice {courier.Duplicates}, other answers {result.Other}, {elapsed:F1} s; CPU each: server {Each(server.Cpu.TotalSeconds - serverBefore):F0} us, database {Each(ProcessorTime.Of(postgres) - databaseBefore):F0} us, load and courier {Each(Environment.CpuUsage.TotalTime.TotalSeconds - hereBefore):F0} us"));
                if (kind == "hub")
                {
                    await ReportAsync(database);
                }
            }
        }

        Console.WriteLine(FormattableString.Invariant($"medians of {rounds}: bare {BenchMath.Median(bare):F0}/s, Crossdock {BenchMath.Median(hub):F0}/s; Crossdock / bare, round by round, median {BenchMath.Median(hub.Zip(bare, (ours, limit) => ours / limit)):P0}"));
        Console.WriteLine(isRight ? "every acknowledged order is at the courier once" : "WRONG: an acknowledged order is missing at the courier, or came twice");
        return isRight;
    }

    private static async Task ArriveAsync(CourierEmulator courier, long count, TimeSpan sentFor)
    {
        long started = Stopwatch.GetTimestamp();
        while (courier.Accepted < count && Stopwatch.GetElapsedTime(started) < (sentFor * 10) + TimeSpan.FromSeconds(10))
        {
            await Task.Delay(20);
        }
    }

    private static async Task ReportAsync(string database)
    {
        await using var data = NpgsqlDataSource.Create(database);
        await using var ask = data.CreateCommand("SELECT state || ' ' || count(*) FROM orders GROUP BY state UNION ALL SELECT 'delivery ' || state || ' ' || count(*) FROM deliveries GROUP BY state UNION ALL SELECT 'inbox ' || count(*) FROM inbox UNION ALL SELECT 'parked ' || count(*) FROM parked_events");
        await using var reader = await ask.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        Console.WriteLine("        " + string.Join(", ", rows));
    }
}
