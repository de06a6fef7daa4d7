using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Subscriptions;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Crossdock.Rhythm;

/// <summary>Looks at all stores: learns their rhythm, tells who fell silent, and ends it with the next order.</summary>
internal sealed partial class QuietWatch(RhythmStore store, IConnectionDirectory directory, AlertStore alerts, SubscriptionActions subscriptions, IOptions<RhythmOptions> options, TimeProvider clock, ILogger<QuietWatch> logger)
{
    /// <summary>What an order may take to get here by a webhook and through the inbox.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LearnEvery = TimeSpan.FromHours(6);
    private const string All = "all stores", Subject = "orders";

    /// <summary>Does one look, when it is due and nobody else does it.</summary>
    /// <param name="mayTell">False soon after a start: learns and ends, tells nothing new.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> LookAsync(bool mayTell, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await store.TakeTurnAsync(now, TimeSpan.FromMinutes(options.Value.CheckMinutes), cancellationToken) is not { } common)
        {
            return false;
        }

        var stores = await store.StoresAsync(cancellationToken);
        for (int i = 0; i < stores.Count; i++)
        {
            stores[i] = await LearnAsync(stores[i], now, cancellationToken);
        }

        foreach (var silent in stores.Where(one => one.QuietFrom is not null))
        {
            await EndAsync(silent, now, cancellationToken);
        }

        if (!mayTell)
        {
            return true;
        }

        var verdict = QuietVerdict.Of([.. stores.Select(one => Judged(one, common.Until, now)).OfType<JudgedStore>()], options.Value.OnceInMonths);
        if (verdict.Common is { } shared)
        {
            if (common.From is null)
            {
                await store.CommonAsync(common with { From = shared.Since }, cancellationToken);
                Log.AllQuiet(logger, shared.Silent, shared.Since, shared.Silence.Expected);
            }

            await alerts.RaiseAsync(new NewAlert(AlertKind.StoreQuiet, null, All, AlertSeverity.Critical, Sentence(shared, now),
                "Call the hub's address from outside, for example its /health/live: DNS, certificate, proxy and firewall. See whether webhooks are refused (Connections, refused). What the shops could not deliver is read from them where polling is on."), cancellationToken);
            return true;
        }

        if (common.From is { } began)
        {
            await alerts.EndAsync(AlertKind.StoreQuiet, null, All, $"Orders come again, after {Spoken.Of(now - began)}.", cancellationToken);
            await store.CommonAsync(new CommonSilence(null, now), cancellationToken);
            return true;
        }

        foreach (var (one, silence) in verdict.Quiet)
        {
            await TellAsync(one, silence, now, cancellationToken);
        }

        return true;
    }

    /// <summary>Why a store is not judged; null when it is.</summary>
    public static string? WhyNot(Connection connection, WeeklyRhythm? rhythm, RhythmOptions options) =>
        !connection.IsEnabled ? "The connection is disabled."
        : !SellsByItself(connection) ? "Its orders do not come by themselves."
        : rhythm is null || rhythm.Orders < options.LeastOrders || rhythm.Days < options.LeastDays
            ? $"Its rhythm is not known yet: {Spoken.Many(rhythm?.Orders ?? 0, "order")} in {Spoken.Many((long)(rhythm?.Days ?? 0), "day")}; {options.LeastOrders} orders and {options.LeastDays} days are needed."
        : null;

    /// <summary>The store's own time zone, or the one that its settings name; otherwise UTC.</summary>
    public static DateTimeZone ZoneOf(Connection? connection) => connection?.OwnZone ?? DateTimeZone.Utc;

    private static bool SellsByItself(Connection connection) => connection.Mapping is not null && (connection.Endpoint is not null || connection.PollEvery is not null || connection.Feed is not null);

    private JudgedStore? Judged(StoreRhythm one, DateTimeOffset? commonUntil, DateTimeOffset now)
    {
        if (!one.IsOn || one.LastOrderAt is not { } last || directory.Current.ById.GetValueOrDefault(one.ConnectionId) is not { } connection || WhyNot(connection, one.Rhythm, options.Value) is not null)
        {
            return null;
        }

        // Without webhooks an order is heard of with the next poll.
        var until = now - OnItsWay - (connection.Endpoint is null ? connection.PollEvery ?? TimeSpan.Zero : TimeSpan.Zero);
        var since = Later(Later(last, one.ChangedAt), commonUntil ?? last);
        return new JudgedStore(one, since, since > until ? since : until);
    }

    private async Task<StoreRhythm> LearnAsync(StoreRhythm one, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // While nothing comes there is nothing to learn, and what was learned must not fade.
        if (one.LastOrderAt is not { } last || (one.LearnedAt is { } learned && (now - learned < LearnEvery || learned > last)))
        {
            return one;
        }

        var hours = await store.HoursAsync(one.ConnectionId, last - WeeklyRhythm.Window, now.AddHours(1), cancellationToken);
        var rhythm = WeeklyRhythm.Learn(hours, last, ZoneOf(directory.Current.ById.GetValueOrDefault(one.ConnectionId)));
        await store.LearnedAsync(one.ConnectionId, rhythm, now, last - WeeklyRhythm.Window - TimeSpan.FromDays(35), cancellationToken);
        return one with { Rhythm = rhythm, LearnedAt = now };
    }

    private async Task EndAsync(StoreRhythm silent, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string? because = !silent.IsOn ? "The connection was disabled or deleted."
            : silent.LastOrderAt > silent.QuietFrom ? $"An order came {Spoken.Of(silent.LastOrderAt.Value)}, after {Spoken.Of(silent.LastOrderAt.Value - silent.QuietFrom.Value)} without any." : null;
        if (because is not null)
        {
            await alerts.EndAsync(AlertKind.StoreQuiet, silent.ConnectionId, Subject, because, cancellationToken);
            await store.QuietAsync(silent.ConnectionId, null, cancellationToken);
            Log.Ended(logger, silent.Name, because);
        }
    }

    private async Task TellAsync(JudgedStore one, Silence silence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = one.Store.LastOrderAt!.Value;
        bool isNew = await alerts.RaiseAsync(new NewAlert(AlertKind.StoreQuiet, one.Id, Subject, silence.OnceInMonths >= options.Value.OnceInMonths * 24.0 ? AlertSeverity.Critical : AlertSeverity.Warning,
            FormattableString.Invariant($"No new order since {Spoken.Of(last)}, {Spoken.Of(now - last)} ago. By its usual rhythm about {one.Rhythm.Usually(one.Since, one.Until):0} would have come meanwhile; so long a silence comes by chance {silence.Words}."),
            "See whether the shop sells, whether its webhooks are there (Check now) and whether its key still works (Test)."), cancellationToken);
        if (one.Store.QuietFrom is null)
        {
            await store.QuietAsync(one.Id, last, cancellationToken);
        }

        if (isNew)
        {
            // The likeliest reason is looked for at once.
            await subscriptions.AskAsync(one.Id, cancellationToken);
            Log.Quiet(logger, one.Store.Name, last, silence.Expected, silence.OnceInMonths);
        }
    }

    private static string Sentence((DateTimeOffset Since, Silence Silence, int Silent, int Judged) shared, DateTimeOffset now) => FormattableString.Invariant(
        $"{(shared.Silent == shared.Judged ? $"No new order from any of {shared.Judged} stores" : $"No new order from {shared.Silent} of the {shared.Judged} stores that usually sell at this time")} since {Spoken.Of(shared.Since)}, {Spoken.Of(now - shared.Since)} ago; about {shared.Silence.Expected:0} would have come. Perhaps the hub cannot be reached from outside.");

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private static partial class Log
    {
        [LoggerMessage(RhythmEventIds.StoreQuiet, LogLevel.Warning, "{Store} is silent since {Since}: {Expected} orders were expected, once in {OnceInMonths} months by chance")]
        public static partial void Quiet(ILogger logger, string store, DateTimeOffset since, double expected, double onceInMonths);

        [LoggerMessage(RhythmEventIds.StoreQuietEnded, LogLevel.Information, "the silence of {Store} is over: {Because}")]
        public static partial void Ended(ILogger logger, string store, string because);

        [LoggerMessage(RhythmEventIds.AllQuiet, LogLevel.Error, "{Stores} stores are silent since {Since}: {Expected} orders were expected; perhaps the hub cannot be reached")]
        public static partial void AllQuiet(ILogger logger, int stores, DateTimeOffset since, double expected);
    }
}
