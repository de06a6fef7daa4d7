using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Keys;

/// <summary>Looks after the keys on every node: learns what others made, and where it has the role <c>schedule</c> encrypts anew.</summary>
internal sealed partial class KeyRole(KeyKeeper keeper, bool works, TimeProvider clock, ILogger<KeyRole> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await keeper.RoundAsync(works, stoppingToken) is > 0 and var count)
                {
                    Log.Rotated(logger, count);
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

            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(AlertEventIds.KeysRotated, LogLevel.Information, "{Count} secrets were encrypted with the current key")]
        public static partial void Rotated(ILogger logger, int count);

        [LoggerMessage(AlertEventIds.KeysWait, LogLevel.Warning, "looking after the keys waits: {Error}")]
        public static partial void Away(ILogger logger, string error);
    }
}
