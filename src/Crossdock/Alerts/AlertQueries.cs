using Crossdock.Connections;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Alerts;

/// <summary>An alert, open or ended.</summary>
public sealed record AlertRow
{
    public required Guid Id { get; init; }
    /// <summary>snake_case name of an <see cref="AlertKind"/>.</summary>
    public required string Kind { get; init; }
    /// <summary>The connection's key; null for the hub as a whole.</summary>
    public string? Connection { get; init; }
    public string? ConnectionName { get; init; }
    public required string Subject { get; init; }
    /// <summary><c>notice</c>, <c>warning</c> or <c>critical</c>.</summary>
    public required string Severity { get; init; }
    public required string Sentence { get; init; }
    /// <summary>What to do; null where there is nothing to do.</summary>
    public string? Advice { get; init; }
    /// <summary>How often it was found.</summary>
    public required int Count { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    /// <summary>Found last.</summary>
    public required DateTimeOffset SeenAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? EndedBecause { get; init; }

    /// <summary>True while somebody should act and nobody said that he knows of it.</summary>
    public bool NeedsPerson => EndedAt is null && AcknowledgedAt is null && Severity != "notice";
}

/// <summary>Reads alerts.</summary>
public sealed class AlertQueries(NpgsqlDataSource database, ConnectionQueries connections)
{
    private const string Columns = """
        SELECT a.id, a.kind, c.key AS connection, c.name AS connection_name, a.subject, a.severity, a.sentence, a.advice, a.count, a.opened_at, a.seen_at,
               a.acknowledged_at, a.acknowledged_by, a.ended_at, a.ended_because
        FROM alerts a LEFT JOIN connections c ON c.id = a.connection_id
        """;

    // What is switched off or deleted needs nobody.
    private const string List = Columns + """

        WHERE (@connection::int IS NULL OR a.connection_id = @connection) AND (NOT @open OR a.ended_at IS NULL AND c.deleted_at IS NULL AND c.enabled IS NOT FALSE) AND (@after::uuid IS NULL OR a.id < @after) AND (@seen::int[] IS NULL OR a.connection_id = ANY(@seen))
        ORDER BY a.id DESC LIMIT @take
        """;

    private const string One = Columns + " WHERE a.id = @id AND (@seen::int[] IS NULL OR a.connection_id = ANY(@seen))";

    /// <summary>Alerts, newest first: of one connection (by key) or all; only open ones, or ended ones too.</summary>
    public async Task<Page<AlertRow>> ListAsync(string? connection, bool open, PageRequest page, CancellationToken cancellationToken)
    {
        int? id = connection is null ? null : await connections.IdOfAsync(connection, cancellationToken);
        return connection is not null && id is null
            ? Page<AlertRow>.Empty
            : Page<AlertRow>.Cut(await database.ReadAsync<AlertRow>(List, new { connection = id, open, after = page.After, take = page.Take + 1, seen = Caller.Seen }, cancellationToken), page, row => row.Id);
    }

    /// <summary>One alert; null when there is none with that id.</summary>
    public Task<AlertRow?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<AlertRow>(One, new { id, seen = Caller.Seen }, cancellationToken);
}
