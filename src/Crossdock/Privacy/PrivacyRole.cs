using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Privacy;

/// <summary>Works on requests about people's data in the background, one at a time on each node with the role <c>schedule</c>.</summary>
internal sealed partial class PrivacyRole(PrivacyWorker worker, TimeProvider clock, ILogger<PrivacyRole> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5), SweepEvery = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset sweptAt = default;
        while (!stoppingToken.IsCancellationRequested)
        {
            bool isBusy = false;
            try
            {
                isBusy = await worker.RoundAsync(stoppingToken);
                if (clock.GetUtcNow() - sweptAt >= SweepEvery)
                {
                    await worker.SweepAsync(stoppingToken);
                    sweptAt = clock.GetUtcNow();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or UnauthorizedAccessException)
            {
                isBusy = false;
                Log.Away(logger, exception.Message);
            }

            if (!isBusy)
            {
                await Task.Delay(Look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(AlertEventIds.PrivacyAway, LogLevel.Warning, "work on people's data waits: {Error}")]
        public static partial void Away(ILogger logger, string error);
    }
}
