using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Drift;

/// <summary>Behind the main path: stores what was learned, hears what other nodes and people said, raises alerts, and lets go what was held for what is accepted.</summary>
internal sealed partial class DriftRole(ShapeWatch watch, DriftStore store, DriftActions actions, IOptions<DriftOptions> options, TimeProvider clock, ILogger<DriftRole> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    private DateTimeOffset heardUntil = clock.GetUtcNow();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await StoreAsync(true, cancellationToken);
        }
        catch (Exception exception) when (IsAway(exception) || exception is OperationCanceledException)
        {
            // At most a minute's counts are lost; nothing that was reported or held.
            Log.Waits(logger, exception.Message);
        }
    }

    /// <summary>One round; tests call it to wait for nothing.</summary>
    internal async Task RoundAsync(bool isAll, CancellationToken cancellationToken)
    {
        await StoreAsync(isAll, cancellationToken);
        foreach (var (connection, id, state, sentence, at) in await store.ChangedAsync(heardUntil - Skew, cancellationToken))
        {
            watch.Settle(connection, id, state, sentence);
            heardUntil = at > heardUntil ? at : heardUntil;
        }

        await actions.TellAsync(cancellationToken);
        int released = await actions.ReleaseAsync(cancellationToken);
        if (released > 0)
        {
            Log.Released(logger, released);
        }

        watch.Trim();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && options.Value.IsWatching)
        {
            try
            {
                await Task.Delay(Tick, clock, stoppingToken);
                await RoundAsync(false, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (IsAway(exception))
            {
                Log.Waits(logger, exception.Message);
            }
        }
    }

    private async Task StoreAsync(bool isAll, CancellationToken cancellationToken)
    {
        var patience = TimeSpan.FromSeconds(options.Value.StoreSeconds);
        Exception? failed = null;
        foreach (var (key, book) in watch.Books)
        {
            if (!book.HasNews && (book.Unstored == 0 || (!isAll && clock.GetElapsedTime(book.StoredAt) < patience)))
            {
                continue;
            }

            var delta = book.Take();
            try
            {
                book.Load(await store.AddAsync(key.Connection, key.Topic, delta, options.Value, cancellationToken));
                book.StoredAt = clock.GetTimestamp();
            }
            catch (Exception exception)
            {
                book.GiveBack(delta);
                if (!IsAway(exception))
                {
                    throw;
                }

                // One connection's trouble is not the others'.
                failed ??= exception;
            }
        }

        if (failed is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed);
        }
    }

    private static bool IsAway(Exception exception) => ReadingRole.IsAway(exception) || exception is PostgresException;

    private static partial class Log
    {
        [LoggerMessage(DriftEventIds.Waits, LogLevel.Warning, "what was learned of documents waits for the database: {Error}")]
        public static partial void Waits(ILogger logger, string error);

        [LoggerMessage(DriftEventIds.Released, LogLevel.Information, "{Orders} orders go on after a change in their documents was accepted")]
        public static partial void Released(ILogger logger, int orders);
    }
}
