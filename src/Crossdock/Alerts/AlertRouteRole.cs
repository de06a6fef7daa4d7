using Crossdock.Connections;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Alerts;

/// <summary>Tells alerts: of several nodes one works on each route, and a receiver that hangs delays no other route.</summary>
internal sealed partial class AlertRouteRole(RouteStore store, AlertSender sender, AlertStore alerts, HubAddress hub, TimeProvider clock, ILogger<AlertRouteRole> logger) : BackgroundService
{
    /// <summary>How often a message is tried; with pauses of up to an hour that is half a day.</summary>
    private const int MostAttempts = 16;

    // Five messages of twenty seconds, and room.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3), Every = TimeSpan.FromSeconds(10), Look = TimeSpan.FromSeconds(3);

    private readonly Dictionary<Guid, Task> underWay = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var (id, _) in underWay.Where(one => one.Value.IsCompleted).ToList())
                {
                    underWay.Remove(id);
                }

                var now = clock.GetUtcNow();
                foreach (var route in await store.ClaimAsync(now, now + Lease, stoppingToken))
                {
                    underWay[route.Id] = WorkAsync(route, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or FormatException)
            {
                Log.Away(logger, exception.Message);
            }

            await Task.Delay(Look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(underWay.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>One turn of one route: writes what it has to say, sends what is due, gives it back.</summary>
    internal async Task WorkAsync(RouteWork route, CancellationToken cancellationToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            if (route.IsEnabled)
            {
                var composition = AlertComposer.Compose(route.Policy, await store.AlertsAsync(route, cancellationToken), now);
                if (!composition.IsEmpty)
                {
                    await store.WriteAsync(route, composition, now, cancellationToken);
                }
            }

            int failures = route.Failures;
            foreach (var message in await store.DueAsync(route, now, cancellationToken))
            {
                failures = await SendAsync(route, message, failures, cancellationToken);
            }

            await store.ReleaseAsync(route, clock.GetUtcNow() + Every, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await store.ReleaseAsync(route, clock.GetUtcNow(), CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            // The lease runs out by itself.
            Log.Away(logger, exception.Message);
        }
    }

    private async Task<int> SendAsync(RouteWork route, DueMessage message, int failures, CancellationToken cancellationToken)
    {
        var letter = new AlertLetter(message.Id, message.Kind, message.Title, AlertLetter.Read(message.Content), message.CreatedAt, hub.Public is { } address ? new Uri(address.AbsoluteUri.TrimEnd('/') + "/alerts") : null);
        var result = await sender.SendAsync(route, letter, cancellationToken);
        var now = clock.GetUtcNow();
        if (result.Error is null)
        {
            // It is out: that has to be written down, also while the hub stops.
            await store.SentAsync(route, message, now, CancellationToken.None);
            if (failures > 0)
            {
                await alerts.EndAsync(AlertKind.RouteFailing, null, route.Id.ToString(), "A message got through again.", CancellationToken.None);
            }

            return 0;
        }

        bool isLast = message.Attempts + 1 >= MostAttempts || (message.Kind == "test" && message.Attempts >= 2);
        var pause = TimeSpan.FromSeconds(Math.Min(3600, 15 * Math.Pow(2, message.Attempts)));
        await store.FailedAsync(route, message, result.Error, now, now + (result.After > pause ? result.After.Value : pause), isLast, cancellationToken);
        Log.NotSent(logger, route.Name, message.Attempts + 1, result.Error);
        if (failures + 1 >= 3 && route.IsEnabled)
        {
            await alerts.RaiseAsync(new NewAlert(AlertKind.RouteFailing, null, route.Id.ToString(), AlertSeverity.Warning, $"Alerts do not get through by the route {route.Name}: {result.Error}",
                "Alerts, Routes shows what waits. Correct the route, then send a test."), cancellationToken);
        }

        return failures + 1;
    }

    private static partial class Log
    {
        [LoggerMessage(AlertEventIds.NotSent, LogLevel.Warning, "a message of the alert route {Route} did not get through (attempt {Attempt}): {Error}")]
        public static partial void NotSent(ILogger logger, string route, int attempt, string error);

        [LoggerMessage(AlertEventIds.RoutesWait, LogLevel.Warning, "telling alerts waits for the database: {Error}")]
        public static partial void Away(ILogger logger, string error);
    }
}
