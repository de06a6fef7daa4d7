using System.ComponentModel;
using System.Diagnostics;

namespace Crossdock.Database;

/// <summary>What a command said.</summary>
internal sealed record CommandAnswer(int ExitCode, string Output);

/// <summary>Runs the few system commands that a private PostgreSQL needs.</summary>
internal static class Commands
{
    /// <summary>Runs to the end and gathers both outputs. A program that is not there answers 127.</summary>
    internal static async Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken, string? workingFolder = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = workingFolder ?? "/",
        };
        start.Environment["LC_MESSAGES"] = "C";
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new(process.ExitCode, (await output + await errors).Trim());
        }
        catch (Win32Exception notThere)
        {
            return new(127, notThere.Message);
        }
    }

    /// <summary>The full path of a program on PATH or in the system's folders; null when it is not installed.</summary>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(["/usr/sbin", "/usr/bin", "/sbin", "/bin"])
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
