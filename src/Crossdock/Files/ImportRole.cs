using Crossdock.Connections;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Files;

/// <summary>Takes uploaded files that nobody works on, checks and imports them. Their leases in the database keep the nodes apart. Drops old files.</summary>
internal sealed partial class ImportRole(
    IConnectionDirectory directory, ImportStore store, FileVault vault, ImportChecker checker, ImportRunner runner, IOptions<FilesOptions> options, IOptions<ReadingOptions> reading, TimeProvider clock, ILogger<ImportRole> logger) : BackgroundService
{
    private static readonly TimeSpan Cleaning = TimeSpan.FromHours(1);
    private readonly UnderWay<Guid> running = new(clock, exception => Log.Waits(logger, exception.Message));
    private DateTimeOffset cleanedAt;

    private TimeSpan Lease => TimeSpan.FromSeconds(reading.Value.LeaseSeconds);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => running.LookAsync(TimeSpan.FromMilliseconds(reading.Value.TickMilliseconds), ClaimAsync, stoppingToken);

    private async Task ClaimAsync(CancellationToken stopping)
    {
        await CleanAsync(stopping);
        int room = options.Value.FilesAtOnce - running.Count;
        foreach (var work in room <= 0 ? [] : await store.ClaimAsync(running.Keys, room, clock.GetUtcNow(), Lease, stopping))
        {
            running.Begin(work.Id, () => WorkAsync(work, stopping));
        }
    }

    private async Task CleanAsync(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        if (now - cleanedAt >= Cleaning)
        {
            cleanedAt = now;
            while (await store.DropOldAsync(now.AddDays(-options.Value.KeepDays), now, stopping) > 0)
            {
            }
        }
    }

    private async Task WorkAsync(ImportWork work, CancellationToken stopping)
    {
        if (!directory.Current.ById.TryGetValue(work.ConnectionId, out var connection))
        {
            await store.FailAsync(work, "The connection does not exist any more.", clock.GetUtcNow(), stopping);
            return;
        }

        if (ImportActions.Refusal(connection) is { } refusal)
        {
            await store.LaterAsync(work, refusal + " It goes on by itself when that is mended.", clock.GetUtcNow() + TimeSpan.FromSeconds(30), stopping);
            return;
        }

        await using var lease = new Lease(Lease, (until, token) => store.KeepAsync(work, until, token), clock, stopping);
        try
        {
            await using var file = await vault.OpenAsync(work.Id, lease.Token) ?? throw new UnreadableFileException("The file itself is not kept any more. Upload it again.");
            long started = clock.GetTimestamp();
            if (work.IsImporting)
            {
                await runner.RunAsync(work, connection, file, lease.Token);
            }
            else
            {
                await checker.CheckAsync(work, connection, file, lease.Token);
            }

            Log.Worked(logger, work.Id, connection.Key, work.IsImporting ? "imported" : "checked", (long)clock.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (UnreadableFileException exception)
        {
            await store.FailAsync(work, exception.Message, clock.GetUtcNow(), CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // Stopping, stopped by a person, or another node has it: every batch that was noted is stored.
            await store.ReleaseAsync(work, CancellationToken.None);
        }
#pragma warning disable CA1031 // One file's trouble must not end the work on the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception, work.Id, connection.Key);
            string because = ReadingRole.IsAway(exception) || exception is NotStoredException ? "What was read could not be stored; it is tried again." : $"It failed ({exception.GetType().Name}: {exception.Message}) and is tried again.";
            await store.LaterAsync(work, because, clock.GetUtcNow() + TimeSpan.FromSeconds(10), CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(FileEventIds.Worked, LogLevel.Information, "file {Import} of {Connection} {Done} in {ElapsedMs} ms")]
        public static partial void Worked(ILogger logger, Guid import, string connection, string done, long elapsedMs);

        [LoggerMessage(FileEventIds.Waits, LogLevel.Warning, "imports wait for the database: {Error}")]
        public static partial void Waits(ILogger logger, string error);

        [LoggerMessage(FileEventIds.Failed, LogLevel.Error, "import {Import} of {Connection} failed and is tried again")]
        public static partial void Failed(ILogger logger, Exception exception, Guid import, string connection);
    }
}
