using System.Diagnostics;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Orders;
using Crossdock.Telemetry;
using Npgsql;

namespace Crossdock.News;

/// <summary>Works what destinations say of the orders they were handed: one batch in one transaction, beside <see cref="BatchProcessor"/>, which works what stores say.</summary>
internal sealed class NewsProcessor(NpgsqlDataSource database, IConnectionDirectory directory, IDeliveryIntake intake, ConnectionStatistics statistics, TimeProvider clock)
{
    // How long an order that is not known is waited for, by the attempts made so far; then its news are parked.
    private static readonly TimeSpan[] Patience = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    /// <summary>Whether an event is a destination's news.</summary>
    internal bool Concerns(InboxItem item) => directory.Current.ById.TryGetValue(item.ConnectionId, out var connection) && connection.News is not null;

    /// <summary>Works the batch; throws when the database fails, or when one event cannot be worked at all; nothing is then written.</summary>
    internal async Task ProcessAsync(IReadOnlyList<InboxItem> items, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var connections = directory.Current;
        List<ParkedRow> parked = [];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var taken = await NewsStore.TakeAsync(connection, items, cancellationToken);
        List<(InboxItem Item, Connection Courier, DeliveryNews News)> said = [];
        foreach (var item in items.Where(item => taken.Contains(item.InboxId) && item.Kind is not InboxKind.Repeat))
        {
            Read(item, connections, said, parked);
        }

        List<(InboxItem Item, DateTimeOffset At)> early = [];
        var placed = await PlaceAsync(connection, said, early, parked, now, cancellationToken);
        var orders = await NewsStore.LockAsync(connection, [.. placed.Select(one => one.Order).Distinct().Order()], cancellationToken);
        Dictionary<Guid, OrderNews> drafts = [];
        foreach (var (item, courier, news, id) in placed)
        {
            if (orders.TryGetValue(id, out var order))
            {
                if (!drafts.TryGetValue(id, out var draft))
                {
                    drafts[id] = draft = new OrderNews(order, connections);
                }

                draft.Take(news, courier, item);
            }
        }

        bool isTelling = await WriteAsync(connection, [.. drafts.Values], early, parked, connections, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (isTelling)
        {
            intake.Wake();
        }

        parked.ForEach(row => statistics.Count(row.ConnectionId, Statistic.Parked));
        HubMeter.Processed.Add(items.Count);
    }

    private static void Read(InboxItem item, ConnectionSnapshot connections, List<(InboxItem, Connection, DeliveryNews)> said, List<ParkedRow> parked)
    {
        if (!connections.ById.TryGetValue(item.ConnectionId, out var courier) || courier.News is not { } news)
        {
            parked.Add(new(item.EventId, item.ConnectionId, item.OrderKey, false, "The connection does not exist any more, or its settings no longer say what its calls mean.", null, null));
            return;
        }

        NewsOutcome outcome;
        try
        {
            outcome = item.Body is null
                ? new UnreadableNews("The payload is not stored any more (retention), so the event cannot be worked again.")
                : news.Read(new ReceivedEvent(item.Body, item.Topic, item.OrderKey, item.OccurredAt, item.ReceivedAt));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It promises never to throw; where it does, the event is parked like any other that is not understood.
            outcome = new UnreadableNews($"The connector failed on this document ({exception.GetType().Name}): {exception.Message}");
        }

        switch (outcome)
        {
            case SaidNews some:
                said.AddRange(some.News.Select(one => (item, courier, one)));
                break;
            case NoNews:
                break;
            case UnreadableNews unreadable:
                parked.Add(new(item.EventId, item.ConnectionId, item.OrderKey, false, Parameters.Storable(unreadable.Because)!, unreadable.Path, Parameters.Storable(unreadable.Value)));
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Finds the order of each. An event that names an unknown one waits a little as a whole, then is parked: what was understood of it already is known when it is worked again.</summary>
    private static async Task<List<(InboxItem Item, Connection Courier, DeliveryNews News, Guid Order)>> PlaceAsync(
        NpgsqlConnection connection, List<(InboxItem Item, Connection Courier, DeliveryNews News)> said, List<(InboxItem, DateTimeOffset)> early, List<ParkedRow> parked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = said.Count == 0 ? null : await NewsStore.FindAsync(connection, [.. said.Select((one, place) => new NewsToPlace(place, one.Courier.Id, one.News))], cancellationToken);
        List<(InboxItem, Connection, DeliveryNews, Guid)> placed = [];
        HashSet<Guid> unplaced = [];
        for (int place = 0; place < said.Count; place++)
        {
            var (item, courier, news) = said[place];
            List<(Guid Order, bool IsByReference)> candidates = [.. found![place]];
            // What we called it decides; their id alone counts where they do not say that.
            var chosen = news.Reference is null ? candidates : candidates.FindAll(one => one.IsByReference);
            if (chosen.Count > 1 && news.RemoteId is not null)
            {
                var narrowed = await NarrowAsync(connection, chosen, courier.Id, news.RemoteId, cancellationToken);
                chosen = narrowed.Count > 0 ? narrowed : chosen;
            }

            if (chosen.Count == 1)
            {
                placed.Add((item, courier, news, chosen[0].Order));
            }
            else if (unplaced.Add(item.EventId))
            {
                if (chosen.Count == 0 && item.Attempts < Patience.Length)
                {
                    early.Add((item, now + Patience[item.Attempts]));
                }
                else
                {
                    parked.Add(new(item.EventId, item.ConnectionId, item.OrderKey, false, Reason(courier, news, chosen.Count), null, Parameters.Storable(news.Reference ?? news.RemoteId)));
                }
            }
        }

        return placed;
    }

    private static string Reason(Connection courier, DeliveryNews news, int found)
    {
        string name = Parameters.Storable(news.Reference is { } reference ? $"reference {reference}" : $"id {news.RemoteId}")!;
        return found == 0
            ? $"No order was handed to {courier.Key} under {name}. If it was handed over elsewhere, give this event up; otherwise look whether create sends as reference what settings.status.webhook.reference reads back."
            : $"{found} orders were handed to {courier.Key} under {name}, and nothing tells them apart: have create send {{{{orderId}}}} as reference, or read their own id too (settings.status.webhook.remoteId).";
    }

    private static async Task<List<(Guid Order, bool IsByReference)>> NarrowAsync(NpgsqlConnection connection, List<(Guid Order, bool)> orders, ConnectionId destination, string remoteId, CancellationToken cancellationToken)
    {
        var known = await NewsStore.LockAsync(connection, [.. orders.Select(one => one.Order).Order()], cancellationToken);
        return [.. orders.Where(one => known[one.Order].Shipments.GetValueOrDefault(destination)?.RemoteId == remoteId)];
    }

    private static async Task<bool> WriteAsync(
        NpgsqlConnection connection, List<OrderNews> drafts, List<(InboxItem, DateTimeOffset)> early, List<ParkedRow> parked, ConnectionSnapshot connections, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        List<TellShop> told = [];
        var moved = drafts.FindAll(draft => draft.State != draft.Order.State);
        if (moved.Count > 0)
        {
            batch.BatchCommands.Add(OrderStore.Moving([.. moved.Select(draft => new StateMove(draft.Order.Id, draft.Order.State, draft.State, draft.Because!))], now));
        }

        foreach (var draft in drafts)
        {
            foreach (var (destination, shipment) in draft.Changed)
            {
                batch.BatchCommands.Add(NewsStore.Keeping(draft.Order, destination, shipment, now));
            }

            if (draft.CancelledBy is { } courier)
            {
                foreach (var command in NewsStore.CallingOff(draft.Order, courier, now))
                {
                    batch.BatchCommands.Add(command);
                }
            }
            else if (draft.HeldBecause is { } because)
            {
                batch.BatchCommands.Add(NewsStore.Flagging(draft.Order, now));
                batch.BatchCommands.Add(ProcessingStore.OpenHoldsCommand([new HoldWrite(Guid.CreateVersion7(now), draft.Order.Id, draft.Order.Store, OrderNews.CancelledElsewhere, because, null, now, "crossdock")]));
                draft.Entries.Add(new TimelineEntry(now, TimelineKind.Held, "crossdock", "Held for a person.", because));
            }

            if (connections.ById.TryGetValue(draft.Order.Store, out var store) && store.TellsStatus)
            {
                told.AddRange(draft.Told.Select(one => new TellShop(draft.Order.Id, one.State, one.At)));
            }
        }

        if (told.Count > 0)
        {
            batch.BatchCommands.Add(ShopNotices.Planning(told, now));
        }

        if (drafts.Count > 0)
        {
            batch.BatchCommands.Add(DeliveryActions.Telling([.. drafts.Select(draft => (draft.Order.Id.Value, draft.Order.Store.Value, draft.Entries))], now));
        }

        if (early.Count > 0)
        {
            batch.BatchCommands.Add(NewsStore.PuttingBack(early));
        }

        if (parked.Count > 0)
        {
            batch.BatchCommands.Add(ProcessingStore.ParkCommand([.. parked.DistinctBy(row => row.EventId)], now));
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        return told.Count > 0;
    }
}
