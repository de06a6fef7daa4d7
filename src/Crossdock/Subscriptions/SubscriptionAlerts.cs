using Crossdock.Alerts;
using Crossdock.Telemetry;

namespace Crossdock.Subscriptions;

/// <summary>Tells people of webhooks: what was lost, for how long, and what became of it.</summary>
internal sealed class SubscriptionAlerts(AlertStore alerts, TimeProvider clock)
{
    private const string Subject = "webhooks";

    /// <summary>How long a problem that passes by itself may last before it needs a person.</summary>
    private static readonly TimeSpan Patient = TimeSpan.FromHours(1);

    /// <summary>What was found, in one sentence.</summary>
    public static string Told(SubscriptionCheck check) =>
        $"Webhooks were gone or switched off at the platform: {check.Lost!.What}. Found {Spoken.Of(check.Lost.FoundAt)}, last seen well {Spoken.Of(check.Lost.From)}.";

    /// <summary>What is done about what was sold meanwhile.</summary>
    public static string Reading(SubscriptionCheck check, bool canRead) => (check.GapFrom, canRead) switch
    {
        (null, _) => "",
        ({ } from, true) => $"What changed in the shop since {Spoken.Of(from)} is read from there.",
        ({ } from, false) => $"Its orders cannot be read with this connection's settings: compare the shop's own list since {Spoken.Of(from)} by hand.",
    };

    /// <summary>Found missing; nothing is put back yet.</summary>
    public async Task LostAsync(SubscriptionCheck check, CancellationToken cancellationToken)
    {
        if (check.Lost is not null)
        {
            await RaiseLostAsync(check, AlertSeverity.Warning, "They are being put back.", null, cancellationToken);
        }
    }

    /// <summary>All are there and on.</summary>
    public async Task GoodAsync(SubscriptionCheck check, bool canRead, CancellationToken cancellationToken)
    {
        await alerts.EndAsync(AlertKind.WebhooksNotManaged, check.ConnectionId, Subject, "All webhooks are there and switched on.", cancellationToken);
        if (check.Lost is { } lost)
        {
            string back = $"Put back {Spoken.Of(clock.GetUtcNow())}, after {Spoken.Of(clock.GetUtcNow() - lost.From)} at most.";
            await RaiseLostAsync(check, AlertSeverity.Warning, $"{back} {Reading(check, canRead)}", canRead ? null : "Compare the shop's list of orders with the hub's for that time, and then mark this alert as known.", cancellationToken);
        }
    }

    /// <summary>They could not be checked, or not be put back.</summary>
    public async Task ProblemAsync(SubscriptionCheck check, string problem, bool needsPerson, CancellationToken cancellationToken)
    {
        const string Advice = "Put right what the platform names (key, permission, address). It is tried again at once when the settings change, every few minutes by itself, and with \"Check now\" on the connection's page.";
        if (check.Lost is not null)
        {
            await RaiseLostAsync(check, AlertSeverity.Critical, $"They could not be put back: {problem}", Advice, cancellationToken);
        }

        if (needsPerson || clock.GetUtcNow() - (check.ProblemSince ?? clock.GetUtcNow()) >= Patient)
        {
            await alerts.RaiseAsync(new NewAlert(AlertKind.WebhooksNotManaged, check.ConnectionId, Subject, check.Lost is null && check.GoodAt is not null ? AlertSeverity.Warning : AlertSeverity.Critical,
                $"The hub cannot look after the webhooks of {check.Name}{(check.ProblemSince is { } since ? $" since {Spoken.Of(since)}" : "")}: {problem}", Advice), cancellationToken);
        }
    }

    /// <summary>The gap was read to its end.</summary>
    /// <returns>What goes into the connection's history.</returns>
    public async Task<HistoryEntry> CaughtUpAsync(CaughtUp done, CancellationToken cancellationToken)
    {
        string found = done.Missing > 0 ? $"{Spoken.Many(done.Missing, "order")} that the hub had not heard of" : "no order that the hub had not heard of";
        string read = $"Reading the shop found {found}, among {done.Read:N0} listed.";
        string because = done is { LostFrom: { } from, LostOverAt: { } over } ? $"The webhooks were put back {Spoken.Of(over)}, after {Spoken.Of(over - from)} at most. {read}" : read;
        int ended = await alerts.EndAsync(AlertKind.WebhooksLost, done.ConnectionId, Subject, because, cancellationToken);
        return new HistoryEntry(HistoryWords.CaughtUp, ended > 0 ? because : read);
    }

    /// <summary>The connection is not used any more.</summary>
    public async Task OverAsync(SubscriptionCheck check, CancellationToken cancellationToken)
    {
        string because = check.IsDeleted ? "The connection was deleted." : "The connection was disabled.";
        await alerts.EndAsync(AlertKind.WebhooksNotManaged, check.ConnectionId, Subject, because, cancellationToken);
        await alerts.EndAsync(AlertKind.WebhooksLost, check.ConnectionId, Subject, because, cancellationToken);
    }

    private Task RaiseLostAsync(SubscriptionCheck check, AlertSeverity severity, string then, string? advice, CancellationToken cancellationToken) =>
        alerts.RaiseAsync(new NewAlert(AlertKind.WebhooksLost, check.ConnectionId, Subject, severity, $"{Told(check)} {then}".TrimEnd(), advice), cancellationToken);
}
