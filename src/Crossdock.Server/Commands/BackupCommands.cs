using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Backup;
using Crossdock.Database;

namespace Crossdock.Server.Commands;

/// <summary><c>backup</c> and <c>restore</c>: the database as one file, the keys as another.</summary>
internal static class BackupCommands
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static Option<string?> Data() => new("--data") { Description = "The data folder; default Crossdock__DataFolder, then ./data" };

    internal static Command Backup()
    {
        var file = new Argument<string>("file") { Description = "The file to write, or a folder: then its name says when it was made" };
        var keys = new Option<string?>("--keys") { Description = "Also write the keys of the connections' secrets, into this file. Keep it apart from the backup" };
        var data = Data();
        var json = new Option<bool>("--json") { Description = "Answer as JSON: { file, madeAt, bytes, tables, rows, keys }" };
        var command = new Command("backup", "Write everything in the database into one file, as of one moment, while the hub may go on working.") { file, keys, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = CommandLine.Settings(parsed.GetValue(data));
            string target = Target(parsed.GetValue(file)!);
            bool isQuiet = parsed.GetValue(json);
            await using var own = await OpenAsync(settings, cancellationToken);
            var done = await RefusingAsync(() => new BackupWriter(own.Source).WriteAsync(target, isQuiet ? null : (table, bytes) => Tell(table, bytes), cancellationToken));
            int? written = parsed.GetValue(keys) is { } keyFile ? await RefusingAsync(() => KeyBackup.WriteAsync(settings.DataFolder, keyFile, cancellationToken)) : null;
            if (isQuiet)
            {
                Console.WriteLine(JsonSerializer.Serialize(new { done.File, done.MadeAt, done.Bytes, done.Tables, done.Rows, keys = written }, Json));
                return 0;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Backed up as of {done.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {done.Rows:N0} rows of {done.Tables} tables, {done.Bytes / 1_048_576.0:N1} MiB in {done.File}"));
            Console.WriteLine(written is { } count
                ? $"{Keys(count)} {(count == 1 ? "is" : "are")} in {parsed.GetValue(keys)}. Keep that file apart from the backup: whoever has both can read the secrets of all connections."
                : $"The keys of the connections' secrets are not in it ({Keys(KeyBackup.Count(settings.DataFolder))} in {Path.Combine(Path.GetFullPath(settings.DataFolder), "keys")}). Back them up too, apart: --keys FILE. Without them a restored hub cannot read its secrets.");
            return 0;
        });
        return command;
    }

    internal static Command Restore()
    {
        var file = new Argument<string>("file") { Description = "The backup" };
        var keys = new Option<string?>("--keys") { Description = "The file with the keys, to be put into the data folder" };
        var data = Data();
        var json = new Option<bool>("--json") { Description = "Answer as JSON: { madeAt, restoredAt, rows, migrated, lockedConnections }" };
        var command = new Command("restore", "Put a backup into an empty database. No hub may run on it. What may have been delivered since the backup is looked up at its destination before it is sent.") { file, keys, data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = CommandLine.Settings(parsed.GetValue(data));
            string folder = Directory.CreateDirectory(settings.DataFolder).FullName;
            bool isQuiet = parsed.GetValue(json);
            await using var database = await HubDatabase.OpenAsync(settings with { DataFolder = folder }, cancellationToken);
            if (parsed.GetValue(keys) is { } keyFile)
            {
                int added = await RefusingAsync(() => KeyBackup.RestoreAsync(keyFile, folder, cancellationToken));
                if (!isQuiet) Console.WriteLine($"{Keys(added)} {(added == 1 ? "was" : "were")} put into {Path.Combine(folder, "keys")}.");
            }

            var done = await RefusingAsync(() => new BackupRestorer(database.Source, folder, TimeProvider.System).RestoreAsync(parsed.GetValue(file)!, isQuiet ? null : (table, bytes) => Tell(table, bytes), cancellationToken));
            if (isQuiet) Console.WriteLine(JsonSerializer.Serialize(done, Json));
            else Tell(done, folder);
            return 0;
        });
        return command;
    }

    private static void Tell(RestoreResult done, string folder)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Restored: {done.Rows:N0} rows, as of {done.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."));
        if (done.Migrated.Count > 0) Console.WriteLine($"The schema was brought up to this version: {string.Join(", ", done.Migrated)}.");
        Console.WriteLine("Deliveries that were open then, and those of orders placed before now, are looked up at their destination before anything is sent; where it cannot be asked, they are held for a person.");
        Console.WriteLine("What shops have sold since is read from those that can be read, once the hub runs. For the others, send or upload again what came since.");
        if (done.LockedConnections.Count > 0)
        {
            Console.WriteLine($"The secrets of {string.Join(", ", done.LockedConnections)} cannot be read: their keys are not in {Path.Combine(folder, "keys")}. Put the keys there (restore --keys, or copy the folder) before you start the hub, or type the secrets again afterwards.");
        }

        if (!File.Exists(Path.Combine(folder, FirstToken.FileName)))
        {
            Console.WriteLine("The administrator's token is that of the hub that was backed up. Whoever does not have it any more sets Crossdock__AdminToken to a new one for the next start.");
        }

        Console.WriteLine("Start the hub with ./crossdock serve.");
    }

    private static string Keys(int count) => count == 1 ? "1 key" : string.Create(CultureInfo.InvariantCulture, $"{count} keys");

    private static void Tell(string table, long bytes) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {table,-28} {bytes / 1_048_576.0,10:N1} MiB"));

    private static string Target(string file) => Directory.Exists(file) || file.EndsWith('/')
        ? Path.Combine(file, TimeProvider.System.GetUtcNow().ToString("'crossdock-'yyyyMMdd'-'HHmmss'Z.backup'", CultureInfo.InvariantCulture)) : file;

    /// <summary>The running hub's database; where the private one does not run, it is started for the backup alone.</summary>
    private static async Task<Opened> OpenAsync(HubSettings settings, CancellationToken cancellationToken)
    {
        if (await HubDatabase.JoinAsync(settings, cancellationToken) is { } joined) return new Opened(joined, null);
        if (PrivatePostgresFiles.VersionOf(settings.DataFolder) is null) throw new HubException($"There is no database in {Path.GetFullPath(settings.DataFolder)}. Say with --data where the hub's data folder is, or set Crossdock__Database.");
        var started = await HubDatabase.OpenAsync(settings, cancellationToken);
        return new Opened(started.Source, started);
    }

    private static async Task<T> RefusingAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (BackupException refused)
        {
            throw new HubException(refused.Message, refused);
        }
    }

    private sealed record Opened(Npgsql.NpgsqlDataSource Source, HubDatabase? Started) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Started?.DisposeAsync() ?? Source.DisposeAsync();
    }
}
