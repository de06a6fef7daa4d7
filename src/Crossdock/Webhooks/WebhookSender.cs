using Crossdock.Alerts;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Webhooks;

/// <summary>Tells webhooks what is due, and decides what follows from each answer.</summary>
internal sealed partial class WebhookSender(WebhookMessages messages, WebhookCalls calls, WebhookSecret secrets, AlertStore alerts, IOptions<WebhookOptions> options, TimeProvider clock, ILogger<WebhookSender> logger)
{
    private const int AtOnce = 50;

    // Standard Webhooks specification 1.0.0, "Deliverability and reliability": the schedule it recommends.
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>The value of <c>webhook-id</c>: the same for every attempt and every replay of an event.</summary>
    public static string NameOf(Guid id) => $"evt_{id:N}";

    /// <summary>Takes some of what is due for one webhook and sends it; answers how much.</summary>
    public async Task<int> SendAsync(Guid webhook, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await messages.FindAsync(webhook, now, cancellationToken) is not { } stored)
        {
            return 0;
        }

        // Longer than all calls of the page take, one after the other in as many lines as there are.
        var lease = TimeSpan.FromSeconds(30 + (options.Value.TimeoutSeconds * Math.Ceiling(AtOnce / (double)options.Value.Concurrency)));
        var due = await messages.ClaimAsync(webhook, now, now + lease, AtOnce, cancellationToken);
        var target = TargetOf(stored);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = options.Value.Concurrency, CancellationToken = cancellationToken }, async (message, stop) => await SendAsync(stored, target, message, stop));
        return due.Count;
    }

    /// <summary>Sends a test that is kept nowhere; null when there is no such webhook.</summary>
    public async Task<WebhookCall?> TestAsync(Guid webhook, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await messages.FindAsync(webhook, now, cancellationToken) is not { } stored ? null
            : await CallAsync(TargetOf(stored), NameOf(Guid.CreateVersion7(now)), WebhookEvents.TestBody(now, stored.Name), cancellationToken);
    }

    /// <summary>When a failed attempt is made again; null when it is not.</summary>
    /// <param name="failed">How many failed since it was asked for.</param>
    /// <param name="retryAfter">What the other side asked for.</param>
    /// <param name="id">Of the event: those that failed together are not sent together.</param>
    internal static TimeSpan? WaitAfter(int failed, TimeSpan? retryAfter, Guid id)
    {
        if (failed > Waits.Length)
        {
            return null;
        }

        var usual = Waits[failed - 1] * (1 + (id.ToByteArray()[15] / 2560.0));
        return retryAfter is { } asked && asked > usual ? (asked < Waits[^1] ? asked : Waits[^1]) : usual;
    }

    private async Task SendAsync(StoredWebhook webhook, WebhookTarget? target, DueMessage message, CancellationToken cancellationToken)
    {
        var call = await CallAsync(target, NameOf(message.Event), message.Body, cancellationToken);
        // What was sent is kept, also while the node stops.
        var now = clock.GetUtcNow();
        var wait = call.IsTaken ? null : WaitAfter(message.Attempts + 1, call.RetryAfter, message.Event);
        var verdict = call.IsTaken ? new MessageVerdict("delivered", now) : wait is { } later ? new MessageVerdict("waiting", now + later) : new MessageVerdict("failed", now);
        var since = await messages.EndAsync(message, call, verdict, now, CancellationToken.None);
        Log.Attempted(logger, webhook.Name, NameOf(message.Event), call.Status, call.ElapsedMs, verdict.State, message.Attempts + 1);
        string? off = call.IsGone ? "it answered 410: it wants to be told nothing any more"
            : since is { } from && now - from >= TimeSpan.FromHours(options.Value.SwitchOffHours) ? $"it took nothing since {Spoken.Of(from)}: {call.Because}" : null;
        if (off is not null && await messages.SwitchOffAsync(webhook.Id, off, now, CancellationToken.None))
        {
            await alerts.RaiseAsync(new NewAlert(AlertKind.WebhookOff, null, webhook.Id.ToString(), AlertSeverity.Critical, $"The webhook \"{webhook.Name}\" was switched off: {off}.",
                "See in its log what it answers, mend it, and switch it on again under Webhooks; what waits is told then. What happens while it is off is not told."), CancellationToken.None);
            Log.SwitchedOff(logger, webhook.Name, off);
        }
    }

    private Task<WebhookCall> CallAsync(WebhookTarget? target, string id, string body, CancellationToken cancellationToken) => target is null
        ? Task.FromResult(new WebhookCall(Guid.CreateVersion7(clock.GetUtcNow()), null, 0, "", null, null, "Its secret cannot be read with the keys that are here. Give it a new one (Change the secret).", null))
        : calls.SendAsync(target, id, body, cancellationToken);

    private WebhookTarget? TargetOf(StoredWebhook stored) => secrets.Open(stored.Secret) is { } secret
        ? new WebhookTarget(stored.Id, stored.Url, stored.FormerSecret is { } former && secrets.Open(former) is { } clear ? [secret, clear] : [secret])
        : null;

    private static partial class Log
    {
        [LoggerMessage(WebhookEventIds.Attempted, LogLevel.Information, "webhook {Webhook} {Event}: status {Status} in {ElapsedMs} ms, {State} after attempt {Attempt}")]
        public static partial void Attempted(ILogger logger, string webhook, string @event, int? status, int elapsedMs, string state, int attempt);

        [LoggerMessage(WebhookEventIds.SwitchedOff, LogLevel.Error, "webhook {Webhook} was switched off: {Because}")]
        public static partial void SwitchedOff(ILogger logger, string webhook, string because);
    }
}
