using Crossdock.Database;

namespace Crossdock.Server;

/// <summary>Starts the private PostgreSQL again when it was killed under a living hub.</summary>
internal sealed partial class PostgresKeeper(PrivatePostgres server, TimeProvider clock, ILogger<PostgresKeeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await server.IsRunningAsync(stoppingToken)) continue;
                Log.Died(logger);
                await server.RestartIfDeadAsync(stoppingToken);
                Log.RunsAgain(logger);
            }
            catch (Exception failure) when (failure is PrivatePostgresException or Npgsql.NpgsqlException or IOException)
            {
                Log.DoesNotStart(logger, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9201, LogLevel.Error, "The private PostgreSQL is gone; starting it again")]
        internal static partial void Died(ILogger logger);

        [LoggerMessage(9202, LogLevel.Information, "The private PostgreSQL runs again")]
        internal static partial void RunsAgain(ILogger logger);

        [LoggerMessage(9203, LogLevel.Error, "The private PostgreSQL does not start; tried again in a second")]
        internal static partial void DoesNotStart(ILogger logger, Exception failure);
    }
}
