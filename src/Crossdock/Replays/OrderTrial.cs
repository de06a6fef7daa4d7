using System.Security.Cryptography;
using System.Text;
using Crossdock.Connections;
using Crossdock.Delivery;
using Crossdock.Edits;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;

namespace Crossdock.Replays;

/// <summary>A stored event and what it means today.</summary>
internal readonly record struct TrialEvent(InboxItem Item, MappingOutcome Outcome);

/// <summary>One order to be tried.</summary>
internal sealed record TrialOrder
{
    public required Connection Store { get; init; }
    public required string ExternalId { get; init; }
    /// <summary>The order as it stands; null when the hub has none.</summary>
    public StoredOrder? Stored { get; init; }
    public OrderSurroundings Around { get; init; } = OrderSurroundings.None;
    public IReadOnlyList<StandingChange> Standing { get; init; } = [];
    /// <summary>What people changed of it.</summary>
    public IReadOnlyList<OrderEdit> Edits { get; init; } = [];
    /// <summary>The event that it stands on; null when there is no order, or the payload is gone.</summary>
    public TrialEvent? Base { get; init; }
    /// <summary>Other events of it that were found, in the order of their arrival.</summary>
    public IReadOnlyList<TrialEvent> Others { get; init; } = [];
}

/// <summary>What the live processor would make of an order if its stored events were worked again now: the same draft, rules, states and plan, and nothing written. Pure.</summary>
internal static class OrderTrial
{
    private const int MostFields = 40;
    private const int MostReasons = 8;

    /// <summary>Null when nothing would be different.</summary>
    public static TrialDifference? Try(TrialOrder order, ConnectionSnapshot connections, DateTimeOffset now)
    {
        var draft = new OrderDraft(order.Store, order.ExternalId, order.Stored) { Standing = order.Standing, Edits = order.Edits.Count == 0 ? null : new EditLayer(order.Edits) };
        if (order.Stored is not null)
        {
            if (order.Base is not { } known)
            {
                return Impossible(order, ReplayKind.NotKept, "Its first events are no longer kept, so that it cannot be worked again.");
            }

            if (EventMapping.Snapshot(known.Outcome, order.ExternalId) is not { } snapshot)
            {
                return Impossible(order, ReplayKind.NotUnderstood, Because(known.Outcome));
            }

            draft.Take(snapshot.Order, known.Item, now, snapshot.IsLean);
        }

        var again = Others(order, draft, now);
        if (!draft.IsKnown || OrderDecision.Decide(draft, order.Around, connections, now) is not { } result)
        {
            return null;
        }

        return order.Stored is { } stored ? Compare(order, stored, draft, result, again) : New(order, draft, result, again);
    }

    /// <summary>Events beside the one that the order stands on: parked or passed over then, understood now. Answers what has an effect.</summary>
    private static List<Guid> Others(TrialOrder order, OrderDraft draft, DateTimeOffset now)
    {
        var again = new List<Guid>();
        foreach (var (item, outcome) in order.Others)
        {
            if (EventMapping.Snapshot(outcome, order.ExternalId) is { } snapshot)
            {
                // Read with fewer side remarks, a version that is known already changes nothing, as live.
                if (snapshot.IsLean && draft.IsKnown && snapshot.Order.UpdatedAt is { } version && version == draft.UpdatedAt)
                {
                    continue;
                }

                var (taken, hash) = (draft.Mapped, draft.ContentHash);
                draft.Take(snapshot.Order, item, now, snapshot.IsLean);
                if (!ReferenceEquals(taken, draft.Mapped) && (hash != draft.ContentHash || taken is null))
                {
                    again.Clear();
                    again.Add(item.EventId);
                }
            }
            else if (outcome is MappedChange change && change.ExternalId == order.ExternalId && draft.IsKnown && IsNew(order, draft, item.EventId))
            {
                draft.Take(change.Change, item);
                again.Add(item.EventId);
            }
        }

        return again;
    }

    /// <summary>Whether an event other than the one the order stands on could change it: a newer snapshot, or a later change that it does not hold yet.</summary>
    public static bool IsRelevant(StoredOrder stored, IReadOnlyList<StandingChange> standing, TrialEvent other)
    {
        if (other.Item.EventId == stored.EventId)
        {
            return false;
        }

        return EventMapping.Snapshot(other.Outcome, stored.ExternalId) is { } snapshot
            ? snapshot.Order.UpdatedAt is { } theirs && stored.SourceUpdatedAt is { } ours && theirs != ours ? theirs > ours : other.Item.EventId.CompareTo(stored.EventId) > 0
            : other.Outcome is MappedChange change && change.ExternalId == stored.ExternalId
                && other.Item.EventId.CompareTo(stored.EventId) > 0 && !standing.Any(one => one.EventId == other.Item.EventId);
    }

    /// <summary>An event that would be parked, and no order to tell of it.</summary>
    public static TrialDifference NotUnderstood(TrialEvent one) => new()
    {
        Id = one.Item.EventId,
        ConnectionId = one.Item.ConnectionId,
        ExternalId = one.Item.OrderKey,
        Kinds = ReplayKind.NotUnderstood.Bit(),
        BaseEvent = one.Item.EventId,
        Told = new ReplayTold { Why = [Because(one.Outcome)] },
    };

    private static bool IsNew(TrialOrder order, OrderDraft draft, Guid change) =>
        change.CompareTo(draft.EventId) > 0 && !order.Standing.Any(one => one.EventId == change);

    private static TrialDifference? Compare(TrialOrder order, StoredOrder stored, OrderDraft draft, OrderResult result, List<Guid> again)
    {
        int kinds = 0;
        if (result.Row.State != stored.State)
        {
            kinds |= (result.Row.State is OrderState.Excluded ? ReplayKind.Excluded : stored.State is OrderState.Excluded ? ReplayKind.Included : ReplayKind.State).Bit();
        }

        kinds |= result.OpenHolds.Count > 0 ? ReplayKind.Held.Bit() : 0;
        kinds |= result.CloseHolds.Count > 0 ? ReplayKind.Released.Bit() : 0;
        List<FieldDifference> fields = [];
        int count = 0;
        if (!result.Row.Document.AsSpan().SequenceEqual(stored.Document))
        {
            fields = DocumentDifferences.Between(stored.Document, result.Row.Document, MostFields, out count);
            foreach (var field in fields)
            {
                kinds |= (field.Path.StartsWith("lines", StringComparison.Ordinal) ? ReplayKind.Lines : field.Path.StartsWith("packages", StringComparison.Ordinal) ? ReplayKind.Packages : ReplayKind.Fields).Bit();
            }
        }

        // What was called off before waits for its own end: that is no difference.
        bool wasCalledOff = stored.State is (OrderState.Cancelled or OrderState.Excluded) && result.Row.State == stored.State;
        kinds |= result.Plan is { Insert.Count: > 0 } or { Refresh.Count: > 0 } || (!wasCalledOff && result.Plan is { Supersede.Count: > 0 }) ? ReplayKind.Deliveries.Bit() : 0;
        return kinds == 0 ? null : Told(order, draft, result, kinds) with
        {
            Id = stored.Id.Value,
            OrderId = stored.Id,
            Before = stored.State,
            Version = stored.Version,
            BaseEvent = stored.EventId,
            Events = draft.EventId == stored.EventId ? [stored.EventId, .. again] : again,
            Told = Sentences(order, draft, result) with { Fields = fields, MoreFields = count - fields.Count },
        };
    }

    private static TrialDifference New(TrialOrder order, OrderDraft draft, OrderResult result, List<Guid> again) =>
        Told(order, draft, result, ReplayKind.NewOrder.Bit()) with { Events = again };

    private static TrialDifference Told(TrialOrder order, OrderDraft draft, OrderResult result, int kinds) => new()
    {
        Id = IdOf(order),
        ConnectionId = order.Store.Id,
        ExternalId = order.ExternalId,
        Number = result.Row.Order.Number,
        Kinds = kinds,
        After = result.Row.State,
        Creates = Planned(result, DeliveryKind.Create),
        Updates = Planned(result, DeliveryKind.Update),
        Cancels = Planned(result, DeliveryKind.Cancel),
        Told = Sentences(order, draft, result),
    };

    private static int Planned(OrderResult result, DeliveryKind kind) => result.Plan?.Insert.Count(planned => planned.Kind == kind) ?? 0;

    private static ReplayTold Sentences(TrialOrder order, OrderDraft draft, OrderResult result) => new()
    {
        Held = [.. result.OpenHolds.Select(hold => hold.Reason).Take(MostReasons)],
        Released = [.. result.CloseHolds.Select(hold => hold.Reason).Take(MostReasons)],
        Deliveries = result.Plan is { } plan ? [.. Deliveries(order, plan).Take(MostReasons)] : [],
        Why = [.. draft.Entries.Where(entry => entry.Kind is TimelineKind.Rule or TimelineKind.State || entry is { Kind: TimelineKind.Note, Ref: null })
            .Select(entry => entry.Because is { } because ? $"{entry.Text} {entry.Actor}: {because}" : $"{entry.Text} {entry.Actor}").Take(MostReasons)],
    };

    private static IEnumerable<string> Deliveries(TrialOrder order, DeliveryPlan plan)
    {
        foreach (var planned in plan.Insert)
        {
            yield return planned.Text;
        }

        foreach (var id in plan.Supersede)
        {
            yield return $"The delivery that waits ({Kind(id)}) would be called off";
        }

        foreach (var refreshed in plan.Refresh)
        {
            yield return $"The delivery that waits ({Kind(refreshed.Id)}) would carry the new version";
        }

        string Kind(Model.DeliveryId id) => order.Around.Deliveries.Find(delivery => delivery.Id == id) is { } found ? EnumNames<DeliveryKind>.Of(found.Kind) : "unknown";
    }

    private static TrialDifference Impossible(TrialOrder order, ReplayKind kind, string because) => new()
    {
        Id = IdOf(order),
        ConnectionId = order.Store.Id,
        OrderId = order.Stored!.Id,
        ExternalId = order.ExternalId,
        Number = order.Stored.Number,
        Kinds = kind.Bit(),
        Before = order.Stored.State,
        After = order.Stored.State,
        Version = order.Stored.Version,
        BaseEvent = order.Stored.EventId,
        Told = new ReplayTold { Why = [because] },
    };

    private static string Because(MappingOutcome outcome) => outcome switch
    {
        Unmappable { Path: { } path } unmappable => $"{unmappable.Because} ({path})",
        Unmappable unmappable => unmappable.Because,
        Ignored ignored => $"It would be passed over: {ignored.Because}",
        Announced announced => $"It would only announce the order: {announced.What}.",
        _ => "It speaks of another order today.",
    };

    // What is no order yet has an id of its own, the same each time.
    private static Guid IdOf(TrialOrder order) => order.Stored?.Id.Value
        ?? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{order.Store.Id.Value}/{order.ExternalId}")).AsSpan(0, 16), bigEndian: true);
}
