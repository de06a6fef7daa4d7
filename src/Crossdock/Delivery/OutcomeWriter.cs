using System.Threading.Channels;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Delivery;

/// <summary>Gathers how attempts ended and stores them in groups. While the database is away they stay in memory and the workers wait: no outcome is dropped.</summary>
internal sealed partial class OutcomeWriter(OutcomeStore store, ConnectionStatistics statistics, TimeProvider clock, IOptions<DeliveryOptions> options, ILogger<OutcomeWriter> logger)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private const int UnexpectedTries = 5;

    private readonly Channel<FinishedAttempt> finished = Channel.CreateBounded<FinishedAttempt>(new BoundedChannelOptions(options.Value.StoreSize * 2) { SingleReader = true });
    // Its length is bounded by the leases this node holds.
    private readonly Channel<(DeliveryId Id, bool IsUnclear)> givenBack = Channel.CreateUnbounded<(DeliveryId, bool)>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Raised after leases were given back, or something new is to be told to a shop, and the rows can be claimed.</summary>
    internal event Action? GaveBack;

    /// <summary>Waits while too much waits for the database.</summary>
    internal ValueTask AddAsync(FinishedAttempt one) => finished.Writer.WriteAsync(one);

    /// <summary>Ends the lease of a delivery that was not sent, or whose call was cut off.</summary>
    internal void GiveBack(DueDelivery due, bool isUnclear) => givenBack.Writer.TryWrite((due.Id, isUnclear));

    /// <summary>Nothing is added any more: <see cref="RunAsync"/> ends when all is stored.</summary>
    internal void Complete()
    {
        finished.Writer.TryComplete();
        givenBack.Writer.TryComplete();
    }

    /// <param name="abandoned">Cancelled when the process ends without the database having come back.</param>
    internal async Task RunAsync(CancellationToken abandoned)
    {
        List<FinishedAttempt> batch = [];
        List<(DeliveryId, bool)> back = [];
        var more = finished.Reader.WaitToReadAsync(abandoned).AsTask();
        var moreBack = givenBack.Reader.WaitToReadAsync(abandoned).AsTask();
        while (true)
        {
            await Task.WhenAny(more, moreBack);
            while (batch.Count < options.Value.StoreSize && finished.Reader.TryRead(out var one))
            {
                batch.Add(one);
            }
            while (back.Count < options.Value.StoreSize * 4 && givenBack.Reader.TryRead(out var row))
            {
                back.Add(row);
            }
            if (batch.Count + back.Count > 0)
            {
                await StoreAsync(batch, back, abandoned);
                if (back.Count > 0)
                {
                    GaveBack?.Invoke();
                }
                batch.Clear();
                back.Clear();
            }
            if (more.IsCompleted && await more)
            {
                more = finished.Reader.WaitToReadAsync(abandoned).AsTask();
            }
            if (moreBack.IsCompleted && await moreBack)
            {
                moreBack = givenBack.Reader.WaitToReadAsync(abandoned).AsTask();
            }
            if (more.IsCompletedSuccessfully && !more.Result && moreBack.IsCompletedSuccessfully && !moreBack.Result)
            {
                return;
            }
            // A completed side stays completed: wait for the other alone.
            if (more.IsCompletedSuccessfully && !more.Result)
            {
                await moreBack;
            }
            else if (moreBack.IsCompletedSuccessfully && !moreBack.Result)
            {
                await more;
            }
        }
    }

    private async Task StoreAsync(List<FinishedAttempt> batch, List<(DeliveryId, bool)> back, CancellationToken abandoned)
    {
        if (await TryStoreAsync(batch, back, abandoned) is null)
        {
            return;
        }
        // One row that the database refuses must not keep the others from being stored.
        foreach (var one in batch)
        {
            if (await TryStoreAsync([one], [], abandoned) is not null && await TryStoreAsync([one.WithoutExchange()], [], abandoned) is { } refused)
            {
                // The lease runs out and the row is looked up at the destination before it is sent again.
                Log.Lost(logger, refused, one.Due.Id.Value);
            }
        }
        if (back.Count > 0)
        {
            await TryStoreAsync([], back, abandoned);
        }
    }

    /// <summary>Tries until the database is there; answers what they cannot be stored for, or null when they are.</summary>
    private async Task<Exception?> TryStoreAsync(List<FinishedAttempt> batch, List<(DeliveryId, bool)> back, CancellationToken abandoned)
    {
        var wait = TimeSpan.FromMilliseconds(200);
        int unexpected = 0;
        while (true)
        {
            try
            {
                bool isTelling = await store.StoreAsync(batch, back, clock.GetUtcNow(), abandoned);
                Count(batch);
                if (isTelling)
                {
                    GaveBack?.Invoke();
                }
                return null;
            }
            catch (PostgresException stored) when (stored.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // The answer to an earlier try was lost after its commit: the attempts are there.
                Count(batch);
                return null;
            }
            catch (PostgresException refused) when (!refused.IsTransient && !IsOutage(refused))
            {
                return refused;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
            {
                Log.Waiting(logger, batch.Count + back.Count, exception.Message);
            }
            // Nobody foresaw it, so nobody knows whether it passes: without this the loop would end, and with it every delivery of this node.
            catch (Exception exception) when (!abandoned.IsCancellationRequested)
            {
                Log.Unexpected(logger, exception, batch.Count + back.Count);
                if (++unexpected == UnexpectedTries)
                {
                    return exception;
                }
            }
            await Task.Delay(wait, clock, abandoned);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private void Count(List<FinishedAttempt> batch)
    {
        foreach (var one in batch.Where(one => !one.IsThrottled))
        {
            bool isDone = one.Ruling.State == DeliveryState.Delivered;
            if (one.Due.Kind == DeliveryKind.Status)
            {
                statistics.Count(one.Due.Store, isDone ? Statistic.Told : Statistic.NotTold);
                continue;
            }
            statistics.Count(one.Due.Destination, isDone ? Statistic.Delivered : Statistic.Failed);
            if (isDone)
            {
                statistics.Count(one.Due.Store, Statistic.HandedOver);
            }
        }
    }

    // Shutting down, starting up, read-only, out of disk or memory: it comes back.
    private static bool IsOutage(PostgresException exception) => exception.SqlState[..2] is "57" or "53" or "08" or "58" or "25" or "40" or "55";

    private static partial class Log
    {
        [LoggerMessage(DeliveryEventIds.OutcomesWaiting, LogLevel.Warning, "{Count} outcomes wait for the database: {Error}")]
        internal static partial void Waiting(ILogger logger, int count, string error);

        [LoggerMessage(DeliveryEventIds.OutcomesUnexpected, LogLevel.Error, "{Count} outcomes could not be stored for an unforeseen reason; tried again")]
        internal static partial void Unexpected(ILogger logger, Exception exception, int count);

        [LoggerMessage(DeliveryEventIds.OutcomeLost, LogLevel.Error, "the outcome of delivery {Delivery} cannot be stored; it will be looked up after its lease")]
        internal static partial void Lost(ILogger logger, Exception exception, Guid delivery);
    }
}
