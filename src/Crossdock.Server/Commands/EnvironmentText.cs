using System.Text.RegularExpressions;

namespace Crossdock.Server.Commands;

/// <summary><c>${NAME}</c> in a configuration file is taken from the environment of who applies it.</summary>
internal static partial class EnvironmentText
{
    /// <exception cref="HubException">Names that are not set, all of them at once.</exception>
    internal static string Fill(string text, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        string[] missing = [.. Name().Matches(text).Select(match => match.Groups["name"].Value).Where(name => environment(name) is null).Distinct(StringComparer.Ordinal)];
        if (missing.Length > 0) throw new HubException($"The file names environment variables that are not set: {string.Join(", ", missing)}.");
        return Name().Replace(text, match => environment(match.Groups["name"].Value)!);
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
