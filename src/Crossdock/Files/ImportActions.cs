using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Microsoft.Extensions.Options;
using Crossdock.Database;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Files;

/// <summary>How asking for something went.</summary>
/// <param name="Id">The import; null when it was refused or there is none.</param>
/// <param name="Refusal">Why not; null when there is no such thing, or when it was done.</param>
/// <param name="IsTooLarge">True when the file is larger than allowed.</param>
public sealed record ImportOutcome(Guid? Id, string? Refusal = null, bool IsTooLarge = false);

/// <summary>What a person does with files: upload one, start its import, stop it, check it again, give it up.</summary>
public sealed class ImportActions(NpgsqlDataSource database, IConnectionDirectory directory, IOptions<FilesOptions> options, TimeProvider clock)
{
    private const string Start = """
        UPDATE file_imports SET state = 'importing', good_rows_only = CASE WHEN state = 'checked' THEN $2 ELSE good_rows_only END, next_at = $3, started_at = coalesce(started_at, $3), started_by = coalesce(started_by, $4), error = NULL, ended_at = NULL
        WHERE id = $1 AND file_dropped_at IS NULL AND ((state = 'checked' AND good > 0 AND ($2 OR bad = 0)) OR state = 'stopped' OR (state = 'failed' AND started_at IS NOT NULL))
        """;

    private const string Stop = "UPDATE file_imports SET state = 'stopped', leased_until = NULL, leased_by = NULL WHERE id = $1 AND state = 'importing'";

    private const string Check = """
        UPDATE file_imports SET state = 'checking', next_at = $2, error = NULL, done_row = 0
        WHERE id = $1 AND file_dropped_at IS NULL AND (state = 'checked' OR (state = 'failed' AND started_at IS NULL))
        """;

    private const string Discard = """
        WITH mine AS (UPDATE file_imports SET state = 'discarded', file_dropped_at = $2, ended_at = $2, leased_until = NULL, leased_by = NULL
            WHERE id = $1 AND state IN ('checking', 'checked', 'stopped', 'failed') RETURNING id)
        DELETE FROM file_chunks WHERE import_id IN (SELECT id FROM mine)
        """;

    private const string Own = "SELECT id FROM file_imports WHERE id = ANY(@ids) AND connection_id = ANY(@seen)";

    private const string Standing = "SELECT state, coalesce(good, 0), coalesce(bad, 0), file_dropped_at IS NOT NULL FROM file_imports WHERE id = $1";

    private readonly FileVault vault = new(database);

    /// <summary>The largest file that is taken, in bytes.</summary>
    public long MaxBytes => options.Value.MaxFileBytes;

    /// <summary>Keeps a file and has it checked, whenever a node is free. Nothing is kept of one that is refused or breaks off.</summary>
    /// <param name="key">The connection's key.</param>
    /// <param name="fileName">The file's name; its folder is left out.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ImportOutcome> UploadAsync(string key, string? fileName, Stream content, string actor, CancellationToken cancellationToken)
    {
        if (directory.Seen(key) is not { } connection)
        {
            return new(null);
        }

        if (Refusal(connection) is { } refusal)
        {
            return new(null, refusal);
        }

        await using var file = FileVault.Temporary();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (file.Length + read > MaxBytes)
            {
                return new(null, $"The file is larger than {MaxBytes / 1_048_576} MB. Cut it into several.", IsTooLarge: true);
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await file.FlushAsync(cancellationToken);
        if (FileKind.Of(file, out string? unfit) is not { } kind)
        {
            return new(null, unfit);
        }

        string name = CaptureEndpoint.Storable(Path.GetFileName((fileName ?? "").Replace('\\', '/')).Trim(), 200);
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await vault.AddAsync(id, connection.Id.Value, name.Length == 0 ? "file." + kind : name, kind, file, actor, now, cancellationToken);
        return new(id);
    }

    /// <summary>Imports what was checked, or lets a stopped import go on where it was.</summary>
    /// <param name="id">The import.</param>
    /// <param name="goodRowsOnly">False refuses a file with any error; true leaves those rows out. An import that was under way keeps what was chosen first.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ImportOutcome> StartAsync(Guid id, bool goodRowsOnly, string actor, CancellationToken cancellationToken) =>
        MoveAsync(Start, id, [new() { Value = goodRowsOnly }, Now(), new() { Value = actor }], "started", cancellationToken);

    /// <summary>Stops it where it is; what is imported stays.</summary>
    public Task<ImportOutcome> StopAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(Stop, id, [], "stopped", cancellationToken);

    /// <summary>Checks the file again, for example after the connection's settings were changed.</summary>
    public Task<ImportOutcome> CheckAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(Check, id, [Now()], "checked again", cancellationToken);

    /// <summary>Gives it up and drops the file; what is imported stays.</summary>
    public Task<ImportOutcome> DiscardAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(Discard, id, [Now()], "given up", cancellationToken);

    /// <summary>Why files cannot be imported for a connection; null when they can.</summary>
    internal static string? Refusal(Connection connection) => connection switch
    {
        { BrokenBecause: { } broken } => $"The connection cannot work with its present settings: {broken}",
        { Connector: not IFileSource } => $"{connection.Connector.Manifest.Title} takes no files. Make a connection of the platform spreadsheet for them.",
        { IsEnabled: false } => "The connection is switched off.",
        _ => null,
    };

    private async Task<ImportOutcome> MoveAsync(string sql, Guid id, NpgsqlParameter[] more, string what, CancellationToken cancellationToken)
    {
        if (!await OwnRows.IsOwnAsync(database, Own, id, cancellationToken))
        {
            return new(null);
        }

        int changed;
        await using (var command = database.CreateCommand(sql))
        {
            command.Parameters.Add(new() { Value = id });
            command.Parameters.AddRange(more);
            changed = await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var ask = database.CreateCommand(Standing);
        ask.Parameters.Add(new() { Value = id });
        await using var reader = await ask.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new(null);
        }

        var (state, good, bad) = (reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2));
        bool isDone = changed > 0 || (sql == Discard && state == "discarded");
        return isDone ? new(id)
            : reader.GetBoolean(3) ? new(null, "The file itself is not kept any more. Upload it again.")
            : sql == Start && state == "checked" && good == 0 ? new(null, "There is nothing to import: not one order of the file is without an error.")
            : sql == Start && state == "checked" && bad > 0 ? new(null, $"{bad} of {good + bad} orders have errors, and all or nothing was asked for: nothing was imported. Mend the file, or import the good rows only.")
            : new(null, $"The import is {state}; it cannot be {what}.");
    }

    private NpgsqlParameter Now() => new() { Value = clock.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
