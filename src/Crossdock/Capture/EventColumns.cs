using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Capture;

/// <summary>A batch as the parameters of one statement: an array per column, and all bodies in one piece with the place of each. As an array of their own
/// the bodies would be copied twice more by the server. The piece is used again from batch to batch; used by one writer at a time.</summary>
internal sealed class EventColumns
{
    private const int KeptBytes = 4 * 1024 * 1024;                 // one batch of giants must not keep its memory for ever

    private byte[] bodies = [];

    /// <summary>$1 connection, $2 key hash, $3 id, $4 order key: what a repeat needs as well.</summary>
    public static void AddKeys(NpgsqlParameterCollection parameters, List<PendingEvent> batch)
    {
        int count = batch.Count;
        var connections = new int[count];
        var keys = new Guid[count];
        var ids = new Guid[count];
        var orderKeys = new string?[count];
        for (int i = 0; i < count; i++)
        {
            connections[i] = batch[i].Connection.Id.Value;
            keys[i] = batch[i].KeyHash;
            ids[i] = batch[i].Id.Value;
            orderKeys[i] = batch[i].OrderKey;
        }

        Add(parameters, connections, NpgsqlDbType.Integer);
        Add(parameters, keys, NpgsqlDbType.Uuid);
        Add(parameters, ids, NpgsqlDbType.Uuid);
        Add(parameters, orderKeys, NpgsqlDbType.Text);
    }

    /// <summary>$7 to $15: topic, dedupe key, occurred at, received at, source, headers, all bodies, where each begins (from 1), how long each is.</summary>
    public void AddPayloads(NpgsqlParameterCollection parameters, List<PendingEvent> batch)
    {
        int count = batch.Count;
        var topics = new string[count];
        var dedupeKeys = new string[count];
        var occurredAt = new DateTime?[count];
        var receivedAt = new DateTime[count];
        var sources = new string[count];
        var headers = new string[count];
        var starts = new int[count];
        var lengths = new int[count];
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            var pending = batch[i];
            topics[i] = pending.Topic;
            dedupeKeys[i] = pending.DedupeKey;
            occurredAt[i] = pending.OccurredAt?.UtcDateTime;
            receivedAt[i] = pending.ReceivedAt.UtcDateTime;
            sources[i] = pending.Source;
            headers[i] = pending.Headers;
            starts[i] = length + 1;
            lengths[i] = pending.Body.Length;
            length += pending.Body.Length;
        }

        Add(parameters, topics, NpgsqlDbType.Text);
        Add(parameters, dedupeKeys, NpgsqlDbType.Text);
        Add(parameters, occurredAt, NpgsqlDbType.TimestampTz);
        Add(parameters, receivedAt, NpgsqlDbType.TimestampTz);
        Add(parameters, sources, NpgsqlDbType.Text);
        Add(parameters, headers, NpgsqlDbType.Text);
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = Gather(batch, length), NpgsqlDbType = NpgsqlDbType.Bytea });
        Add(parameters, starts, NpgsqlDbType.Integer);
        Add(parameters, lengths, NpgsqlDbType.Integer);
    }

    private ReadOnlyMemory<byte> Gather(List<PendingEvent> batch, int length)
    {
        if (bodies.Length < length || (bodies.Length > KeptBytes && length <= KeptBytes))
        {
            bodies = GC.AllocateUninitializedArray<byte>(Math.Max(length, 256 * 1024));
        }

        int at = 0;
        foreach (var pending in batch)
        {
            pending.Body.CopyTo(bodies, at);
            at += pending.Body.Length;
        }

        return bodies.AsMemory(0, length);
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, T[] values, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
}
