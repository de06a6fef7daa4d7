namespace Crossdock.Bench;

/// <summary>What the whole hub costs while nothing happens.</summary>
internal static class IdleBench
{
    public static async Task RunAsync(int seconds)
    {
        await using var postgres = await BenchPostgres.StartAsync();
        string database = await BenchPostgres.DatabaseAsync(postgres, "idle");
        await using var hub = await BenchProcess.HubAsync(database, Directory.CreateTempSubdirectory("crossdock-bench-").FullName, "capture,process,deliver,schedule,console");
        await BenchStore.ConfigureAsync(hub.Port, "http://127.0.0.1:9");
        await Task.Delay(TimeSpan.FromSeconds(10));
        var shares = new List<double>();
        for (int slice = 0; slice < 5; slice++)
        {
            var before = hub.Cpu;
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            shares.Add((hub.Cpu - before).TotalSeconds / seconds);
        }

        Console.WriteLine(FormattableString.Invariant($"median of 5 slices of {seconds} s: {BenchMath.Median(shares):P2} of one core; memory {hub.MemoryBytes / 1048576} MB"));
    }
}
