using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Delivery;

/// <summary>Decides which deliveries an order needs after it was new, changed or called off. Pure: no database, no clock.</summary>
internal static class DeliveryPlanner
{
    internal const string ChangedAfterDelivery = "changed_after_delivery";
    internal const string CancelledAfterDelivery = "cancelled_after_delivery";

    internal static DeliveryPlan Plan(PlanRequest request)
    {
        int generation = request.Existing.Count == 0 ? 1 : request.Existing.Max(delivery => delivery.Generation) + 1;
        Draft draft = new(generation);
        foreach (var destination in request.Destinations)
        {
            var existing = Of(request, destination.Id);
            if (request.IsCalledOff)
            {
                CallOff(request, destination, existing, draft, request.CalledOffBecause ?? "the order goes nowhere any more");
            }
            else
            {
                Wanted(request, destination, existing, draft);
            }
        }
        foreach (var destination in request.FormerDestinations)
        {
            CallOff(request, destination, Of(request, destination.Id), draft,
                request.IsCalledOff ? request.CalledOffBecause ?? "the order goes nowhere any more" : "the rules no longer choose this destination");
        }
        return new DeliveryPlan(draft.Insert.Count > 0 ? generation : Math.Max(1, generation - 1), draft.Insert, draft.Supersede, draft.Refresh, draft.Holds);
    }

    private static void Wanted(PlanRequest request, PlanDestination destination, Standing standing, Draft draft)
    {
        var document = DestinationDocument.For(request.After, destination.Key);
        bool isWhole = ReferenceEquals(document, request.After);
        if (standing is { IsThere: false, OpenCreate: null })
        {
            // A person who dropped the delivery decided about this destination; a later change does not overrule that.
            if (!standing.WasDropped)
            {
                draft.Add(destination, DeliveryKind.Create, standing.OpenCancel is not null, null, document, isWhole, $"To be handed to {destination.Key}");
            }
            return;
        }

        IReadOnlyList<string> changes = request.Before is null ? [] : [.. DeliveryDifferences.Between(DestinationDocument.For(request.Before, destination.Key), document), .. request.AlsoChanged];
        if (changes.Count == 0)
        {
            return;
        }
        string said = string.Join("; ", changes);
        if (standing.OpenCreate is { } create)
        {
            // The row keeps its idempotency key, so that a repeat at the destination does nothing.
            draft.Refresh.Add(new RefreshedDelivery(create.Id, isWhole ? null : document));
            if (!create.MayHaveArrived)
            {
                return;
            }
        }
        if (standing.OpenUpdate is { MayHaveArrived: false } update)
        {
            draft.Refresh.Add(new RefreshedDelivery(update.Id, isWhole ? null : document));
        }
        else if (destination.CanUpdate)
        {
            draft.Add(destination, DeliveryKind.Update, standing.HasOpen, standing.RemoteId, document, isWhole, $"To be changed at {destination.Key}: {said}");
        }
        else
        {
            draft.Holds.Add(new PlannedHold(ChangedAfterDelivery, $"Changed after it was handed to {destination.Key}, which cannot be told of changes: {said}", standing.Latest?.Row.Id));
        }
    }

    private static void CallOff(PlanRequest request, PlanDestination destination, Standing standing, Draft draft, string because)
    {
        foreach (var open in standing.Open)
        {
            if (open.Row.Kind != DeliveryKind.Cancel && !open.MayHaveArrived)
            {
                draft.Supersede.Add(open.Id);
            }
        }
        bool mayBeThere = standing.IsThere || standing.OpenCreate is { MayHaveArrived: true };
        if (!mayBeThere || standing.OpenCancel is not null || request.WasCalledOff)
        {
            return;
        }
        if (destination.CanCancel)
        {
            bool mustWait = standing.Open.Any(open => open.MayHaveArrived);
            draft.Add(destination, DeliveryKind.Cancel, mustWait, standing.RemoteId, request.After, true, $"To be cancelled at {destination.Key}: {because}");
        }
        else
        {
            string where = standing.IsThere ? $"{destination.Key} has it" : $"{destination.Key} may have it";
            draft.Holds.Add(new PlannedHold(CancelledAfterDelivery, $"{where} and cannot be told to cancel: {because}", standing.Latest?.Row.Id));
        }
    }

    private static Standing Of(PlanRequest request, ConnectionId destination)
    {
        Standing standing = new();
        foreach (var row in request.Existing.Where(row => row.Destination == destination).OrderBy(row => row.Generation).ThenBy(row => row.Id.Value))
        {
            standing.Take(row);
        }
        return standing;
    }

    /// <summary>A row that has not ended. What is leased may be on its way; what is unclear may have arrived.</summary>
    private readonly record struct OpenRow(ExistingDelivery Row)
    {
        internal DeliveryId Id => Row.Id;
        internal bool MayHaveArrived => Row.IsUnclear || Row.State == DeliveryState.Waiting && Row.IsLeased;
    }

    /// <summary>How an order stands at one destination.</summary>
    private sealed class Standing
    {
        internal bool IsThere { get; private set; }
        internal bool WasDropped { get; private set; }
        internal string? RemoteId { get; private set; }
        internal List<OpenRow> Open { get; } = [];
        internal OpenRow? Latest { get; private set; }
        internal bool HasOpen => Open.Exists(open => open.Row.State == DeliveryState.Waiting);
        internal OpenRow? OpenCreate => Last(DeliveryKind.Create);
        internal OpenRow? OpenUpdate => Last(DeliveryKind.Update);
        internal OpenRow? OpenCancel => Last(DeliveryKind.Cancel);

        internal void Take(ExistingDelivery row)
        {
            switch (row.State)
            {
                case DeliveryState.Delivered:
                    IsThere = row.Kind != DeliveryKind.Cancel;
                    RemoteId = IsThere ? row.RemoteId ?? RemoteId : null;
                    WasDropped = false;
                    break;
                case DeliveryState.Dropped:
                    WasDropped |= row.Kind == DeliveryKind.Create;
                    return;
                case DeliveryState.Superseded:
                    return;
                case DeliveryState.Waiting or DeliveryState.Held or DeliveryState.Dead:
                    Open.Add(new OpenRow(row));
                    break;
            }
            Latest = new OpenRow(row);
        }

        private OpenRow? Last(DeliveryKind kind)
        {
            int index = Open.FindLastIndex(open => open.Row.Kind == kind);
            return index < 0 ? null : Open[index];
        }
    }

    private sealed class Draft(int generation)
    {
        internal List<PlannedDelivery> Insert { get; } = [];
        internal List<DeliveryId> Supersede { get; } = [];
        internal List<RefreshedDelivery> Refresh { get; } = [];
        internal List<PlannedHold> Holds { get; } = [];

        internal void Add(PlanDestination destination, DeliveryKind kind, bool mustWait, string? remoteId, Order document, bool isWhole, string text) =>
            Insert.Add(new PlannedDelivery(destination, kind, generation, mustWait, remoteId, document, isWhole, text));
    }
}
