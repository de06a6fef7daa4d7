using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Crossdock.Review;
using Npgsql;

namespace Crossdock.Edits;

/// <summary>Writes what a person's change comes to, in the transaction that has the order locked.</summary>
internal static class EditWriter
{
    public static async Task WriteAsync(
        NpgsqlConnection connection, RestorePoint restored, EditPlan plan, OrderDraft draft, OrderResult result, HoldWrite? secondPerson, AuditEntry? audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deliveries = Deliveries(restored, draft, result, now);
        if (deliveries.Count > 0)
        {
            await ProcessingStore.InsertDeliveriesAsync(connection, deliveries, Guid.Empty, now, new CopyRows(), cancellationToken);
        }

        await OrderStore.AppendTimelineAsync(connection, [new TimelineWrite(Guid.CreateVersion7(now), result.Row.Id, draft.Store.Id, draft.Entries)], new CopyRows(), cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(OrderStore.UpdateCommand(result.Row, now));
        foreach (var command in plan.Commands)
        {
            batch.BatchCommands.Add(command);
        }

        foreach (var mark in draft.Edits?.Marks ?? [])
        {
            batch.BatchCommands.Add(EditStore.Marking(mark));
        }

        batch.BatchCommands.Add(EditStore.Flagging(result.Row.Id.Value));
        // What was approved is not what it was.
        batch.BatchCommands.Add(FirstApprovals.Ending(result.Row.Id.Value, now));
        if (deliveries.Exists(row => row.Due.IsRestored))
        {
            batch.BatchCommands.Add(RestorePoint.DoubtCommand(deliveries.Where(row => row.Due.IsRestored).Select(row => row.Due.Id)));
        }

        if (result.Plan is { } planned)
        {
            batch.BatchCommands.Add(ProcessingStore.SupersedeCommand(planned.Supersede, now));
            foreach (var refreshed in planned.Refresh)
            {
                batch.BatchCommands.Add(ProcessingStore.RefreshCommand(refreshed, now));
            }
        }

        if (result.OpenHolds.Count > 0)
        {
            batch.BatchCommands.Add(ProcessingStore.OpenHoldsCommand([.. result.OpenHolds.Select(hold => new HoldWrite(Guid.CreateVersion7(now), result.Row.Id, draft.Store.Id, hold.Code, hold.Reason, null, now, "crossdock"))]));
        }

        if (secondPerson is not null)
        {
            batch.BatchCommands.Add(ProcessingStore.OpenHoldsCommand([secondPerson]));
        }

        foreach (var (code, reason) in result.CloseHolds)
        {
            batch.BatchCommands.Add(ProcessingStore.CloseHoldCommand(result.Row.Id, code, reason, now));
        }

        if (draft.Store.TellsStatus && draft.Before!.State != result.Row.State && result.Row.State is OrderState.Cancelled or OrderState.Excluded)
        {
            batch.BatchCommands.Add(ShopNotices.CallingOff([result.Row.Id.Value], now));
        }

        if (audit is not null)
        {
            batch.BatchCommands.Add(AuditLog.Keeping(audit, now));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static List<NewDelivery> Deliveries(RestorePoint restored, OrderDraft draft, OrderResult result, DateTimeOffset now) => [.. (result.Plan?.Insert ?? []).Select(planned =>
    {
        var own = planned.IsWholeOrder ? null : OrderJson.Write(planned.Document);
        bool isInDoubt = planned.Kind == DeliveryKind.Create && restored.IsInDoubt(result.Row.Order.PlacedAt, now);
        return new NewDelivery(
            new DueDelivery
            {
                Id = DeliveryId.New(now),
                OrderId = result.Row.Id,
                Store = draft.Store.Id,
                Destination = planned.Destination.Id,
                Kind = planned.Kind,
                Generation = planned.Generation,
                StoreKey = draft.Store.Key,
                OrderNumber = result.Row.Order.Number,
                Document = own ?? result.Row.Document,
                LeasedUntil = now,
                RemoteId = planned.RemoteId,
                EventId = draft.EventId,
                IsUnclear = isInDoubt,
                IsRestored = isInDoubt,
            },
            false,
            own);
    })];
}
