using Crossdock.Connections;
using Crossdock.Reading;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;

namespace Crossdock.Subscriptions;

/// <summary>Takes webhooks away at the platform when their connection was disabled or deleted. Never those of another address than this hub's own: a copy of a database must not silence the hub it was copied from.</summary>
internal sealed partial class SubscriptionRemoval(SubscriptionStore store, SubscriptionAlerts alerts, TimeProvider clock, ILogger<SubscriptionRemoval> logger)
{
    /// <summary>A platform that does not answer for so long, or says no, keeps what it has: it calls an address that answers 404, and gives up by itself.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>One attempt, under the lease.</summary>
    /// <param name="check">What is to be taken away.</param>
    /// <param name="connection">The connection with its settings; null when it cannot be prepared any more.</param>
    /// <param name="address">The connection's capture address as this hub has it now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RemoveAsync(SubscriptionCheck check, Connection? connection, Uri address, CancellationToken cancellationToken)
    {
        string because = check.IsDeleted ? "the connection was deleted" : "the connection was disabled";
        if (check.Address != address.AbsoluteUri)
        {
            await LeaveAsync(check, $"they lead to {check.Address}, which is not this hub's address now ({address}), and may be another hub's", because, cancellationToken);
            return;
        }

        if (connection?.Subscriptions is not { } subscriptions)
        {
            await LeaveAsync(check, connection?.BrokenBecause is { } broken ? $"the connection cannot work with its settings ({broken})" : "its settings leave webhooks to a person now", because, cancellationToken);
            return;
        }

        var report = await subscriptions.RemoveAsync(address, cancellationToken);
        if (report.Problem is { } problem)
        {
            await FailAsync(check, problem, cancellationToken);
            return;
        }

        await store.RemovedAsync(check, clock.GetUtcNow(), new(HistoryWords.Removed, $"Took its webhooks away at the platform, because {because}."), cancellationToken);
        await alerts.OverAsync(check, cancellationToken);
        Log.Removed(logger, check.Key, because);
    }

    /// <summary>It did not work; it is tried again for a day.</summary>
    public async Task FailAsync(SubscriptionCheck check, string problem, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - (check.ProblemSince ?? now) >= Longest)
        {
            await LeaveAsync(check, problem, check.IsDeleted ? "the connection was deleted" : "the connection was disabled", cancellationToken);
            return;
        }

        await store.SaveAsync(check, null, new SubscriptionFound { At = now, NextAt = now + Patience.After(check.Failures, null), IsGood = false, Problem = $"Its webhooks could not be taken away: {problem}" }, cancellationToken);
        Log.Waits(logger, check.Key, problem);
    }

    private async Task LeaveAsync(SubscriptionCheck check, string why, string because, CancellationToken cancellationToken)
    {
        await store.RemovedAsync(check, clock.GetUtcNow(), new(HistoryWords.LeftThere, $"Its webhooks are left at the platform although {because}: {why.TrimEnd('.')}. Take them away there if nobody needs them."), cancellationToken);
        await alerts.OverAsync(check, cancellationToken);
        Log.Left(logger, check.Key, why);
    }

    private static partial class Log
    {
        [LoggerMessage(ReadingEventIds.SubscriptionsRemoved, LogLevel.Information, "took the webhooks of {Connection} away: {Because}")]
        public static partial void Removed(ILogger logger, string connection, string because);

        [LoggerMessage(ReadingEventIds.SubscriptionsFailed, LogLevel.Warning, "the webhooks of {Connection} could not be taken away yet: {Because}")]
        public static partial void Waits(ILogger logger, string connection, string because);

        [LoggerMessage(ReadingEventIds.SubscriptionsLeft, LogLevel.Warning, "the webhooks of {Connection} are left at the platform: {Because}")]
        public static partial void Left(ILogger logger, string connection, string because);
    }
}
