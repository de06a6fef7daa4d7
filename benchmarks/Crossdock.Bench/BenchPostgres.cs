using Crossdock.Database;
using Npgsql;

namespace Crossdock.Bench;

/// <summary>A durable PostgreSQL of the benchmark's own, with the settings that the hub gives its private one.</summary>
internal static class BenchPostgres
{
    public static Task<PrivatePostgres> StartAsync() => PrivatePostgres.StartAsync(new PrivatePostgresOptions { DataFolder = Directory.CreateTempSubdirectory("crossdock-bench-pg-").FullName, IsDurable = true });

    /// <summary>A new, migrated database; its connection string.</summary>
    public static async Task<string> DatabaseAsync(PrivatePostgres postgres, string name)
    {
        await using var admin = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var create = admin.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        string database = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name }.ConnectionString;
        await using var data = NpgsqlDataSource.Create(database);
        await new Migrator(data, TimeProvider.System).MigrateAsync();
        return database;
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
