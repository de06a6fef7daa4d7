using Crossdock.Database;
using Npgsql;

namespace Crossdock.Bench;

/// <summary>A durable PostgreSQL of the benchmark's own, with the settings that the hub gives its private one. Its files go when it does: a long run leaves many gigabytes.</summary>
internal sealed class BenchPostgres : IAsyncDisposable
{
    private readonly string folder;

    private BenchPostgres(PrivatePostgres server, string folder) => (Server, this.folder) = (server, folder);

    public PrivatePostgres Server { get; }

    public static async Task<BenchPostgres> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("crossdock-bench-pg-").FullName;
        return new BenchPostgres(await PrivatePostgres.StartAsync(new PrivatePostgresOptions { DataFolder = folder, IsDurable = true }), folder);
    }

    public async ValueTask DisposeAsync()
    {
        string home = Path.GetDirectoryName(Server.ClusterFolder)!;
        await Server.DisposeAsync();
        Directory.Delete(home, recursive: true);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A new, migrated database; its connection string.</summary>
    public static async Task<string> DatabaseAsync(BenchPostgres postgres, string name)
    {
        await using var admin = NpgsqlDataSource.Create(postgres.Server.ConnectionString);
        await using var create = admin.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        string database = new NpgsqlConnectionStringBuilder(postgres.Server.ConnectionString) { Database = name }.ConnectionString;
        await using var data = NpgsqlDataSource.Create(database);
        await new Migrator(data, TimeProvider.System).MigrateAsync();
        return database;
    }
}

/// <summary>CPU time by process tree, from Linux's /proc: the parts of a measurement run side by side, and each has its share.</summary>
internal static class ProcessorTime
{
    private static readonly long TicksPerSecond = 100;      // USER_HZ, fixed for user space on Linux

    /// <summary>Seconds of CPU that a private PostgreSQL has used, all its processes, ended ones included.</summary>
    public static double Of(BenchPostgres postgres) => OfTree(int.Parse(File.ReadLines(Path.Combine(postgres.Server.ClusterFolder, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture));

    private static double OfTree(int root)
    {
        long ticks = 0;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int pid))
            {
                continue;
            }

            string[] fields;
            try
            {
                string stat = File.ReadAllText(folder + "/stat");
                fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');      // from the state on; the name before it may hold blanks
            }
            catch (IOException)
            {
                continue;      // it ended meanwhile; its parent has its time
            }

            if (pid == root || int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) == root)
            {
                ticks += Number(fields[11]) + Number(fields[12]) + (pid == root ? Number(fields[13]) + Number(fields[14]) : 0);
            }
        }

        return ticks / (double)TicksPerSecond;

        static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}

internal static class BenchMath
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
