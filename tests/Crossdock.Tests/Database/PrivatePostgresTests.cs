using System.Globalization;
using Crossdock.Database;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Database;

public sealed class PrivatePostgresTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-private-").FullName;

    public PrivatePostgresTests()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private PrivatePostgresOptions Options => new() { DataFolder = folder, SharedBuffersMegabytes = 32, TimeoutSeconds = 60 };

    [Fact]
    public async Task Committed_rows_survive_kill_9_of_the_server_and_a_stale_pid_file_that_names_a_living_stranger()
    {
        string cluster;
        await using (var first = await PrivatePostgres.StartAsync(Options))
        {
            cluster = first.ClusterFolder;
            Assert.Equal("on,on,on", await AskAsync(first, "SELECT current_setting('fsync') || ',' || current_setting('synchronous_commit') || ',' || current_setting('full_page_writes')"));
            await AskAsync(first, "CREATE TABLE kept AS SELECT 41 AS n");
            await first.KillAsync();
            Assert.False(await first.IsRunningAsync());
            Assert.True(File.Exists(Path.Combine(cluster, "postmaster.pid")));
            // The dead server's pid now belongs to somebody else: this very test process.
            string[] lines = await File.ReadAllLinesAsync(Path.Combine(cluster, "postmaster.pid"));
            lines[0] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            await File.WriteAllLinesAsync(Path.Combine(cluster, "postmaster.pid"), lines);

            await first.RestartIfDeadAsync();
            Assert.Equal("41", await AskAsync(first, "SELECT n::text FROM kept"));
        }
        Assert.False(File.Exists(Path.Combine(cluster, "postmaster.pid")));

        await using var second = await PrivatePostgres.StartAsync(Options);
        Assert.Equal("41", await AskAsync(second, "SELECT n::text FROM kept"));
    }

    [Fact]
    public async Task Server_left_behind_by_a_killed_hub_is_used_again()
    {
        await using var first = await PrivatePostgres.StartAsync(Options);
        string startedAt = await AskAsync(first, "SELECT pg_postmaster_start_time()::text");
        await AskAsync(first, "CREATE TABLE kept AS SELECT 42 AS n");
        // Doctor and backup join it, and say what wrote its data.
        Assert.Equal(first.Binaries.Major, PrivatePostgresFiles.VersionOf(folder));
        await using (var joined = NpgsqlDataSource.Create(await PrivatePostgresFiles.FindRunningAsync(folder) + ";Pooling=false"))
        await using (var ask = joined.CreateCommand("SELECT n FROM kept"))
        {
            Assert.Equal(42, await ask.ExecuteScalarAsync());
        }

        // What a kill -9 of the hub does to the lock; the server goes on running.
        await first.AbandonAsync();

        await using var second = await PrivatePostgres.StartAsync(Options);
        Assert.Equal(startedAt, await AskAsync(second, "SELECT pg_postmaster_start_time()::text"));
        Assert.Equal("42", await AskAsync(second, "SELECT n::text FROM kept"));
    }

    [Fact]
    public async Task Server_that_a_killed_hub_had_just_begun_to_start_is_waited_for()
    {
        string cluster;
        PostgresBinaries binaries;
        await using (var first = await PrivatePostgres.StartAsync(Options))
        {
            (cluster, binaries) = (first.ClusterFolder, first.Binaries);
            await AskAsync(first, "CREATE TABLE kept AS SELECT 43 AS n");
        }
        // Reading an archive that takes its time: the server runs and says that it is starting up.
        await File.WriteAllTextAsync(Path.Combine(cluster, "recovery.signal"), "");
        await File.AppendAllTextAsync(Path.Combine(cluster, "postgresql.conf"), "\nrestore_command = 'sleep 1; false'\n");
        var account = await ServerAccount.FindAsync(CancellationToken.None);
        await account.GiveAsync(Path.Combine(cluster, "recovery.signal"), CancellationToken.None);
        await account.RunAsync([binaries.PgCtl, "start", "-D", cluster, "-l", Path.Combine(folder, "postgres", "server.log"), "-W", "-s"], cluster, CancellationToken.None);

        await using var second = await PrivatePostgres.StartAsync(Options);
        Assert.Equal("43", await AskAsync(second, "SELECT n::text FROM kept"));
    }

    [Fact]
    public async Task Second_hub_on_the_same_folder_is_refused()
    {
        await using var first = await PrivatePostgres.StartAsync(Options);
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(() => PrivatePostgres.StartAsync(Options));
        Assert.Contains("Another Crossdock is running", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("14", "were written by PostgreSQL 14; Crossdock needs 15")]
    [InlineData("99", "were written by PostgreSQL 99, which is not installed here")]
    [InlineData("soup", "does not name a PostgreSQL version")]
    public async Task Data_of_a_version_that_does_not_fit_are_refused_in_clear_words(string version, string message)
    {
        Directory.CreateDirectory(Path.Combine(folder, "postgres", "data"));
        await File.WriteAllTextAsync(Path.Combine(folder, "postgres", "data", "PG_VERSION"), version + "\n");
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(() => PrivatePostgres.StartAsync(Options));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_with_something_else_in_it_is_refused_and_left_alone()
    {
        string stranger = Path.Combine(folder, "postgres", "data", "holiday.jpg");
        Directory.CreateDirectory(Path.GetDirectoryName(stranger)!);
        await File.WriteAllTextAsync(stranger, "sun");
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(() => PrivatePostgres.StartAsync(Options));
        Assert.Contains("not a PostgreSQL data folder", refused.Message, StringComparison.Ordinal);
        Assert.Equal("sun", await File.ReadAllTextAsync(stranger));
    }

    [Fact]
    public async Task Wrong_password_is_refused_and_the_password_file_is_private()
    {
        await using var server = await PrivatePostgres.StartAsync(Options);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "postgres", "password")));
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "wrong", Pooling = false }.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());
        Assert.Equal("28P01", refused.SqlState);
    }

    private static async Task<string> AskAsync(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as string ?? "";
    }
}
