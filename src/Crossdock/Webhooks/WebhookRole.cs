using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Webhooks;

/// <summary>Looks for what happened and tells it. Of several nodes one reads at a time; all of them call, each its own messages. A webhook that hangs keeps only its own events waiting.</summary>
internal sealed partial class WebhookRole(WebhookReader reader, WebhookMessages messages, WebhookSender sender, IOptions<WebhookOptions> options, TimeProvider clock, ILogger<WebhookRole> logger) : BackgroundService
{
    private readonly UnderWay<Guid> sending = new(clock, exception => Log.Waiting(logger, exception.Message));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await sending.LookAsync(TimeSpan.FromMilliseconds(options.Value.TickMilliseconds), LookAsync, stoppingToken);
        try
        {
            await messages.GiveBackAsync();
        }
        catch (NpgsqlException exception)
        {
            // The leases run out by themselves.
            Log.Waiting(logger, exception.Message);
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        while (await reader.ReadAsync(stopping))
        {
        }

        var now = clock.GetUtcNow();
        foreach (var webhook in await messages.DueAsync(now, sending.Keys, stopping))
        {
            sending.Begin(webhook, async () =>
            {
                try
                {
                    while (await sender.SendAsync(webhook, stopping) > 0)
                    {
                    }
                }
                catch (OperationCanceledException) when (stopping.IsCancellationRequested)
                {
                    // What was under way is given back at the end.
                }
            });
        }

        await messages.PruneAsync(now.AddDays(-options.Value.KeepDays), now, stopping);
    }

    private static partial class Log
    {
        [LoggerMessage(WebhookEventIds.Waiting, LogLevel.Warning, "webhooks wait for the database: {Error}")]
        public static partial void Waiting(ILogger logger, string error);
    }
}
