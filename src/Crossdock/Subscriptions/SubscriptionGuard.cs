using System.Text.Json;
using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Subscriptions;

/// <summary>Compares a connection's webhooks with what they should be, has the missing ones put back, tells it, and asks for what may have been missed to be read.</summary>
internal sealed partial class SubscriptionGuard(SubscriptionStore store, SubscriptionAlerts alerts, IOptions<SubscriptionOptions> options, TimeProvider clock, ILogger<SubscriptionGuard> logger)
{
    /// <summary>One check of one connection, under its lease.</summary>
    public async Task CheckAsync(SubscriptionCheck check, Connection connection, Uri address, CancellationToken cancellationToken)
    {
        var report = await connection.Subscriptions!.CheckAsync(address, repair: false, cancellationToken);
        if (report.Problem is null && Wrong(report) is { Length: > 0 } wrong)
        {
            var now = clock.GetUtcNow();
            var past = await store.PastAsync(check.ConnectionId, cancellationToken);
            // The first registration is no trouble, and neither is what we took away ourselves or a new address of the hub; but what was sold meanwhile is as unknown as after one.
            var lost = check switch
            {
                { GoodAt: null } or { RemovedAt: not null } => null,
                { Address: { } former } when former != address.AbsoluteUri => null,
                { Lost: { } open } => open with { What = wrong },
                _ => new LostSubscriptions(wrong, check.GoodAt.Value, now),
            };
            var gap = check.GoodAt is { } goodAt ? past.LostSince(goodAt, now) : past.UnknownSince(now);
            if (!await store.BeginAsync(check, address, gap, lost, cancellationToken))
            {
                return;
            }

            check = check with { Lost = lost, GapFrom = check.GapFrom < gap ? check.GapFrom : gap };
            await alerts.LostAsync(check, cancellationToken);
            report = await connection.Subscriptions.CheckAsync(address, repair: true, cancellationToken);
        }

        await ConcludeAsync(check, connection, address, report, cancellationToken);
    }

    /// <summary>Ends a check that came to no report: a connector's bug, or no answer in time.</summary>
    public Task FailAsync(SubscriptionCheck check, Connection connection, string because) => ConcludeAsync(check, connection, null, new SubscriptionReport([], because), CancellationToken.None);

    private async Task ConcludeAsync(SubscriptionCheck check, Connection connection, Uri? address, SubscriptionReport report, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        string off = string.Join(", ", report.Subscriptions.Where(one => !one.IsActive).Select(one => one.Topic));
        string? problem = report.Problem ?? (off.Length > 0 ? $"These webhooks could not be switched on: {off}." : null);
        bool isGood = problem is null;
        bool canRead = connection.Readers is not null;
        string? moved = isGood && check.Address is { } former && former != address!.AbsoluteUri
            ? $" Before, they led to {former}; what is registered there is left alone: take it away at the platform if no hub listens there any more." : null;
        bool isSaved = await store.SaveAsync(check, isGood ? address : null, new SubscriptionFound
        {
            At = now,
            NextAt = now + (isGood ? Every() : report.NeedsPerson ? Patience.Refused : Patience.After(check.Failures, null)),
            IsGood = isGood,
            Topics = report.Subscriptions.Count == 0 && !isGood ? null : JsonSerializer.Serialize(Topics(check, report, now), JsonSerializerOptions.Web),
            Problem = problem,
            NeedsPerson = report.NeedsPerson,
            CanRead = canRead,
            History = !isGood ? null
                : check.Lost is { } lost ? new(HistoryWords.PutBack, $"{SubscriptionAlerts.Told(check)} Put back {Spoken.Of(now)}. {SubscriptionAlerts.Reading(check, canRead)}")
                : check.GapFrom is not null ? new(HistoryWords.Registered, $"Registered its webhooks ({string.Join(", ", report.Subscriptions.Select(one => one.Topic))}) at the address {address}.{moved} {SubscriptionAlerts.Reading(check, canRead)}")
                : null,
        }, cancellationToken);
        if (!isSaved)
        {
            return;
        }

        if (isGood)
        {
            await alerts.GoodAsync(check, canRead, cancellationToken);
        }
        else
        {
            await alerts.ProblemAsync(check, problem!, report.NeedsPerson, cancellationToken);
            Log.Failed(logger, connection.Key, report.NeedsPerson, problem!);
        }

        if (isGood && check.GapFrom is { } gap)
        {
            Log.PutBack(logger, connection.Key, check.Lost?.What, gap);
        }
    }

    // Spread, so that a thousand connections of one start are not all checked in the same second for ever.
    private TimeSpan Every() => TimeSpan.FromMinutes(options.Value.CheckMinutes) * (0.9 + (0.1 * Random.Shared.NextDouble()));

    private static string Wrong(SubscriptionReport report) =>
        string.Join(", ", report.Subscriptions.Where(one => one.Found is not SubscriptionState.Active).Select(one => $"{one.Topic} ({EnumNames<SubscriptionState>.Of(one.Found)}{(one.Detail is { } detail ? ", " + detail : "")})"));

    private static IEnumerable<SubscriptionTopic> Topics(SubscriptionCheck check, SubscriptionReport report, DateTimeOffset now) => report.Subscriptions.Select(one =>
    {
        var former = check.Topics.FirstOrDefault(known => known.Topic == one.Topic);
        bool isSame = former is not null && former.IsActive == one.IsActive && (one.Found is SubscriptionState.Active || !one.IsActive);
        return new SubscriptionTopic(one.Topic, EnumNames<SubscriptionState>.Of(one.Found), one.IsActive, isSame ? former!.Since : now, one.Detail);
    });

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.SubscriptionsFailed, LogLevel.Warning, "the webhooks of {Connection} are not all right (needs a person: {NeedsPerson}): {Because}")]
        public static partial void Failed(ILogger logger, string connection, bool needsPerson, string because);

        [LoggerMessage(ReadingEventIds.SubscriptionsPutBack, LogLevel.Information, "webhooks of {Connection} are registered; lost before: {Lost}; its orders are read since {From}")]
        public static partial void PutBack(ILogger logger, string connection, string? lost, DateTimeOffset from);
    }
}
