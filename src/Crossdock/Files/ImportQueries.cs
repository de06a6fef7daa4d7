using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Files;

/// <summary>Reads imports for the API and the console.</summary>
public sealed class ImportQueries(NpgsqlDataSource database, ConnectionQueries connections)
{
    private const string Columns = """
        SELECT i.id, c.key AS connection, c.name AS connection_name, i.file_name, i.kind, i.bytes, i.state, i.good_rows_only, i.rows, i.orders, i.good, i.bad, i.bad_rows, i.new, i.updates, i.duplicates, i.errors,
               i.done_row, i.done_orders, i.imported, i.skipped, i.left_out, i.worked_ms, i.error, i.created_at, i.created_by, i.started_at, i.started_by, i.ended_at, i.file_dropped_at IS NULL AS has_file
        FROM file_imports i JOIN connections c ON c.id = i.connection_id
        """;

    // By the primary key, newest first: ids rise with time.
    private const string List = Columns + """

        WHERE (@connection::int IS NULL OR i.connection_id = @connection) AND (@after::uuid IS NULL OR i.id < @after) AND (@seen::int[] IS NULL OR i.connection_id = ANY(@seen))
        ORDER BY i.id DESC LIMIT @take
        """;

    private const string One = Columns + " WHERE i.id = @id AND (@seen::int[] IS NULL OR i.connection_id = ANY(@seen))";

    private const string Preview = "SELECT preview::text FROM file_imports WHERE id = @id";

    /// <summary>Imports, newest first; those of one connection, or all.</summary>
    public async Task<Page<ImportRow>> ListAsync(string? connection, PageRequest page, CancellationToken cancellationToken)
    {
        int? id = connection is null ? null : await connections.IdOfAsync(connection, cancellationToken);
        if (connection is not null && id is null)
        {
            return Page<ImportRow>.Empty;
        }

        var rows = await database.ReadAsync<ImportRow>(List, new { connection = id, after = page.After, take = page.Take + 1, seen = Caller.Seen }, cancellationToken);
        return Page<ImportRow>.Cut(rows, page, row => row.Id);
    }

    /// <summary>One import; null when there is none with that id.</summary>
    public Task<ImportRow?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<ImportRow>(One, new { id, seen = Caller.Seen }, cancellationToken);

    /// <summary>One import with what its check found.</summary>
    public async Task<ImportAnswer?> AnswerAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } row)
        {
            return null;
        }

        string? preview = await database.ReadOneAsync<string>(Preview, new { id }, cancellationToken);
        return new ImportAnswer(row, preview is null ? ImportPreview.Empty : JsonSerializer.Deserialize<ImportPreview>(preview, ImportPreview.Json) ?? ImportPreview.Empty);
    }
}
