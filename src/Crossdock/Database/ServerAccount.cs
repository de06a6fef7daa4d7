namespace Crossdock.Database;

/// <summary>Who the private server runs as. PostgreSQL refuses root, so a hub run by root gives its server to an unprivileged user.</summary>
internal sealed class ServerAccount
{
    private readonly string? name;
    private readonly IReadOnlyList<string> prefix;

    private ServerAccount(string? name, IReadOnlyList<string> prefix)
    {
        this.name = name;
        this.prefix = prefix;
    }

    /// <summary>True when the server runs as another user than the hub.</summary>
    internal bool IsOther => name is not null;

    internal static async Task<ServerAccount> FindAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess) return new(null, []);
        foreach (string user in (string[])["postgres", "nobody"])
        {
            if ((await Commands.RunAsync(["id", "-u", user], cancellationToken)).ExitCode != 0) continue;
            if (Commands.Find("setpriv") is { } setpriv)
            {
                string group = (await Commands.RunAsync(["id", "-g", user], cancellationToken)).Output;
                return new(user, [setpriv, $"--reuid={user}", $"--regid={group}", "--clear-groups", "--"]);
            }
            if (Commands.Find("runuser") is { } runuser) return new(user, [runuser, "-u", user, "--"]);
        }
        throw new PrivatePostgresException("PostgreSQL does not run as root, and neither a user postgres or nobody nor setpriv or runuser was found to start it as somebody else. "
            + "Run Crossdock as an ordinary user, or set Crossdock__Database to a server of your own.");
    }

    /// <summary>Runs a command as the server's user.</summary>
    internal Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string workingFolder, CancellationToken cancellationToken) =>
        Commands.RunAsync([.. prefix, .. command], cancellationToken, workingFolder);

    /// <summary>Gives files to the server's user.</summary>
    internal async Task GiveAsync(string path, CancellationToken cancellationToken)
    {
        if (name is null) return;
        var answer = await Commands.RunAsync(["chown", "-R", $"{name}:", path], cancellationToken);
        if (answer.ExitCode != 0) throw new PrivatePostgresException($"The folder {path} could not be given to the user {name}: {answer.Output}");
    }

    /// <summary>Whether the server's user gets into a folder: below /root, for example, it does not.</summary>
    internal async Task<bool> ReachesAsync(string folder, CancellationToken cancellationToken) =>
        name is null || (await Commands.RunAsync([.. prefix, "test", "-x", folder], cancellationToken)).ExitCode == 0;
}
