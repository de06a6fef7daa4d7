using System.Text;
using System.Text.Json;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model.Orders;
using Dapper;
using Npgsql;

namespace Crossdock.Orders;

/// <summary>Reads orders for the API and the console.</summary>
public sealed class OrderQueries(NpgsqlDataSource database, ConnectionQueries connections, EventQueries events, DeliveryQueries deliveries, HoldQueries holds)
{
    private const string Columns = """
        o.id, c.key AS store, c.name AS store_name, c.platform, o.external_id, o.number, o.state, o.state_because, o.state_changed_at, o.held,
        o.payment_status, o.fulfilment_status, o.platform_status, o.placed_at, o.created_at, o.updated_at, o.currency, o.total,
        o.customer_name, o.customer_email, o.ship_country, o.ship_region, o.cancelled_by, o.is_history
        """;

    // The page is chosen before the join, so that the order of the index is the order of the page.
    private const string List = "SELECT " + Columns + " FROM (SELECT * FROM orders WHERE true";
    private const string ListEnd = " ORDER BY id DESC LIMIT @take) o JOIN connections c ON c.id = o.connection_id ORDER BY o.id DESC";

    private const string One = "SELECT " + Columns + """
        , o.version, o.generation, o.rules_version, o.source_updated_at, o.event_id, o.document
        FROM orders o JOIN connections c ON c.id = o.connection_id
        WHERE o.id = @id AND (@seen::int[] IS NULL OR o.connection_id = ANY(@seen))          -- primary key
        """;

    // Each of these stands on an index of its own; see 0001_trunk.sql and 0002_reading.sql.
    private const string ByNumber = " AND (number LIKE @number OR number LIKE @hash)";
    private const string ByExternalId = " AND external_id = @externalId";
    private const string ByCustomer = " AND (lower(customer_email) LIKE @customer OR lower(customer_name) LIKE @customer)";
    private const string ByText = " AND (number LIKE @number OR number LIKE @hash OR external_id = @externalId OR lower(customer_email) LIKE @customer OR lower(customer_name) LIKE @customer)";
    private const string ByState = " AND state = @state";
    private const string ByStore = " AND connection_id = @connection";
    private const string Held = " AND held";
    private const string NotHeld = " AND NOT held";
    private const string From = " AND id >= @from";
    private const string To = " AND id < @to";
    private const string After = " AND id < @after";

    private const string Timeline = """
        SELECT id, entries FROM timeline
        WHERE order_id = @order AND id > @after AND (@seen::int[] IS NULL OR connection_id = ANY(@seen))          -- timeline_by_order; ids rise with time
        ORDER BY id LIMIT @take
        """;

    /// <summary>Orders, newest first.</summary>
    public async Task<Page<OrderSummary>> SearchAsync(OrderSearch search, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder(List);
        var values = new DynamicParameters();
        if (search.Store is { } store)
        {
            int? connection = await connections.IdOfAsync(store, cancellationToken);
            if (connection is null)
            {
                return Page<OrderSummary>.Empty;
            }

            Add(ByStore, "connection", connection.Value);
        }

        if (Clean(search.Text) is { } text)
        {
            sql.Append(ByText);
            Number(text);
            values.Add("externalId", text);
            values.Add("customer", QueryReading.Prefix(text.ToLowerInvariant()));
        }
        else
        {
            if (Clean(search.Number) is { } number)
            {
                sql.Append(ByNumber);
                Number(number);
            }

            if (Clean(search.ExternalId) is { } externalId)
            {
                Add(ByExternalId, "externalId", externalId);
            }

            if (Clean(search.Customer) is { } customer)
            {
                Add(ByCustomer, "customer", QueryReading.Prefix(customer.ToLowerInvariant()));
            }
        }

        if (search.State is { } state)
        {
            Add(ByState, "state", EnumNames<OrderState>.Of(state));
        }

        if (search.Held is { } held)
        {
            sql.Append(held ? Held : NotHeld);
        }

        if (search.From is { } from)
        {
            Add(From, "from", QueryReading.Floor(from));
        }

        if (search.To is { } to)
        {
            Add(To, "to", QueryReading.Floor(to));
        }

        if (Caller.Seen is { } seen)
        {
            QueryReading.AddSeen(sql, values, seen);
        }

        if (page.After is { } after)
        {
            Add(After, "after", after);
        }

        values.Add("take", page.Take + 1);
        sql.Append(ListEnd);
        return Page<OrderSummary>.Cut(await database.ReadAsync<OrderSummary>(sql.ToString(), values, cancellationToken), page, row => row.Id);

        void Add(string condition, string name, object value)
        {
            sql.Append(condition);
            values.Add(name, value);
        }

        void Number(string value)
        {
            values.Add("number", QueryReading.Prefix(value));
            values.Add("hash", QueryReading.Prefix("#" + value));
        }
    }

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

    // PostgreSQL has no text with NUL in it: nothing can match.
    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim().Replace('\0', '\uFFFD');

    private sealed record TimelineRow
    {
        public required Guid Id { get; init; }
        public required string Entries { get; init; }
    }
}
