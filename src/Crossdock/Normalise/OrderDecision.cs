using Crossdock.Connections;
using Crossdock.Delivery;
using Crossdock.Drift;
using Crossdock.Edits;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Rules;

namespace Crossdock.Normalise;

/// <summary>What stands beside an order in the database.</summary>
internal sealed class OrderSurroundings
{
    public static readonly OrderSurroundings None = new();
    public List<ExistingDelivery> Deliveries { get; } = [];
    public List<(string Code, string Reason, bool IsOpen, bool IsOurs)> Holds { get; } = [];
}

/// <summary>Everything one order's work comes to, ready to be written.</summary>
internal sealed record OrderResult(OrderWrite Row, bool IsNew, DeliveryPlan? Plan, IReadOnlyList<Concern> OpenHolds, IReadOnlyList<(string Code, string Reason)> CloseHolds, bool WasExcluded, Order Document)
{
    /// <summary>What a person's change does not reach: destinations that have the order and cannot be told. The person is told instead.</summary>
    public IReadOnlyList<string> Unreached { get; init; } = [];
}

/// <summary>Rules, state and deliveries of one order: pure but for the directory it looks destinations up in.</summary>
internal static class OrderDecision
{
    private const string Actor = "crossdock";

    public static OrderResult? Decide(OrderDraft draft, OrderSurroundings around, ConnectionSnapshot connections, DateTimeOffset now)
    {
        var before = draft.Before;
        if (draft.Mapped is null && draft.Changes.Count == 0)
        {
            return null;
        }

        var known = before is null || draft.Mapped is not null ? null : OrderJson.Read(before.Document);
        RuleDecision? decision = null;
        Order order;
        if (draft.Mapped is { } mapped)
        {
            // :: Step 11: apply the store's rules
            draft.Edits?.Meet(mapped, now);
            decision = draft.Store.Rules.Decide(draft.Edits?.Over(mapped) ?? mapped, draft.Store.Destinations, now);
            order = draft.Edits?.OverDecided(decision.Order) ?? decision.Order;
            draft.Entries.AddRange(draft.Edits?.Told.Select(text => new TimelineEntry(now, TimelineKind.Note, Actor, text)) ?? []);
            draft.Entries.AddRange(decision.Entries);
        }
        else
        {
            order = known!;
        }

        foreach (var change in draft.Changes)
        {
            order = OrderChanges.Apply(order, change);
        }

        order = order with { UpdatedAt = null };
        var document = decision is { IsOnlyPacked: true } && draft is { Changes.Count: 0, Edits: null, IsPersons: false } ? PackedDocument.Write(draft.Written!, order) : OrderJson.Write(order);

        // Worked again and the same: then what is known need not be read, which is the dearest part of a replay.
        known ??= before is null ? null : document.AsSpan().SequenceEqual(before.Document) ? order : OrderJson.Read(before.Document);
        var wanted = OrderStates.Wanted(order.State, before?.State, decision, draft.Store.NeedsApproval && !draft.IsHistory, before?.CancelledBy is not null);
        if (before is { State: OrderState.Cancelled, CancelledBy: { } person } && wanted is OrderState.Cancelled && order.State is not OrderState.Cancelled)
        {
            draft.Entries.Add(new(draft.Entries.Count > 0 ? draft.Entries[^1].At : now, TimelineKind.Note, Actor,
                "The shop's newer version was kept, and the order stays cancelled.", $"{person} cancelled it here; it goes on when a person restores it"));
        }

        var (state, because) = Move(draft, before, wanted, decision);
        var (open, close, isHeld) = Holds(draft, around, decision, state);
        var plan = Plan(draft, known, order, state, isHeld, around, decision, connections, because);

        IReadOnlyList<string> unreached = [];
        if (plan is not null && draft.IsPersons)
        {
            unreached = [.. plan.Holds.Where(hold => hold.Code == DeliveryPlanner.ChangedAfterDelivery).Select(hold => hold.Reason)];
            plan = plan with { Holds = [.. plan.Holds.Where(hold => hold.Code != DeliveryPlanner.ChangedAfterDelivery)] };
        }

        if (plan is not null)
        {
            draft.Entries.AddRange(plan.Insert.Select(planned => new TimelineEntry(now, TimelineKind.Planned, Actor, planned.Text)));
            // A destination that is not chosen any more is found anew with every event: what a person released about it stays released.
            bool isGoing = state is not (OrderState.Cancelled or OrderState.Excluded);
            List<Concern> planned = [.. plan.Holds.Select(hold => new Concern(hold.Code, hold.Reason)).Where(hold => !around.Holds.Exists(known =>
                known.Code == hold.Code && (known.IsOpen ? IsSameMatter(hold.Code, known.Reason, hold.Reason) : known.Reason == hold.Reason && isGoing && hold.Code == DeliveryPlanner.CancelledAfterDelivery)))];
            open = [.. open, .. planned];
            isHeld |= planned.Count > 0;
        }

        draft.Entries.AddRange(open.Select(hold => new TimelineEntry(now, TimelineKind.Held, Actor, "Held for a person.", hold.Reason)));
        draft.Entries.AddRange(close.Select(hold => new TimelineEntry(now, TimelineKind.Released, Actor, "No longer held: the reason is gone.", hold.Reason)));
        var row = new OrderWrite
        {
            Id = before?.Id ?? OrderId.New(now),
            ConnectionId = draft.Store.Id,
            Order = order,
            State = state,
            StateBecause = because,
            IsHeld = isHeld,
            SourceUpdatedAt = draft.UpdatedAt,
            EventId = draft.EventId,
            ContentHash = draft.ContentHash,
            RulesVersion = decision is null ? before!.RulesVersion : draft.Store.Rules.Version,
            Version = (before?.Version ?? 0) + 1,
            Generation = plan?.Generation ?? before?.Generation ?? 1,
            Document = document,
        };
        return new OrderResult(row, before is null, plan, open, close, state is OrderState.Excluded && before?.State != OrderState.Excluded, order) { Unreached = unreached };
    }

    private static (OrderState State, string? Because) Move(OrderDraft draft, StoredOrder? before, OrderState wanted, RuleDecision? decision)
    {
        string because = wanted switch
        {
            OrderState.Excluded => decision?.ExcludedBecause ?? "the store's rules exclude it",
            OrderState.Cancelled => (draft.Mapped?.CancelReason ?? draft.Changes.FindLast(change => change.State is OrderState.Cancelled)?.Reason) is { } reason ? $"cancelled in the shop: {reason}" : "cancelled in the shop",
            OrderState.AwaitingPayment => "the shop waits for the payment",
            OrderState.AwaitingApproval => "this store's orders are approved by a person",
            OrderState.Approved => "nothing stands against it",
            _ => "the shop says so",
        };
        var at = draft.Entries.Count > 0 ? draft.Entries[^1].At : default;
        if (before is null)
        {
            draft.Entries.Add(new(at, TimelineKind.State, Actor, OrderSentences.Became(null, wanted), because));
            return (wanted, because);
        }

        if (before.State == wanted)
        {
            return (wanted, null);
        }

        if (!OrderLifecycle.CanMove(before.State, wanted))
        {
            draft.Entries.Add(new(at, TimelineKind.Note, Actor,
                $"The shop's version would mean {OrderSentences.Words(wanted)}; the order stays {OrderSentences.Words(before.State)}.", "that move is not legal"));
            return (before.State, null);
        }

        draft.Entries.Add(new(at, TimelineKind.State, Actor, OrderSentences.Became(before.State, wanted), because));
        return (wanted, because);
    }

    private static (IReadOnlyList<Concern> Open, IReadOnlyList<(string Code, string Reason)> Close, bool IsHeld) Holds(OrderDraft draft, OrderSurroundings around, RuleDecision? decision, OrderState state)
    {
        bool isOver = draft.IsHistory || state is OrderState.Excluded or OrderState.Cancelled or OrderState.Closed or OrderState.Delivered;
        var wanted = decision is null || isOver ? [] : decision.Holds.Concat(draft.Mapped!.Concerns).Concat(draft.Drift?.Select(finding => finding.Concern) ?? []).Concat(draft.Edits?.Concern is { } conflict ? [conflict] : []).DistinctBy(concern => (concern.Code, concern.Reason)).ToList();

        // A hold that a person released is not opened again for the same reason.
        var open = wanted.FindAll(concern => !around.Holds.Exists(hold => IsSame(hold.Code, hold.Reason, concern)));
        // What a destination could not be told is settled by a person, not by the next event. A part of an order asks no rules, but one that is over waits for nobody. Where nobody looked at the document's shape, nothing is said of it.
        var close = decision is null && !isOver ? [] : around.Holds
            .Where(hold => hold.IsOpen && hold.IsOurs && hold.Code is not (DeliveryPlanner.ChangedAfterDelivery or DeliveryPlanner.CancelledAfterDelivery)
                && (isOver || draft.Drift is not null || hold.Code != DriftFinding.HoldCode) && !wanted.Exists(concern => IsSame(hold.Code, hold.Reason, concern)))
            .Select(hold => (hold.Code, hold.Reason)).ToList();
        bool isHeld = open.Count > 0 || around.Holds.Exists(hold => hold.IsOpen && !close.Contains((hold.Code, hold.Reason)));
        return (open, close, isHeld);
    }

    // That a destination has what it should not, and cannot be told, is one question to a person, why ever it should not by now.
    private static bool IsSameMatter(string code, string left, string right) =>
        left == right || (code == DeliveryPlanner.CancelledAfterDelivery && left.Split(": ", 2)[0] == right.Split(": ", 2)[0]);

    // Two nodes that find the same change at the same moment count differently how often it was otherwise.
    private static bool IsSame(string code, string reason, Concern concern) =>
        code == concern.Code && (reason == concern.Reason || (code == DriftFinding.HoldCode && DriftFinding.IsSame(reason, concern.Reason)));

    private static DeliveryPlan? Plan(
        OrderDraft draft, Order? known, Order order, OrderState state, bool isHeld, OrderSurroundings around, RuleDecision? decision, ConnectionSnapshot connections, string? because)
    {
        if (draft.IsHistory)
        {
            return null;
        }

        bool isCalledOff = state is OrderState.Cancelled or OrderState.Excluded;
        bool isGoing = state is OrderState.Approved or OrderState.Processing;
        if ((isCalledOff && around.Deliveries.Count == 0) || (!isCalledOff && !isGoing) || (isHeld && around.Deliveries.Count == 0))
        {
            return null;
        }

        var keys = decision?.Destinations ?? (around.Deliveries.Count > 0 ? [] : draft.Store.Destinations);
        var wanted = keys.Select(key => connections.ByKey.GetValueOrDefault(key)).OfType<Connection>().ToList();
        if (decision is null)
        {
            // A partial change runs no rules: it concerns the destinations that the order has already.
            wanted = [.. around.Deliveries.Select(delivery => delivery.Destination).Distinct().Select(id => connections.ById.GetValueOrDefault(id)).OfType<Connection>()];
        }

        return DeliveryPlanner.Plan(new PlanRequest
        {
            Before = known,
            After = order,
            AlsoChanged = draft.IsPersons && known is not null ? EditChanges.BesideDelivery(known, order) : [],
            IsCalledOff = isCalledOff,
            WasCalledOff = draft.Before?.State is OrderState.Cancelled or OrderState.Excluded,
            CalledOffBecause = because,
            Destinations = [.. wanted.Select(Described)],
            FormerDestinations = [.. around.Deliveries.Select(delivery => delivery.Destination).Distinct()
                .Where(id => !wanted.Exists(connection => connection.Id == id))
                .Select(id => connections.ById.GetValueOrDefault(id)).OfType<Connection>().Select(Described)],
            Existing = around.Deliveries,
        });
    }

    private static PlanDestination Described(Connection connection) =>
        new(connection.Id, connection.Key, connection.Destination?.Can(DeliveryKind.Update) ?? false, connection.Destination?.Can(DeliveryKind.Cancel) ?? false);
}
