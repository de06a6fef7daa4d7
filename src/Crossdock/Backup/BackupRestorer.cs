using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Backup;

/// <summary>What was restored.</summary>
/// <param name="MadeAt">The moment the backup is of, UTC.</param>
/// <param name="RestoredAt">Now, UTC.</param>
/// <param name="Rows">Rows restored.</param>
/// <param name="Migrated">Migrations that this version added afterwards.</param>
/// <param name="LockedConnections">Connections whose secrets cannot be read with the keys that are here.</param>
public sealed record RestoreResult(DateTimeOffset MadeAt, DateTimeOffset RestoredAt, long Rows, IReadOnlyList<string> Migrated, IReadOnlyList<string> LockedConnections);

/// <summary>Puts a backup into an empty database, as a whole or not at all, and sees to it that nothing is repeated that happened after it was made.</summary>
public sealed class BackupRestorer(NpgsqlDataSource database, string dataFolder, TimeProvider clock)
{
    /// <param name="file">The backup.</param>
    /// <param name="told">Called with each table's name and bytes when it is filled.</param>
    /// <param name="cancellationToken">Gives up; the database is left empty.</param>
    /// <exception cref="BackupException">It cannot be restored; the message says why and what to do.</exception>
    public async Task<RestoreResult> RestoreAsync(string file, Action<string, long>? told, CancellationToken cancellationToken)
    {
        await using var stream = Open(file);
        using var archive = Read(file, stream);
        var manifest = await ManifestAsync(file, archive, cancellationToken);
        var own = Fitting(manifest);

        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            if (await BackupStore.IsUsedAsync(connection, cancellationToken))
            {
                throw new BackupException("The database is not empty: a backup is restored into an empty one, so that nothing is written over. Set Crossdock__Database to a new database, or Crossdock__DataFolder to a new folder.");
            }

            if (await BackupStore.HubsAsync(connection, cancellationToken) > 0)
            {
                throw new BackupException("A hub is connected to this database. Stop all nodes, then restore.");
            }
        }

        try
        {
            await new Migrator(database, clock, own).MigrateAsync(cancellationToken);
        }
        catch (InvalidOperationException conflict)
        {
            throw new BackupException("The database has a schema already that is not the backup's: " + conflict.Message + " Restore into an empty database.", conflict);
        }

        var restoredAt = clock.GetUtcNow();
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await FillAsync(connection, archive, manifest, told, cancellationToken);
            await BackupStore.GoOnCountingAsync(connection, cancellationToken);
            await BackupStore.BeginAgainAsync(connection, manifest.MadeAt, restoredAt, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        var migrated = await new Migrator(database, clock).MigrateAsync(cancellationToken);

        return new RestoreResult(manifest.MadeAt, restoredAt, manifest.Tables.Sum(table => table.Rows), migrated, await LockedAsync(cancellationToken));
    }

    private static async Task FillAsync(NpgsqlConnection connection, ZipArchive archive, BackupManifest manifest, Action<string, long>? told, CancellationToken cancellationToken)
    {
        foreach (string name in manifest.Partitions)
        {
            await MakePartitionAsync(connection, name, cancellationToken);
        }

        // What the migrations themselves have put there is in the backup as it was.
        await BackupStore.EmptyAsync(connection, manifest.Tables.Select(table => table.Name), cancellationToken);
        foreach (var table in manifest.Tables)
        {
            var entry = archive.GetEntry(table.Entry) ?? throw Damaged(table.Name);
            await using var hashing = new HashingStream(entry.Open());
            try
            {
                await using var copy = await connection.BeginRawBinaryCopyAsync(BackupStore.CopyIn(table), cancellationToken);
                await hashing.CopyToAsync(copy, 1 << 16, cancellationToken);
            }
            catch (Exception broken) when (broken is InvalidDataException or PostgresException)
            {
                throw Damaged(table.Name, broken);
            }

            if (hashing.Count != table.Bytes || hashing.Sha256() != table.Sha256 || await BackupStore.CountAsync(connection, table.Name, cancellationToken) != table.Rows)
            {
                throw Damaged(table.Name);
            }

            told?.Invoke(table.Name, table.Bytes);
        }
    }

    private static BackupException Damaged(string table, Exception? because = null) =>
        new($"The backup is damaged: the table {table} is not in it as it was written{(because is null ? "" : $" ({because.Message})")}. Nothing was restored. Take another backup.", because!);

    private static async Task MakePartitionAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        int mark = name.LastIndexOf('_');
        if (mark > 0 && DateTimeOffset.TryParseExact(name[(mark + 1)..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) && name[..mark] is "events" or "timeline" or "attempts")
        {
            await BackupStore.RunAsync(connection, Partitions.Creating(name[..mark], day), cancellationToken);
        }
    }

    private static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup {file} cannot be read: {missing.Message}", missing);
        }
    }

    private static ZipArchive Read(string file, Stream stream)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (InvalidDataException other)
        {
            throw new BackupException($"{file} is not a backup of Crossdock, or its end is missing.", other);
        }
    }

    private static async Task<BackupManifest> ManifestAsync(string file, ZipArchive archive, CancellationToken cancellationToken)
    {
        try
        {
            await using var entry = archive.GetEntry("manifest.json")?.Open() ?? throw new InvalidDataException("it has no manifest");
            var manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(entry, BackupManifest.Json, cancellationToken) ?? throw new InvalidDataException("its manifest is empty");
            return manifest.Format <= BackupManifest.PresentFormat ? manifest
                : throw new BackupException($"The backup has the format {manifest.Format}; this version of Crossdock reads {BackupManifest.PresentFormat}. Restore it with the version that made it, or a newer one.");
        }
        catch (Exception other) when (other is InvalidDataException or JsonException)
        {
            throw new BackupException($"{file} is not a backup of Crossdock, or it is damaged: {other.Message}", other);
        }
    }

    /// <summary>This version's migrations of which the backup's schema is made.</summary>
    private static List<Migration> Fitting(BackupManifest manifest)
    {
        var known = Migrator.Embedded();
        List<Migration> own = [];
        foreach (var one in manifest.Migrations)
        {
            own.Add(known.FirstOrDefault(migration => migration.Number == one.Number && migration.Sha256 == one.Sha256)
                ?? throw new BackupException($"The backup was made by another version of Crossdock: this one does not know its schema {one.Number:0000}_{one.Name}. Restore it with the version that made it, or a newer one."));
        }

        return own;
    }

    private async Task<IReadOnlyList<string>> LockedAsync(CancellationToken cancellationToken)
    {
        var box = new SecretBox(KeyRing.Open(dataFolder));
        return [.. (await new ConnectionStore(database, clock).LoadAsync(null, cancellationToken)).Where(row => row.Secrets.Count > 0 && box.Open(row.Key, row.Secrets) is null).Select(row => row.Key)];
    }
}
