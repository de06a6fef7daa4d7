using Xunit;

namespace Crossdock.Testing;

/// <summary>Real documents that are not part of the repository: a folder <c>shared/payloads</c> beside one of the folders above the test, or CROSSDOCK_PAYLOADS.</summary>
public static class SharedPayloads
{
    /// <summary>The folder; null when there is none on this machine.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>All files of one platform's folder that end so, sorted; empty when there is none.</summary>
    public static IReadOnlyList<string> Files(string platform, string ending = ".json")
    {
        string? folder = Folder is null ? null : Path.Combine(Folder, platform);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*" + ending, SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>The file's bytes; skips the test when the folder is not there.</summary>
    public static byte[] Read(string path)
    {
        Assert.SkipUnless(Folder is not null && File.Exists(Path.Combine(Folder, path)), $"shared/payloads/{path} is not on this machine");
        return File.ReadAllBytes(Path.Combine(Folder!, path));
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CROSSDOCK_PAYLOADS") is { Length: > 0 } told)
        {
            return Directory.Exists(told) ? told : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "payloads");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
