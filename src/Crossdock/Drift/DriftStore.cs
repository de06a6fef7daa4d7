using System.Text.Json;
using Crossdock.Database;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Drift;

/// <summary>Writes shapes and what changed in them.</summary>
internal sealed class DriftStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Books = """
        SELECT s.connection_id, s.topic, s.document FROM unnest($1::int[], $2::text[]) AS w (connection_id, topic)
        JOIN shapes s ON s.connection_id = w.connection_id AND s.topic = w.topic
        """;

    private const string Topics = "SELECT connection_id, topic FROM shapes WHERE connection_id = ANY ($1)";

    private const string Known = "SELECT connection_id, id, state, sentence FROM drifts WHERE connection_id = ANY ($1)";

    private const string Changed = "SELECT connection_id, id, state, sentence, changed_at FROM drifts WHERE changed_at > $1";          // drifts_changed

    private const string Ensure = "INSERT INTO shapes (connection_id, topic, first_at, stored_at) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING";

    private const string Lock = "SELECT document FROM shapes WHERE connection_id = $1 AND topic = $2 FOR UPDATE";

    private const string Write = "UPDATE shapes SET document = $3, documents = $4, fields = $5, stored_at = $6 WHERE connection_id = $1 AND topic = $2";

    private const string Report = """
        INSERT INTO drifts (connection_id, id, topic, path, change, was, came, example, sentence, state, event_id, first_at, last_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $11, $11)
        ON CONFLICT (connection_id, id) DO UPDATE SET last_at = excluded.last_at, seen = drifts.seen + 1, state = 'open', changed_at = excluded.changed_at, changed_by = NULL, changed_because = NULL, told_at = NULL,
            was = excluded.was, came = excluded.came, example = excluded.example, sentence = excluded.sentence
        WHERE drifts.state = 'over'          -- it was over, and it is back
        """;

    private const string Over = "UPDATE drifts SET state = 'over', changed_at = $3, changed_because = 'it is there again', told_at = NULL WHERE connection_id = $1 AND id = ANY ($2) AND state = 'open'";

    // In the transaction that holds the order. What was worked again after a mending and is found once more is open again.
    private const string Find = """
        INSERT INTO drifts (connection_id, id, topic, path, change, meaning, was, came, example, sentence, state, event_id, first_at, last_at, changed_at, seen)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12, $12, $12, greatest($13, 1))
        ON CONFLICT (connection_id, id) DO UPDATE SET last_at = excluded.last_at, seen = drifts.seen + $13,
            state = CASE WHEN drifts.state IN ('accepted', 'ignored') THEN drifts.state ELSE 'open' END,
            changed_at = CASE WHEN drifts.state IN ('accepted', 'ignored', 'open') THEN drifts.changed_at ELSE excluded.changed_at END,
            told_at = CASE WHEN drifts.state IN ('replayed', 'over') THEN NULL ELSE drifts.told_at END
        """;

    private const string Meet = """
        INSERT INTO drift_events (connection_id, drift_id, event_id, external_id)
        SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[]) ON CONFLICT DO NOTHING
        """;

    /// <summary>The statements that note what would make orders wrong, for the batch that holds them.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> Noting(IReadOnlyList<DriftMeeting> meetings, DateTimeOffset now)
    {
        foreach (var group in meetings.SelectMany(meeting => meeting.Findings.Select(finding => (meeting, finding))).GroupBy(one => (one.meeting.ConnectionId, one.finding.Id)).OrderBy(group => group.Key.ConnectionId.Value).ThenBy(group => group.Key.Id, StringComparer.Ordinal))
        {
            var all = group.ToList();
            var (first, finding) = all[0];
            yield return new NpgsqlBatchCommand(Find)
            {
                Parameters =
                {
                    new() { Value = first.ConnectionId.Value }, Text(finding.Id), Text(finding.Topic), Text(finding.Path), Text(EnumNames<DriftChange>.Of(finding.Change)), Text(EnumNames<CriticalMeaning>.Of(finding.Meaning)),
                    Text(finding.Was), Text(finding.Came), Text(finding.Example), Text(finding.Sentence), new() { Value = first.EventId }, Parameters.Time(now), new() { Value = (long)all.Count(one => !one.meeting.IsAgain) },
                },
            };
            yield return new NpgsqlBatchCommand(Meet)
            {
                Parameters =
                {
                    new() { Value = first.ConnectionId.Value }, Text(finding.Id),
                    Parameters.Array(NpgsqlDbType.Uuid, all, one => one.meeting.EventId), Parameters.Array(NpgsqlDbType.Text, all, one => Parameters.Storable(one.meeting.ExternalId)),
                },
            };
        }
    }

    /// <summary>What is stored of these connections' topics.</summary>
    public async Task<List<(ConnectionId Connection, string Topic, StoredShape Shape)>> LoadAsync(IReadOnlyList<(ConnectionId Connection, string Topic)> wanted, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Books);
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, wanted, one => one.Connection.Value));
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Text, wanted, one => one.Topic));
        return await ReadAsync(command, reader => (new ConnectionId(reader.GetInt32(0)), reader.GetString(1), Read(reader.GetFieldValue<byte[]>(2))), cancellationToken);
    }

    public async Task<List<(ConnectionId Connection, string Topic)>> TopicsAsync(IReadOnlyList<ConnectionId> connections, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Topics);
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, connections, id => id.Value));
        return await ReadAsync(command, reader => (new ConnectionId(reader.GetInt32(0)), reader.GetString(1)), cancellationToken);
    }

    /// <summary>What was found in these connections' documents before.</summary>
    public async Task<List<(ConnectionId Connection, string Id, DriftState State, string Sentence)>> KnownAsync(IReadOnlyList<ConnectionId> connections, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Known);
        command.Parameters.Add(Parameters.Array(NpgsqlDbType.Integer, connections, id => id.Value));
        return await ReadAsync(command, reader => (new ConnectionId(reader.GetInt32(0)), reader.GetString(1), EnumNames<DriftState>.Parse(reader.GetString(2))!.Value, reader.GetString(3)), cancellationToken);
    }

    /// <summary>What changed since, on any node.</summary>
    public async Task<List<(ConnectionId Connection, string Id, DriftState State, string Sentence, DateTimeOffset At)>> ChangedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Changed);
        command.Parameters.Add(Parameters.Time(since));
        return await ReadAsync(command, reader => (new ConnectionId(reader.GetInt32(0)), reader.GetString(1), EnumNames<DriftState>.Parse(reader.GetString(2))!.Value, reader.GetString(3), new DateTimeOffset(reader.GetDateTime(4))), cancellationToken);
    }

    /// <summary>Adds what this node saw to what is stored, reports what is worth it, and answers with the counts of all nodes. One transaction.</summary>
    public async Task<StoredShape> AddAsync(ConnectionId connection, string topic, ShapeDelta delta, DriftOptions options, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var open = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await open.BeginTransactionAsync(cancellationToken);
        await using (var ensure = new NpgsqlCommand(Ensure, open) { Parameters = { new() { Value = connection.Value }, Text(topic), Parameters.Time(now) } })
        {
            await ensure.ExecuteNonQueryAsync(cancellationToken);
        }

        StoredShape stored;
        await using (var locked = new NpgsqlCommand(Lock, open) { Parameters = { new() { Value = connection.Value }, Text(topic) } })
        await using (var reader = await locked.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            stored = Read(reader.GetFieldValue<byte[]>(0));
        }

        ShapeMerge.Add(stored, delta);
        List<string> isBack = [];
        var reports = DriftJudge.Judge(stored, topic, options, isBack);
        await using var batch = new NpgsqlBatch(open);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Write)
        {
            Parameters =
            {
                new() { Value = connection.Value }, Text(topic), new() { Value = JsonSerializer.SerializeToUtf8Bytes(stored, ShapeJson.Default.StoredShape), NpgsqlDbType = NpgsqlDbType.Json },
                new() { Value = stored.Documents }, new() { Value = stored.Fields.Count }, Parameters.Time(now),
            },
        });
        foreach (var report in reports)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Report)
            {
                Parameters =
                {
                    new() { Value = connection.Value }, Text(report.Id), Text(topic), Text(report.Path), Text(EnumNames<DriftChange>.Of(report.Change)), Text(report.Was), Text(report.Came), Text(report.Example), Text(report.Sentence),
                    new() { Value = (object?)report.EventId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }, Parameters.Time(now),
                },
            });
        }

        if (isBack.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Over) { Parameters = { new() { Value = connection.Value }, new() { Value = isBack.ToArray() }, Parameters.Time(now) } });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return stored;
    }

    internal static StoredShape Read(byte[] json) => JsonSerializer.Deserialize(json, ShapeJson.Default.StoredShape) ?? new StoredShape();

    private static async Task<List<TRow>> ReadAsync<TRow>(NpgsqlCommand command, Func<NpgsqlDataReader, TRow> read, CancellationToken cancellationToken)
    {
        var rows = new List<TRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)Parameters.Storable(text) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

/// <summary>An event whose order would be wrong. <c>IsAgain</c>: it is worked again and was counted the first time.</summary>
internal sealed record DriftMeeting(ConnectionId ConnectionId, Guid EventId, string ExternalId, IReadOnlyList<DriftFinding> Findings, bool IsAgain);
