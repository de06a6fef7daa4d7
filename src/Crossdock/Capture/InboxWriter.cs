using System.Threading.Channels;
using Crossdock.Database;
using Crossdock.Normalise;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Capture;

/// <summary>The group commit: events wait a moment together in a bounded channel, a writer stores what is there and completes them all.
/// A lone event is stored at once; while a commit is under way the next batch gathers by itself, so that load and not a timer makes the batches.</summary>
internal sealed partial class InboxWriter(
    InboxStore store,
    ProcessingQueue processing,
    IOptions<CaptureOptions> options,
    ILogger<InboxWriter> logger) : BackgroundService
{
    private static readonly KeyValuePair<string, object?> Stored = new("outcome", "stored");
    private static readonly KeyValuePair<string, object?> Repeated = new("outcome", "repeated");

    private readonly Channel<PendingEvent> waiting = Channel.CreateBounded<PendingEvent>(new BoundedChannelOptions(options.Value.WaitingEvents) { SingleReader = options.Value.Writers == 1 });
    private long waitingBytes;
    private int isFailing;

    /// <summary>False when too much is waiting: the caller answers 503 and nothing is kept.</summary>
    public bool TryAdd(PendingEvent pending)
    {
        long size = pending.Body.Length + pending.Headers.Length;
        if (Interlocked.Add(ref waitingBytes, size) <= options.Value.WaitingBytes && waiting.Writer.TryWrite(pending))
        {
            return true;
        }

        Interlocked.Add(ref waitingBytes, -size);
        return false;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Writers).Select(_ => Task.Run(() => WriteAsync(stoppingToken), CancellationToken.None)));

    private async Task WriteAsync(CancellationToken stopping)
    {
        var batch = new List<PendingEvent>(options.Value.CommitEvents);
        var columns = new EventColumns();
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stopping))
            {
                await WriteWaitingAsync(batch, columns);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: whoever still waits gets its commit before the process ends.
            while (waiting.Reader.TryPeek(out _))
            {
                await WriteWaitingAsync(batch, columns);
            }
        }
    }

    private async Task WriteWaitingAsync(List<PendingEvent> batch, EventColumns columns)
    {
        long bytes = 0;
        while (batch.Count < options.Value.CommitEvents && bytes < 16 * 1024 * 1024 && waiting.Reader.TryRead(out var pending))
        {
            batch.Add(pending);
            bytes += pending.Body.Length + pending.Headers.Length;
        }

        if (batch.Count == 0)
        {
            return;
        }

        // Reserved before the commit, because the rows say in the same commit whether this node has them in memory.
        bool isHandedOver = processing.TryReserve(batch.Count, bytes);
        try
        {
            // :: Step 6: commit
            var fates = await store.StoreAsync(batch, isHandedOver, columns);
            int stored = 0;
            for (int i = 0; i < batch.Count; i++)
            {
                batch[i].Fate.TrySetResult(fates[i].Result);
                stored += fates[i].Result is CaptureResult.Stored ? 1 : 0;
            }

            if (isHandedOver)
            {
                processing.HandOver(batch, fates, bytes);
            }

            HubMeter.CommitSize.Record(batch.Count);
            HubMeter.Captured.Add(stored, Stored);
            HubMeter.Captured.Add(batch.Count - stored, Repeated);
            if (Interlocked.Exchange(ref isFailing, 0) == 1)
            {
                Log.Recovered(logger);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or OperationCanceledException or IOException or InvalidOperationException)
        {
            if (isHandedOver)
            {
                processing.GiveBack(batch.Count, bytes);
                if (exception is CommitInDoubtException doubt)
                {
                    // The callers send again, and if it was done these are repeats: the first ones must not lie there as if this node had them.
                    processing.Doubt(doubt.Rows);
                }
            }

            batch.ForEach(pending => pending.Fate.TrySetResult(CaptureResult.Failed));
            if (Interlocked.Exchange(ref isFailing, 1) == 0)
            {
                Log.Failed(logger, exception, batch.Count);
            }
        }
        finally
        {
            Interlocked.Add(ref waitingBytes, -bytes);
            batch.Clear();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CaptureFailed, LogLevel.Error, "a commit of {Events} events failed; callers get 503 until the database is back (said once)")]
        public static partial void Failed(ILogger logger, Exception exception, int events);

        [LoggerMessage(EventIds.CaptureRecovered, LogLevel.Information, "commits succeed again")]
        public static partial void Recovered(ILogger logger);
    }
}
