using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;

namespace Crossdock.Reading;

/// <summary>Empties a platform's queue: reads, stores, and only then takes the messages off. A crash anywhere in between makes them come again, where they are recognised.</summary>
internal sealed partial class FeedPump(ReadingStore store, ReadCapture capture, TimeProvider clock, ILogger<FeedPump> logger)
{
    /// <summary>One round of one connection, under its lease.</summary>
    public async Task ReadAsync(ReadingState state, Connection connection, CancellationToken cancellationToken)
    {
        var feed = connection.Feed!;
        int read = 0, fresh = 0;
        bool mayHaveMore;
        do
        {
            switch (await feed.ReadAsync(cancellationToken))
            {
                case FeedPage page:
                    if (page.Notice is { } notice)
                    {
                        await store.NoticeAsync(state, notice, clock.GetUtcNow(), cancellationToken);
                        Log.Notice(logger, connection.Key, notice);
                    }

                    var count = await capture.StoreAsync(
                        connection, [.. page.Messages.Select(message => new ReadEvent(message.Envelope.Topic, message.Envelope.DedupeKey, message.Envelope.OrderKey, message.Envelope.OccurredAt, message.Payload, EventSource.Feed))],
                        skipsKnown: true, cancellationToken);
                    read += page.Messages.Count;
                    fresh += count.New;
                    if (page.Messages.Count > 0 && await feed.CommitAsync([.. page.Messages.Select(message => message.Handle)], cancellationToken) is { } why)
                    {
                        // No loss: they come again. Reading on at once would only bring the same ones.
                        Log.NotCommitted(logger, connection.Key, page.Messages.Count, why);
                        await FailAsync(state, connection, $"The messages were stored but not taken off the queue: {why}", false, Patience.After(state.Failures, null), cancellationToken);
                        return;
                    }

                    mayHaveMore = page.MayHaveMore;
                    break;
                case FeedLater later:
                    await FailAsync(state, connection, later.Because, false, Patience.After(state.Failures, later.After), cancellationToken);
                    return;
                case FeedRefused refused:
                    await FailAsync(state, connection, refused.Because, true, Patience.Refused, cancellationToken);
                    return;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        while (mayHaveMore);

        var now = clock.GetUtcNow();
        await store.SucceedAsync(state, now, now + connection.FeedEvery!.Value, now, cancellationToken);
        Log.Emptied(logger, connection.Key, read, fresh);
    }

    private async Task FailAsync(ReadingState state, Connection connection, string because, bool needsPerson, TimeSpan wait, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await store.FailAsync(connection.Id, state.Activity, connection.Version, because, needsPerson, now + wait, now, cancellationToken);
        Log.Failed(logger, connection.Key, needsPerson, because, now + wait);
    }

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.FeedRead, LogLevel.Debug, "read the feed of {Connection}: {Read} messages, {New} of them new")]
        public static partial void Emptied(ILogger logger, string connection, int read, int @new);

        [LoggerMessage(ReadingEventIds.FeedNotice, LogLevel.Warning, "the feed of {Connection}: {Notice}")]
        public static partial void Notice(ILogger logger, string connection, string notice);

        [LoggerMessage(ReadingEventIds.CommitOfHandlesFailed, LogLevel.Warning, "{Messages} messages of {Connection} are stored and could not be taken off its queue: {Because}")]
        public static partial void NotCommitted(ILogger logger, string connection, int messages, string because);

        [LoggerMessage(ReadingEventIds.ReadingFailed, LogLevel.Warning, "the feed of {Connection} could not be read (needs a person: {NeedsPerson}): {Because}; again at {NextAt}")]
        public static partial void Failed(ILogger logger, string connection, bool needsPerson, string because, DateTimeOffset nextAt);
    }
}
