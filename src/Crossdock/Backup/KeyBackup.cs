using System.IO.Compression;

namespace Crossdock.Backup;

/// <summary>The keys that connections' secrets are encrypted with, in a file of their own: whoever has only the backup, or only this, has no secret.</summary>
public static class KeyBackup
{
    /// <summary>Writes the keys of a data folder; answers how many.</summary>
    /// <exception cref="BackupException">There are none, or the file exists.</exception>
    public static async Task<int> WriteAsync(string dataFolder, string file, CancellationToken cancellationToken)
    {
        string[] keys = Keys(dataFolder);
        if (keys.Length == 0)
        {
            throw new BackupException($"There are no keys in {Path.Combine(dataFolder, "keys")}. Run backup on a node of the hub, or set Crossdock__DataFolder.");
        }

        if (File.Exists(file))
        {
            throw new BackupException($"{file} exists already. Give another name; a backup is never written over.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        await using var stream = new FileStream(file, BackupWriter.Private(FileMode.CreateNew));
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (string key in keys)
        {
            await using var from = File.OpenRead(key);
            await using var to = archive.CreateEntry("keys/" + Path.GetFileName(key)).Open();
            await from.CopyToAsync(to, cancellationToken);
        }

        return keys.Length;
    }

    /// <summary>Puts keys back into a data folder; answers how many it did not have. Those that are there stay as they are.</summary>
    /// <exception cref="BackupException">The file holds no keys.</exception>
    public static async Task<int> RestoreAsync(string file, string dataFolder, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var entries = archive.Entries.Where(entry => entry.FullName == "keys/" + entry.Name && entry.Name.StartsWith("key-", StringComparison.Ordinal) && entry.Name.EndsWith(".xml", StringComparison.Ordinal)).ToList();
            if (entries.Count == 0)
            {
                throw new BackupException($"{file} holds no keys.");
            }

            string folder = Directory.CreateDirectory(Path.Combine(dataFolder, "keys")).FullName;
            int added = 0;
            foreach (var entry in entries.Where(entry => !File.Exists(Path.Combine(folder, entry.Name))))
            {
                await using var from = entry.Open();
                await using var to = new FileStream(Path.Combine(folder, entry.Name), BackupWriter.Private(FileMode.CreateNew));
                await from.CopyToAsync(to, cancellationToken);
                added++;
            }

            return added;
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The keys in {file} cannot be read: {broken.Message}", broken);
        }
    }

    /// <summary>How many keys a data folder has.</summary>
    public static int Count(string dataFolder) => Keys(dataFolder).Length;

    private static string[] Keys(string dataFolder) => Path.Combine(dataFolder, "keys") is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder, "key-*.xml") : [];
}
