using System.Globalization;
using Crossdock.Database;

namespace Crossdock.Diagnosis;

/// <summary>Looks at the machine: the data folder, its disk, open files, keys and token.</summary>
public sealed class MachineDiagnosis(string dataFolder, DiagnosisLimits limits)
{
    /// <summary>All of it.</summary>
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken) =>
        [Folder(), .. Disk(), await InodesAsync(cancellationToken), .. Files(), .. Keys(), .. Token()];

    private Finding Folder()
    {
        try
        {
            string probe = Path.Combine(Directory.CreateDirectory(dataFolder).FullName, $".doctor-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return Finding.Good("data_folder", $"The data folder {dataFolder} can be written.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Finding.Wrong("data_folder", $"The data folder {dataFolder} cannot be written: {refused.Message}", "Give it to the user that runs the hub (chown -R), or choose another one with Crossdock__DataFolder.");
        }
    }

    private IEnumerable<Finding> Disk()
    {
        foreach (string folder in Homes().Where(Directory.Exists))
        {
            DriveInfo drive;
            long free, all;
            try
            {
                drive = new DriveInfo(folder);
                (free, all) = (drive.AvailableFreeSpace, drive.TotalSize);
            }
            catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
            {
                continue;
            }

            string room = string.Create(CultureInfo.InvariantCulture, $"{free / 1_073_741_824.0:0.0} of {all / 1_073_741_824.0:0.0} GiB are free where {folder} lies");
            const string Remedy = "Make room: shorter retention (Crossdock__Retention__PayloadDays, Crossdock__Retention__AttemptDays; docs/operations.md, Retention), a larger disk, or fewer other files there.";
            yield return free < limits.LeastFreeBytes ? Finding.Wrong("disk", room + ": the database soon takes nothing more.", Remedy)
                : free < limits.FewFreeBytes || free < all / 20 ? Finding.Advice("disk", room + ".", Remedy)
                : Finding.Good("disk", room + ".");
        }
    }

    private async Task<Finding> InodesAsync(CancellationToken cancellationToken)
    {
        // The last line: filesystem, inodes, used, free, percent, mount point.
        var answer = await Commands.RunAsync(["df", "-Pi", dataFolder], cancellationToken);
        string[] parts = answer.Output.Split('\n')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (answer.ExitCode != 0 || parts.Length < 5 || !int.TryParse(parts[4].TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out int percent))
        {
            return Finding.Good("inodes", "The file system does not count its files (inodes).");
        }

        return percent >= limits.ManyInodesPercent
            ? Finding.Wrong("inodes", $"{percent} % of the file system's inodes are in use: files cannot be made although there is room.", "Find the folder with very many small files on that disk (du --inodes) and remove them.")
            : Finding.Good("inodes", $"{percent} % of the file system's inodes are in use.");
    }

    private IEnumerable<Finding> Files()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits) || File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is not { } line) yield break;
        // Name (26 characters), soft limit, hard limit; the runtime raises the soft one to the hard one at its start.
        string hard = line[26..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        yield return long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out long most) && most < limits.LeastFiles
            ? Finding.Wrong("open_files", $"A process may have {most} files open here; every caller and every call to a destination is one.", $"Allow {Math.Max(65_536, limits.LeastFiles)}: LimitNOFILE=65536 in the systemd unit, ulimits.nofile in compose, or ulimit -n in the shell that starts the hub.")
            : Finding.Good("open_files", $"A process may have {hard} files open.");
    }

    private IEnumerable<Finding> Keys()
    {
        string folder = Path.Combine(dataFolder, "keys");
        string[] keys = Directory.Exists(folder) ? Directory.GetFiles(folder, "key-*.xml") : [];
        if (keys.Length == 0)
        {
            yield return Finding.Advice("keys", $"There are no keys in {folder} yet.", "Nothing to do before the first start. If this hub ran before, bring the folder back from its backup: without it the secrets of all connections are lost.");
            yield break;
        }

        string[] open = OperatingSystem.IsWindows() ? [] : [.. keys.Where(key => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(key) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None && IsReachable(folder)).Select(key => Path.GetFileName(key))];
        string[] unreadable = [.. keys.Where(key => !CanRead(key)).Select(key => Path.GetFileName(key))];
        yield return unreadable.Length > 0
            ? Finding.Wrong("keys", $"The keys {string.Join(", ", unreadable)} in {folder} cannot be read.", $"Give them to the user that runs the hub: chown -R USER {folder}.")
            : open.Length > 0
                ? Finding.Wrong("keys", $"Every user of this machine can read the keys in {folder}, and with them the secrets of all connections.", $"chmod -R go= {folder}")
                : Finding.Good("keys", $"{(keys.Length == 1 ? "One key is" : $"{keys.Length} keys are")} in {folder}, not in the database: back the folder up apart (./crossdock backup --keys).");
    }

    private IEnumerable<Finding> Token()
    {
        string file = Path.Combine(dataFolder, "admin.token");
        if (OperatingSystem.IsWindows() || !File.Exists(file)) yield break;
        yield return (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != UnixFileMode.None && IsReachable(dataFolder)
            ? Finding.Wrong("token", $"Other users of this machine can read the administrator's token in {file}.", $"chmod 600 {file}, and set Crossdock__AdminToken to a new one.")
            : Finding.Good("token", "Only the hub's user can read the administrator's token.");
    }

    // What lies in a folder that nobody else can enter is nobody else's.
    private bool IsReachable(string folder) =>
        !OperatingSystem.IsWindows() && ((string[])[folder, dataFolder]).All(one => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(one) & UnixFileMode.OtherExecute) != UnixFileMode.None);

    private IEnumerable<string> Homes()
    {
        yield return dataFolder;
        string note = Path.Combine(dataFolder, "postgres.location");
        if (File.Exists(note)) yield return File.ReadAllText(note).Trim();
    }

    private static bool CanRead(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
