using System.Diagnostics;
using Crossdock.Database;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Orders;

/// <summary>Keeps what lists and searches stand on a second behind the orders at most. It follows the timeline, in which every change of an order leaves a row, so that the main path does nothing for it.
/// A row may become visible late: what was told is read again from a watermark that stays behind the oldest transaction under way. One node works; a crash repeats some seconds of it, which changes nothing.</summary>
internal sealed partial class OrderListWorker(OrderListStore store, OrderListFreshness freshness, TimeProvider clock, ILogger<OrderListWorker> logger) : BackgroundService
{
    internal const int ChunkOrders = 500, PageRows = 5_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1), Again = TimeSpan.FromSeconds(10), Overlap = TimeSpan.FromSeconds(2);

    // Clocks of nodes differ, and a node may take the time before its transaction begins.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(20);

    private readonly HashSet<Guid> seen = [];
    private Guid watermark, reached, filledTo;
    private bool isFilled;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? claimedAt = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wanted = freshness.Begin();
            long began = clock.GetTimestamp();
            bool isBehind = false;
            try
            {
                if (claimedAt is null || clock.GetElapsedTime(claimedAt.Value) >= Again)
                {
                    bool has = await ClaimAsync(claimedAt is not null, stoppingToken);
                    claimedAt = has ? clock.GetTimestamp() : null;
                    freshness.IsKept = has;
                }
                else
                {
                    await FollowAsync(Earlier(reached, Overlap), stoppingToken);
                }

                isBehind = claimedAt is not null && !isFilled && await FillAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException or InvalidOperationException)
            {
                Log.Away(logger, exception.Message);
                claimedAt = null;
                freshness.IsKept = false;
            }

            wanted.TrySetResult();
            // Lists are not worth a shop's order: under load half of the time is the main path's.
            var worked = clock.GetElapsedTime(began);
            await freshness.RestAsync(isBehind || worked > Rest ? worked : claimedAt is null ? Again : Rest, clock, stoppingToken);
        }

        freshness.IsKept = false;
        if (claimedAt is not null)
        {
            await GiveBackAsync();
        }
    }

    /// <summary>Does all that there is to do, at once: for commands, and for tests.</summary>
    internal async Task<bool> CatchUpAsync(Action<long>? told, CancellationToken cancellationToken)
    {
        if (!await ClaimAsync(isOurs: false, cancellationToken))
        {
            return false;
        }

        long orders = 0;
        long claimedAt = clock.GetTimestamp();
        while (!isFilled && await FillAsync(cancellationToken))
        {
            told?.Invoke(orders += FillOrders);
            if (clock.GetElapsedTime(claimedAt) >= Again && !await ClaimAsync(isOurs: true, cancellationToken))
            {
                return false;
            }
        }

        await FollowAsync(watermark, cancellationToken);
        await store.ReleaseAsync(cancellationToken);
        return true;
    }

    private const int FillOrders = ChunkOrders * 4;

    private async Task<bool> ClaimAsync(bool isOurs, CancellationToken cancellationToken)
    {
        if (await store.ClaimAsync(clock.GetUtcNow(), cancellationToken) is not { } progress)
        {
            return false;
        }

        if (!isOurs)
        {
            seen.Clear();
            (filledTo, isFilled) = (progress.FilledTo, progress.IsFilled);
            reached = watermark = progress.Watermark ?? Partitions.LowerBound((progress.OldestWork is { } oldest && oldest < progress.Now ? oldest : progress.Now) - TimeSpan.FromMinutes(10));
            if (progress.Watermark is null)
            {
                await store.KeepWatermarkAsync(watermark, cancellationToken);
            }
        }

        // All that was told before this is in once it has been read again from the old watermark.
        var safe = Partitions.LowerBound((progress.OldestWork is { } work && work < progress.Now ? work : progress.Now) - Late);
        await FollowAsync(watermark, cancellationToken);
        if (safe.CompareTo(watermark) > 0)
        {
            await store.KeepWatermarkAsync(safe, cancellationToken);
            watermark = safe;
            seen.RemoveWhere(id => id.CompareTo(safe) <= 0);
        }

        return true;
    }

    // Reads on until there is nothing more, in chunks; what was read before is passed over.
    private async Task FollowAsync(Guid after, CancellationToken cancellationToken)
    {
        after = after.CompareTo(watermark) < 0 ? watermark : after;
        while (true)
        {
            var told = await store.ToldAsync(after, PageRows, cancellationToken);
            List<(Guid Id, Guid Order)> fresh = [.. told.Where(one => !seen.Contains(one.Id))];
            foreach (var chunk in fresh.Chunk(ChunkOrders))
            {
                await store.RefreshAsync([.. chunk.Select(one => one.Order).Distinct()], cancellationToken);
                foreach (var (id, _) in chunk)
                {
                    seen.Add(id);
                }
            }

            if (told.Count > 0)
            {
                after = told[^1].Id;
                reached = after.CompareTo(reached) > 0 ? after : reached;
            }

            if (told.Count < PageRows)
            {
                return;
            }
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var orders = await store.NextAsync(filledTo, FillOrders, cancellationToken);
        foreach (var chunk in orders.Chunk(ChunkOrders))
        {
            await store.RefreshAsync(chunk, cancellationToken);
        }

        isFilled = orders.Count < FillOrders;
        filledTo = orders.Count > 0 ? orders[^1] : filledTo;
        await store.KeepFilledAsync(filledTo, isFilled, cancellationToken);
        if (isFilled)
        {
            Log.Filled(logger);
        }

        return !isFilled;
    }

    private async Task GiveBackAsync()
    {
        try
        {
            await store.ReleaseAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            // The lease ends by itself.
            Log.Away(logger, exception.Message);
        }
    }

    private static Guid Earlier(Guid id, TimeSpan by) => Partitions.LowerBound(QueryReading.TimeOf(id) - by);

    private static partial class Log
    {
        [LoggerMessage(EventIds.OrderListsWait, LogLevel.Warning, "lists and searches of orders wait for the database: {Error}")]
        public static partial void Away(ILogger logger, string error);

        [LoggerMessage(EventIds.OrderListsFilled, LogLevel.Information, "lists and searches of orders have all orders")]
        public static partial void Filled(ILogger logger);
    }
}

/// <summary>Lets who lists orders wait for a moment until the lists have what was stored before they asked. Without a worker in this process nobody waits.</summary>
internal sealed class OrderListFreshness : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private readonly SemaphoreSlim bell = new(0, 1);
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True while the worker of this process does the work.</summary>
    public bool IsKept { get; set; }

    /// <summary>Waits for a look at the timeline that begins from now on, a quarter of a second at most.</summary>
    public async Task CatchUpAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!IsKept)
        {
            return;
        }

        var looked = Volatile.Read(ref next).Task;
        Ring();
        try
        {
            await looked.WaitAsync(Patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The list is a moment old, which beats no list.
        }
    }

    /// <summary>A look begins: who asked before is answered when it is over.</summary>
    internal TaskCompletionSource Begin() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Until the time is over or somebody asks.</summary>
    internal async Task RestAsync(TimeSpan length, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(bell.WaitAsync(over.Token), Task.Delay(length, clock, over.Token));
        await over.CancelAsync();
    }

    public void Dispose() => bell.Dispose();

    private void Ring()
    {
        try
        {
            bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }
}
