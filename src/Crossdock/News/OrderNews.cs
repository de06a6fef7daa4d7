using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;

namespace Crossdock.News;

/// <summary>What a batch's news make of one order: pure, newest by the destinations' own clocks, never backwards.</summary>
internal sealed class OrderNews(OrderAtHand order, ConnectionSnapshot connections)
{
    internal const string CancelledElsewhere = "cancelled_by_destination";

    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(1);

    public OrderAtHand Order => order;

    /// <summary>Where it stands after the news.</summary>
    public OrderState State { get; private set; } = order.State;

    /// <summary>Why it moved; null when it did not.</summary>
    public string? Because { get; private set; }

    /// <summary>The destination that called it off; null for none.</summary>
    public Connection? CancelledBy { get; private set; }

    /// <summary>Shipments to write.</summary>
    public Dictionary<ConnectionId, Shipment> Changed { get; } = [];

    /// <summary>What its shop is to learn, in order.</summary>
    public List<(OrderState State, DateTimeOffset At)> Told { get; } = [];

    /// <summary>Why a person has to look; null for no reason.</summary>
    public string? HeldBecause { get; private set; }

    public List<TimelineEntry> Entries { get; } = [];

    /// <summary>Takes one thing that a destination says.</summary>
    public void Take(DeliveryNews news, Connection courier, InboxItem item)
    {
        var known = Of(courier.Id);
        var at = news.At ?? item.ReceivedAt;
        // A time of the far future was a mistake of the courier's: it must not make every later word old.
        bool isOlder = known.SaidAt is { } before && at < before && before <= item.ReceivedAt + FarAhead;
        var merged = Merged(known, news.Tracking, isOlder) with { RemoteId = ShipmentStore.Id(news.RemoteId) ?? known.RemoteId };
        bool isTracked = merged.Number is not null && (merged.Number != known.Number || merged.Url != known.Url || merged.Carrier != known.Carrier);
        bool isMoved = merged.Number == known.Number && merged.Url is not null && merged.Url != known.Url;
        if (isOlder)
        {
            Say(item, courier, TimelineKind.Older, $"An older word arrived and moved nothing: {Phrase(news, merged)}.", $"it is of {at:u}, the last one of {known.SaidAt:u}");
        }
        else
        {
            merged = Word(news, courier, item, known, merged, at, isTracked || isMoved);
        }

        if (isMoved && known.Url is not null)
        {
            Say(item, courier, TimelineKind.Changed, Parameters.Storable($"{courier.Key} follows the parcel at another address now: {merged.Url}.")!, null);
        }

        Changed[courier.Id] = merged;
        if (isTracked && Told.Count == 0 && State is OrderState.Processing or OrderState.InShipment or OrderState.Delivered)
        {
            Told.Add((State, at));
        }
    }

    private Shipment Word(DeliveryNews news, Connection courier, InboxItem item, Shipment known, Shipment merged, DateTimeOffset at, bool isTracked)
    {
        merged = merged with { SaidAt = at, EventId = item.EventId, Word = news.Word };
        string phrase = Phrase(news, merged);
        if (news.State is not { } state)
        {
            Say(item, courier, TimelineKind.Note, $"{courier.Key} says: {phrase}.", null);
            return merged;
        }

        if (known.State is { } was && (Rank(state) < Rank(was) || IsFinal(was) && state != was))
        {
            Say(item, courier, TimelineKind.Note, $"{courier.Key} says: {phrase}. It had said {OrderSentences.Words(was)} before, and the order does not go back.", null);
            return merged with { Word = known.Word };
        }

        bool isNew = known.State != state || known.Word != news.Word || isTracked;
        Say(item, courier, isNew ? TimelineKind.Changed : TimelineKind.Unchanged, isNew ? $"{courier.Key} says: {phrase}." : $"{courier.Key} says again: {phrase}.", null);
        merged = merged with { State = state };
        Changed[courier.Id] = merged;
        Follow(state, courier, item, at);
        return merged;
    }

    private void Follow(OrderState said, Connection courier, InboxItem item, DateTimeOffset at)
    {
        var target = said;
        string[] others = [.. order.Holders.Where(id => id != courier.Id).Select(id => connections.ById.GetValueOrDefault(id)).OfType<Connection>()
            .Where(other => said == OrderState.Cancelled || other.News is not null && Of(other.Id).State != OrderState.Delivered).Select(other => other.Key)];
        if (said == OrderState.Delivered && others.Length > 0)
        {
            target = OrderState.InShipment;
            Say(item, courier, TimelineKind.Note, $"The order has been delivered when {string.Join(" and ", others)} says so too.", null);
        }

        if (said == OrderState.Cancelled && State != OrderState.Cancelled && others.Length > 0)
        {
            HeldBecause = $"{courier.Key} has cancelled it, and {string.Join(" and ", others)} still has it: cancel the order, or have {courier.Key} carry it after all";
            return;
        }

        if (State == target || State is OrderState.Processing or OrderState.InShipment or OrderState.Delivered or OrderState.Closed && Rank(target) < Rank(State))
        {
            return;
        }

        if (State is not (OrderState.Approved or OrderState.Processing or OrderState.InShipment) || !OrderLifecycle.CanMove(State, target))
        {
            Say(item, courier, TimelineKind.Note, $"The order is {OrderSentences.Words(State)} and stays so.", "a destination moves an order only while it is on its way");
            return;
        }

        if (target == OrderState.Delivered && State != OrderState.InShipment)
        {
            // The shop learns of the parcel before it learns that it arrived.
            Told.Add((OrderState.InShipment, at));
        }

        Told.Add((target, at));
        Because = $"{courier.Key} says so";
        Entries.Add(new TimelineEntry(item.ReceivedAt, TimelineKind.State, "crossdock", OrderSentences.Became(State, target), Because));
        State = target;
        CancelledBy = target == OrderState.Cancelled ? courier : null;
    }

    private Shipment Of(ConnectionId destination) => Changed.GetValueOrDefault(destination) ?? order.Shipments.GetValueOrDefault(destination) ?? Shipment.Unknown;

    private void Say(InboxItem item, Connection courier, TimelineKind kind, string text, string? because) =>
        Entries.Add(new TimelineEntry(item.ReceivedAt, kind, $"destination {courier.Key}", text, because, item.EventId));

    private static string Phrase(DeliveryNews news, Shipment shipment)
    {
        string meaning = news.State is { } state && !string.Equals(news.Word, EnumNames<OrderState>.Of(state), StringComparison.OrdinalIgnoreCase) ? $" ({OrderSentences.Words(state)})" : "";
        return Parameters.Storable(news.Word.Replace('_', ' ') + meaning + ShopNotices.Words(shipment.Number, shipment.Carrier))!;
    }

    // An older word adds what is not known, and changes nothing that is.
    private static Shipment Merged(Shipment known, Tracking? said, bool isOlder) => said is null ? known : isOlder
        ? known with { Number = known.Number ?? said.Number, Carrier = known.Carrier ?? said.Carrier, Url = known.Url ?? said.Url }
        : known with { Number = said.Number ?? known.Number, Carrier = said.Carrier ?? known.Carrier, Url = said.Url ?? known.Url };

    private static bool IsFinal(OrderState state) => state is OrderState.Delivered or OrderState.Cancelled;

    private static int Rank(OrderState state) => state switch
    {
        OrderState.New or OrderState.AwaitingPayment or OrderState.AwaitingApproval or OrderState.Approved or OrderState.Excluded => 0,
        OrderState.Processing => 1,
        OrderState.InShipment => 2,
        OrderState.Delivered => 3,
        OrderState.Closed or OrderState.Cancelled => 4,
    };
}
