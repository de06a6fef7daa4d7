using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Watch;

/// <summary>Looks again and again: every node at itself, and with the role <c>schedule</c> one of them at the hub.</summary>
internal sealed partial class WatchRole(NodeWatch node, HubWatch? hub, IOptions<WatchOptions> options, TimeProvider clock, ILogger<WatchRole> logger) : BackgroundService
{
    private static readonly TimeSpan NodeEvery = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long lookedAt = clock.GetTimestamp();
        bool isFirst = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (hub is not null)
                {
                    await hub.LookAsync(stoppingToken);
                }

                if (isFirst || clock.GetElapsedTime(lookedAt) >= NodeEvery)
                {
                    (isFirst, lookedAt) = (false, clock.GetTimestamp());
                    await node.LookAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or UnauthorizedAccessException)
            {
                Log.Away(logger, exception.Message);
            }

            await Task.Delay(TimeSpan.FromSeconds(Math.Min(15, options.Value.LookSeconds)), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(AlertEventIds.WatchWaits, LogLevel.Warning, "looking at the hub's own state waits: {Error}")]
        public static partial void Away(ILogger logger, string error);
    }
}
