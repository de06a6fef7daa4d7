using Crossdock.Database;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Normalise;

/// <summary>Takes inbox rows that no living node has in memory.</summary>
internal sealed class InboxClaims(NpgsqlDataSource database, NodeIdentity node, ProcessingQueue queue, TimeProvider clock)
{
    // :: Step 8: claim
    // Oldest first. Another node's row counts as given back once its lease has passed, or at once where no other node can be alive.
    // A row of our own is in our memory for a long time after its lease; if it is, the second copy finds the row gone and does nothing.
    // No more than fits by its bytes either, but always one. Sizes by a subquery, so that no plan reads all payloads for them.
    private const string Claim = """
        WITH due AS (
            SELECT id, event_id, kind FROM inbox
            WHERE (leased_until IS NULL OR (leased_by <> $3 AND ($5 OR leased_until < $1)) OR leased_until < $1 - interval '1 minute')
              AND (not_before IS NULL OR not_before <= $1)
            ORDER BY id
            LIMIT $4
            FOR UPDATE SKIP LOCKED),
        sized AS (SELECT id, CASE kind WHEN 1 THEN 0 ELSE coalesce((SELECT octet_length(e.body) FROM events e WHERE e.id = due.event_id), 0) END AS bytes FROM due),
        fitting AS (SELECT id, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM sized)
        UPDATE inbox i SET leased_until = $2, leased_by = $3, attempts = i.attempts + 1
        FROM fitting
        WHERE i.id = fitting.id AND fitting.before < $6
        RETURNING i.id, i.event_id, i.kind, i.connection_id, i.order_key, i.attempts
        """;

    private const string Release = "UPDATE inbox SET leased_until = NULL, leased_by = NULL WHERE leased_by = $1";

    // A claim's lease is told apart by its moment: no two claims of a node have the same.
    private const string Unclaim = "UPDATE inbox SET leased_until = NULL, leased_by = NULL WHERE leased_by = $1 AND leased_until = ANY($2)";

    private const string GiveBack = "UPDATE inbox SET leased_until = NULL, leased_by = NULL WHERE id = ANY($1) AND leased_by = $2";

    private const string Payloads = """
        SELECT id, topic, occurred_at, received_at, body, source FROM events WHERE id = ANY($1)
        """;

    private readonly List<DateTime> unanswered = [];

    /// <summary>Gives back what this node still holds when it stops, so that nobody has to wait for its leases.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Release);
        command.Parameters.Add(new() { Value = node.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends this node's lease on rows that it has not in memory.</summary>
    public async Task GiveBackAsync(Guid[] rows, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(GiveBack);
        command.Parameters.Add(new() { Value = rows, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = node.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes rows with their payloads: as many as asked for at most, and none beyond the one that exceeds the bytes. Not to be called twice at once.</summary>
    public async Task<List<InboxItem>> ClaimAsync(int atMost, long bytes, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (unanswered.Count > 0)
        {
            await using var unclaim = new NpgsqlCommand(Unclaim, connection) { Parameters = { new() { Value = node.Id }, new() { Value = unanswered.ToArray() } } };
            await unclaim.ExecuteNonQueryAsync(cancellationToken);
            unanswered.Clear();
        }

        var now = clock.GetUtcNow();
        var until = now.UtcDateTime + queue.Lease;
        try
        {
            return await ClaimAsync(connection, now, until, atMost, bytes, cancellationToken);
        }
        catch
        {
            // It may have been done: rows would say that this node has them, and it has not.
            unanswered.Add(until);
            throw;
        }
    }

    private async Task<List<InboxItem>> ClaimAsync(NpgsqlConnection connection, DateTimeOffset now, DateTime until, int atMost, long bytes, CancellationToken cancellationToken)
    {
        var rows = new List<(Guid Id, Guid EventId, InboxKind Kind, int ConnectionId, string? OrderKey, int Attempts)>();
        await using (var claim = new NpgsqlCommand(Claim, connection)
        {
            Parameters =
            {
                new() { Value = now.UtcDateTime },
                new() { Value = until },
                new() { Value = node.Id },
                new() { Value = atMost },
                new() { Value = node.IsAlone },
                new() { Value = bytes },
            },
        })
        await using (var reader = await claim.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add((reader.GetGuid(0), reader.GetGuid(1), (InboxKind)reader.GetInt16(2), reader.GetInt32(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetInt16(5)));
            }
        }

        if (rows.Count == 0)
        {
            return [];
        }

        var payloads = new Dictionary<Guid, (string Topic, DateTimeOffset? OccurredAt, DateTimeOffset ReceivedAt, byte[] Body, string Source)>();
        await using (var read = new NpgsqlCommand(Payloads, connection)
        {
            Parameters = { new() { Value = rows.Where(row => row.Kind is not InboxKind.Repeat).Select(row => row.EventId).Distinct().ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
        })
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                payloads[reader.GetGuid(0)] = (reader.GetString(1), reader.IsDBNull(2) ? null : new DateTimeOffset(reader.GetDateTime(2)), new DateTimeOffset(reader.GetDateTime(3)), reader.GetFieldValue<byte[]>(4), reader.GetString(5));
            }
        }

        return [.. rows.OrderBy(row => row.Id).Select(row =>
        {
            bool hasPayload = payloads.TryGetValue(row.EventId, out var payload);
            return new InboxItem
            {
                InboxId = row.Id,
                EventId = row.EventId,
                Kind = row.Kind,
                ConnectionId = new ConnectionId(row.ConnectionId),
                OrderKey = row.OrderKey,
                Topic = hasPayload ? payload.Topic : "",
                OccurredAt = payload.OccurredAt,
                ReceivedAt = hasPayload ? payload.ReceivedAt : now,
                Body = hasPayload ? payload.Body : null,
                Source = hasPayload ? payload.Source : "",
                Attempts = row.Attempts,
            };
        })];
    }
}
