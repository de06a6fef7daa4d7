using System.Text.Json;
using Crossdock.Capture;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Npgsql;

namespace Crossdock.Orders;

/// <summary>Reads orders for the API and the console.</summary>
public sealed class OrderQueries
{
    private const string One = "SELECT " + OrderListQueries.Columns + """
        , o.version, o.generation, o.rules_version, o.source_updated_at, o.event_id, o.document
        FROM orders o JOIN connections c ON c.id = o.connection_id
        WHERE o.id = @id AND (@seen::int[] IS NULL OR o.connection_id = ANY(@seen))          -- primary key
        """;

    private const string Timeline = """
        SELECT id, entries FROM timeline
        WHERE order_id = @order AND id > @after AND (@seen::int[] IS NULL OR connection_id = ANY(@seen))          -- timeline_by_order; ids rise with time
        ORDER BY id LIMIT @take
        """;

    private readonly NpgsqlDataSource database;
    private readonly OrderListQueries lists;
    private readonly EventQueries events;
    private readonly DeliveryQueries deliveries;
    private readonly HoldQueries holds;

    internal OrderQueries(NpgsqlDataSource database, OrderListQueries lists, EventQueries events, DeliveryQueries deliveries, HoldQueries holds) =>
        (this.database, this.lists, this.events, this.deliveries, this.holds) = (database, lists, events, deliveries, holds);

    /// <summary>Orders, newest first.</summary>
    public async Task<Page<OrderSummary>> SearchAsync(OrderSearch search, PageRequest page, CancellationToken cancellationToken)
    {
        var found = await lists.PageAsync(search, new OrderPageRequest { Take = page.Take, Place = page.After is { } after ? new OrderPlace("", after) : null }, cancellationToken);
        return new(found.Items, found.Next is null ? null : PageRequest.Cursor(found.Items[^1].Id));
    }

    /// <summary>Orders in any order, page by key in both directions.</summary>
    public Task<OrderListPage> SearchAsync(OrderSearch search, OrderPageRequest page, CancellationToken cancellationToken) => lists.PageAsync(search, page, cancellationToken);

    /// <summary>False while the orders that were stored before searching came are still being made findable.</summary>
    public Task<bool> IsSearchReadyAsync(CancellationToken cancellationToken) => lists.IsFilledAsync(cancellationToken);

    /// <summary>One order; null when there is none with that id.</summary>
    public Task<OrderDetail?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<OrderDetail>(One, new { id, seen = Caller.Seen }, cancellationToken);

    /// <summary>What happened to an order, oldest first. A page counts units of work; one may have several entries.</summary>
    public async Task<Page<TimelineEntry>> TimelineAsync(Guid order, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync<TimelineRow>(Timeline, new { order, after = page.After ?? Guid.Empty, take = page.Take + 1, seen = Caller.Seen }, cancellationToken);
        var cut = Page<TimelineRow>.Cut(rows, page, row => row.Id);
        return new([.. cut.Items.SelectMany(row => JsonSerializer.Deserialize(row.Entries, TimelineJson.Default.ListTimelineEntry) ?? [])], cut.Next);
    }

    /// <summary>All that was received about an order, newest first, at most 500: what its timeline and the parked list point to.</summary>
    public Task<IReadOnlyList<EventRow>> EventsAsync(Guid order, CancellationToken cancellationToken) => events.OfOrderAsync(order, cancellationToken);

    /// <summary>An order's deliveries, oldest first.</summary>
    public Task<IReadOnlyList<DeliveryRow>> DeliveriesAsync(Guid order, CancellationToken cancellationToken) => deliveries.OfOrderAsync(order, cancellationToken);

    /// <summary>What destinations say of an order, the first destination first.</summary>
    public Task<IReadOnlyList<ShipmentRow>> ShipmentsAsync(Guid order, CancellationToken cancellationToken) => deliveries.ShipmentsAsync(order, cancellationToken);

    /// <summary>An order's holds, open and released, oldest first.</summary>
    public Task<IReadOnlyList<HoldRow>> HoldsAsync(Guid order, CancellationToken cancellationToken) => holds.OfOrderAsync(order, cancellationToken);

    private sealed record TimelineRow
    {
        public required Guid Id { get; init; }
        public required string Entries { get; init; }
    }
}
