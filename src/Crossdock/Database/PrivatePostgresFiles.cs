using System.Globalization;
using Npgsql;

namespace Crossdock.Database;

/// <summary>What the files of a private PostgreSQL say, for whoever does not run it: doctor, backup and restore.</summary>
public static class PrivatePostgresFiles
{
    /// <summary>How to connect to the server of a data folder that another process runs; null when none runs. Starts and changes nothing.</summary>
    /// <exception cref="UnauthorizedAccessException">The server's files are another user's.</exception>
    public static async Task<string?> FindRunningAsync(string dataFolder, CancellationToken cancellationToken = default)
    {
        foreach (string home in Homes(dataFolder))
        {
            string cluster = Path.Combine(home, "data"), settings = Path.Combine(cluster, "crossdock.conf"), password = Path.Combine(home, "password");
            if (await ServerProcess.RunningAsync(cluster, cancellationToken) is null || !File.Exists(settings) || !File.Exists(password)) continue;
            string text = await File.ReadAllTextAsync(settings, cancellationToken);
            return new NpgsqlConnectionStringBuilder
            {
                Host = text.Contains("listen_addresses = ''\n", StringComparison.Ordinal) ? home : "127.0.0.1", Port = PortIn(text) ?? 5432,
                Username = PrivatePostgres.User, Password = (await File.ReadAllTextAsync(password, cancellationToken)).Trim(), Database = new PrivatePostgresOptions { DataFolder = dataFolder }.Database,
            }.ConnectionString;
        }
        return null;
    }

    /// <summary>The major version that wrote the data of a hub's data folder; null for one without data.</summary>
    /// <exception cref="PrivatePostgresException">The data are damaged, or not PostgreSQL's.</exception>
    public static int? VersionOf(string dataFolder) => Homes(dataFolder).Select(home => WrittenBy(Path.Combine(home, "data"))).FirstOrDefault(version => version is not null);

    internal static int? WrittenBy(string cluster)
    {
        string file = Path.Combine(cluster, "PG_VERSION");
        if (!File.Exists(file))
        {
            if (Directory.Exists(cluster) && Directory.EnumerateFileSystemEntries(cluster).Any())
                throw new PrivatePostgresException($"The folder {cluster} is not empty and not a PostgreSQL data folder (it has no PG_VERSION). Move it away, or choose another folder with Crossdock__DataFolder.");
            return null;
        }
        string text = File.ReadAllText(file).Trim();
        return int.TryParse(text.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            ? major
            : throw new PrivatePostgresException($"The file {file} does not name a PostgreSQL version: \"{text}\". The data folder is damaged; restore it from a backup.");
    }

    internal static int? PortIn(string settings) =>
        settings.Split('\n').FirstOrDefault(line => line.StartsWith("port = ", StringComparison.Ordinal)) is { } line && int.TryParse(line[7..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : null;

    private static IEnumerable<string> Homes(string dataFolder)
    {
        yield return Path.Combine(Path.GetFullPath(dataFolder), "postgres");
        string note = Path.Combine(dataFolder, "postgres.location");
        if (File.Exists(note)) yield return File.ReadAllText(note).Trim();
    }
}
