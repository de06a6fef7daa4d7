using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Delivery;

/// <summary>Fills the lanes with what waits in the database: retries, what did not fit in memory, what a dead node left. Sleeps until the next row is due.</summary>
internal sealed partial class ClaimLoop(
    DeliveryStore store, DeliveryLanes lanes, OutcomeWriter writer, IConnectionDirectory directory, NodeIdentity node, TimeProvider clock, IOptions<DeliveryOptions> options, ILogger<ClaimLoop> logger)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    // An update or cancellation whose first delivery never arrived is looked for only this often.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);
    // What was planned or under way while its destination was deleted.
    private static readonly TimeSpan EndEvery = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private TaskCompletionSource woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset sweepAt;
    private DateTimeOffset endAt;
    private readonly List<DateTimeOffset> unanswered = [];
    private bool mustTakeBack = node.IsAlone;

    internal void Wake()
    {
        lock (gate)
        {
            woken.TrySetResult();
        }
    }

    internal async Task RunAsync(CancellationToken stopping)
    {
        var longest = TimeSpan.FromSeconds(options.Value.PollSeconds);
        var wait = ShortestWait;
        while (!stopping.IsCancellationRequested)
        {
            var until = longest;
            try
            {
                var (claimed, next) = await ClaimAsync(stopping);
                wait = claimed > 0 ? ShortestWait : wait * 2 < longest ? wait * 2 : longest;
                until = next is { } at && at - clock.GetUtcNow() < wait ? at - clock.GetUtcNow() : wait;
                until = until < ShortestWait ? ShortestWait : until;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)     // the loop ends with the hub and for nothing else
            {
                Log.ClaimsFailed(logger, exception.Message);
            }
            if (await SleepAsync(until, stopping))
            {
                wait = ShortestWait;
            }
        }
    }

    /// <summary>One round over all destinations that want more.</summary>
    private async Task<(int Claimed, DateTimeOffset? Next)> ClaimAsync(CancellationToken stopping)
    {
        if (clock.GetUtcNow() is var present && present >= endAt)
        {
            endAt = present + EndEvery;
            int ended = await store.EndDeletedAsync(stopping);
            if (ended > 0)
            {
                Log.DestinationsGone(logger, ended);
            }
            ConnectionId[] silent = [.. directory.Current.All.Where(shop => shop is { TellsStatus: false, Connector: IOrderStatusTarget }).Select(shop => shop.Id)];
            if (silent.Length > 0 && await store.SilenceAsync(silent, present, stopping) is > 0 and var untold)
            {
                Log.TellingEnded(logger, untold);
            }
        }
        var wanting = lanes.Open().Where(lane => lane.Wants > 0).ToDictionary(lane => lane.Connection.Id);
        if (wanting.Count == 0)
        {
            return (0, null);
        }
        var now = clock.GetUtcNow();
        if (unanswered.Count > 0)
        {
            await store.UnclaimAsync(unanswered, stopping);
            unanswered.Clear();
        }
        if (mustTakeBack)
        {
            await store.TakeBackAsync([.. wanting.Values.Select(lane => (lane.Connection.Id, lane.Connection.Receiver!.Limits.TimeoutSeconds + 2))], now, stopping);
            mustTakeBack = false;
        }
        var due = await store.DueAsync([.. wanting.Keys], now, stopping);
        if (now >= sweepAt && due.Count > 0)
        {
            sweepAt = now + SweepEvery;
            await store.SupersedeFollowersAsync([.. wanting.Keys], now, stopping);
        }
        int claimed = 0;
        DateTimeOffset? next = null;
        foreach (var (destination, at) in due)
        {
            if (at > now)
            {
                next = next is null || at < next ? at : next;
                continue;
            }
            claimed += await FillAsync(wanting[destination], stopping);
        }
        return (claimed, next);
    }

    private async Task<int> FillAsync(DestinationLane lane, CancellationToken stopping)
    {
        int wanted = lane.Wants;
        if (wanted == 0)
        {
            return 0;
        }
        var now = clock.GetUtcNow();
        var until = now.AddSeconds(options.Value.LeaseSeconds);
        List<DueDelivery> rows;
        try
        {
            rows = await store.ClaimAsync(lane.Connection.Id, wanted, now, until, KeyOf, stopping);
        }
        catch
        {
            unanswered.Add(until);
            throw;
        }
        lane.HasMore = rows.Count == wanted;
        foreach (var row in rows)
        {
            if (!lane.TryAdd(row))
            {
                writer.GiveBack(row, row.IsUnclear);
            }
        }
        return rows.Count;
    }

    private string KeyOf(ConnectionId store) => directory.Current.ById.TryGetValue(store, out var connection) ? connection.Key : store.ToString();

    /// <summary>True when it was woken.</summary>
    private async Task<bool> SleepAsync(TimeSpan time, CancellationToken stopping)
    {
        Task wake;
        lock (gate)
        {
            if (woken.Task.IsCompleted)
            {
                woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return true;
            }
            wake = woken.Task;
        }
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(wake, Task.Delay(time, clock, timer.Token));
        await timer.CancelAsync();
        if (!wake.IsCompleted)
        {
            return false;
        }
        lock (gate)
        {
            woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(DeliveryEventIds.ClaimsFailed, LogLevel.Warning, "deliveries cannot be claimed: {Error}")]
        internal static partial void ClaimsFailed(ILogger logger, string error);

        [LoggerMessage(DeliveryEventIds.TellingEnded, LogLevel.Information, "{Count} states are not told any more: their shops' settings switched it off")]
        internal static partial void TellingEnded(ILogger logger, int count);

        [LoggerMessage(DeliveryEventIds.DestinationsGone, LogLevel.Warning, "{Count} deliveries became dead letters: their destinations were deleted")]
        internal static partial void DestinationsGone(ILogger logger, int count);
    }
}
