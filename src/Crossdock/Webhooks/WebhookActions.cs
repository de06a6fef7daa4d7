using Crossdock.Accounts;
using Npgsql;

namespace Crossdock.Webhooks;

/// <summary>What was answered to a test.</summary>
/// <param name="IsTaken">True when it answered 2xx.</param>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="ElapsedMs">How long it took.</param>
/// <param name="Answer">Its first 4,000 characters.</param>
/// <param name="Because">Why it was not taken, for people; null when it was.</param>
public sealed record WebhookTest(bool IsTaken, int? Status, int ElapsedMs, string? Answer, string? Because);

/// <summary>What a person or program does with webhooks.</summary>
public sealed class WebhookActions
{
    private readonly WebhookStore store;
    private readonly WebhookMessages messages;
    private readonly WebhookSender sender;
    private readonly AuditLog audit;
    private readonly TimeProvider clock;

    internal WebhookActions(WebhookStore store, WebhookMessages messages, WebhookSender sender, AuditLog audit, TimeProvider clock) => (this.store, this.messages, this.sender, this.audit, this.clock) = (store, messages, sender, audit, clock);

    /// <summary>Makes one; the answer has its secret, shown this once.</summary>
    public Task<WebhookAnswer> CreateAsync(WebhookDraft draft, string actor, CancellationToken cancellationToken) => store.CreateAsync(draft, actor, cancellationToken);

    /// <summary>Changes one; what the draft leaves out stays.</summary>
    public Task<WebhookAnswer> ChangeAsync(Guid id, long version, WebhookDraft draft, CancellationToken cancellationToken) => store.ChangeAsync(id, version, draft, cancellationToken);

    /// <summary>Gives it a new secret, shown this once; the former one signs as well for a while.</summary>
    public Task<WebhookAnswer> RotateAsync(Guid id, CancellationToken cancellationToken) => store.RotateAsync(id, cancellationToken);

    /// <summary>Deletes one with its log; false when there is none.</summary>
    public Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken) => store.DeleteAsync(id, cancellationToken);

    /// <summary>Sends a test event; null when there is no such webhook.</summary>
    public async Task<WebhookTest?> TestAsync(Guid id, CancellationToken cancellationToken) =>
        await sender.TestAsync(id, cancellationToken) is { } call ? new(call.IsTaken, call.Status, call.ElapsedMs, call.ResponseBody, call.Because) : null;

    /// <summary>Tells one event again, with the same id; false when the webhook has no such event.</summary>
    public async Task<bool> ReplayAsync(Guid webhook, Guid id, CancellationToken cancellationToken)
    {
        if (!await messages.AgainAsync(webhook, id, clock.GetUtcNow(), cancellationToken))
        {
            return false;
        }

        await audit.KeepAsync(new AuditEntry("webhook_replayed", "webhook", webhook.ToString(), After: new { @event = id }), cancellationToken);
        return true;
    }

    /// <summary>Tells again what happened in a range, each event with the same id; answers how many. What still waits is left as it is.</summary>
    /// <param name="webhook">Which.</param>
    /// <param name="from">At or after, UTC.</param>
    /// <param name="to">Before, UTC.</param>
    /// <param name="state">Only <c>delivered</c> or <c>failed</c> ones; null for both.</param>
    /// <param name="types">Only these types; empty for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<int> ReplayAsync(Guid webhook, DateTimeOffset from, DateTimeOffset to, string? state, IReadOnlyList<string> types, CancellationToken cancellationToken)
    {
        int count = await messages.AgainAsync(webhook, from, to, state, types, clock.GetUtcNow(), cancellationToken);
        await audit.KeepAsync(new AuditEntry("webhook_replayed", "webhook", webhook.ToString(), After: new { from, to, state, types, count }), cancellationToken);
        return count;
    }
}
