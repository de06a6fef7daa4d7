using System.Diagnostics;
using System.Globalization;
using Crossdock.Connectors.Http;
using Npgsql;

namespace Crossdock.Bench;

/// <summary>Orders per second from webhook to the courier's recorded answer, against a bare pipeline in the same run.</summary>
internal static class PipelineBench
{
    public static async Task RunAsync(int rounds, int seconds)
    {
        await using var postgres = await BenchPostgres.StartAsync();
        var bare = new List<double>();
        var hub = new List<double>();
        long id = BenchStore.TemplateId;
        string folder = Directory.CreateTempSubdirectory("crossdock-bench-").FullName;
        for (int round = 0; round <= rounds; round++)
        {
            foreach (string kind in new[] { "bare", "hub" })
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
                long started = Stopwatch.GetTimestamp();
                var result = await load.RunAsync(64, TimeSpan.FromSeconds(seconds), null, 0);

                // The clock runs until the last acknowledged order is at the courier.
                while (courier.Accepted < result.Accepted && Stopwatch.GetElapsedTime(started).TotalSeconds < seconds * 20)
                {
                    await Task.Delay(20);
                }

                double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
                double rate = courier.Accepted / elapsed;
                if (round > 0)
                {
                    (kind == "hub" ? hub : bare).Add(rate);
                }

                Console.WriteLine(FormattableString.Invariant($"round {round}{(round == 0 ? " (warm-up)" : "")}  {kind,-5} {rate,8:F0} orders/s to the courier; acknowledged {result.Accepted}, at the courier {courier.Accepted}, twice {courier.Duplicates}, other answers {result.Other}, {elapsed:F1} s, server CPU {server.Cpu.TotalSeconds:F1} s"));
                if (kind == "hub")
                {
                    await ReportAsync(database);
                }
            }
        }

        Console.WriteLine(FormattableString.Invariant($"medians of {rounds}: bare {BenchMath.Median(bare):F0}/s, Crossdock {BenchMath.Median(hub):F0}/s; Crossdock / bare, round by round, median {BenchMath.Median(hub.Zip(bare, (ours, limit) => ours / limit)):P0}"));
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
