using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Review;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Bulk;

/// <summary>Does to many orders what was asked, one order at a time, in the name of who asked. A crash repeats no change: each order's action refuses what is done already.</summary>
internal sealed partial class BulkRole(BulkStore store, BulkQueries queries, OrderActions orders, DeliveryActions deliveries, AuditLog audit, TimeProvider clock, ILogger<BulkRole> logger) : BackgroundService
{
    private const int ChunkOrders = 25, KeepDays = 30;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), CleanEvery = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? cleanedAt = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            bool hasWorked = false;
            try
            {
                hasWorked = await StepAsync(stoppingToken);
                if (!hasWorked && (cleanedAt is null || clock.GetElapsedTime(cleanedAt.Value) > CleanEvery))
                {
                    await store.DropOldAsync(clock.GetUtcNow().AddDays(-KeepDays), stoppingToken);
                    cleanedAt = clock.GetTimestamp();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
            {
                // The lease runs out by itself.
                Log.Waits(logger, exception.Message);
            }

            if (!hasWorked)
            {
                await Task.Delay(Look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Takes one piece of work to its end; false when there is none.</summary>
    internal async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if (await store.ClaimAsync(clock.GetUtcNow(), cancellationToken) is not { } work)
        {
            return false;
        }

        int place = work.Place;
        while (await store.KeepAsync(work.Id, clock.GetUtcNow(), cancellationToken))
        {
            var chunk = await store.BeginAsync(work.Id, place, ChunkOrders, cancellationToken);
            if (chunk.Count == 0)
            {
                await store.EndAsync(work.Id, BulkState.Done, null, clock.GetUtcNow(), cancellationToken);
                break;
            }

            List<(int Place, string? Refusal)> results = [];
            foreach (var (at, order, wasBegun) in chunk)
            {
                string? refusal = await ActAsync(work, order, cancellationToken);
                // Another time round after a crash: what is refused now was done before it.
                results.Add((at, wasBegun ? null : refusal));
            }

            place = chunk[^1].Place;
            await store.FinishAsync(work.Id, results, clock.GetUtcNow(), cancellationToken);
        }

        return true;
    }

    private async Task<string?> ActAsync(BulkWork work, Guid order, CancellationToken cancellationToken)
    {
        // Until this method is over: the audit log names who asked, and nobody reaches further than they may see.
        Caller.Is(work.Caller);
        var isTold = AuditLog.Watch();
        if (work.Kind is BulkKind.Resend)
        {
            var failed = await queries.ResendableAsync(order, cancellationToken);
            var answers = await deliveries.RetryAsync(failed, work.Actor, work.Because, cancellationToken);
            return answers.Any(answer => answer.Answer is ActionAnswer.Done) ? null : answers.FirstOrDefault(answer => answer.Because is not null)?.Because ?? BulkVerdict.NothingToResend;
        }

        var result = work.Kind switch
        {
            BulkKind.Approve => await orders.ApproveAsync(order, work.Actor, work.Because, cancellationToken),
            BulkKind.Hold => await orders.HoldAsync(order, work.Actor, work.Because, cancellationToken),
            BulkKind.Release => await orders.ReleaseAsync(order, work.Actor, work.Because, cancellationToken),
            BulkKind.Cancel => await orders.CancelAsync(order, work.Actor, work.Because, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        // Holding and releasing leave this to who asks for it.
        if (result is { IsKnown: true, Refusal: null } && !isTold())
        {
            await audit.KeepAsync(new AuditEntry(work.Kind is BulkKind.Hold ? "order_held" : "order_released", "order", order.ToString(), After: new { bulk = work.Id }, Because: work.Because), cancellationToken);
        }

        return result.IsKnown ? result.Refusal : "There is no such order any more.";
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.BulkFailed, LogLevel.Warning, "work on many orders waits for the database: {Error}")]
        public static partial void Waits(ILogger logger, string error);
    }
}
