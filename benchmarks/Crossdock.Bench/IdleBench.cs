using System.Diagnostics;
using System.Globalization;
using Crossdock.Connectors.Http;

namespace Crossdock.Bench;

/// <summary>What the whole hub costs while nothing happens, and how much memory it has after much has happened.</summary>
internal static class IdleBench
{
    /// <param name="seconds">Length of each of the five slices of quiet.</param>
    /// <param name="orders">Orders carried from webhook to courier before the quiet begins.</param>
    public static async Task RunAsync(int seconds, int orders)
    {
        await using var postgres = await BenchPostgres.StartAsync();
        string database = await BenchPostgres.DatabaseAsync(postgres, "idle");
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await BenchProcess.HubAsync(database, Directory.CreateTempSubdirectory("crossdock-bench-").FullName, "capture,process,deliver,schedule,console");
        await BenchStore.ConfigureAsync(hub.Port, courier.Address);
        await ReportAsync("after the start", hub, seconds);
        if (orders == 0)
        {
            return;
        }

        var load = new LoadClient(hub.Port, "/in/bench", BenchStore.Secret, BenchStore.Document(), BenchStore.TemplateId.ToString(CultureInfo.InvariantCulture), BenchStore.TemplateId + 10_000_000);
        long started = Stopwatch.GetTimestamp();
        long highest = 0;
        for (long accepted = 0; accepted < orders;)
        {
            accepted += (await load.RunAsync(64, TimeSpan.FromSeconds(5), null, 0)).Accepted;
            highest = Math.Max(highest, hub.MemoryBytes);
        }

        var behind = TimeSpan.FromMinutes(10);
        long waiting = Stopwatch.GetTimestamp();
        while (courier.Accepted < orders && Stopwatch.GetElapsedTime(waiting) < behind)
        {
            await Task.Delay(200);
        }

        Console.WriteLine(FormattableString.Invariant($"{courier.Accepted} orders at the courier in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s, {courier.Duplicates} twice; highest memory under load {highest / 1048576} MB"));
        await ReportAsync("after them", hub, seconds);
    }

    private static async Task ReportAsync(string when, BenchProcess hub, int seconds)
    {
        await Task.Delay(TimeSpan.FromSeconds(10));
        var shares = new List<double>();
        for (int slice = 0; slice < 5; slice++)
        {
            var before = hub.Cpu;
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            shares.Add((hub.Cpu - before).TotalSeconds / seconds);
        }

        Console.WriteLine(FormattableString.Invariant($"idle {when}: median of 5 slices of {seconds} s: {BenchMath.Median(shares):P2} of one core; memory {hub.MemoryBytes / 1048576} MB"));
    }
}
