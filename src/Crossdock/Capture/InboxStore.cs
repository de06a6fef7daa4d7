using Crossdock.Database;
using Crossdock.Normalise;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Capture;

/// <summary>What one event's commit made of it: its inbox row's id, and for a repeat the first event's id.</summary>
internal readonly record struct StoredFate(CaptureResult Result, Guid InboxId, Guid EventId);

/// <summary>Writes received events: key, inbox row and payload in one transaction.</summary>
internal sealed class InboxStore(NpgsqlDataSource database, NodeIdentity node, ProcessingQueue processing, TimeProvider clock, IOptions<CaptureOptions> options)
{
    // The unique key decides; only what is new to it gets an inbox row. The caller sorts by key, so that two writers cannot wait for each other.
    private const string InsertNew = """
        WITH fresh AS (
            INSERT INTO event_keys (connection_id, key_hash, event_id)
            SELECT * FROM unnest($1::int[], $2::uuid[], $3::uuid[])
            ON CONFLICT DO NOTHING
            RETURNING event_id)
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key, leased_until, leased_by)
        SELECT i.id, i.id, 0, i.connection_id, i.order_key, $5, $6
        FROM unnest($1::int[], $3::uuid[], $4::text[]) AS i (connection_id, id, order_key)
        JOIN fresh ON fresh.event_id = i.id
        RETURNING id
        """;

    // A repeat leaves a row of its own, pointing at the first one's payload, so that the order's timeline can tell of it.
    private const string InsertRepeats = """
        INSERT INTO inbox (id, event_id, kind, connection_id, order_key, leased_until, leased_by)
        SELECT i.id, k.event_id, 1, i.connection_id, i.order_key, $5, $6
        FROM unnest($1::int[], $2::uuid[], $3::uuid[], $4::text[]) AS i (connection_id, key_hash, id, order_key)
        JOIN event_keys k USING (connection_id, key_hash)
        RETURNING id, event_id
        """;

    /// <summary>Stores a batch; the answer has one fate per event, in the batch's order. After an exception nobody knows: the events must not be acknowledged.</summary>
    /// <param name="batch">The events; sorted here.</param>
    /// <param name="isHandedOver">Whether this node has them in memory for processing.</param>
    /// <param name="rows">The writer's own buffer, used again from batch to batch.</param>
    public async Task<StoredFate[]> StoreAsync(List<PendingEvent> batch, bool isHandedOver, EventRows rows)
    {
        batch.Sort(static (left, right) =>
            left.Connection.Id.Value != right.Connection.Id.Value ? left.Connection.Id.Value.CompareTo(right.Connection.Id.Value)
            : left.KeyHash != right.KeyHash ? left.KeyHash.CompareTo(right.KeyHash)
            : left.Id.Value.CompareTo(right.Id.Value));
        var fates = new StoredFate[batch.Count];
        var index = new Dictionary<Guid, int>(batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            index[batch[i].Id.Value] = i;
        }

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        object leasedUntil = isHandedOver ? clock.GetUtcNow() + processing.Lease : DBNull.Value;

        int fresh = 0;
        await using (var insert = Command(connection, InsertNew, batch, leasedUntil))
        await using (var reader = await insert.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                var id = reader.GetGuid(0);
                fates[index[id]] = new(CaptureResult.Stored, id, id);
                fresh++;
            }
        }

        if (fresh < batch.Count)
        {
            var repeats = new List<PendingEvent>(batch.Count - fresh);
            for (int i = 0; i < batch.Count; i++)
            {
                if (fates[i].InboxId == Guid.Empty)
                {
                    repeats.Add(batch[i]);
                }
            }

            await using var insert = Command(connection, InsertRepeats, repeats, leasedUntil);
            await using var reader = await insert.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                fates[index[reader.GetGuid(0)]] = new(CaptureResult.Repeated, reader.GetGuid(0), reader.GetGuid(1));
            }

            if (Array.Exists(fates, fate => fate.InboxId == Guid.Empty))
            {
                // Retention took the key away between the two statements: sent again, the event is a new one.
                throw new InvalidOperationException("a repeated event's key is gone");
            }
        }

        if (fresh > 0)
        {
            await CopyAsync(connection, batch, fates, rows);
        }

        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
        {
            throw new CommitInDoubtException([.. fates.Select(fate => fate.InboxId)], exception);
        }

        return fates;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, List<PendingEvent> events, object leasedUntil)
    {
        int count = events.Count;
        var connections = new int[count];
        var keys = new Guid[count];
        var ids = new Guid[count];
        var orderKeys = new string?[count];
        for (int i = 0; i < count; i++)
        {
            connections[i] = events[i].Connection.Id.Value;
            keys[i] = events[i].KeyHash;
            ids[i] = events[i].Id.Value;
            orderKeys[i] = events[i].OrderKey;
        }

        return new NpgsqlCommand(sql, connection)
        {
            CommandTimeout = options.Value.DatabaseSeconds,
            Parameters =
            {
                new() { Value = connections, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = keys, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = orderKeys, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = leasedUntil, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = leasedUntil is DBNull ? DBNull.Value : node.Id, NpgsqlDbType = NpgsqlDbType.Uuid },
            },
        };
    }

    private async Task CopyAsync(NpgsqlConnection connection, List<PendingEvent> batch, StoredFate[] fates, EventRows rows)
    {
        rows.Begin();
        for (int i = 0; i < batch.Count; i++)
        {
            if (fates[i].Result is CaptureResult.Stored)
            {
                rows.Add(batch[i]);
            }
        }

        await using var copy = await connection.BeginRawBinaryCopyAsync(EventRows.Copy);
        copy.ReadTimeout = copy.WriteTimeout = options.Value.DatabaseSeconds * 1000;
        await copy.WriteAsync(rows.End());
    }
}
