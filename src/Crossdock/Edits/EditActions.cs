using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Npgsql;

namespace Crossdock.Edits;

/// <summary>Changes orders for people: one transaction each, in which the order is locked, put under the rules again with what people changed, and written with all that follows.</summary>
public sealed class EditActions(NpgsqlDataSource database, IConnectionDirectory directory, IServiceProvider services, TimeProvider clock)
{
    private const string Find = "SELECT connection_id, external_id FROM orders WHERE id = $1";

    /// <summary>What the request would come to; nothing is changed.</summary>
    public Task<EditAnswer> PreviewAsync(Guid id, EditRequest request, string actor, CancellationToken cancellationToken) => WorkAsync(id, request, actor, isLooking: true, cancellationToken);

    /// <summary>Does what is asked for, all or nothing.</summary>
    public Task<EditAnswer> SaveAsync(Guid id, EditRequest request, string actor, CancellationToken cancellationToken) => WorkAsync(id, request, actor, isLooking: false, cancellationToken);

    /// <summary>The fields that may be changed, with what the order says and what the shop says; null when there is no such order.</summary>
    public async Task<EditableOrder?> FormAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } key)
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ReadAsync(connection, key, isLooking: true, cancellationToken) is not { } order)
        {
            return null;
        }

        var (subject, _) = await SubjectAsync(connection, order, null, cancellationToken);
        return new EditableOrder(order.Version, Refusal(order),
        [
            .. EditableFields.Of(subject.Document).Concat(subject.Standing.Select(edit => EditableFields.Find(edit.Field)).OfType<EditableField>()).DistinctBy(field => field.Path).Select(field =>
                new EditFormField(field.Path, EditableFields.Label(field, subject.Document), field.Kind, field.Read(subject.Document), field.Read(subject.Mapped), subject.Standing.FirstOrDefault(edit => edit.Field == field.Path))),
        ]);
    }

    private async Task<EditAnswer> WorkAsync(Guid id, EditRequest request, string actor, bool isLooking, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } key)
        {
            return new(EditResult.NotFound);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ReadAsync(connection, key, isLooking, cancellationToken) is not { } order)
        {
            return new(EditResult.NotFound);
        }

        var connections = directory.Current;
        var now = clock.GetUtcNow();
        var (subject, changes) = await SubjectAsync(connection, order, request.Undo, cancellationToken);
        if (request.Version is { } seen && seen != order.Version)
        {
            return new(EditResult.Moved) { Version = order.Version, Sides = Sides(request, subject), Refusal = "The order was changed since you read it." };
        }

        if (Refusal(order) is { } refusal)
        {
            return new(EditResult.Refused) { Version = order.Version, Refusal = refusal };
        }

        var plan = EditPlan.Make(request, subject, actor, now);
        if (plan.Problems.Count > 0)
        {
            return new(EditResult.Invalid) { Version = order.Version, Problems = plan.Problems };
        }

        var around = (await ProcessingStore.SurroundingsAsync(connection, [order], cancellationToken, isLooking))[id];
        var draft = new OrderDraft(connections.ById[order.ConnectionId], order.ExternalId, order) { Edits = plan.Standing.Count == 0 ? null : new EditLayer(plan.Standing) };
        draft.Revise(subject.Mapped, changes);
        draft.Entries.AddRange(plan.Entries);
        var result = OrderDecision.Decide(draft, around, connections, now)!;
        var second = SecondPerson(draft.Store, order, result, actor, now);
        if (second is not null)
        {
            result = result with { Row = result.Row with { IsHeld = true } };
            draft.Entries.Add(new TimelineEntry(now, TimelineKind.Held, actor, "Held for a second person.", second.Reason));
        }

        var outcome = EditOutcomes.Of(plan, subject, draft, result, around, connections);
        outcome = second is null ? outcome : outcome with { Held = [.. outcome.Held, second.Reason] };
        if (isLooking)
        {
            return new(EditResult.Done) { Outcome = outcome, Version = order.Version };
        }

        if (outcome.NotReached.Count > 0 && !request.AcceptUnreached)
        {
            return new(EditResult.Unreached) { Outcome = outcome, Version = order.Version, Refusal = "Somebody has the order and cannot be told of this." };
        }

        if (outcome.NotReached.Count > 0)
        {
            draft.Entries.AddRange(outcome.NotReached.Select(text => new TimelineEntry(now, TimelineKind.Note, actor, "Knew whom this does not reach.", text)));
        }

        var restored = new RestorePoint(database);
        if (result.Plan?.Insert.Any(planned => planned.Kind is DeliveryKind.Create) == true)
        {
            await restored.LoadAsync(cancellationToken);
        }

        await EditWriter.WriteAsync(connection, restored, plan, draft, result, second, Caller.Current is null ? null : Audit(id, order, plan, outcome, request), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        (services.GetService(typeof(IDeliveryIntake)) as IDeliveryIntake)?.Wake();
        return new(EditResult.Done) { Outcome = outcome with { Version = order.Version + 1 }, Version = order.Version + 1 };
    }

    /// <summary>Where two people have to approve: what was approved and is changed now waits for another one.</summary>
    private static HoldWrite? SecondPerson(Connection store, StoredOrder order, OrderResult result, string actor, DateTimeOffset now) =>
        store.Approval.NeedsTwo(result.Document) && order.State is OrderState.Approved or OrderState.Processing && result.Row.State is OrderState.Approved or OrderState.Processing
            ? new(Guid.CreateVersion7(now), order.Id, order.ConnectionId, HoldStore.SecondPerson, $"{actor} changed this order after it was approved. Somebody else has to look at it and release it.", null, now, actor)
            : null;

    private string? Refusal(StoredOrder order) => order.State switch
    {
        OrderState.Closed or OrderState.Delivered => $"The order is {OrderSentences.Words(order.State)}: nothing of it can be changed any more.",
        OrderState.Cancelled => "The order is cancelled. Restore it first, then change it.",
        _ when order.IsErased => "The person's data of this order were erased: nothing of it is changed any more.",
        _ when !directory.Current.ById.ContainsKey(order.ConnectionId) => "The store of this order is not connected any more.",
        _ => null,
    };

    private static AuditEntry Audit(Guid id, StoredOrder order, EditPlan plan, EditOutcome outcome, EditRequest request) => new(
        plan.Did, "order", id.ToString(), order.ConnectionId.Value,
        outcome.Fields.ToDictionary(field => field.Field, field => field.Before), outcome.Fields.ToDictionary(field => field.Field, field => field.After), request.Because);

    private static List<EditSides> Sides(EditRequest request, EditSubject subject) =>
    [
        .. request.Set.Select(pair => (Field: EditableFields.Find(pair.Key), Value: pair.Value)).Where(pair => pair.Field is not null).Select(pair => new EditSides(
            pair.Field!.Path, EditableFields.Label(pair.Field, subject.Document), string.IsNullOrWhiteSpace(pair.Value) ? null : pair.Value.Trim(), pair.Field.Read(subject.Document),
            subject.Standing.FirstOrDefault(edit => edit.Field == pair.Field.Path)?.EditedBy)),
    ];

    /// <summary>The order as its shop has it: its last document mapped anew; where that is gone, what is stored without what rules and people did to it.</summary>
    private async Task<(EditSubject Subject, IReadOnlyList<StandingChange> Changes)> SubjectAsync(NpgsqlConnection connection, StoredOrder order, Guid? undo, CancellationToken cancellationToken)
    {
        var document = OrderJson.Read(order.Document);
        IReadOnlyList<OrderEdit> standing = order.IsEdited ? (await EditStore.StandingAsync(connection, [order.Id.Value], cancellationToken))[order.Id.Value] : [];
        var undone = undo is { } id ? await EditStore.FindAsync(connection, order.Id.Value, id, cancellationToken) : null;
        var former = undone?.Replaces is { } replaced ? await EditStore.FindAsync(connection, order.Id.Value, replaced, cancellationToken) : null;
        if (directory.Current.ById.GetValueOrDefault(order.ConnectionId) is { Mapping: not null } store)
        {
            var payloads = await ProcessingStore.PayloadsAsync(connection, [order.EventId], cancellationToken);
            if (payloads.TryGetValue(order.EventId, out var item) && EventMapping.Snapshot(EventMapping.Map(item, store), order.ExternalId) is { } snapshot)
            {
                var changes = await StandingChanges.ReadAsync(connection, [(order, store)], cancellationToken);
                return (new(order, document, snapshot.Order, standing, undone, former), changes.GetValueOrDefault(order.Id.Value, []));
            }
        }

        var bare = document with { Packages = [], Lines = [.. document.Lines.Select(line => line.ExcludedBecause is null ? line : line with { ExcludedBecause = null })] };
        foreach (var edit in standing)
        {
            bare = EditableFields.Find(edit.Field)?.Write(bare, edit.ConflictAt is null ? edit.ShopValue : edit.Theirs) ?? bare;
        }

        return (new(order, document, bare, standing, undone, former), []);
    }

    private static async Task<StoredOrder?> ReadAsync(NpgsqlConnection connection, (int Connection, string ExternalId) key, bool isLooking, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { isLooking ? OrderStore.FindCommand([key]) : OrderStore.LockCommand([key]) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? OrderStore.Read(reader) : null;
    }

    private async Task<(int Connection, string ExternalId)?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Find);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && Caller.Sees(reader.GetInt32(0)) ? (reader.GetInt32(0), reader.GetString(1)) : null;
    }
}
