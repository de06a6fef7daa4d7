using System.Diagnostics;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.News;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Normalise;

/// <summary>The processing role: one loop per lane, and one that looks for events nobody has in memory.</summary>
internal sealed partial class Processor(ProcessingQueue queue, BatchProcessor batches, NewsProcessor news, InboxClaims claims, ParkedStore parkedStore, RestorePoint restored, IOptions<ProcessingOptions> options, TimeProvider clock, ILogger<Processor> logger)
    : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await claims.ReleaseAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or OperationCanceledException)
        {
            // The database is away: the leases run out by themselves.
            Log.ClaimsFailed(logger, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Before the first event: what is planned depends on it.
        while (!await TryLoadAsync(stoppingToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(options.Value.PollMilliseconds), clock, stoppingToken);
        }

        await Task.WhenAll([Task.Run(() => ClaimAsync(stoppingToken), CancellationToken.None), .. Enumerable.Range(0, queue.Lanes).Select(lane => Task.Run(() => LaneAsync(lane, stoppingToken), CancellationToken.None))]);
    }

    private async Task<bool> TryLoadAsync(CancellationToken stopping)
    {
        try
        {
            await restored.LoadAsync(stopping);
            return true;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested && IsAway(exception))
        {
            Log.ClaimsFailed(logger, exception.Message);
            return false;
        }
    }

    private async Task LaneAsync(int lane, CancellationToken stopping)
    {
        var reader = queue.Lane(lane);
        var batch = new List<InboxItem>(options.Value.BatchEvents);
        var rows = new CopyRows();
        try
        {
            while (await reader.WaitToReadAsync(stopping))
            {
                long bytes = 0;
                while (batch.Count < options.Value.BatchEvents && reader.TryRead(out var item))
                {
                    batch.Add(item);
                    bytes += item.Size;
                }

                await WorkAsync(batch, rows, stopping);
                queue.GiveBack(batch.Count, bytes);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is still in memory keeps its rows; the next start claims them.
        }
    }

    /// <summary>Works a batch until it is done: waits for the database as long as it takes, and takes a batch apart when one of its events fails it.</summary>
    private async Task WorkAsync(IReadOnlyList<InboxItem> batch, CopyRows rows, CancellationToken stopping)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var startedAt = HubTrace.IsOn ? clock.GetUtcNow() : default;
                long started = Stopwatch.GetTimestamp();
                await ProcessAsync(batch, rows, stopping);
                var elapsed = Stopwatch.GetElapsedTime(started);
                HubMeter.BatchDuration.Record(elapsed.TotalSeconds);
                // :: Step 16: one wide log line
                Log.Processed(logger, batch.Count, elapsed.TotalMilliseconds);
                if (startedAt != default)
                {
                    Trace(batch, startedAt, startedAt + elapsed);
                }

                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception) when (IsAway(exception))
            {
                Log.Failed(logger, exception.Message, batch.Count, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 << Math.Min(attempt, 7))), clock, stopping);
            }
            catch (Exception exception) when (attempt >= options.Value.Attempts || !IsLostRace(exception))
            {
                if (batch.Count > 1)
                {
                    foreach (var item in batch)
                    {
                        await WorkAsync([item], rows, stopping);
                    }

                    return;
                }

                Log.Poisoned(logger, exception, batch[0].EventId);
                await ParkAsync(batch[0], $"The event could not be worked ({exception.GetType().Name}): {exception.Message}", stopping);
                return;
            }
            catch (PostgresException)
            {
                // A lost race with another node: the order is there now, or the deadlock is over.
            }
        }
    }

    private static void Trace(IReadOnlyList<InboxItem> batch, DateTimeOffset from, DateTimeOffset to)
    {
        foreach (var item in batch)
        {
            HubTrace.Processed(item.EventId, item.CaptureSpan, item.ConnectionId.Value, from, to, batch.Count);
        }
    }

    // What stores say and what destinations say are worked by themselves, each in a transaction. Should the second fail, the first finds its rows gone and does nothing.
    private async Task ProcessAsync(IReadOnlyList<InboxItem> batch, CopyRows rows, CancellationToken stopping)
    {
        // One look at the connections for each: an event is one or the other, never neither.
        var kinds = batch.ToLookup(news.Concerns);
        var said = kinds[true].ToList();
        if (said.Count < batch.Count)
        {
            await batches.ProcessAsync(said.Count == 0 ? batch : [.. kinds[false]], rows, stopping);
        }

        if (said.Count > 0)
        {
            await news.ProcessAsync(said, stopping);
        }
    }

    /// <summary>Parks until it is done: a lane that ended over it would leave every later event of its orders lying.</summary>
    private async Task ParkAsync(InboxItem item, string reason, CancellationToken stopping)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await parkedStore.ParkAsync(item, Parameters.Storable(reason)!, stopping);
                return;
            }
            catch (Exception exception) when (IsAway(exception) || IsLostRace(exception))
            {
                Log.Failed(logger, exception.Message, 1, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 << Math.Min(attempt, 7))), clock, stopping);
            }
        }
    }

    private static bool IsLostRace(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    // The server is not there, is starting or stopping, has no room, or broke off: nothing is wrong with the events.
    private static bool IsAway(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState[..2] is "57" or "53" or "08" or "58",
        NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException => true,
        _ => false,
    };

    private async Task ClaimAsync(CancellationToken stopping)
    {
        var poll = TimeSpan.FromMilliseconds(options.Value.PollMilliseconds);
        long sweptAt = clock.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await GiveBackDoubtfulAsync(stopping);
                int claimed = 0;
                int room = Math.Min(queue.Room, options.Value.BatchEvents * queue.Lanes);
                long bytes = queue.RoomBytes;
                if (room >= Math.Min(options.Value.BatchEvents, options.Value.WaitingEvents) / 2 && bytes > 0)
                {
                    var items = await claims.ClaimAsync(room, bytes, stopping);
                    claimed = items.Count;
                    queue.Take(items);
                }

                if (clock.GetElapsedTime(sweptAt) > TimeSpan.FromSeconds(30))
                {
                    await parkedStore.FreeAsync(stopping);
                    sweptAt = clock.GetTimestamp();
                }

                if (claimed == 0)
                {
                    await queue.RoomAsync(poll, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
            {
                Log.ClaimsFailed(logger, exception.Message);
                await Task.Delay(poll, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task GiveBackDoubtfulAsync(CancellationToken stopping)
    {
        if (queue.TakeDoubtful() is not { Length: > 0 } rows)
        {
            return;
        }

        try
        {
            await claims.GiveBackAsync(rows, stopping);
        }
        catch
        {
            queue.Doubt(rows);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.BatchProcessed, LogLevel.Debug, "worked {Events} events in {ElapsedMs:F1} ms")]
        public static partial void Processed(ILogger logger, int events, double elapsedMs);

        [LoggerMessage(EventIds.BatchFailed, LogLevel.Warning, "a batch of {Events} events waits for the database (attempt {Attempt}): {Error}")]
        public static partial void Failed(ILogger logger, string error, int events, int attempt);

        [LoggerMessage(EventIds.EventPoisoned, LogLevel.Error, "event {EventId} could not be worked and is parked")]
        public static partial void Poisoned(ILogger logger, Exception exception, Guid eventId);

        [LoggerMessage(EventIds.ClaimsFailed, LogLevel.Warning, "looking for waiting events failed: {Error}")]
        public static partial void ClaimsFailed(ILogger logger, string error);
    }
}
