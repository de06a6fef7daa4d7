using System.Diagnostics;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;

namespace Crossdock.Delivery;

/// <summary>Makes one attempt: looks up first where a former one is unclear, then sends, and rules on the outcome.</summary>
internal sealed partial class DeliveryAttempt(TimeProvider clock, ILogger<DeliveryAttempt> logger)
{
    // The connector has a time-out of its own; this is for one that forgets it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How it ended, and the outcome itself for whoever watches the destination's health.</summary>
    internal async Task<(FinishedAttempt Finished, Outcome Outcome)> MakeAsync(DueDelivery due, Connection connection, IDestination destination, CancellationToken stopping)
    {
        var limits = destination.Limits;
        int number = due.Attempts + 1;
        var begun = clock.GetUtcNow();
        using var span = HubTrace.Deliver(due.EventId, due.CaptureSpan, connection.Key, due.OrderId.Value, due.Id.Value, EnumNames<DeliveryKind>.Of(due.Kind), number, begun);
        DeliveryRequest request = new(due.Id, due.Kind, due.OrderId, due.Document, due.StoreKey, due.RemoteId, due.BodyOverride, number) { Notice = due.Notice };
        bool isUnclear = due.IsUnclear;
        LoggedCall? find = null;
        Outcome? outcome = null;
        if (isUnclear && due.Kind is DeliveryKind.Create or DeliveryKind.Status && destination.CanFind)
        {
            var startedAt = clock.GetUtcNow();
            var found = await FindAsync(destination, request, limits, stopping);
            find = new LoggedCall(Guid.CreateVersion7(startedAt), "find", Name(found.Answer), found.Because, number, Elapsed(found.Exchange, startedAt), found.Exchange);
            isUnclear = found.Answer != FindAnswer.HasNot;
            outcome = found.Answer switch
            {
                FindAnswer.Has => new Delivered(found.RemoteId) { Tracking = found.Tracking },
                FindAnswer.HasNot => null,
                FindAnswer.CannotSay => new RetryLater(found.Because ?? "it cannot say whether it has it already"),
            };
        }

        else if (isUnclear && due is { IsRestored: true, Kind: DeliveryKind.Create })
        {
            // After an unclear call the idempotency key would help; what was sent before the restore went out under another one.
            outcome = new Hold($"The hub was restored from a backup. Whether {connection.Name} got this order before that is not known, and it cannot be asked. Look there: retry sends the order, drop does not.");
            find = new LoggedCall(Guid.CreateVersion7(begun), "find", Name(FindAnswer.CannotSay), "it cannot be asked", number, 0, null);
        }

        LoggedCall call;
        if (outcome is null)
        {
            // :: Step 14: send with the idempotency key
            var startedAt = clock.GetUtcNow();
            var sent = await SendAsync(destination, request, limits, stopping);
            outcome = sent.Outcome;
            call = new LoggedCall(Guid.CreateVersion7(startedAt), "send", Name(outcome), Because(outcome), number, Elapsed(sent.Exchange, startedAt), sent.Exchange);
        }
        else
        {
            call = find!.Value;
            find = null;
        }

        var at = clock.GetUtcNow();
        bool isDelivered = outcome is Delivered;
        span.Tell(Name(outcome), isFailure: !isDelivered);
        KeyValuePair<string, object?> where = new("destination", connection.Key);
        HubMeter.Attempts.Add(1, where, new("outcome", Name(outcome)));
        HubMeter.AttemptDuration.Record((at - begun).TotalSeconds, where);
        if (isDelivered && due is { Kind: DeliveryKind.Create, Generation: 1 } && due.EventId != Guid.Empty)
        {
            HubMeter.Lead.Record((at - QueryReading.TimeOf(due.EventId)).TotalSeconds);
        }

        var ruling = DeliveryRuling.Of(due, isUnclear, outcome, limits, at, Random.Shared.NextDouble());
        Log.Attempted(logger, ruling.State == DeliveryState.Delivered ? LogLevel.Debug : LogLevel.Information,
            due.Id.Value, due.OrderId.Value, connection.Key, due.Kind, call.Purpose, call.Outcome, number, call.ElapsedMs, ruling.State, ruling.NextAttemptAt);
        FinishedAttempt finished = new()
        {
            Due = due,
            DestinationKey = connection.Key,
            At = at,
            Ruling = ruling,
            Call = call,
            Find = find,
            IsThrottled = outcome is RetryLater { IsThrottled: true },
            Tracking = due.Kind == DeliveryKind.Status ? null : (outcome as Delivered)?.Tracking,
        };
        return (finished, outcome);
    }

    private async Task<SendResult> SendAsync(IDestination destination, DeliveryRequest request, DestinationLimits limits, CancellationToken stopping)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        guard.CancelAfter(TimeSpan.FromSeconds(limits.TimeoutSeconds) + Grace);
        try
        {
            return await destination.SendAsync(request, guard.Token);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            Log.Threw(logger, exception, request.Id.Value);
            return new SendResult(new Unclear(exception is OperationCanceledException ? "no answer in time" : $"the connector failed: {exception.GetType().Name}"), null);
        }
    }

    private async Task<FindResult> FindAsync(IDestination destination, DeliveryRequest request, DestinationLimits limits, CancellationToken stopping)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        guard.CancelAfter(TimeSpan.FromSeconds(limits.TimeoutSeconds) + Grace);
        try
        {
            return await destination.FindAsync(request, guard.Token);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            Log.Threw(logger, exception, request.Id.Value);
            return new FindResult(FindAnswer.CannotSay, null, exception is OperationCanceledException ? "the look-up had no answer in time" : $"the connector failed: {exception.GetType().Name}", null);
        }
    }

    private int Elapsed(Exchange? exchange, DateTimeOffset startedAt) => exchange?.ElapsedMs ?? (int)(clock.GetUtcNow() - startedAt).TotalMilliseconds;

    private static string Name(FindAnswer answer) => answer switch
    {
        FindAnswer.Has => "has",
        FindAnswer.HasNot => "has_not",
        FindAnswer.CannotSay => "cannot_say",
    };

    private static string Name(Outcome outcome) => outcome switch
    {
        Delivered => "delivered",
        RetryLater => "retry_later",
        Unclear => "unclear",
        Hold => "hold",
        Rejected => "rejected",
        _ => throw new UnreachableException(),
    };

    private static string? Because(Outcome outcome) => outcome switch
    {
        Delivered => null,
        RetryLater later => later.Because,
        Unclear unclear => unclear.Because,
        Hold hold => hold.Because,
        Rejected rejected => rejected.Because,
        _ => throw new UnreachableException(),
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = DeliveryEventIds.DeliveryAttempted, Message = "delivery {Delivery} of order {Order} to {Destination}: {Kind} by {Purpose} {Outcome}, attempt {Attempt}, {ElapsedMs} ms; now {State}, next {NextAttemptAt}")]
        internal static partial void Attempted(ILogger logger, LogLevel level, Guid delivery, Guid order, string destination, DeliveryKind kind, string purpose, string outcome, int attempt, int elapsedMs, DeliveryState state, DateTimeOffset nextAttemptAt);

        [LoggerMessage(DeliveryEventIds.DestinationThrew, LogLevel.Error, "the destination of delivery {Delivery} threw instead of answering with an outcome")]
        internal static partial void Threw(ILogger logger, Exception exception, Guid delivery);
    }
}
