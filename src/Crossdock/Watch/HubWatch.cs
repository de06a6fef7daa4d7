using System.Globalization;
using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Orders;
using Crossdock.Telemetry;
using Microsoft.Extensions.Options;

namespace Crossdock.Watch;

/// <summary>Looks at what stands in the database: dead letters, old holds, slow destinations, failing reading, waiting work, what runs out. Every alert ends with its cause.</summary>
internal sealed class HubWatch(WatchStore store, WatchQueries queries, AlertStore alerts, HubAddress hub, CertificateBook certificates, IOptions<WatchOptions> options, TimeProvider clock)
{
    private const string Inbox = "inbox";

    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10), Critical = TimeSpan.FromDays(3), NodeSilence = TimeSpan.FromHours(2), OwnCertificate = TimeSpan.FromHours(6);
    private static readonly string[] OfNodes = [EnumNames<AlertKind>.Of(AlertKind.DiskFull), EnumNames<AlertKind>.Of(AlertKind.CaptureSlow)];

    private DateTimeOffset lookedAtOwn = DateTimeOffset.MinValue;

    /// <summary>Does one look, when it is due and nobody else does it.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!await store.TakeTurnAsync(now, TimeSpan.FromSeconds(options.Value.LookSeconds), cancellationToken))
        {
            return false;
        }

        await DeadAsync(cancellationToken);
        await HeldAsync(now, cancellationToken);
        await SlowAsync(now, cancellationToken);
        await ReadingAsync(now, cancellationToken);
        await WaitingAsync(now, cancellationToken);
        if (hub.Public is { } own && own.Scheme == Uri.UriSchemeHttps && now - lookedAtOwn >= OwnCertificate)
        {
            lookedAtOwn = now;
            await certificates.LookAsync(own, cancellationToken);
        }

        await ExpiryAsync(now, cancellationToken);
        await store.EndSilentAsync(OfNodes, now, now - NodeSilence, cancellationToken);
        return true;
    }

    private async Task DeadAsync(CancellationToken cancellationToken) => await alerts.SetAsync(AlertKind.DeadLetters, "", [.. from one in await queries.DeadAsync(cancellationToken)
        where one.Count >= options.Value.DeadLetters
        select new NewAlert(AlertKind.DeadLetters, new ConnectionId(one.Id), "", one.Count >= options.Value.DeadLettersCritical ? AlertSeverity.Critical : AlertSeverity.Warning,
            $"{Spoken.Many(one.Count, "delivery", "deliveries")} to {one.Name} {(one.Count == 1 ? "was" : "were")} given up; the order of the first is of {Spoken.Of(QueryReading.TimeOf(one.First))}.",
            "Open Dead letters: it shows what the destination answered. Mend the cause, then retry or drop them.")], "Nothing is given up any more: all were sent, retried or dropped.", cancellationToken);

    private async Task HeldAsync(DateTimeOffset now, CancellationToken cancellationToken) => await alerts.SetAsync(AlertKind.HoldsOld, "", [.. from one in await queries.HeldAsync(now.AddHours(-options.Value.HoldHours), cancellationToken)
        select new NewAlert(AlertKind.HoldsOld, new ConnectionId(one.Id), "", AlertSeverity.Warning,
            $"{Spoken.Many(one.Count, "order")} of {one.Name} {(one.Count == 1 ? "is" : "are")} held for more than {Hours(options.Value.HoldHours)}, the first since {Spoken.Of(QueryReading.TimeOf(one.First))}.",
            "Open Holds: each says why. Correct or release them; nothing of these orders is sent until then.")], "No order is held so long any more.", cancellationToken);

    private async Task SlowAsync(DateTimeOffset now, CancellationToken cancellationToken) => await alerts.SetAsync(AlertKind.DestinationSlow, "", [.. from one in await queries.SlowAsync(now - Recent, cancellationToken)
        where one.Slow > options.Value.DestinationMilliseconds
        select new NewAlert(AlertKind.DestinationSlow, new ConnectionId(one.Id), "", AlertSeverity.Warning,
            $"{one.Name} answers slowly: one in twenty calls of the last {Spoken.Of(Recent)} took more than {Spoken.Of(TimeSpan.FromMilliseconds(options.Value.DestinationMilliseconds))}.",
            "Ask whoever runs it. Deliveries to it take longer meanwhile; those to others are not affected.")], "It answers in time again, or is not called any more.", cancellationToken);

    private async Task ReadingAsync(DateTimeOffset now, CancellationToken cancellationToken) => await alerts.SetAsync(AlertKind.ReadingFailing, "", [.. from one in await queries.FailingAsync(now.AddMinutes(-options.Value.ReadingMinutes), cancellationToken)
        select new NewAlert(AlertKind.ReadingFailing, new ConnectionId(one.Id), one.Activity, one.NeedsPerson ? AlertSeverity.Critical : AlertSeverity.Warning,
            $"Reading from {one.Name} ({one.Activity.Replace('_', ' ')}) does not get on since {Spoken.Of(one.Since)}: {one.Problem}",
            one.NeedsPerson ? "Put right what the platform names (key, permission, address) under the connection's Settings; Test says whether it works." : "The hub tries again by itself. If it lasts, use Test on the connection's page, or ask the platform.")], "Reading gets on again.", cancellationToken);

    private async Task WaitingAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromMinutes(options.Value.WaitingMinutes);
        List<NewAlert> waiting = [.. from one in await queries.OverdueAsync(now - longest, cancellationToken)
            select new NewAlert(AlertKind.WorkWaiting, new ConnectionId(one.Id), "deliveries", AlertSeverity.Critical, $"Deliveries to {one.Name} are due since {Spoken.Of(one.Since)} and do not go out.",
                "See on its page whether it answers (circuit breaker, limits), and that a node with the role deliver runs.")];
        if (await queries.OldestEventAsync(cancellationToken) is { } oldest && now - QueryReading.TimeOf(oldest) > longest)
        {
            waiting.Add(new(AlertKind.WorkWaiting, null, Inbox, AlertSeverity.Critical, $"Received events wait to be worked since {Spoken.Of(QueryReading.TimeOf(oldest))}.",
                "See that a node with the role process runs; ./crossdock doctor says more. Nothing is lost: they are stored."));
        }

        await alerts.SetAsync(AlertKind.WorkWaiting, "", waiting, "Nothing waits so long any more.", cancellationToken);
    }

    private async Task ExpiryAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now.AddDays(options.Value.ExpiryDays);
        await alerts.SetAsync(AlertKind.CertificateExpiring, "", [.. from one in await queries.CertificatesAsync(before, now.AddDays(-30), cancellationToken)
            let isOwn = hub.Public is { } address && address.Host == one.Subject
            select new NewAlert(AlertKind.CertificateExpiring, null, one.Subject, one.At - now < Critical ? AlertSeverity.Critical : AlertSeverity.Warning,
                $"The certificate of {one.Name} {(one.At < now ? "ran out" : "runs out")} on {Spoken.Of(one.At)}. {(isOwn ? "It is the hub's own address: without it no platform delivers webhooks." : "Without it the hub does not talk to that host.")}",
                isOwn ? "Renew it where TLS ends: the reverse proxy or load balancer before the hub." : "Tell whoever runs that host.")], "It was renewed.", cancellationToken);
        await alerts.SetAsync(AlertKind.TokenExpiring, "program ", [.. from one in await queries.TokensAsync(now, before, cancellationToken)
            select new NewAlert(AlertKind.TokenExpiring, null, "program " + one.Subject, one.At - now < Critical ? AlertSeverity.Critical : AlertSeverity.Warning,
                $"The token of the program {one.Name} runs out on {Spoken.Of(one.At)}; from then on the hub refuses it.", "Make a new one under Tokens, give it to the program, and revoke this one.")], "It was revoked, or has run out.", cancellationToken);
    }

    private static string Hours(int hours) => hours % 24 == 0 ? Spoken.Many(hours / 24, "day") : string.Create(CultureInfo.InvariantCulture, $"{hours} hours");
}
