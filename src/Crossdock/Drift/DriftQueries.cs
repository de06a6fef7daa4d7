using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Drift;

/// <summary>Reads shapes and what changed in them.</summary>
public sealed class DriftQueries(NpgsqlDataSource database, ConnectionQueries connections, IConnectionDirectory directory, IOptions<DriftOptions> options)
{
    private const int MostDrifts = 500;

    private const string Columns = """
        SELECT d.id, c.key AS connection, c.name AS connection_name, d.topic, d.path, d.change, d.meaning, d.was, d.came, d.example, d.sentence, d.state, d.seen, d.event_id, d.first_at, d.last_at,
               d.changed_at, d.changed_by, d.changed_because,
               (SELECT count(DISTINCT h.order_id) FROM drift_events e JOIN orders o ON o.external_id = e.external_id AND o.connection_id = e.connection_id
                JOIN holds h ON h.order_id = o.id AND h.code = 'drift' AND h.released_at IS NULL AND h.reason LIKE '%(drift ' || d.id || ')%'
                WHERE e.connection_id = d.connection_id AND e.drift_id = d.id) AS held,
               (SELECT count(*) FROM drift_events e JOIN parked_events p ON p.event_id = e.event_id WHERE e.connection_id = d.connection_id AND e.drift_id = d.id) AS parked
        FROM drifts d JOIN connections c ON c.id = d.connection_id
        """;

    // Few per connection: what holds first, then the newest.
    private const string List = Columns + """
         WHERE (@connection::int IS NULL OR d.connection_id = @connection) AND (@all OR d.state = 'open') AND (@seen::int[] IS NULL OR d.connection_id = ANY(@seen))
        ORDER BY d.state <> 'open', d.meaning IS NULL, d.last_at DESC LIMIT @take
        """;

    private const string One = Columns + " WHERE d.connection_id = @connection AND d.id = @id";

    private const string Topics = "SELECT topic, documents, fields, first_at, stored_at FROM shapes WHERE connection_id = @connection ORDER BY documents DESC, topic";

    private const string Document = "SELECT document::text FROM shapes WHERE connection_id = @connection AND topic = @topic";

    /// <summary>What changed in the documents of one connection (by key) or of all: what is open, or everything that ever was, at most five hundred; what holds orders first.</summary>
    public async Task<IReadOnlyList<DriftRow>> ListAsync(string? connection, bool all, CancellationToken cancellationToken)
    {
        int? id = connection is null ? null : await connections.IdOfAsync(connection, cancellationToken);
        return connection is not null && id is null ? [] : await database.ReadAsync<DriftRow>(List, new { connection = id, all, take = MostDrifts, seen = Caller.Seen }, cancellationToken);
    }

    /// <summary>One change; null when there is none with that id.</summary>
    public async Task<DriftRow?> FindAsync(string connection, string drift, CancellationToken cancellationToken) =>
        await connections.IdOfAsync(connection, cancellationToken) is { } id ? await database.ReadOneAsync<DriftRow>(One, new { connection = id, id = drift.Replace('\0', '\uFFFD') }, cancellationToken) : null;

    /// <summary>The topics of a connection's documents and how well each is known; null when there is no such connection.</summary>
    public async Task<IReadOnlyList<ShapeRow>?> TopicsAsync(string connection, CancellationToken cancellationToken)
    {
        if (await connections.IdOfAsync(connection, cancellationToken) is not { } id)
        {
            return null;
        }

        var rows = await database.ReadAsync<ShapeRow>(Topics, new { connection = id }, cancellationToken);
        return [.. rows.Select(row => row with { LearnsFrom = options.Value.LearnDocuments })];
    }

    /// <summary>One topic with all its fields, in the order in which they were first seen; null when there is none.</summary>
    public async Task<ShapeDetail?> TopicAsync(string connection, string topic, CancellationToken cancellationToken)
    {
        if (await TopicsAsync(connection, cancellationToken) is not { } topics || topics.FirstOrDefault(row => row.Topic == topic) is not { } found)
        {
            return null;
        }

        int? id = await connections.IdOfAsync(connection, cancellationToken);
        if (await database.ReadOneAsync<string>(Document, new { connection = id, topic }, cancellationToken) is not { } text)
        {
            return null;
        }

        var shape = directory.Current.ByKey.TryGetValue(connection, out var known) ? known.Shape : DocumentShape.None;
        var stored = DriftStore.Read(System.Text.Encoding.UTF8.GetBytes(text));
        return new ShapeDetail(found, [.. stored.Fields.Where(field => field.U >= 0).Select(field => Row(field, stored, shape))]);
    }

    private ShapeFieldRow Row(StoredField field, StoredShape stored, DocumentShape shape)
    {
        bool isFact = field.N.StartsWith('=');
        var parent = stored.Fields[field.U];
        long objects = parent.K[(int)ShapeKind.Object];
        long seen = isFact ? field.Pr + field.Ab : field.Seen;
        double share = isFact ? (seen == 0 ? 0 : (double)field.Pr / seen) : objects == 0 ? 0 : Math.Min(1, Math.Round((double)seen / objects, 4));
        var meaning = isFact ? OrderFacts.MeaningOf(field.P) : shape.Critical.FirstOrDefault(one => one.Path == field.P)?.Meaning;
        bool isSet = !field.F && field.V.Count is > 0 and <= ShapeBook.FewWords && field.K[(int)ShapeKind.Text] >= options.Value.LearnDocuments;
        return new ShapeFieldRow(field.P, seen, share,
            [.. Enumerable.Range(0, ShapeKinds.Count).Where(kind => field.K[kind] > 0).OrderByDescending(kind => field.K[kind]).Select(kind => new ShapeKindCount(EnumNames<ShapeKind>.Of((ShapeKind)kind), ShapeKinds.Words((ShapeKind)kind), field.K[kind]))],
            isSet ? [.. field.V.OrderByDescending(word => word.N).Select(word => word.W)] : [],
            meaning is { } fed ? EnumNames<CriticalMeaning>.Of(fed) : null,
            field.Pr >= options.Value.LearnDocuments && field.Ab == 0,
            field.S);
    }
}
