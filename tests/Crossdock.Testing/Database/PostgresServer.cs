using System.Globalization;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Testing.Database;

/// <summary>The one throw-away PostgreSQL of a test run: started when the first test asks, removed when the process ends. Not durable.</summary>
public sealed class PostgresServer
{
    private const string FolderPrefix = "crossdock-test-";
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);

    private readonly PrivatePostgres server;
    private readonly SemaphoreSlim templateDoor = new(1, 1);
    private int counter;

    private PostgresServer(PrivatePostgres server) => this.server = server;

    /// <summary>The run's server, with a migrated template in it.</summary>
    public static Task<PostgresServer> GetAsync() => Shared.Value;

    /// <summary>Makes a database of its own from the migrated template and answers how to connect to it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref counter)}");
        // A template may not be in use while it is copied: one copy at a time.
        await templateDoor.WaitAsync();
        try
        {
            await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {Template} STRATEGY file_copy");
        }
        finally
        {
            templateDoor.Release();
        }
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Makes an empty database, without a schema.</summary>
    public async Task<string> CreateEmptyDatabaseAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"empty_{Interlocked.Increment(ref counter)}");
        await ExecuteAsync($"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Removes a database and ends its sessions.</summary>
    public Task DropDatabaseAsync(string connectionString) =>
        ExecuteAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    private const string Template = "crossdock_template";

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<PostgresServer> StartAsync()
    {
        await SweepAsync();
        string folder = Directory.CreateTempSubdirectory(FolderPrefix).FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var postgres = await PrivatePostgres.StartAsync(new() { DataFolder = folder, IsDurable = false, SharedBuffersMegabytes = 128, Database = Template });
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            postgres.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Directory.Delete(folder, recursive: true);
        };
        await using (var template = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString))
        {
            await new Migrator(template, TimeProvider.System).MigrateAsync();
        }
        return new(postgres);
    }

    // A run that was killed leaves its server and folder behind; nobody holds their lock any more.
    private static async Task SweepAsync()
    {
        foreach (string folder in Directory.EnumerateDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            try
            {
                if (!File.Exists(Path.Combine(folder, "crossdock.lock")) || PrivatePostgres.Lock(folder) is not { } ours) continue;
                await using (ours)
                {
                    ServerProcess.KillAll(await ServerProcess.AllAsync(Path.Combine(folder, "postgres", "data"), CancellationToken.None));
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                // Another run removes it at this moment, or it is another user's: not ours to mend.
            }
        }
    }
}
