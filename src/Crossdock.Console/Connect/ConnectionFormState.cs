using Crossdock.Model.Connectors;

namespace Crossdock.WebConsole.Connect;

/// <summary>What stands in the form: texts by field name (<c>key</c>, <c>settings.shop</c>), never a secret, and what was wrong with what was sent.</summary>
public sealed record ConnectionFormState(IReadOnlyDictionary<string, string> Texts, IReadOnlyCollection<string> Destinations, IReadOnlyCollection<string> StoredSecrets, IReadOnlyList<SettingProblem> Problems, long Version)
{
    /// <summary>An empty form.</summary>
    public static ConnectionFormState Empty { get; } = new(new Dictionary<string, string>(), [], [], [], 0);

    public string? Text(string name) => Texts.GetValueOrDefault(name);

    /// <summary>What is wrong with one field.</summary>
    public IEnumerable<string> ProblemsOf(string name) => Problems.Where(problem => problem.Path == name).Select(problem => problem.Problem);

    /// <summary>Whether anything is wrong within a group of fields.</summary>
    public bool HasProblemUnder(string name) => Problems.Any(problem => problem.Path == name || problem.Path.StartsWith(name + ".", StringComparison.Ordinal));
}
