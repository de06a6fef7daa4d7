using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Review;

/// <summary>How an action on an order went: done, refused with a reason, or no such order.</summary>
public sealed record OrderActionResult(bool IsKnown, string? Refusal = null)
{
    /// <summary>What is still missing, where it was done only in part; null where nothing is.</summary>
    public string? Waits { get; init; }

    internal static OrderActionResult Done { get; } = new(true);
    internal static OrderActionResult Unknown { get; } = new(false);
    internal static OrderActionResult Refused(string because) => new(true, because);
}

/// <summary>What a person does with one order: approve, hold, release, cancel, restore. Each is one transaction with its line in the timeline.</summary>
public sealed class OrderActions(NpgsqlDataSource database, IConnectionDirectory directory, HoldStore holds, IServiceProvider services, TimeProvider clock)
{
    private const string Find = "SELECT connection_id, external_id, state FROM orders WHERE id = $1";

    private const string IsFirst = "SELECT EXISTS (SELECT FROM order_approvals WHERE order_id = $1 AND content_hash = $2 AND approved_by = $3 AND ended_at IS NULL)";

    private const string Replay = "INSERT INTO inbox (id, event_id, kind, connection_id, order_key) VALUES ($1, $2, 2, $3, $4)";

    private const string OpenHolds = "SELECT id FROM holds WHERE order_id = $1 AND released_at IS NULL ORDER BY id";

    // A cancelled order asks nobody anything any more, except what cancelling itself brought up.
    private const string CloseHolds = "UPDATE holds SET released_at = $2, released_by = $3, released_because = 'the order was cancelled' WHERE order_id = $1 AND released_at IS NULL";

    private const string Settle = "UPDATE orders SET held = $2, generation = greatest(generation, $3), updated_at = $4, cancelled_by = $5 WHERE id = $1";

    private const string LeaveHistory = "UPDATE orders SET is_history = false, updated_at = $2 WHERE id = $1";

    private const string Reopen = "UPDATE orders SET cancelled_by = NULL, updated_at = $2 WHERE id = $1";

    /// <summary>Approves an order; its last document is worked again, which makes its deliveries.</summary>
    /// <remarks>Where two people have to, the first approval is kept, and the answer says what it waits for.</remarks>
    public async Task<OrderActionResult> ApproveAsync(Guid id, string actor, string? because, CancellationToken cancellationToken)
    {
        bool isFirst = false;
        var result = await ActAsync(id, () => isFirst ? "approved_first" : "approved", because, async (connection, order, now) =>
        {
            if (order.State is not (OrderState.AwaitingApproval or OrderState.New))
            {
                return $"The order is {OrderSentences.Words(order.State)} already; only one that awaits approval can be approved.";
            }

            if (directory.Current.ById.GetValueOrDefault(order.ConnectionId) is { Approval.HasFourEyes: true } store && store.Approval.NeedsTwo(OrderJson.Read(order.Document)))
            {
                if (FirstApprovals.IsProgram)
                {
                    return "Two people have to approve this order, each with an account of their own: a token is neither.";
                }

                if (!(await FirstApprovals.SeenAsync(connection, order, cancellationToken)).Exists(one => one != actor))
                {
                    string? refusal = await ApproveFirstAsync(connection, order, actor, because, now, cancellationToken);
                    isFirst = refusal is null;
                    return refusal;
                }

                await RunAsync(connection, FirstApprovals.Ending(id, now), cancellationToken);
            }

            await MoveAsync(connection, order, OrderState.Approved, actor, because, now, cancellationToken);
            await ReplayAsync(connection, order, now, cancellationToken);
            return null;
        }, cancellationToken);
        return isFirst ? result with { Waits = NeedsAnother } : result;
    }

    /// <summary>What <see cref="ApproveAsync"/> says where somebody else has to approve as well.</summary>
    public const string NeedsAnother = "Approved by the first of two people; it goes on when somebody else approves it too.";

    private static async Task<string?> ApproveFirstAsync(NpgsqlConnection connection, StoredOrder order, string actor, string? because, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using (var known = new NpgsqlCommand(IsFirst, connection) { Parameters = { new() { Value = order.Id.Value }, new() { Value = order.ContentHash }, new() { Value = actor } } })
        {
            if (await known.ExecuteScalarAsync(cancellationToken) is true)
            {
                return "You have approved this order already. Two people have to: somebody else decides now.";
            }
        }

        await RunAsync(connection, FirstApprovals.Keeping(order, actor, because, now), cancellationToken);
        await TellAsync(connection, order, now, [new TimelineEntry(now, TimelineKind.Edited, actor, NeedsAnother, because)]);
        return null;
    }

    private static async Task RunAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Brings back an order that a person cancelled here: its last document is worked again with today's rules. What the shop cancelled comes back from the shop.</summary>
    public Task<OrderActionResult> RestoreAsync(Guid id, string actor, string? because, CancellationToken cancellationToken) => ActAsync(id, "restored", because, async (connection, order, now) =>
    {
        if (order.State is not OrderState.Cancelled)
        {
            return $"The order is {EnumNames<OrderState>.Of(order.State)}; only a cancelled one can be restored.";
        }

        if (order.CancelledBy is null || OrderJson.Read(order.Document).State is OrderState.Cancelled)
        {
            return "The shop has cancelled the order: it comes back when the shop restores it.";
        }

        await using var reopen = new NpgsqlCommand(Reopen, connection) { Parameters = { new() { Value = id }, new() { Value = now.UtcDateTime } } };
        await reopen.ExecuteNonQueryAsync(cancellationToken);
        await TellAsync(connection, order, now, [new TimelineEntry(now, TimelineKind.Edited, actor, $"Restored the order that {order.CancelledBy} had cancelled.", because)]);
        await ReplayAsync(connection, order, now, cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>Has an order delivered that was read as history: its last document is worked again with today's rules, and from now on it is an order like any other.</summary>
    public Task<OrderActionResult> DeliverAsync(Guid id, string actor, string? because, CancellationToken cancellationToken) => ActAsync(id, "to_deliver", because, async (connection, order, now) =>
    {
        if (!order.IsHistory)
        {
            return "The order was not read as history: it is delivered by itself as soon as nothing stands against it.";
        }

        if (order.State is OrderState.Cancelled or OrderState.Closed or OrderState.Delivered or OrderState.InShipment)
        {
            return $"The order is {OrderSentences.Words(order.State)}; there is nothing left to deliver.";
        }

        await using var leave = new NpgsqlCommand(LeaveHistory, connection) { Parameters = { new() { Value = id }, new() { Value = now.UtcDateTime } } };
        await leave.ExecuteNonQueryAsync(cancellationToken);
        await TellAsync(connection, order, now, [new TimelineEntry(now, TimelineKind.Edited, actor, "Said that this order, read as history, is to be delivered.", because)]);
        await ReplayAsync(connection, order, now, cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>Stops an order until a person releases it.</summary>
    public async Task<OrderActionResult> HoldAsync(Guid id, string actor, string? because, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } key)
        {
            return OrderActionResult.Unknown;
        }

        if (key.State is "closed" or "cancelled")
        {
            return OrderActionResult.Refused($"The order is {key.State}; there is nothing left to stop.");
        }

        string reason = string.IsNullOrWhiteSpace(because) ? "stopped by hand" : because.Trim();
        int opened = await holds.OpenAsync([new NewHold(new OrderId(id), new ConnectionId(key.Connection), "operator", reason, actor)], cancellationToken);
        return opened > 0 ? OrderActionResult.Done : OrderActionResult.Refused("The order is held for this reason already.");
    }

    /// <summary>Releases all open holds of an order.</summary>
    public async Task<OrderActionResult> ReleaseAsync(Guid id, string actor, string? because, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is null)
        {
            return OrderActionResult.Unknown;
        }

        var open = new List<Guid>();
        await using (var command = database.CreateCommand(OpenHolds))
        {
            command.Parameters.Add(new() { Value = id });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                open.Add(reader.GetGuid(0));
            }
        }

        if (open.Count == 0)
        {
            return OrderActionResult.Refused("The order has no open hold.");
        }

        var results = await holds.ReleaseAsync(open, actor, because, cancellationToken);
        return results.FirstOrDefault(one => one.Answer is ActionAnswer.WrongState) is { } kept ? OrderActionResult.Refused($"{kept.Because}.") : OrderActionResult.Done;
    }

    /// <summary>Cancels an order: what has not been sent is not sent, and a destination that has it is told, or a hold says that it cannot be told.</summary>
    public Task<OrderActionResult> CancelAsync(Guid id, string actor, string? because, CancellationToken cancellationToken) => CancelAsync(id, null, actor, because, cancellationToken);

    /// <summary>The same, but only while the order stands where the person saw it: what happened meanwhile may be a reason to decide otherwise.</summary>
    /// <param name="id">The order.</param>
    /// <param name="seen">The state that was on the screen; null to cancel whatever it is.</param>
    /// <param name="actor">Who.</param>
    /// <param name="because">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<OrderActionResult> CancelAsync(Guid id, OrderState? seen, string actor, string? because, CancellationToken cancellationToken) => ActAsync(id, "cancelled", because, async (connection, order, now) =>
    {
        if (order.State is OrderState.Cancelled)
        {
            return "The order is cancelled already.";
        }

        if (seen is { } before && before != order.State)
        {
            return $"The order is {OrderSentences.Words(order.State)} by now; when you opened it, it was {OrderSentences.Words(before)}. Look at it again, then decide.";
        }

        if (OrderLifecycle.Refusal(order.State, OrderState.Cancelled) is { } refusal)
        {
            return refusal;
        }

        var around = (await ProcessingStore.SurroundingsAsync(connection, [order], cancellationToken))[order.Id.Value];
        var current = directory.Current;
        var document = OrderJson.Read(order.Document);
        var plan = DeliveryPlanner.Plan(new PlanRequest
        {
            Before = document,
            After = document,
            IsCalledOff = true,
            CalledOffBecause = because ?? $"cancelled by {actor}",
            Destinations = [.. around.Deliveries.Select(delivery => delivery.Destination).Distinct().Select(destination => current.ById.GetValueOrDefault(destination)).OfType<Connection>()
                .Select(destination => new PlanDestination(destination.Id, destination.Key, destination.Destination?.Can(DeliveryKind.Update) ?? false, destination.Destination?.Can(DeliveryKind.Cancel) ?? false))],
            Existing = around.Deliveries,
        });

        await MoveAsync(connection, order, OrderState.Cancelled, actor, because, now, cancellationToken);
        string store = current.ById.GetValueOrDefault(order.ConnectionId)?.Key ?? "";
        await ProcessingStore.InsertDeliveriesAsync(connection, [.. plan.Insert.Select(planned => new NewDelivery(new DueDelivery
        {
            Id = DeliveryId.New(now),
            OrderId = order.Id,
            Store = order.ConnectionId,
            Destination = planned.Destination.Id,
            Kind = planned.Kind,
            Generation = planned.Generation,
            StoreKey = store,
            OrderNumber = order.Number,
            Document = order.Document,
            LeasedUntil = now,
            RemoteId = planned.RemoteId,
        }, false, null))], Guid.Empty, now, new CopyRows(), cancellationToken);

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(ProcessingStore.SupersedeCommand(plan.Supersede, now));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(CloseHolds) { Parameters = { new() { Value = id }, new() { Value = now.UtcDateTime }, new() { Value = actor } } });
        batch.BatchCommands.Add(ProcessingStore.OpenHoldsCommand([.. plan.Holds.Select(hold =>
            new HoldWrite(Guid.CreateVersion7(now), order.Id, order.ConnectionId, hold.Code, hold.Reason, hold.Delivery?.Value, now, actor))]));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Settle)
        {
            Parameters = { new() { Value = id }, new() { Value = plan.Holds.Count > 0 }, new() { Value = plan.Generation }, new() { Value = now.UtcDateTime }, new() { Value = actor } },
        });
        if (current.ById.GetValueOrDefault(order.ConnectionId) is { TellsStatus: true })
        {
            batch.BatchCommands.Add(ShopNotices.Planning([new TellShop(order.Id, OrderState.Cancelled, now)], now));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await TellAsync(connection, order, now,
        [
            .. plan.Insert.Select(planned => new TimelineEntry(now, TimelineKind.Planned, actor, planned.Text)),
            .. plan.Holds.Select(hold => new TimelineEntry(now, TimelineKind.Held, actor, "Held for a person.", hold.Reason)),
        ]);
        return null;
    }, cancellationToken);

    private Task<OrderActionResult> ActAsync(Guid id, string what, string? because, Func<NpgsqlConnection, StoredOrder, DateTimeOffset, Task<string?>> act, CancellationToken cancellationToken) =>
        ActAsync(id, () => what, because, act, cancellationToken);

    private async Task<OrderActionResult> ActAsync(Guid id, Func<string> what, string? because, Func<NpgsqlConnection, StoredOrder, DateTimeOffset, Task<string?>> act, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } key)
        {
            return OrderActionResult.Unknown;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        StoredOrder order;
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(OrderStore.LockCommand([(key.Connection, key.ExternalId)]));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                return OrderActionResult.Unknown;
            }

            order = OrderStore.Read(reader);
        }

        var now = clock.GetUtcNow();
        if (await act(connection, order, now) is { } refusal)
        {
            return OrderActionResult.Refused(refusal);
        }

        if (Caller.Current is not null)
        {
            await AuditLog.KeepAsync(connection, [new AuditEntry("order_" + what(), "order", id.ToString(), order.ConnectionId.Value, new { order.Number, state = EnumNames<OrderState>.Of(order.State), order.IsHistory }, Because: because)], now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        (services.GetService(typeof(IDeliveryIntake)) as IDeliveryIntake)?.Wake();
        return OrderActionResult.Done;
    }

    private static async Task ReplayAsync(NpgsqlConnection connection, StoredOrder order, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var replay = new NpgsqlCommand(Replay, connection);
        replay.Parameters.Add(new() { Value = Guid.CreateVersion7(now) });
        replay.Parameters.Add(new() { Value = order.EventId });
        replay.Parameters.Add(new() { Value = order.ConnectionId.Value });
        replay.Parameters.Add(new() { Value = order.ExternalId });
        await replay.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task MoveAsync(NpgsqlConnection connection, StoredOrder order, OrderState to, string actor, string? because, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await OrderStore.MoveAsync(connection, [new StateMove(order.Id, order.State, to, because ?? $"by {actor}")], now, cancellationToken);
        await TellAsync(connection, order, now, [new TimelineEntry(now, TimelineKind.State, actor, OrderSentences.Became(order.State, to), because)]);
    }

    private static async Task TellAsync(NpgsqlConnection connection, StoredOrder order, DateTimeOffset now, List<TimelineEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        await using var tell = new NpgsqlCommand("INSERT INTO timeline (id, order_id, connection_id, entries) VALUES ($1, $2, $3, $4)", connection);
        tell.Parameters.Add(new() { Value = Guid.CreateVersion7(now) });
        tell.Parameters.Add(new() { Value = order.Id.Value });
        tell.Parameters.Add(new() { Value = order.ConnectionId.Value });
        tell.Parameters.Add(new() { Value = JsonSerializer.Serialize(entries, TimelineJson.Default.ListTimelineEntry), NpgsqlDbType = NpgsqlDbType.Json });
        await tell.ExecuteNonQueryAsync();
    }

    private async Task<(int Connection, string ExternalId, string State)?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Find);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && Caller.Sees(reader.GetInt32(0)) ? (reader.GetInt32(0), reader.GetString(1), reader.GetString(2)) : null;
    }
}
