using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Crossdock.Database;

/// <summary>A PostgreSQL of the hub's own: made in the data folder at the first start, started, watched, stopped with the hub, recovered after any crash.
/// It listens on a socket inside its own folder, or on a loopback port where the folder's name is too long for a socket.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    internal const string User = "crossdock";
    private const int SocketPathLimit = 90;      // sun_path holds 104 bytes on macOS, 108 on Linux, with the socket's own name

    private readonly PrivatePostgresOptions options;
    private readonly FileStream folderLock;
    private readonly ServerAccount account;
    private readonly PostgresBinaries binaries;
    private readonly string home;
    private readonly SemaphoreSlim door = new(1, 1);
    private bool isStopped;

    private PrivatePostgres(PrivatePostgresOptions options, FileStream folderLock, ServerAccount account, PostgresBinaries binaries, string home)
    {
        this.options = options;
        this.folderLock = folderLock;
        this.account = account;
        this.binaries = binaries;
        this.home = home;
    }

    /// <summary>How to connect, password included. Stays the same over restarts.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>PostgreSQL's own data folder.</summary>
    public string ClusterFolder => Path.Combine(home, "data");

    /// <summary>PostgreSQL's log.</summary>
    public string LogFile => Path.Combine(home, "server.log");

    /// <summary>Which PostgreSQL it is.</summary>
    public PostgresBinaries Binaries => binaries;

    /// <summary>Makes it if it is new, recovers it if it crashed, and starts it.</summary>
    /// <exception cref="PrivatePostgresException">It cannot run here; the message says why and what to do.</exception>
    public static async Task<PrivatePostgres> StartAsync(PrivatePostgresOptions options, CancellationToken cancellationToken = default)
    {
        if (OperatingSystem.IsWindows()) throw new PrivatePostgresException("A private PostgreSQL runs on Linux and macOS only. Set Crossdock__Database to a server of your own.");
        string dataFolder = Path.GetFullPath(options.DataFolder);
        Directory.CreateDirectory(dataFolder);
        var taken = Lock(dataFolder) ?? throw new PrivatePostgresException($"Another Crossdock is running on the data folder {dataFolder}. Stop it, or choose another folder with Crossdock__DataFolder.");
        try
        {
            var user = await ServerAccount.FindAsync(cancellationToken);
            string folder = await user.ReachesAsync(dataFolder, cancellationToken) ? Path.Combine(dataFolder, "postgres") : await ElsewhereAsync(dataFolder, user, cancellationToken);
            var installed = await PostgresBinaries.FindAllAsync(cancellationToken);
            var fitting = PostgresBinaries.Choose(installed, PrivatePostgresFiles.WrittenBy(Path.Combine(folder, "data")), folder);
            var server = new PrivatePostgres(options with { DataFolder = dataFolder }, taken, user, fitting, folder);
            await server.InitialiseAsync(cancellationToken);
            await server.StartServerAsync(cancellationToken);
            return server;
        }
        catch
        {
            await taken.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the server's main process is alive.</summary>
    public async Task<bool> IsRunningAsync(CancellationToken cancellationToken = default) => await ServerProcess.RunningAsync(ClusterFolder, cancellationToken) is not null;

    /// <summary>Starts it again if it is not running; does nothing after it was stopped on purpose.</summary>
    public async Task RestartIfDeadAsync(CancellationToken cancellationToken = default)
    {
        await door.WaitAsync(cancellationToken);
        try
        {
            if (!isStopped && !await IsRunningAsync(cancellationToken)) await StartServerAsync(cancellationToken);
        }
        finally
        {
            door.Release();
        }
    }

    /// <summary>For fault tests: ends all its processes at once with SIGKILL, as a power failure of the server would, and leaves its stale pid file.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        while (await ServerProcess.AllAsync(ClusterFolder, cancellationToken) is { Count: > 0 } pids)
        {
            ServerProcess.KillAll(pids);
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>For fault tests: gives the folder up and leaves the server running, as a hub that was killed does.</summary>
    internal async Task AbandonAsync()
    {
        isStopped = true;
        await folderLock.DisposeAsync();
    }

    /// <summary>Stops it: sessions are ended, everything is written. May be called twice.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await door.WaitAsync(cancellationToken);
        try
        {
            isStopped = true;
            if (await IsRunningAsync(cancellationToken)) await StopServerAsync(cancellationToken);
        }
        finally
        {
            door.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await folderLock.DisposeAsync();
        door.Dispose();
    }

    /// <summary>Takes the data folder for this process; null when another process has it. The system gives it back however the process ends.</summary>
    internal static FileStream? Lock(string dataFolder)
    {
        try
        {
            return new FileStream(Path.Combine(dataFolder, "crossdock.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException taken) when (taken is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    // The server's user cannot reach every folder (a clone below /root): its files then lie in the system's place for state, and a note says where.
    private static async Task<string> ElsewhereAsync(string dataFolder, ServerAccount account, CancellationToken cancellationToken)
    {
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataFolder)))[..12];
        string folder = $"/var/lib/crossdock/{name}";
        Directory.CreateDirectory("/var/lib/crossdock");
        if (!await account.ReachesAsync("/var/lib/crossdock", cancellationToken))
            throw new PrivatePostgresException($"The server's user can enter neither {dataFolder} nor /var/lib/crossdock. Choose another folder with Crossdock__DataFolder.");
        await File.WriteAllTextAsync(Path.Combine(dataFolder, "postgres.location"), folder + "\n", cancellationToken);
        return folder;
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        if (File.Exists(Path.Combine(ClusterFolder, "PG_VERSION")))
        {
            if (!File.Exists(PasswordFile))
                throw new PrivatePostgresException($"The password file {PasswordFile} is missing. Restore it from a backup of the data folder.");
            return;
        }
        Directory.CreateDirectory(home);
        File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Made beside and renamed when complete: a crash half-way leaves nothing that looks like data.
        string unfinished = Path.Combine(home, "data.unfinished");
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        if (Directory.Exists(ClusterFolder)) Directory.Delete(ClusterFolder);
        var write = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var file = new StreamWriter(PasswordFile, write)) await file.WriteAsync(RandomNumberGenerator.GetHexString(48, lowercase: true));
        await account.GiveAsync(home, cancellationToken);
        var answer = await account.RunAsync([binaries.InitDb, "-D", unfinished, "-U", User, "--pwfile", PasswordFile, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--data-checksums", "--no-instructions",
            .. options.IsDurable ? (string[])[] : ["--no-sync"]], home, cancellationToken);
        if (answer.ExitCode != 0) throw new PrivatePostgresException($"PostgreSQL's initdb failed in {unfinished}: {answer.Output}");
        await File.AppendAllTextAsync(Path.Combine(unfinished, "postgresql.conf"), "\ninclude_if_exists = 'crossdock.conf'\n", cancellationToken);
        Directory.Move(unfinished, ClusterFolder);
    }

    private string PasswordFile => Path.Combine(home, "password");

    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        bool bySocket = Encoding.UTF8.GetByteCount(home) <= SocketPathLimit;
        string settingsFile = Path.Combine(ClusterFolder, "crossdock.conf");
        string former = File.Exists(settingsFile) ? await File.ReadAllTextAsync(settingsFile, cancellationToken) : "";
        bool isRunning = await IsRunningAsync(cancellationToken);
        int port = bySocket ? 5432 : isRunning && PrivatePostgresFiles.PortIn(former) is { } same ? same : FreePort();
        string settings = ServerSettings.Write(options, bySocket ? home : null, port);
        // A server that a former hub left behind is used as it is, unless it runs with other settings.
        if (isRunning && former != settings)
        {
            await StopServerAsync(cancellationToken);
            isRunning = false;
        }
        if (!isRunning && await RemoveStalePidFileAsync(cancellationToken))
        {
            await File.WriteAllTextAsync(settingsFile, settings, cancellationToken);
            await account.GiveAsync(settingsFile, cancellationToken);
            var answer = await account.RunAsync([binaries.PgCtl, "start", "-D", ClusterFolder, "-l", LogFile, "-w", "-s", "-t", options.TimeoutSeconds.ToString(CultureInfo.InvariantCulture)], home, cancellationToken);
            if (answer.ExitCode != 0) throw new PrivatePostgresException($"PostgreSQL did not start: {answer.Output} The end of {LogFile}:\n{LastLines(LogFile)}");
        }
        string password = (await File.ReadAllTextAsync(PasswordFile, cancellationToken)).Trim();
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = bySocket ? home : "127.0.0.1", Port = port, Username = User, Password = password, Database = options.Database,
        };
        await EnsureDatabaseAsync(connection, cancellationToken);
        ConnectionString = connection.ConnectionString;
    }

    // A server that a killed hub had just started may still be reading its log again: it says 57P03, or does not listen yet.
    private async Task EnsureDatabaseAsync(NpgsqlConnectionStringBuilder wanted, CancellationToken cancellationToken)
    {
        long deadline = Environment.TickCount64 + options.TimeoutSeconds * 1000L;
        while (true)
        {
            try
            {
                await EnsureDatabaseOnceAsync(wanted, cancellationToken);
                return;
            }
            catch (NpgsqlException starting) when ((starting.SqlState == PostgresErrorCodes.CannotConnectNow || starting.InnerException is SocketException) && Environment.TickCount64 < deadline)
            {
                if (!await IsRunningAsync(cancellationToken)) throw;
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    private async Task EnsureDatabaseOnceAsync(NpgsqlConnectionStringBuilder wanted, CancellationToken cancellationToken)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(wanted.ConnectionString) { Database = "postgres", Pooling = false };
        try
        {
            await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var ask = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = options.Database } } };
            if (await ask.ExecuteScalarAsync(cancellationToken) is not null) return;
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{options.Database.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException refused) when (refused.SqlState is "28P01" or "28000")
        {
            throw new PrivatePostgresException($"The private PostgreSQL in {home} refuses the password in {PasswordFile}. Restore that file from a backup of the data folder.", refused);
        }
    }

    // PostgreSQL refuses to start when the pid in its files is alive, also as a zombie or as somebody else's process. Once nothing works in the data folder, they are stale.
    // False when a server came up meanwhile: a hub that was killed had just begun to start it.
    private async Task<bool> RemoveStalePidFileAsync(CancellationToken cancellationToken)
    {
        long deadline = Environment.TickCount64 + options.TimeoutSeconds * 1000L;
        while ((await ServerProcess.AllAsync(ClusterFolder, cancellationToken)).Count > 0)
        {
            if (await IsRunningAsync(cancellationToken)) return false;
            // Sessions of a killed server notice its death and end; until then the data are in use.
            if (Environment.TickCount64 > deadline) throw new PrivatePostgresException($"Processes of a former PostgreSQL still use {ClusterFolder} and do not end. End them, then start again.");
            await Task.Delay(50, cancellationToken);
        }
        File.Delete(Path.Combine(ClusterFolder, "postmaster.pid"));
        foreach (string socket in Directory.EnumerateFiles(home, ".s.PGSQL.*")) File.Delete(socket);
        return true;
    }

    private async Task StopServerAsync(CancellationToken cancellationToken)
    {
        string mode = options.IsDurable ? "fast" : "immediate";
        var answer = await account.RunAsync([binaries.PgCtl, "stop", "-D", ClusterFolder, "-m", mode, "-w", "-s", "-t", options.TimeoutSeconds.ToString(CultureInfo.InvariantCulture)], home, cancellationToken);
        if (answer.ExitCode != 0 && await IsRunningAsync(cancellationToken)) throw new PrivatePostgresException($"PostgreSQL did not stop: {answer.Output}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string LastLines(string file) => File.Exists(file) ? string.Join('\n', File.ReadLines(file).TakeLast(12)) : "(no log)";
}
