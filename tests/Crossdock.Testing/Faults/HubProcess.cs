using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Testing.Faults;

/// <summary>The delivered server in a process of its own, with a folder that outlives it: it can be killed and started again.</summary>
public sealed class HubProcess : IAsyncDisposable
{
    public const string Token = "fault-administrator-token-0123456789abcdef";
    private readonly string folder;
    private readonly Dictionary<string, string> environment;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly StreamWriter log;
    private Process? process;

    private HubProcess(string folder, int port, IReadOnlyDictionary<string, string>? options, string name)
    {
        this.folder = folder;
        Address = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        environment = new(options ?? new Dictionary<string, string>())
        {
            ["Crossdock__DataFolder"] = folder,
            ["Crossdock__Urls"] = Address,
            ["Crossdock__AdminToken"] = Token,
            ["Crossdock__Connections__AllowPrivateAddresses"] = "true",
        };
        log = new StreamWriter(Path.Combine(folder, $"{name}.log"), append: true) { AutoFlush = true };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
    }

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Address { get; }

    /// <summary>Its process, while it runs.</summary>
    public Process Process => process ?? throw new InvalidOperationException("the hub does not run");

    /// <summary>A data folder that the server's user can enter.</summary>
    public static string NewFolder()
    {
        string folder = Directory.CreateTempSubdirectory("crossdock-faults-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        return folder;
    }

    /// <summary>Migrates and starts it.</summary>
    /// <param name="folder">Its data folder.</param>
    /// <param name="options">Further options by their environment names; <c>Crossdock__Database</c> for a shared database.</param>
    /// <param name="name">Name of its log file.</param>
    public static async Task<HubProcess> StartAsync(string folder, IReadOnlyDictionary<string, string>? options = null, string name = "hub")
    {
        var hub = new HubProcess(folder, FreePorts.Next(), options, name);
        using (var migrate = hub.Launch("migrate"))
        {
            await migrate.WaitForExitAsync();
            if (migrate.ExitCode != 0)
            {
                throw new InvalidOperationException($"migrate ended with {migrate.ExitCode}; see {folder}/{name}.log");
            }
        }

        await hub.RestartAsync();
        return hub;
    }

    /// <summary>Starts it again after <see cref="Kill"/>; answers when it is ready.</summary>
    public async Task RestartAsync()
    {
        process = Launch("serve");
        long started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(90))
            {
                throw new InvalidOperationException($"the hub {(process.HasExited ? $"ended with {process.ExitCode}" : "was not ready within 90 s")}; the end of its log:\n{LastLines()}");
            }

            await Task.Delay(25);
        }
    }

    /// <summary>SIGKILL of the hub alone; its PostgreSQL goes on.</summary>
    public void Kill()
    {
        Process.Kill();
        Process.WaitForExit();
    }

    /// <summary>SIGKILL of all processes of its private PostgreSQL at once.</summary>
    public async Task KillPostgresAsync()
    {
        var pids = await ServerProcess.AllAsync(Path.Combine(Home, "data"), CancellationToken.None);
        ServerProcess.KillAll(pids);
    }

    /// <summary>Sends a signal by name, for example STOP, to all processes of its private PostgreSQL.</summary>
    public async Task SignalPostgresAsync(string signal)
    {
        var pids = await ServerProcess.AllAsync(Path.Combine(Home, "data"), CancellationToken.None);
        using var kill = Process.Start("kill", [$"-{signal}", .. pids.Select(pid => pid.ToString(CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Sends it a signal by name, for example TERM, and answers its exit code.</summary>
    public async Task<int> StopAsync(string signal = "TERM", int patienceSeconds = 60)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(patienceSeconds));
        await Process.WaitForExitAsync(patience.Token);
        return Process.ExitCode;
    }

    /// <summary>Applies a configuration through the API.</summary>
    public async Task ApplyAsync(string yaml)
    {
        using var content = new StringContent(yaml, Encoding.UTF8, "application/yaml");
        using var answer = await http.PostAsync(new Uri($"{Address}/api/v1/configuration"), content);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"the configuration was refused: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}\n{yaml}");
        }
    }

    /// <summary>Connections to its private PostgreSQL, made anew each time.</summary>
    public NpgsqlDataSource Connect()
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = Home, Username = "crossdock", Database = "crossdock", Pooling = false, CommandTimeout = 120,
            Password = File.ReadAllText(Path.Combine(Home, "password")).Trim(),
        };
        return NpgsqlDataSource.Create(connection.ConnectionString);
    }

    /// <summary>The end of its log.</summary>
    public string LastLines()
    {
        lock (log)
        {
            return string.Join('\n', File.ReadLines(((FileStream)log.BaseStream).Name).TakeLast(15));
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is { HasExited: false })
        {
            await StopAsync();
        }

        process?.Dispose();
        // A hub that was killed and not started again leaves its server behind.
        ServerProcess.KillAll(await ServerProcess.AllAsync(Path.Combine(Home, "data"), CancellationToken.None));
        lock (log)
        {
            log.Dispose();
        }
    }

    // Where the server's user cannot enter the data folder, a note in it says where the files are.
    private string Home => File.Exists(Path.Combine(folder, "postgres.location")) ? File.ReadAllText(Path.Combine(folder, "postgres.location")).Trim() : Path.Combine(folder, "postgres");

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"{Address}/health/ready"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException or SocketException)
        {
            return false;
        }
    }

    private Process Launch(string command)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Crossdock.Server.dll"), command])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var launched = Process.Start(start)!;
        launched.OutputDataReceived += (_, line) => Write(line.Data);
        launched.ErrorDataReceived += (_, line) => Write(line.Data);
        launched.BeginOutputReadLine();
        launched.BeginErrorReadLine();
        return launched;
    }

    private void Write(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (log)
        {
            try
            {
                if (log.BaseStream.CanWrite)
                {
                    log.WriteLine(line);
                }
            }
            catch (IOException)
            {
                // A test fills the disk that this log lies on; the lines are for whoever reads after a failure, and may be missing then.
            }
        }
    }
}
