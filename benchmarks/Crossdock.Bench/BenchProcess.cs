using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Crossdock.Bench;

/// <summary>A server under measurement, in a process of its own.</summary>
internal sealed class BenchProcess : IAsyncDisposable
{
    private const int MostLines = 60;
    private readonly Process process;
    private readonly ConcurrentQueue<string> told;

    private BenchProcess(Process process, int port, ConcurrentQueue<string> told) => (this.process, Port, this.told) = (process, port, told);

    /// <summary>What it wrote last.</summary>
    public string Told => string.Join(Environment.NewLine, told);


    public int Port { get; }
    public int Id => process.Id;
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public long MemoryBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>This program again, in the role of a bare server.</summary>
    public static Task<BenchProcess> BareAsync(params string[] arguments) => StartAsync("dotnet", FreePort(), port => [Path.Combine(AppContext.BaseDirectory, "Crossdock.Bench.dll"), "serve", arguments[0], $"{port}", .. arguments[1..]], null);

    /// <summary>The hub itself, as it is delivered.</summary>
    public static Task<BenchProcess> HubAsync(string database, string dataFolder, string roles, IReadOnlyDictionary<string, string>? options = null)
    {
        int port = FreePort();
        var environment = new Dictionary<string, string>(options ?? new Dictionary<string, string>())
        {
            ["Crossdock__Database"] = database,
            ["Crossdock__DataFolder"] = dataFolder,
            ["Crossdock__Urls"] = $"http://127.0.0.1:{port}",
            ["Crossdock__AdminToken"] = BenchStore.Token,
            ["Crossdock__Roles"] = roles,
            ["Crossdock__Connections__AllowPrivateAddresses"] = "true",
        };
        return StartAsync("dotnet", port, _ => [Path.Combine(AppContext.BaseDirectory, "Crossdock.Server.dll"), "serve"], environment);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task<BenchProcess> StartAsync(string program, int port, Func<int, string[]> arguments, Dictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments(port)) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        var told = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) =>
        {
            told.Enqueue(line.Data ?? "");
            while (told.Count > MostLines && told.TryDequeue(out string? _))
            {
            }
        };
        process.BeginOutputReadLine();
        for (int attempt = 0; attempt < 600; attempt++)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode} instead of serving");
            }

            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return new BenchProcess(process, port, told);
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        throw new TimeoutException($"{program} did not listen on {port} within a minute");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
