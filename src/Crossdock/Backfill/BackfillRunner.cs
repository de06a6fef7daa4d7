using System.Collections.Concurrent;
using Crossdock.Access;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Backfill;

/// <summary>Works on one backfill under its lease: cuts the range, reads several pieces side by side as fast as the platform's limit leaves room, and notes each page only after its orders are committed.</summary>
internal sealed partial class BackfillRunner(IConnectionDirectory directory, BackfillStore store, Listed listed, IOptions<ReadingOptions> options, TimeProvider clock, ILogger<BackfillRunner> logger)
{
    // Live traffic brings these itself. Read as history, an order that was placed a moment ago would never be delivered.
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(15);
    private const int MostAtOnce = 8;
    private const int OrdersPerWindow = 500;

    public async Task RunAsync(BackfillWork work, Connection connection, CancellationToken cancellationToken)
    {
        var readers = connection.Readers!;
        var worked = new Stopwatch(clock);
        Log.Started(logger, connection.Key, work.Name, work.Deliver);
        if (work.Windows is null && await PlanAsync(work, connection, worked, cancellationToken) is { } trouble)
        {
            await PauseAsync(work, connection, trouble, worked, cancellationToken);
            return;
        }

        var windows = new ConcurrentQueue<BackfillWindow>(await store.OpenWindowsAsync(work, cancellationToken));
        int atOnce = Math.Clamp(Math.Max(readers.Traits.Pace.Concurrency, readers.Traits.PagesAtOnce), 1, MostAtOnce);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Trouble? first = null;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(atOnce, Math.Max(1, windows.Count))).Select(_ => ReadWindowsAsync()));
        if (first is not null)
        {
            await PauseAsync(work, connection, first, worked, cancellationToken);
        }
        else if (!cancellationToken.IsCancellationRequested && (await store.OpenWindowsAsync(work, cancellationToken)).Count == 0)
        {
            await store.FinishAsync(work, clock.GetUtcNow(), cancellationToken);
            Log.Ended(logger, connection.Key, work.Name);
        }
        else
        {
            await store.ReleaseAsync(work, worked.Take(), CancellationToken.None);
        }

        async Task ReadWindowsAsync()
        {
            try
            {
                while (!stop.IsCancellationRequested && windows.TryDequeue(out var window))
                {
                    if (await ReadAsync(work, connection, window, worked, stop.Token) is { } found)
                    {
                        first ??= found;
                        await stop.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException) when (first is not null)
            {
                // Another piece met the trouble; this one goes on from its last page.
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Pieces of a day, or of as many orders as make some pages where the platform says how many there are.</summary>
    internal static IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Cut(DateTimeOffset from, DateTimeOffset to, long? total)
    {
        double days = Math.Max(1, Math.Ceiling((to - from).TotalDays));
        double wanted = total is { } orders ? Math.Clamp(Math.Ceiling((double)orders / OrdersPerWindow), 1, Math.Max(days, 64)) : Math.Max(days, 8);
        // Never shorter than a minute: some platforms filter by no less.
        int count = (int)Math.Clamp(wanted, 1, Math.Max(1, Math.Floor((to - from).TotalMinutes)));
        long step = (to - from).Ticks / count / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond;
        return [.. Enumerable.Range(0, count).Select(i => (from.AddTicks(step * i), i == count - 1 ? to : from.AddTicks(step * (i + 1))))];
    }

    private async Task<Trouble?> PlanAsync(BackfillWork work, Connection connection, Stopwatch worked, CancellationToken cancellationToken)
    {
        var traits = connection.Readers!.Traits;
        switch (await connection.Readers.For(RequestPriority.Backfill).ListAsync(new ReadRequest(traits.History, work.From, work.To, null, OnlySummaries: true), cancellationToken))
        {
            case OrderPage page:
                long? total = page.Total ?? (page.Next is null ? page.Orders.Count(order => order.IsOrder) : null);
                await store.PlanAsync(work, Cut(work.From, work.To, total), total, cancellationToken);
                worked.Take();
                return null;
            case ListLater later:
                return new Trouble(later.Because, false, later.After);
            case ListRefused refused:
                return new Trouble(refused.Because, true, null);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<Trouble?> ReadAsync(BackfillWork work, Connection connection, BackfillWindow window, Stopwatch worked, CancellationToken cancellationToken)
    {
        var traits = connection.Readers!.Traits;
        var reader = connection.Readers.For(RequestPriority.Backfill);
        string? cursor = window.Cursor;
        do
        {
            await UntilThereIsRoomAsync(cancellationToken);
            if (!ReferenceEquals(directory.Current.ById.GetValueOrDefault(connection.Id), connection))
            {
                // What this reader was opened with is out of date and soon disposed: the next look takes the backfill up with the new settings.
                throw new OperationCanceledException("the configuration has changed");
            }

            switch (await reader.ListAsync(new ReadRequest(traits.History, window.From, window.To, cursor), cancellationToken))
            {
                case OrderPage page:
                    var count = await StoreAsync(work, connection, window, page, cancellationToken);
                    cursor = page.Next;
                    if (!await store.AdvanceAsync(work, window.Number, cursor, count, worked.Take(), cancellationToken))
                    {
                        // Stopped, or taken over: what is stored is stored.
                        throw new OperationCanceledException("the lease is gone");
                    }

                    break;
                case ListLater later:
                    return new Trouble(later.Because, false, later.After);
                case ListRefused refused:
                    return new Trouble(refused.Because, true, null);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        while (cursor is not null);
        return null;
    }

    private async Task<PageCount> StoreAsync(BackfillWork work, Connection connection, BackfillWindow window, OrderPage page, CancellationToken cancellationToken)
    {
        bool isByPlacing = connection.Readers!.Traits.History is OrderClock.Placed;
        bool isLive = connection.PollEvery is not null || connection.Endpoint is not null || connection.Feed is not null;
        var live = work.ConnectedAt > work.CreatedAt - Lately ? work.ConnectedAt : work.CreatedAt - Lately;
        List<ListedOrder> within = [.. page.Orders.Where(order => order.IsOrder && (!isByPlacing || order.PlacedAt is not { } placed || placed < window.To))];
        var wanted = work.Deliver || !isLive ? within : within.FindAll(order => order.PlacedAt is not { } placed || placed < live);
        var count = await listed.StoreAsync(connection, wanted, _ => EventSource.Backfill(work.Name, work.Deliver), cancellationToken);
        if (work.Deliver && count.Known > 0)
        {
            await store.DeliverAsync(work, [.. wanted.Select(order => order.ExternalId).Distinct()], clock.GetUtcNow(), cancellationToken);
        }

        return new PageCount(within.Count, count.New, count.Known, within.Count - wanted.Count);
    }

    private async Task UntilThereIsRoomAsync(CancellationToken cancellationToken)
    {
        while (await store.BacklogAsync(options.Value.BacklogEvents, cancellationToken) >= options.Value.BacklogEvents)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }
    }

    private async Task PauseAsync(BackfillWork work, Connection connection, Trouble trouble, Stopwatch worked, CancellationToken cancellationToken)
    {
        var nextAt = clock.GetUtcNow() + (trouble.NeedsPerson ? Patience.Refused : Patience.After(work.Failures, trouble.After));
        await store.LaterAsync(work, trouble.NeedsPerson, trouble.Because, nextAt, connection.Version, worked.Take(), cancellationToken);
        Log.Paused(logger, connection.Key, work.Name, trouble.NeedsPerson, trouble.Because, nextAt);
    }

    private sealed record Trouble(string Because, bool NeedsPerson, TimeSpan? After);

    /// <summary>Wall time since it was last asked, whoever asks: the pieces run side by side and share it.</summary>
    private sealed class Stopwatch(TimeProvider clock)
    {
        private readonly Lock gate = new();
        private long since = clock.GetTimestamp();

        public long Take()
        {
            lock (gate)
            {
                long now = clock.GetTimestamp();
                long milliseconds = (long)clock.GetElapsedTime(since, now).TotalMilliseconds;
                since += milliseconds * clock.TimestampFrequency / 1000;
                return milliseconds;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.BackfillStarted, LogLevel.Information, "backfill {Name} of {Connection} is read here (delivers: {Deliver})")]
        public static partial void Started(ILogger logger, string connection, string name, bool deliver);

        [LoggerMessage(ReadingEventIds.BackfillEnded, LogLevel.Information, "backfill {Name} of {Connection} is done")]
        public static partial void Ended(ILogger logger, string connection, string name);

        [LoggerMessage(ReadingEventIds.BackfillPaused, LogLevel.Warning, "backfill {Name} of {Connection} waits (needs a person: {NeedsPerson}): {Because}; again at {NextAt}")]
        public static partial void Paused(ILogger logger, string connection, string name, bool needsPerson, string because, DateTimeOffset nextAt);
    }
}
