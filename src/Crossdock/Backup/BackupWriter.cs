using System.IO.Compression;
using System.Text.Json;
using Npgsql;

namespace Crossdock.Backup;

/// <summary>What was backed up.</summary>
/// <param name="File">Full path.</param>
/// <param name="MadeAt">The moment its contents are of, UTC.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Tables">Tables in it.</param>
/// <param name="Rows">Rows in it.</param>
public sealed record BackupResult(string File, DateTimeOffset MadeAt, long Bytes, int Tables, long Rows);

/// <summary>Writes a backup of a database that may go on working meanwhile: everything in it is of one moment.</summary>
public sealed class BackupWriter(NpgsqlDataSource database)
{
    /// <summary>Writes it beside its place and renames it when it is complete.</summary>
    /// <param name="file">The file to write; it must not exist.</param>
    /// <param name="told">Called with each table's name and bytes when it is written.</param>
    /// <param name="cancellationToken">Gives up; nothing is left then.</param>
    /// <exception cref="BackupException">It cannot be written; the message says why.</exception>
    public async Task<BackupResult> WriteAsync(string file, Action<string, long>? told, CancellationToken cancellationToken)
    {
        file = Path.GetFullPath(file);
        if (File.Exists(file))
        {
            throw new BackupException($"{file} exists already. Give another name; a backup is never written over.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string unfinished = file + ".unfinished";
        try
        {
            BackupManifest manifest;
            await using (var stream = new FileStream(unfinished, Private(FileMode.Create)))
            {
                manifest = await WriteAsync(stream, told, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file);
            return new BackupResult(file, manifest.MadeAt, new FileInfo(file).Length, manifest.Tables.Count, manifest.Tables.Sum(table => table.Rows));
        }
        catch (IOException full)
        {
            throw new BackupException($"The backup could not be written: {full.Message}", full);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>A file that only its owner reads: it holds customers' names and addresses, or keys.</summary>
    internal static FileStreamOptions Private(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private async Task<BackupManifest> WriteAsync(Stream stream, Action<string, long>? told, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var tables = await BackupStore.TablesAsync(connection, cancellationToken);
        if (tables.Count == 0)
        {
            throw new BackupException("The database has no Crossdock schema: there is nothing to back up.");
        }

        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await BackupStore.LockAsync(connection, tables.Select(table => table.Name), cancellationToken);
        // The first question after the locks takes the snapshot: from here on all is as of this moment.
        var (madeAt, version) = await BackupStore.MomentAsync(connection, cancellationToken);
        List<BackupTable> written = [];
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, columns) in tables)
            {
                long rows = await BackupStore.CountAsync(connection, name, cancellationToken);
                var table = new BackupTable(name, columns, rows, 0, "");
                await using var hashing = new HashingStream(archive.CreateEntry(table.Entry, CompressionLevel.Fastest).Open());
                await using (var copy = await connection.BeginRawBinaryCopyAsync(BackupStore.CopyOut(name, columns), cancellationToken))
                {
                    await copy.CopyToAsync(hashing, 1 << 16, cancellationToken);
                }

                written.Add(table with { Bytes = hashing.Count, Sha256 = hashing.Sha256() });
                told?.Invoke(name, hashing.Count);
            }

            var manifest = new BackupManifest
            {
                Format = BackupManifest.PresentFormat, MadeAt = madeAt, PostgresVersion = version, Tables = written,
                Migrations = await BackupStore.HistoryAsync(connection, cancellationToken),
                Partitions = await BackupStore.PartitionsAsync(connection, cancellationToken),
            };
            await using var entry = archive.CreateEntry("manifest.json").Open();
            await JsonSerializer.SerializeAsync(entry, manifest, BackupManifest.Json, cancellationToken);
            return manifest;
        }
    }
}
