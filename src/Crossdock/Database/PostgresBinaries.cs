using System.Globalization;
using System.Text.RegularExpressions;

namespace Crossdock.Database;

/// <summary>One installed PostgreSQL: its programs and its major version.</summary>
/// <param name="Folder">The folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
/// <param name="Major">Its major version, for example 15.</param>
public sealed partial record PostgresBinaries(string Folder, int Major)
{
    /// <summary>The oldest major version that Crossdock runs on.</summary>
    public const int OldestMajor = 15;

    public string InitDb => Path.Combine(Folder, "initdb");
    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>All installed versions, newest first: what is on PATH, the distribution's folders, Homebrew.</summary>
    public static async Task<IReadOnlyList<PostgresBinaries>> FindAllAsync(CancellationToken cancellationToken = default)
    {
        var found = new List<PostgresBinaries>();
        foreach (string folder in Candidates().Distinct(StringComparer.Ordinal))
        {
            if (!File.Exists(Path.Combine(folder, "pg_ctl")) || !File.Exists(Path.Combine(folder, "initdb")) || !File.Exists(Path.Combine(folder, "postgres"))) continue;
            var answer = await Commands.RunAsync([Path.Combine(folder, "postgres"), "--version"], cancellationToken);
            if (answer.ExitCode == 0 && VersionNumber().Match(answer.Output) is { Success: true } match)
                found.Add(new(folder, int.Parse(match.ValueSpan, CultureInfo.InvariantCulture)));
        }
        return [.. found.OrderByDescending(one => one.Major)];
    }

    /// <summary>The version that fits: the one that wrote the data, or the newest one for a new folder.</summary>
    /// <param name="installed">What is installed, newest first.</param>
    /// <param name="writtenBy">The major version in the data's PG_VERSION; null for a folder without data.</param>
    /// <param name="dataFolder">Where the data are, for the message.</param>
    /// <exception cref="PrivatePostgresException">Nothing fits.</exception>
    public static PostgresBinaries Choose(IReadOnlyList<PostgresBinaries> installed, int? writtenBy, string dataFolder)
    {
        const string Hint = "Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17; or set Crossdock__Database to a server of your own.";
        if (writtenBy < OldestMajor)
            throw new PrivatePostgresException($"The data in {dataFolder} were written by PostgreSQL {writtenBy}; Crossdock needs {OldestMajor} or newer. Convert them with pg_upgrade, or choose another data folder.");
        if (writtenBy is { } major)
        {
            return installed.FirstOrDefault(one => one.Major == major)
                ?? throw new PrivatePostgresException($"The data in {dataFolder} were written by PostgreSQL {major}, which is not installed here (found: {Listed(installed)}). Install PostgreSQL {major}, or convert the data with pg_upgrade.");
        }
        return installed.FirstOrDefault(one => one.Major >= OldestMajor)
            ?? throw new PrivatePostgresException($"No PostgreSQL {OldestMajor} or newer is installed here (found: {Listed(installed)}). {Hint}");
    }

    private static string Listed(IReadOnlyList<PostgresBinaries> installed) =>
        installed.Count == 0 ? "none" : string.Join(", ", installed.Select(one => $"{one.Major} in {one.Folder}"));

    private static IEnumerable<string> Candidates()
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)) yield return folder;
        foreach (string root in (string[])["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt"])
        {
            if (!Directory.Exists(root)) continue;
            foreach (string folder in Directory.EnumerateDirectories(root)) yield return Path.Combine(folder, "bin");
        }
        foreach (int major in Enumerable.Range(OldestMajor, 10)) yield return $"/usr/pgsql-{major}/bin";
    }

    [GeneratedRegex(@"(?<=\) )\d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionNumber();
}
