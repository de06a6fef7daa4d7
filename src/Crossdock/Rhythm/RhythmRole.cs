using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Rhythm;

/// <summary>Looks at all stores again and again; of several nodes one does each look.</summary>
internal sealed partial class RhythmRole(QuietWatch watch, IOptions<RhythmOptions> options, TimeProvider clock, ILogger<RhythmRole> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long started = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await watch.LookAsync(clock.GetElapsedTime(started) >= TimeSpan.FromMinutes(options.Value.PatienceMinutes), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (ReadingRole.IsAway(exception))
            {
                Log.Away(logger, exception.Message);
            }

            await Task.Delay(TimeSpan.FromSeconds(15), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(RhythmEventIds.LookFailed, LogLevel.Warning, "looking for stores gone quiet waits for the database: {Error}")]
        public static partial void Away(ILogger logger, string error);
    }
}
