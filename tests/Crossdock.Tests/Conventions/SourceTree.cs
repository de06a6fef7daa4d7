namespace Crossdock.Tests.Conventions;

/// <summary>The repository's own files, found from where the tests run.</summary>
internal static class SourceTree
{
    internal static string Root { get; } = Find();

    /// <summary>Relative paths of all files below a folder that match, without build output; with forward slashes.</summary>
    internal static IReadOnlyList<string> Files(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    internal static string Full(string file) => Path.Combine(Root, file);

    internal static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Crossdock.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
