using Crossdock.Connections;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Backfill;

/// <summary>Reads backfills for the API and the console.</summary>
public sealed class BackfillQueries(NpgsqlDataSource database, ConnectionQueries connections)
{
    private const string Columns = """
        SELECT b.id, c.key AS connection, c.name AS connection_name, b.from_at AS "from", b.to_at AS "to", b.deliver, b.state, b.total, b.read, b.new, b.known, b.left_out, b.windows, b.windows_done,
               b.worked_ms, b.error, b.created_at, b.created_by, b.started_at, b.ended_at
        FROM backfills b JOIN connections c ON c.id = b.connection_id
        """;

    // By the primary key, newest first: ids rise with time.
    private const string List = Columns + """

        WHERE (@connection::int IS NULL OR b.connection_id = @connection) AND (@after::uuid IS NULL OR b.id < @after) AND (@seen::int[] IS NULL OR b.connection_id = ANY(@seen))
        ORDER BY b.id DESC LIMIT @take
        """;

    private const string One = Columns + " WHERE b.id = @id AND (@seen::int[] IS NULL OR b.connection_id = ANY(@seen))";

    /// <summary>Backfills, newest first; those of one connection, or all.</summary>
    public async Task<Page<BackfillRow>> ListAsync(string? connection, PageRequest page, CancellationToken cancellationToken)
    {
        int? id = connection is null ? null : await connections.IdOfAsync(connection, cancellationToken);
        if (connection is not null && id is null)
        {
            return Page<BackfillRow>.Empty;
        }

        var rows = await database.ReadAsync<BackfillRow>(List, new { connection = id, after = page.After, take = page.Take + 1, seen = Caller.Seen }, cancellationToken);
        return Page<BackfillRow>.Cut(rows, page, row => row.Id);
    }

    /// <summary>One backfill; null when there is none with that id.</summary>
    public Task<BackfillRow?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<BackfillRow>(One, new { id, seen = Caller.Seen }, cancellationToken);
}
