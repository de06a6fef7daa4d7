using System.Text.RegularExpressions;

namespace Crossdock.Server.Commands;

/// <summary><c>${NAME}</c> in a configuration file is taken from the environment of who applies it.</summary>
internal static partial class EnvironmentText
{
    /// <summary>Names that are not set stay as they are: the hub says which of them it needs, and keeps the secrets that an export stands for.</summary>
    internal static string Fill(string text, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        return Name().Replace(text, match => environment(match.Groups["name"].Value) ?? match.Value);
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
