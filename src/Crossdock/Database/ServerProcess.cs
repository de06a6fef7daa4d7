using System.Globalization;
using System.Runtime.InteropServices;

namespace Crossdock.Database;

/// <summary>The running processes of the server of one data folder, told apart from whatever else got a former server's process id.</summary>
internal static class ServerProcess
{
    private const int Kill = 9;

    /// <summary>The pid in postmaster.pid when it is alive and truly a PostgreSQL of this folder; otherwise null.</summary>
    internal static async Task<int?> RunningAsync(string dataFolder, CancellationToken cancellationToken)
    {
        if (PidIn(dataFolder) is not { } pid) return null;
        return await IsServerOfAsync(pid, dataFolder, cancellationToken) ? pid : null;
    }

    /// <summary>The pid in postmaster.pid, whatever it is now; null without such a file.</summary>
    internal static int? PidIn(string dataFolder)
    {
        try
        {
            string? line = File.ReadLines(Path.Combine(dataFolder, "postmaster.pid")).FirstOrDefault();
            return int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 1 ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>All processes of the folder's server: postmaster, workers and sessions.</summary>
    internal static async Task<IReadOnlyList<int>> AllAsync(string dataFolder, CancellationToken cancellationToken)
    {
        if (Directory.Exists("/proc/self"))
        {
            return [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
                .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
                .Where(pid => pid > 1 && WorksIn(pid, dataFolder))];
        }
        return await RunningAsync(dataFolder, cancellationToken) is { } one ? [one] : [];
    }

    /// <summary>Ends processes at once, as a crash would.</summary>
    internal static void KillAll(IEnumerable<int> pids)
    {
        foreach (int pid in pids) _ = SendSignal(pid, Kill);
    }

    private static async Task<bool> IsServerOfAsync(int pid, string dataFolder, CancellationToken cancellationToken)
    {
        if (Directory.Exists("/proc/self")) return WorksIn(pid, dataFolder);
        var answer = await Commands.RunAsync(["ps", "-p", pid.ToString(CultureInfo.InvariantCulture), "-o", "command="], cancellationToken);
        return answer.ExitCode == 0 && answer.Output.Contains("postgres", StringComparison.Ordinal) && answer.Output.Contains(dataFolder, StringComparison.Ordinal);
    }

    // Every PostgreSQL process works in its data folder; nothing else called postgres does.
    private static bool WorksIn(int pid, string dataFolder)
    {
        try
        {
            if (File.ReadAllText($"/proc/{pid}/comm").Trim() != "postgres") return false;
            return Directory.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName is { } folder
                && (folder == dataFolder || folder == Resolved(dataFolder));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Resolved(string folder)
    {
        string path = "/";
        foreach (string part in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            path = Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        return path;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
