using Crossdock.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Server.Commands;

/// <summary><c>${NAME}</c> in a configuration file is taken from the environment of who applies it.</summary>
internal static class EnvironmentText
{
    /// <summary>Names that are not set stay as they are: the hub says which of them it needs, and keeps the secrets that an export stands for.</summary>
    /// <exception cref="HubException">The file is no YAML; the message says where.</exception>
    internal static string Fill(string text, Func<string, string?>? environment = null)
    {
        List<SettingProblem> problems = [];
        string filled = ConfigurationService.Fill(text, environment ?? Environment.GetEnvironmentVariable, problems);
        return problems.Count == 0 ? filled : throw new HubException(string.Join('\n', problems.Select(problem => $"{problem.Path}: {problem.Problem}")));
    }
}
