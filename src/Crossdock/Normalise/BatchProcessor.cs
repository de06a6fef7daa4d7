using System.Diagnostics;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Drift;
using Crossdock.Edits;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Telemetry;
using Npgsql;

namespace Crossdock.Normalise;

/// <summary>Works one batch of events in one transaction: steps 9 to 12 of the main path.</summary>
internal sealed class BatchProcessor(KeyedDatabase database, IConnectionDirectory directory, IDeliveryIntake intake, NodeIdentity node, ConnectionStatistics statistics, FetchBell bell, ShapeWatch shapes, RestorePoint restored, TimeProvider clock)
{
    // Two commits can be handed over the other way round, the repeat before its first event.
    private const int EarlyAttempts = 3;
    private static readonly KeyValuePair<string, object?> NewOrder = new("change", "new");
    private static readonly KeyValuePair<string, object?> ChangedOrder = new("change", "changed");

    /// <summary>Works the batch. Throws when the database fails, or when one event cannot be worked at all; nothing is then written.</summary>
    /// <param name="items">The events.</param>
    /// <param name="rows">The lane's own buffer, used again from batch to batch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ProcessAsync(IReadOnlyList<InboxItem> items, CopyRows rows, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var connections = directory.Current;
        var parked = new List<ParkedRow>();
        var notices = new List<(InboxItem Item, string Text)>();
        var work = new List<(InboxItem Item, Connection Store, string ExternalId, object? What)>(items.Count);
        var fetches = new List<(InboxItem Item, WantedFetch Fetch)>();
        var drifts = new Dictionary<Guid, IReadOnlyList<DriftFinding>>();
        await shapes.PrepareAsync(items, connections, cancellationToken);
        foreach (var item in items)
        {
            Sort(item, connections, work, parked, notices, fetches, drifts);
        }

        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (taken, known) = await TakeAsync(connection, items, work, cancellationToken);
        if (taken.Count < items.Count)
        {
            // Another node has had some of them: what it did is not done again.
            work.RemoveAll(one => !taken.Contains(one.Item.InboxId));
            parked.RemoveAll(row => !items.Any(item => item.EventId == row.EventId && taken.Contains(item.InboxId)));
            notices.RemoveAll(one => !taken.Contains(one.Item.InboxId));
            fetches.RemoveAll(one => !taken.Contains(one.Item.InboxId));
        }

        var standing = await StandingAsync(connection, work, known, cancellationToken);
        var drafts = Fold(work, known, standing, await EditsAsync(connection, known, cancellationToken), parked, drifts);
        var around = known.Count == 0 ? [] : await ProcessingStore.SurroundingsAsync(connection, known.Values, cancellationToken);
        var results = new List<(OrderDraft Draft, OrderResult Result)>(drafts.Count);
        foreach (var draft in drafts)
        {
            var surroundings = draft.Before is null ? OrderSurroundings.None : around[draft.Before.Id.Value];
            if (OrderDecision.Decide(draft, surroundings, connections, now) is { } result)
            {
                results.Add((draft, result));
            }
        }

        var early = work.Where(one => one.What is null && one.Item.Kind is InboxKind.Repeat && one.Item.Attempts < EarlyAttempts && !drafts.Exists(draft => draft.Store.Id == one.Store.Id && draft.ExternalId == one.ExternalId))
            .Select(one => one.Item).ToList();
        if (early.Count > 0)
        {
            await using var back = new NpgsqlBatch(connection) { BatchCommands = { ProcessingStore.PutBackCommand(early, now + TimeSpan.FromSeconds(1)) } };
            await back.ExecuteNonQueryAsync(cancellationToken);
        }

        // :: Step 12: write order, timeline and deliveries in one transaction
        var deliveries = await WriteAsync(connection, items, drafts, results, parked, notices, fetches, Meetings(items, work, taken, drifts), now, rows, cancellationToken);
        try
        {
            await transaction.CommitAsync(cancellationToken);
        }
        catch
        {
            // If it was done all the same, the rows say that this node has them, and nobody would send them before their leases are over.
            intake.GiveBack([.. deliveries.Where(row => row.IsLeased).Select(row => row.Due)]);
            throw;
        }

        intake.Offer([.. deliveries.Where(row => row.IsLeased).Select(row => row.Due)]);
        if (deliveries.Exists(row => !row.IsLeased))
        {
            intake.Wake();
        }

        if (fetches.Count > 0)
        {
            bell.Ring();
        }

        Count(items, results, parked);
    }

    private void Sort(InboxItem item, ConnectionSnapshot connections, List<(InboxItem, Connection, string, object?)> work, List<ParkedRow> parked, List<(InboxItem, string)> notices, List<(InboxItem, WantedFetch)> fetches, Dictionary<Guid, IReadOnlyList<DriftFinding>> drifts)
    {
        if (!connections.ById.TryGetValue(item.ConnectionId, out var store) || store.Mapping is null)
        {
            parked.Add(new(item.EventId, item.ConnectionId, item.OrderKey, false, store?.BrokenBecause is { } broken ? $"The connection's settings are not complete: {broken}" : "The connection does not exist any more or maps no orders.", null, null));
            return;
        }

        if (RelayTopics.ParkedBecause(item.Topic) is { } because)
        {
            parked.Add(new(item.EventId, item.ConnectionId, null, false, because, null, null));
            return;
        }

        if (item.Kind is InboxKind.Repeat)
        {
            if (item.OrderKey is { } key)
            {
                work.Add((item, store, key, null));
            }

            return;
        }

        var outcome = EventMapping.Map(item, store);
        if (shapes.Look(item, outcome) is { } found)
        {
            drifts[item.InboxId] = found;
        }

        switch (outcome)
        {
            case MappedOrder mapped:
                work.Add((item, store, mapped.Order.ExternalId, mapped.IsLean ? mapped : mapped.Order));
                break;
            case MappedOrders many:
                work.AddRange(many.Orders.Select(order => (item, store, order.ExternalId, (object?)order)));
                break;
            case MappedChange change:
                work.Add((item, store, change.ExternalId, change.Change));
                break;
            case Announced announced when store.Readers is not null:
                fetches.Add((item, new WantedFetch(item.ConnectionId, announced.ExternalId, item.EventId, announced.What)));
                break;
            case Announced announced:
                parked.Add(new(item.EventId, item.ConnectionId, announced.ExternalId, false, $"{announced.What}: only the id was announced, and this connection has no key to fetch the order with.", null, null));
                break;
            case Ignored ignored:
                if (ignored.Because.StartsWith("Privacy request", StringComparison.Ordinal))
                {
                    notices.Add((item, ignored.Because));
                }

                break;
            case Unmappable unmappable:
                parked.Add(new(item.EventId, item.ConnectionId, item.OrderKey, false, unmappable.Because, unmappable.Path, unmappable.Value));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Which orders, or parked events, have met a change that would make them wrong.</summary>
    private static IReadOnlyList<DriftMeeting> Meetings(
        IReadOnlyList<InboxItem> items, List<(InboxItem Item, Connection Store, string ExternalId, object? What)> work, HashSet<Guid> taken, Dictionary<Guid, IReadOnlyList<DriftFinding>> drifts)
    {
        if (drifts.Count == 0)
        {
            return [];
        }

        var orders = work.Where(one => drifts.ContainsKey(one.Item.InboxId)).ToLookup(one => one.Item.InboxId, one => one.ExternalId);
        return [.. items.Where(item => taken.Contains(item.InboxId) && drifts.ContainsKey(item.InboxId))
            .SelectMany(item => (orders.Contains(item.InboxId) ? orders[item.InboxId] : [item.OrderKey ?? ""])
                .Select(order => new DriftMeeting(item.ConnectionId, item.EventId, order, drifts[item.InboxId], item.Kind is InboxKind.Replay)))];
    }

    private static async Task<(HashSet<Guid> Taken, Dictionary<(int, string), StoredOrder> Known)> TakeAsync(
        NpgsqlConnection connection, IReadOnlyList<InboxItem> items, List<(InboxItem Item, Connection Store, string ExternalId, object? What)> work, CancellationToken cancellationToken)
    {
        var keys = work.Select(one => (one.Store.Id.Value, one.ExternalId)).ToHashSet();
        var taken = new HashSet<Guid>(items.Count);
        var known = new Dictionary<(int, string), StoredOrder>();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(ProcessingStore.TakeCommand(items));
        batch.BatchCommands.Add(OrderStore.LockCommand(keys));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add(reader.GetGuid(0));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var order = OrderStore.Read(reader);
            known[(order.ConnectionId.Value, order.ExternalId)] = order;
        }

        return (taken, known);
    }

    // Only what is worked again asks for it: live events pay nothing.
    private static async Task<Dictionary<Guid, IReadOnlyList<StandingChange>>> StandingAsync(
        NpgsqlConnection connection, List<(InboxItem Item, Connection Store, string ExternalId, object? What)> work, Dictionary<(int, string), StoredOrder> known, CancellationToken cancellationToken)
    {
        var again = work.Where(one => one.Item.Kind is InboxKind.Replay && one.What is Order or MappedOrder && known.ContainsKey((one.Store.Id.Value, one.ExternalId)))
            .Select(one => (Order: known[(one.Store.Id.Value, one.ExternalId)], one.Store)).DistinctBy(one => one.Order.Id).ToList();
        return again.Count == 0 ? [] : await StandingChanges.ReadAsync(connection, again, cancellationToken);
    }

    // Only orders that a person has changed ask for it.
    private static async Task<Dictionary<Guid, List<OrderEdit>>> EditsAsync(NpgsqlConnection connection, Dictionary<(int, string), StoredOrder> known, CancellationToken cancellationToken)
    {
        Guid[] edited = [.. known.Values.Where(order => order.IsEdited).Select(order => order.Id.Value)];
        return edited.Length == 0 ? [] : await EditStore.StandingAsync(connection, edited, cancellationToken);
    }

    private List<OrderDraft> Fold(
        List<(InboxItem Item, Connection Store, string ExternalId, object? What)> work, Dictionary<(int, string), StoredOrder> known, Dictionary<Guid, IReadOnlyList<StandingChange>> standing, Dictionary<Guid, List<OrderEdit>> edits, List<ParkedRow> parked, Dictionary<Guid, IReadOnlyList<DriftFinding>> drifts)
    {
        var now = clock.GetUtcNow();
        var drafts = new Dictionary<(int, string), OrderDraft>(work.Count);
        foreach (var (item, store, externalId, what) in work)
        {
            var key = (store.Id.Value, externalId);
            if (!drafts.TryGetValue(key, out var draft))
            {
                drafts[key] = draft = new OrderDraft(store, externalId, known.GetValueOrDefault(key));
                if (draft.Before is { } before && standing.TryGetValue(before.Id.Value, out var changes))
                {
                    draft.Standing = changes;
                }

                if (draft.Before is { IsEdited: true } changed)
                {
                    draft.Edits = new EditLayer(edits[changed.Id.Value]);
                }
            }

            switch (what)
            {
                case Order order:
                    draft.Take(order, item, now, drift: drifts.GetValueOrDefault(item.InboxId, []));
                    break;
                case MappedOrder lean:
                    draft.Take(lean.Order, item, now, isLean: true, drift: drifts.GetValueOrDefault(item.InboxId, []));
                    break;
                case OrderChange change when draft.IsKnown:
                    draft.Take(change, item);
                    break;
                case OrderChange change:
                    parked.Add(new(item.EventId, store.Id, externalId, true, $"{change.What}: its order {externalId} is not known yet. It is worked by itself as soon as the order arrives.", null, null));
                    break;
                default:
                    draft.Repeat(item);
                    break;
            }
        }

        return [.. drafts.Values.Where(draft => draft.IsKnown)];
    }

    private async Task<List<NewDelivery>> WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<InboxItem> items, List<OrderDraft> drafts, List<(OrderDraft Draft, OrderResult Result)> results, List<ParkedRow> parked, List<(InboxItem Item, string Text)> notices,
        List<(InboxItem Item, WantedFetch Fetch)> fetches, IReadOnlyList<DriftMeeting> meetings, DateTimeOffset now, CopyRows rows, CancellationToken cancellationToken)
    {
        var ids = results.ToDictionary(one => one.Draft, one => one.Result.Row.Id);
        var inserted = results.Where(one => one.Result.IsNew).Select(one => one.Result.Row).ToList();
        var deliveries = new List<NewDelivery>();
        var holds = new List<HoldWrite>();
        var spans = HubTrace.IsOn ? items.Where(item => item.CaptureSpan != default).ToLookup(item => item.EventId, item => item.CaptureSpan) : null;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (draft, result) in results)
        {
            if (!result.IsNew)
            {
                batch.BatchCommands.Add(OrderStore.UpdateCommand(result.Row, now));
            }

            if (result.Plan is { } plan)
            {
                Add(deliveries, draft, result, plan, spans is null ? default : spans[draft.EventId].FirstOrDefault(), now);
                if (plan.Supersede.Count > 0)
                {
                    batch.BatchCommands.Add(ProcessingStore.SupersedeCommand(plan.Supersede, now));
                }

                foreach (var refreshed in plan.Refresh)
                {
                    batch.BatchCommands.Add(ProcessingStore.RefreshCommand(refreshed, now));
                }
            }

            foreach (var mark in draft.Edits?.Marks ?? [])
            {
                batch.BatchCommands.Add(EditStore.Marking(mark));
            }

            holds.AddRange(result.OpenHolds.Select(hold => new HoldWrite(Guid.CreateVersion7(now), result.Row.Id, draft.Store.Id, hold.Code, hold.Reason, null, now, "crossdock")));
            foreach (var (code, reason) in result.CloseHolds)
            {
                batch.BatchCommands.Add(ProcessingStore.CloseHoldCommand(result.Row.Id, code, reason, now));
            }
        }

        Guid[] calledOff = [.. results.Where(one => one.Draft.Store.TellsStatus && one.Draft.Before is { } before && before.State != one.Result.Row.State && one.Result.Row.State is OrderState.Cancelled or OrderState.Excluded)
            .Select(one => one.Result.Row.Id.Value)];
        if (calledOff.Length > 0)
        {
            batch.BatchCommands.Add(ShopNotices.CallingOff(calledOff, now));
        }

        foreach (var draft in drafts.Where(draft => draft.IsTouched && !ids.ContainsKey(draft)))
        {
            batch.BatchCommands.Add(OrderStore.TouchCommand(draft.Before!.Id, draft.UpdatedAt, draft.EventId));
        }

        if (inserted.Count > 0)
        {
            await OrderStore.InsertAsync(connection, inserted, now, rows, cancellationToken);
            batch.BatchCommands.Add(ProcessingStore.UnparkCommand(inserted));
            if (results.Exists(one => one.Result.IsNew && one.Draft.IsHistory))
            {
                batch.BatchCommands.Add(ProcessingStore.MarkHistoryCommand(results.Where(one => one.Result.IsNew && one.Draft.IsHistory).Select(one => one.Result.Row.Id)));
            }
        }

        if (deliveries.Count > 0)
        {
            await ProcessingStore.InsertDeliveriesAsync(connection, deliveries, node.Id, now, rows, cancellationToken);
            if (deliveries.Exists(row => row.Due.IsRestored))
            {
                batch.BatchCommands.Add(RestorePoint.DoubtCommand(deliveries.Where(row => row.Due.IsRestored).Select(row => row.Due.Id)));
            }
        }

        var timeline = drafts.Where(draft => draft.Entries.Count > 0)
            .Select(draft => new TimelineWrite(Guid.CreateVersion7(now), ids.TryGetValue(draft, out var id) ? id : draft.Before!.Id, draft.Store.Id, draft.Entries)).ToList();
        if (timeline.Count > 0)
        {
            await OrderStore.AppendTimelineAsync(connection, timeline, rows, cancellationToken);
        }

        if (holds.Count > 0)
        {
            batch.BatchCommands.Add(ProcessingStore.OpenHoldsCommand(holds));
        }

        if (parked.Count > 0)
        {
            batch.BatchCommands.Add(ProcessingStore.ParkCommand([.. parked.DistinctBy(row => row.EventId)], now));
        }

        if (fetches.Count > 0)
        {
            batch.BatchCommands.Add(ProcessingStore.AskFetchCommand([.. fetches.GroupBy(one => (one.Fetch.ConnectionId, one.Fetch.ExternalId)).Select(group => group.Last().Fetch)], now));
        }

        foreach (var command in meetings.Count > 0 ? DriftStore.Noting(meetings, now) : [])
        {
            batch.BatchCommands.Add(command);
        }

        foreach (var (item, text) in notices)
        {
            batch.BatchCommands.Add(ProcessingStore.NoticeCommand(item, text, now));
        }

        List<StoredOrder> toldOf = [.. drafts.Where(draft => draft.IsToldOfHistory).Select(draft => draft.Before!)];
        if (toldOf.Count > 0)
        {
            batch.BatchCommands.Add(ProcessingStore.LeaveHistoryCommand(toldOf, now));
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        return deliveries;
    }

    private void Add(List<NewDelivery> deliveries, OrderDraft draft, OrderResult result, DeliveryPlan plan, ActivitySpanId captured, DateTimeOffset now)
    {
        foreach (var planned in plan.Insert)
        {
            var own = planned.IsWholeOrder ? null : OrderJson.Write(planned.Document);
            bool isInDoubt = planned.Kind == DeliveryKind.Create && restored.IsInDoubt(result.Row.Order.PlacedAt, now);
            deliveries.Add(new NewDelivery(
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
                    LeasedUntil = now + intake.Lease,
                    RemoteId = planned.RemoteId,
                    EventId = draft.EventId,
                    CaptureSpan = captured,
                    IsUnclear = isInDoubt,
                    IsRestored = isInDoubt,
                },
                !planned.MustWait && !result.Row.IsHeld && intake.HasRoom(planned.Destination.Id),
                own));
        }
    }

    private void Count(IReadOnlyList<InboxItem> items, List<(OrderDraft Draft, OrderResult Result)> results, List<ParkedRow> parked)
    {
        foreach (var (draft, result) in results)
        {
            statistics.Count(draft.Store.Id, result.IsNew ? Statistic.Orders : Statistic.Changed);
            if (result.IsNew)
            {
                statistics.Sold(draft.Store.Id, result.Row.Order.PlacedAt, draft.IsHistory);
            }

            if (result.WasExcluded)
            {
                statistics.Count(draft.Store.Id, Statistic.Excluded);
            }

            if (result.OpenHolds.Count > 0)
            {
                statistics.Count(draft.Store.Id, Statistic.Held);
            }
        }

        parked.ForEach(row => statistics.Count(row.ConnectionId, Statistic.Parked));
        HubMeter.Processed.Add(items.Count);
        int inserted = results.Count(one => one.Result.IsNew);
        HubMeter.Orders.Add(inserted, NewOrder);
        HubMeter.Orders.Add(results.Count - inserted, ChangedOrder);
        HubMeter.Parked.Add(parked.Count);
    }
}
