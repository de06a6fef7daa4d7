using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Reading;

/// <summary>Stores what was read through the same group commit as webhooks: the same dedupe, the same inbox. It answers only after the commit.</summary>
internal sealed partial class ReadCapture(
    NpgsqlDataSource database, InboxWriter inbox, ConnectionStatistics statistics, IOptions<ReadingOptions> options, TimeProvider clock, ILogger<ReadCapture> logger)
{
    // By the primary key. What stands there is committed, and so is its payload.
    private const string Known = "SELECT key_hash FROM event_keys WHERE connection_id = $1 AND key_hash = ANY($2)";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Stores all of it.</summary>
    /// <param name="connection">Whose it is.</param>
    /// <param name="events">What was read.</param>
    /// <param name="skipsKnown">True to leave out what is stored already, without a line in the order's timeline: a look back finds it every time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotStoredException">Not all of it is committed, or nobody knows.</exception>
    public async Task<CapturedCount> StoreAsync(Connection connection, IReadOnlyList<ReadEvent> events, bool skipsKnown, CancellationToken cancellationToken)
    {
        var wanted = events.DistinctBy(one => one.DedupeKey).Select(one => (Event: one, Hash: CaptureEndpoint.KeyHash(one.DedupeKey))).ToList();
        int all = wanted.Count;
        if (skipsKnown && all > 0)
        {
            var known = await KnownAsync(connection.Id, [.. wanted.Select(one => one.Hash)], cancellationToken);
            wanted.RemoveAll(one => known.Contains(one.Hash));
        }

        var pending = new List<PendingEvent>(wanted.Count);
        foreach (var (one, hash) in wanted)
        {
            if (one.Payload.Length > options.Value.MaxDocumentBytes)
            {
                // Nothing will make it smaller: waiting for it would keep all others waiting too.
                Log.TooLarge(logger, connection.Key, one.OrderKey, one.Payload.Length);
                continue;
            }

            var now = clock.GetUtcNow();
            var item = new PendingEvent
            {
                Id = Model.EventId.New(now),
                Connection = connection,
                Topic = CaptureEndpoint.Storable(one.Topic),
                DedupeKey = CaptureEndpoint.Storable(one.DedupeKey),
                KeyHash = hash,
                OrderKey = one.OrderKey is null ? null : CaptureEndpoint.Storable(one.OrderKey),
                OccurredAt = one.OccurredAt,
                ReceivedAt = now,
                Source = CaptureEndpoint.Storable(one.Source),
                Headers = "",
                Body = one.Payload.ToArray(),
            };
            await AddAsync(item, cancellationToken);
            pending.Add(item);
        }

        int stored = 0;
        foreach (var item in pending)
        {
            var result = await item.Fate.Task.WaitAsync(Patience, clock, cancellationToken);
            if (result is CaptureResult.Failed)
            {
                throw new NotStoredException("What was read could not be stored just now.");
            }

            stored += result is CaptureResult.Stored ? 1 : 0;
        }

        for (int i = 0; i < stored; i++)
        {
            statistics.Count(connection.Id, Statistic.Received);
        }

        return new CapturedCount(stored, all - stored);
    }

    private async Task AddAsync(PendingEvent item, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        while (!inbox.TryAdd(item))
        {
            if (clock.GetElapsedTime(started) > Patience)
            {
                throw new NotStoredException("Too much is waiting to be stored.");
            }

            // Webhooks fill the queue at this moment; they go first.
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }

    private async Task<HashSet<Guid>> KnownAsync(ConnectionId connection, Guid[] hashes, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Known);
        command.Parameters.Add(new() { Value = connection.Value });
        command.Parameters.Add(new() { Value = hashes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var known = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(reader.GetGuid(0));
        }

        return known;
    }

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.DocumentTooLarge, LogLevel.Error, "order {OrderKey} of {Connection} has a document of {Bytes} bytes, which is more than is read; it was left out")]
        public static partial void TooLarge(ILogger logger, string connection, string? orderKey, int bytes);
    }
}
