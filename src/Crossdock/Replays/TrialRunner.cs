using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Rules;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Replays;

/// <summary>Works a replay's trial under its lease: the window's events page by page through the live processor's pure steps, several orders at once, the next page read meanwhile.
/// Writes only what would be different, and how far it is. Before every page it waits while live events wait.</summary>
internal sealed partial class TrialRunner(IConnectionDirectory directory, TrialStore trials, ReplayWorkStore store, IOptions<ReplayOptions> options, TimeProvider clock, ILogger<TrialRunner> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(ReplayWork work, CancellationToken cancellationToken)
    {
        Log.Started(logger, work.Id, work.Connections.Count);
        if (!work.IsPlanned)
        {
            await store.PlanAsync(work, cancellationToken);
        }

        long[] counts = work.Counts.Count == ReplayKinds.Count ? [.. work.Counts] : new long[ReplayKinds.Count];
        for (int place = work.Place; place < work.Connections.Count; place++)
        {
            if (StoreAt(work, place, out string? refusal) is not { } tried)
            {
                if (refusal is null)
                {
                    // This node has not read the connection's newest version yet.
                    await store.LaterAsync(work, "The store's settings are being read.", clock.GetUtcNow() + TimeSpan.FromSeconds(1), cancellationToken);
                    return;
                }

                await store.FailAsync(work, refusal, clock.GetUtcNow(), cancellationToken);
                Log.Ended(logger, work.Id, refusal);
                return;
            }

            await TryAsync(work, place, tried, counts, cancellationToken);
        }

        await store.FinishAsync(work, clock.GetUtcNow(), cancellationToken);
        Log.Ended(logger, work.Id, "done");
    }

    private async Task TryAsync(ReplayWork work, int place, Connection tried, long[] counts, CancellationToken cancellationToken)
    {
        var after = place == work.Place && work.Watermark is { } watermark ? watermark : QueryReading.Floor(work.From);
        var end = QueryReading.Floor(work.To);
        var next = trials.PageAsync(tried.Id, after, end, options.Value.PageEvents, cancellationToken);
        try
        {
            for (var items = await next; items.Count > 0; items = await next)
            {
                next = trials.PageAsync(tried.Id, items[^1].EventId, end, options.Value.PageEvents, cancellationToken);
                await UntilThereIsRoomAsync(cancellationToken);
                long started = clock.GetTimestamp();
                if (StoreAt(work, place, out _) is null)
                {
                    // The next look says why.
                    throw new OperationCanceledException("the configuration has changed");
                }

                var (orders, differences) = await PageAsync(tried, items, cancellationToken);
                foreach (var difference in differences)
                {
                    for (int kind = 0; kind < counts.Length; kind++)
                    {
                        counts[kind] += (difference.Kinds >> kind) & 1;
                    }
                }

                var progress = new TrialProgress(place, items[^1].EventId, items.Count, orders, differences, (long)Math.Ceiling(clock.GetElapsedTime(started).TotalMilliseconds));
                if (!await store.AdvanceAsync(work, progress, counts, cancellationToken))
                {
                    throw new OperationCanceledException("the lease is gone");
                }
            }
        }
        finally
        {
            // A page read ahead is not left to itself.
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        // The next connection begins at the window's begin.
        if (!await store.AdvanceAsync(work, new TrialProgress(place + 1, null, 0, 0, [], 0), counts, cancellationToken))
        {
            throw new OperationCanceledException("the lease is gone");
        }
    }

    /// <summary>Tries one page; answers how many orders, and what would be different.</summary>
    internal async Task<(int Orders, List<TrialDifference> Differences)> PageAsync(Connection tried, IReadOnlyList<InboxItem> items, CancellationToken cancellationToken)
    {
        var side = new ParallelOptions { MaxDegreeOfParallelism = options.Value.Threads > 0 ? options.Value.Threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        var events = new TrialEvent[items.Count];
        Parallel.For(0, items.Count, side, i => events[i] = new TrialEvent(items[i], EventMapping.Map(items[i], tried)));
        var page = await trials.LookAsync(tried, events, cancellationToken);
        var now = clock.GetUtcNow();
        var connections = directory.Current;
        var found = new TrialDifference?[page.Orders.Count];
        Parallel.For(0, page.Orders.Count, side, i => found[i] = OrderTrial.Try(page.Orders[i], connections, now));
        return (page.Counted, [.. found.OfType<TrialDifference>(), .. page.Lost.Select(OrderTrial.NotUnderstood)]);
    }

    /// <summary>The store as it is tried; null when it cannot be, with the reason, or without one when this node lags behind.</summary>
    private Connection? StoreAt(ReplayWork work, int place, out string? refusal)
    {
        refusal = null;
        if (!directory.Current.ById.TryGetValue(work.Connections[place], out var store))
        {
            refusal = "A store of this replay does not exist any more.";
            return null;
        }

        if (store.Version != work.Versions[place])
        {
            refusal = store.Version < work.Versions[place] ? null : $"The configuration of {store.Name} was changed while this replay was tried, so that its result would be neither the one nor the other. Start it again.";
            return null;
        }

        if (store.Mapping is null)
        {
            refusal = $"The connection {store.Name} cannot work with its present settings: {store.BrokenBecause ?? "it maps no orders."}";
            return null;
        }

        if (work.Rules is null)
        {
            return store;
        }

        List<SettingProblem> problems = [];
        var rules = StoreRules.Read(JsonElement.Parse(work.Rules), store.Rules.Version + 1, "rules", problems);
        refusal = problems.Count > 0 ? $"{problems[0].Path}: {problems[0].Problem}" : null;
        return problems.Count > 0 ? null : store.Trying(rules);
    }

    private async Task UntilThereIsRoomAsync(CancellationToken cancellationToken)
    {
        while (await store.BacklogAsync(options.Value.BacklogEvents, cancellationToken) >= options.Value.BacklogEvents)
        {
            await Task.Delay(Look, clock, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ReplayEventIds.Started, LogLevel.Information, "replay {Id} of {Stores} stores is tried here")]
        public static partial void Started(ILogger logger, Guid id, int stores);

        [LoggerMessage(ReplayEventIds.Ended, LogLevel.Information, "the trial of replay {Id} ended: {How}")]
        public static partial void Ended(ILogger logger, Guid id, string how);
    }
}
