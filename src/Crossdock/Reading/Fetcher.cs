using Crossdock.Access;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;

namespace Crossdock.Reading;

/// <summary>Fetches one announced order and stores it as an event of its own.</summary>
internal sealed partial class Fetcher(FetchStore store, ReadingStore states, ReadCapture capture, TimeProvider clock, ILogger<Fetcher> logger)
{
    // An order may be announced before every server of the platform knows it.
    private static readonly int[] NotYet = [5, 10, 15, 30];

    /// <summary>One attempt, under the row's lease.</summary>
    public async Task FetchAsync(FetchRow row, Connection connection, CancellationToken cancellationToken)
    {
        FetchOutcome outcome;
        try
        {
            outcome = await connection.Readers!.For(RequestPriority.Fetch).FetchAsync(row.ExternalId, cancellationToken);
        }
#pragma warning disable CA1031 // A connector promises not to throw; where one does, its order waits like after any other failure.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            outcome = new FetchLater($"The connector failed ({exception.GetType().Name}): {exception.Message}");
        }

        var now = clock.GetUtcNow();
        switch (outcome)
        {
            case Fetched { Order: { IsOrder: true, Document: { } document } order }:
                await capture.StoreAsync(connection, [Listed.Event(order, document, row.EventId is null ? row.What : EventSource.Fetch(row.What))], skipsKnown: row.EventId is null, cancellationToken);
                await store.FinishAsync(row, now, cancellationToken);
                await states.ClearAsync(connection.Id, ReadingActivity.Fetch, now, cancellationToken);
                Log.Fetched(logger, connection.Key, row.ExternalId, row.Attempts + 1);
                break;
            case Fetched:
                // No order yet (an abandoned checkout): it is announced again when it becomes one.
                await store.FinishAsync(row, now, cancellationToken);
                break;
            case FetchedNothing nothing when row.NotFound < NotYet.Length:
                await store.LaterAsync(row, nothing.Because, row.NotFound + 1, now.AddSeconds(NotYet[row.NotFound]), cancellationToken);
                break;
            case FetchedNothing nothing:
                await store.GiveUpAsync(row, $"{row.What}: the order was announced, and the platform has none with the id {row.ExternalId}: {nothing.Because}", now, cancellationToken);
                Log.Failed(logger, connection.Key, row.ExternalId, nothing.Because);
                break;
            case FetchLater later:
                await store.LaterAsync(row, later.Because, row.NotFound, now + Patience.After(row.Attempts, later.After), cancellationToken);
                Log.Failed(logger, connection.Key, row.ExternalId, later.Because);
                break;
            case FetchRefused refused:
                // It stays due: the connection's other orders would be refused too, so all of them wait together.
                await store.LaterAsync(row, refused.Because, row.NotFound, now, cancellationToken);
                await states.FailAsync(connection.Id, ReadingActivity.Fetch, connection.Version, refused.Because, needsPerson: true, now + Patience.Refused, now, cancellationToken);
                Log.Refused(logger, connection.Key, refused.Because);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.Fetched, LogLevel.Debug, "fetched order {ExternalId} of {Connection} (attempt {Attempt})")]
        public static partial void Fetched(ILogger logger, string connection, string externalId, int attempt);

        [LoggerMessage(ReadingEventIds.FetchFailed, LogLevel.Information, "order {ExternalId} of {Connection} could not be fetched: {Because}")]
        public static partial void Failed(ILogger logger, string connection, string externalId, string because);

        [LoggerMessage(ReadingEventIds.ReadingFailed, LogLevel.Warning, "{Connection} refuses to give orders, fetching waits for a person: {Because}")]
        public static partial void Refused(ILogger logger, string connection, string because);
    }
}
