using Crossdock.Access;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Reading;

/// <summary>Reads what changed at a platform since the last time, or once since a given time. The watermark moves only after every page up to it is committed.</summary>
internal sealed partial class Poller(ReadingStore store, Listed listed, IOptions<ReadingOptions> options, TimeProvider clock, ILogger<Poller> logger)
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);

    /// <summary>One round of one connection, under its lease.</summary>
    public async Task PollAsync(ReadingState state, Connection connection, CancellationToken cancellationToken)
    {
        var readers = connection.Readers!;
        var traits = readers.Traits;
        bool isCatchUp = state.Activity == ReadingActivity.CatchUp;
        var every = connection.PollEvery ?? TimeSpan.Zero;
        var now = clock.GetUtcNow();
        var from = state.WindowFrom ?? state.Watermark - traits.Overlap;
        var to = state.WindowTo ?? Earlier(now, from + LongestWindow + traits.Overlap);
        string? cursor = state.WindowTo is null ? null : state.Cursor;
        int read = 0, fresh = 0;
        var lease = TimeSpan.FromSeconds(options.Value.LeaseSeconds);
        do
        {
            switch (await readers.For(RequestPriority.Poll).ListAsync(new ReadRequest(traits.Follows, from, to, cursor), cancellationToken))
            {
                case OrderPage page:
                    if (isCatchUp)
                    {
                        await store.CountAsync(state, [.. page.Orders.Where(order => order.IsOrder).Select(order => order.ExternalId).Distinct()], cancellationToken);
                    }

                    var count = await listed.StoreAsync(connection, page.Orders, order => Source(order, state), cancellationToken);
                    read += page.Orders.Count;
                    fresh += count.New;
                    cursor = page.Next;
                    if (cursor is not null && !await store.ProgressAsync(state, from, to, cursor, clock.GetUtcNow() + lease, cancellationToken))
                    {
                        // Another node has taken over; what we stored is stored.
                        return;
                    }

                    break;
                case ListLater later:
                    await FailAsync(state, connection, later.Because, false, Patience.After(state.Failures, later.After), cancellationToken);
                    return;
                case ListRefused refused:
                    await FailAsync(state, connection, refused.Because, true, Patience.Refused, cancellationToken);
                    return;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        while (cursor is not null);

        // Never nearer to the present than the platform's list is complete.
        var watermark = Earlier(to, now - traits.ListLag);
        bool isBehind = to < now;
        if (isCatchUp && !isBehind && watermark >= (state.Until ?? watermark))
        {
            await store.EndAsync(state, clock.GetUtcNow(), cancellationToken);
            return;
        }

        // What the list does not show yet is looked for once more when it does.
        var next = isBehind ? clock.GetUtcNow() : isCatchUp ? (state.Until ?? now) + traits.ListLag : clock.GetUtcNow() + every;
        await store.SucceedAsync(state, watermark, next, clock.GetUtcNow(), cancellationToken);
        if (state.Problem is not null)
        {
            Log.Recovered(logger, connection.Key, state.Activity);
        }

        Log.Polled(logger, connection.Key, from, to, read, fresh);
    }

    private static string Source(ListedOrder order, ReadingState state) =>
        order.PlacedAt is { } placed && placed < state.ConnectedAt ? EventSource.HistoryPoll : state.Activity == ReadingActivity.CatchUp ? EventSource.CatchUp : EventSource.Poll;

    private async Task FailAsync(ReadingState state, Connection connection, string because, bool needsPerson, TimeSpan wait, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await store.FailAsync(connection.Id, state.Activity, connection.Version, because, needsPerson, now + wait, now, cancellationToken);
        Log.Failed(logger, connection.Key, state.Activity, needsPerson, because, now + wait);
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.Polled, LogLevel.Debug, "polled {Connection} from {From} to {To}: {Read} orders, {New} of them new")]
        public static partial void Polled(ILogger logger, string connection, DateTimeOffset from, DateTimeOffset to, int read, int @new);

        [LoggerMessage(ReadingEventIds.ReadingFailed, LogLevel.Warning, "{Connection} could not be read ({Activity}, needs a person: {NeedsPerson}): {Because}; again at {NextAt}")]
        public static partial void Failed(ILogger logger, string connection, string activity, bool needsPerson, string because, DateTimeOffset nextAt);

        [LoggerMessage(ReadingEventIds.ReadingRecovered, LogLevel.Information, "{Connection} can be read again ({Activity})")]
        public static partial void Recovered(ILogger logger, string connection, string activity);
    }
}
