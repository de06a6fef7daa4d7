using Crossdock.Connections;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Replays;

/// <summary>Takes the replay whose turn it is and works it under its lease: first its trial, later what is chosen of it. One at a time in the whole hub.</summary>
internal sealed partial class ReplayRole(
    IConnectionDirectory directory, NpgsqlDataSource database, ReplayWorkStore store, ApplicationStore applications, TrialRunner trials, IOptions<ReplayOptions> options, TimeProvider clock, ILogger<ReplayRole> logger) : BackgroundService
{
    private const int MostFailures = 5;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var tick = TimeSpan.FromMilliseconds(options.Value.TickMilliseconds);
        var lease = TimeSpan.FromSeconds(options.Value.LeaseSeconds);
        long? cleanedAt = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            bool hasWorked = false;
            try
            {
                if (await store.ClaimAsync(clock.GetUtcNow(), lease, stoppingToken) is { } work)
                {
                    hasWorked = true;
                    await WorkAsync(work, lease, stoppingToken);
                }
                else if (cleanedAt is null || clock.GetElapsedTime(cleanedAt.Value) > CleanEvery)
                {
                    hasWorked = await store.DropOldAsync(clock.GetUtcNow().AddDays(-options.Value.KeepDays), clock.GetUtcNow(), stoppingToken);
                    cleanedAt = hasWorked ? null : clock.GetTimestamp();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (ReadingRole.IsAway(exception))
            {
                // The lease runs out by itself.
                hasWorked = false;
                Log.Waits(logger, exception.Message);
            }

            if (!hasWorked)
            {
                await Task.Delay(tick, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WorkAsync(ReplayWork work, TimeSpan length, CancellationToken stopping)
    {
        await using var lease = new Lease(length, (until, token) => store.KeepAsync(work, until, token), clock, stopping);
        try
        {
            if (work.IsTrial)
            {
                await trials.RunAsync(work, lease.Token);
            }

            await ApplyAsync(work, lease.Token);
            await store.ReleaseAsync(work, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // Stopping, stopped by a person, or another node has it: every page that was counted is stored.
            await store.ReleaseAsync(work, CancellationToken.None);
        }
#pragma warning disable CA1031 // A connector's bug must not end the hub's other replays.
        catch (Exception exception) when (!ReadingRole.IsAway(exception))
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception, work.Id);
            string because = $"It failed ({exception.GetType().Name}): {exception.Message}";
            if (work.Failures + 1 >= MostFailures)
            {
                await store.FailAsync(work, because, clock.GetUtcNow(), CancellationToken.None);
                if (await applications.NextAsync(work, CancellationToken.None) is { } application)
                {
                    await applications.EndAsync(application, ReplayState.Failed, because, clock.GetUtcNow(), CancellationToken.None);
                }
            }

            await store.LaterAsync(work, because, clock.GetUtcNow() + Patience.After(work.Failures, null), CancellationToken.None);
        }
    }

    /// <summary>Puts back what was chosen, some orders at a time, only while no live events wait.</summary>
    private async Task ApplyAsync(ReplayWork work, CancellationToken cancellationToken)
    {
        while (await applications.NextAsync(work, cancellationToken) is { } application)
        {
            string? refusal = await ApplicationStore.RefusalAsync(database, work.Id, [.. work.Connections.Select(id => id.Value)], work.Rules is not null, directory.Current, cancellationToken);
            if (refusal is not null)
            {
                await applications.EndAsync(application, ReplayState.Failed, refusal, clock.GetUtcNow(), cancellationToken);
                continue;
            }

            while (await store.BacklogAsync(options.Value.BacklogEvents, cancellationToken) >= options.Value.BacklogEvents)
            {
                await Task.Delay(Look, clock, cancellationToken);
            }

            switch (await applications.StepAsync(work, application, clock.GetUtcNow(), cancellationToken))
            {
                case 0:
                    await applications.EndAsync(application, ReplayState.Done, null, clock.GetUtcNow(), cancellationToken);
                    Log.Applied(logger, work.Id, application.Actor);
                    break;
                case null:
                    // Stopped by a person, or taken over.
                    return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ReplayEventIds.Waits, LogLevel.Warning, "replays wait for the database: {Error}")]
        public static partial void Waits(ILogger logger, string error);

        [LoggerMessage(ReplayEventIds.Failed, LogLevel.Error, "replay {Id} failed and is tried again")]
        public static partial void Failed(ILogger logger, Exception exception, Guid id);

        [LoggerMessage(ReplayEventIds.Applied, LogLevel.Information, "what {Actor} chose of replay {Id} is put back")]
        public static partial void Applied(ILogger logger, Guid id, string actor);
    }
}
