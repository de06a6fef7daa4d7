using System.Globalization;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Dapper;
using Npgsql;

namespace Crossdock.Orders;

/// <summary>Lists of orders under any filter in any order, page by key. The rows shown are the orders as they are; which rows they are says the narrow list beside them.</summary>
internal sealed class OrderListQueries(NpgsqlDataSource database, ConnectionQueries connections, OrderListFreshness freshness, TimeProvider clock)
{
    internal const string Columns = """
        o.id, c.key AS store, c.name AS store_name, c.platform, o.external_id, o.number, o.state, o.state_because, o.state_changed_at, o.held,
        o.payment_status, o.fulfilment_status, o.platform_status, o.placed_at, o.created_at, o.updated_at, o.currency, o.total,
        o.customer_name, o.customer_email, o.ship_country, o.ship_region, o.cancelled_by, o.is_history
        """;

    private const string IsFilled = "SELECT filled_at IS NOT NULL FROM order_list_progress WHERE id = 1";

    // Each question is planned for its own values; compiling a plan costs more than running it.
    private const string Planning = "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off; ";

    private const string StoreOrder = "SELECT c.id FROM connections c WHERE EXISTS (SELECT FROM orders o WHERE o.connection_id = c.id) ORDER BY lower(c.name), c.id          -- orders_by_connection, one look each";

    // So many rows of the sort's index are looked at one by one. A filter that fits fewer than one row in a hundred finds its page not there, but by its own index or by a look at the whole narrow table.
    internal const int WalkRows = 5_000;

    // So many whole stores are asked one after the other, as their names follow; the rest in one question.
    private const int StoresOneByOne = 6;

    private static readonly string Orders = $"""
        (SELECT o.id, o.connection_id, {Codes<OrderState>("o.state")} AS state, o.held, {Codes<PaymentStatus>("o.payment_status")} AS payment, {Codes<FulfilmentStatus>("o.fulfilment_status")} AS fulfilment,
            coalesce(o.placed_at, '-infinity') AS placed_at, o.total, lower(o.number) COLLATE "C" AS number_key, lower(coalesce(o.customer_name, '')) COLLATE "C" AS customer_key, o.ship_country AS country, o.ship_region AS region,
            (SELECT array_agg(d.destination_id * 8 + {Codes<Delivery.DeliveryState>("d.state")}) FROM deliveries d WHERE d.order_id = o.id AND d.kind <> 'status') AS sent,
            (SELECT array_agg(t) FROM json_array_elements_text(o.document -> 'tags') t) AS tags FROM orders o WHERE true@typed)
        """;

    private bool isFilled;

    /// <summary>One page.</summary>
    public async Task<OrderListPage> PageAsync(OrderSearch search, OrderPageRequest page, CancellationToken cancellationToken)
    {
        bool isList = await IsFilledAsync(cancellationToken);
        if (isList)
        {
            await freshness.CatchUpAsync(clock, cancellationToken);
        }

        if (await OrderFilter.OfAsync(search, connections, isList, cancellationToken) is not { Words: not "" } filter)
        {
            return OrderListPage.Empty;
        }

        // A page that ends before a place is the page after it in the opposite order, turned round.
        bool isDown = page.Sorting.IsDescending != page.IsBefore;
        var rows = page.Sorting.By is OrderSort.Store
            ? await ByStoreAsync(filter, page, isDown, cancellationToken)
            : await RowsAsync(filter, Key(page.Sorting.By), page.Place, isDown, page.Take + 1, isList ? WalkRows : int.MaxValue, cancellationToken);
        return Cut(rows, page);
    }

    /// <summary>Ids of all that match, oldest arrival first, in pages.</summary>
    /// <param name="search">What they must match.</param>
    /// <param name="after">The last one known; empty to begin.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<Guid>> IdsAsync(OrderSearch search, Guid after, int take, CancellationToken cancellationToken)
    {
        bool isList = await IsFilledAsync(cancellationToken);
        if (await OrderFilter.OfAsync(search, connections, isList, cancellationToken) is not { Words: not "" } filter)
        {
            return [];
        }

        filter.Values.Add("after", after);
        string sql = $"SELECT id FROM (SELECT r.id FROM {Source(filter)} r WHERE r.id > @after{filter.Conditions}{Matching(filter)} OFFSET 0) x ORDER BY id LIMIT {take.ToString(CultureInfo.InvariantCulture)}";
        return [.. (await ReadAsync<Guid>(sql, filter.Values, cancellationToken))];
    }

    /// <summary>Waits for a moment until the list has what was stored before now.</summary>
    public Task CatchUpAsync(CancellationToken cancellationToken) => freshness.CatchUpAsync(clock, cancellationToken);

    /// <summary>False while the orders that were there before are still being taken into the list; then searching by telephone, SKU and tracking number finds nothing yet.</summary>
    public async Task<bool> IsFilledAsync(CancellationToken cancellationToken) => isFilled || (isFilled = await database.ReadOneAsync<bool>(IsFilled, null, cancellationToken));

    private async Task<List<Row>> RowsAsync(OrderFilter filter, string? key, OrderPlace? place, bool isDown, int take, int walk, CancellationToken cancellationToken, bool isWalkOnly = false)
    {
        string direction = isDown ? "DESC" : "ASC", order = key is null ? $"r.id {direction}" : $"r.{key} {direction}, r.id {direction}";
        var values = new DynamicParameters(filter.Values);
        string from = "";
        if (place is not null)
        {
            from = key is null ? $" AND r.id {(isDown ? '<' : '>')} @placeId" : $" AND (r.{key}, r.id) {(isDown ? '<' : '>')} (@placeKey::{Type(key)}, @placeId)";
            values.Add("placeId", place.Id);
            values.Add("placeKey", place.Key);
        }

        string source = Source(filter), words = Matching(filter);
        string Page(string rows) => $"SELECT {Columns}, {(key is null ? "''" : $"r.{key}::text")} AS sort_key FROM (SELECT r.* FROM ({rows}) r ORDER BY {order} LIMIT {Number(take)}) r JOIN orders o ON o.id = r.id JOIN connections c ON c.id = o.connection_id ORDER BY {order}";
        bool isOpen = filter.IsOpen && filter.Words is null;
        if (isOpen || walk > 0)
        {
            // Over the list, the filter stands outside of the bounded walk: whatever the planner believes of it, no more rows than these are looked at.
            string inner = isOpen || walk == int.MaxValue ? $"SELECT * FROM {source} r WHERE true{from}{filter.Conditions} ORDER BY {order} LIMIT {Number(take)}"
                : $"SELECT * FROM (SELECT * FROM {source} r WHERE true{from}{(key is null ? filter.Indexed : "")} ORDER BY {order} LIMIT {Number(walk)}) r WHERE true{filter.Conditions}{(filter.Words is null ? "" : " AND (SELECT s.words FROM order_search s WHERE s.id = r.id) @@ @words::tsquery")} ORDER BY {order} LIMIT {Number(take)}";
            var found = await ReadAsync<Row>(Page(inner), values, cancellationToken);
            if (isOpen || isWalkOnly || walk == int.MaxValue || found.Count == take)
            {
                return found;
            }
        }

        return await ReadAsync<Row>(Page($"SELECT * FROM {source} r WHERE true{from}{filter.Conditions}{words} OFFSET 0"), values, cancellationToken);
    }

    private async Task<List<Row>> ByStoreAsync(OrderFilter filter, OrderPageRequest page, bool isDown, CancellationToken cancellationToken)
    {
        var stores = (await database.ReadAsync<int>(StoreOrder, null, cancellationToken)).Where(id => filter.Stores is not { } some || some.Contains(id)).ToList();
        if (isDown)
        {
            stores.Reverse();
        }

        int begin = page.Place is { } place && int.TryParse(place.Key, CultureInfo.InvariantCulture, out int at) ? Math.Max(0, stores.IndexOf(at)) : 0, take = page.Take + 1;
        List<Row> all = [];
        for (int index = begin; index < stores.Count && all.Count < take; index++)
        {
            // Whole stores follow each other by their own index. Where a filter leaves a store's share of the page open, all that follow are looked at in one question.
            bool isLast = index - begin == StoresOneByOne || (index > begin && !(filter.IsOpen && filter.Words is null));
            var from = index == begin ? page.Place : null;
            if (isLast)
            {
                all.AddRange(await OfStoresAsync(filter, [.. stores.Skip(index)], null, isDown, take - all.Count, cancellationToken));
                break;
            }

            var rows = await RowsAsync(filter.Within(stores[index]), null, from, isDown, take - all.Count, filter.IsList ? WalkRows : int.MaxValue, cancellationToken, isWalkOnly: filter.IsList);
            if (rows.Count < take - all.Count && filter.IsList && !(filter.IsOpen && filter.Words is null))
            {
                return await OfStoresAsync(filter, [.. stores.Skip(index)], from, isDown, take, cancellationToken);
            }

            rows.ForEach(row => row.SortKey = Number(stores[index]));
            all.AddRange(rows);
        }

        return all;
    }

    private async Task<List<Row>> OfStoresAsync(OrderFilter filter, int[] stores, OrderPlace? place, bool isDown, int take, CancellationToken cancellationToken)
    {
        var values = new DynamicParameters(filter.Values);
        string direction = isDown ? "DESC" : "ASC", list = $"'{{{string.Join(',', stores)}}}'::int[]", from = "";
        if (place is not null)
        {
            from = $" AND (r.connection_id <> {Number(stores[0])} OR r.id {(isDown ? '<' : '>')} @placeId)";
            values.Add("placeId", place.Id);
        }

        string sql = $"""
            SELECT {Columns}, r.connection_id::text AS sort_key FROM (
                SELECT x.id, x.connection_id, array_position({list}, x.connection_id) AS place FROM (SELECT r.id, r.connection_id FROM {Source(filter)} r WHERE r.connection_id = ANY ({list}){from}{filter.Conditions}{Matching(filter)} OFFSET 0) x
                ORDER BY place, x.id {direction} LIMIT {Number(take)}) r
            JOIN orders o ON o.id = r.id JOIN connections c ON c.id = o.connection_id ORDER BY r.place, r.id {direction}
            """;
        return await ReadAsync<Row>(sql, values, cancellationToken);
    }

    private static OrderListPage Cut(List<Row> rows, OrderPageRequest page)
    {
        bool isMore = rows.Count > page.Take;
        if (isMore)
        {
            rows.RemoveAt(rows.Count - 1);
        }

        if (page.IsBefore)
        {
            rows.Reverse();
        }

        string? Cursor(Row? row) => row is null ? null : new OrderPlace(row.SortKey, row.Id).Cursor(page.Sorting);
        return new OrderListPage(rows, page.IsBefore ? Cursor(rows.LastOrDefault()) : isMore ? Cursor(rows[^1]) : null, page.IsBefore ? (isMore ? Cursor(rows[0]) : null) : page.Place is null ? null : Cursor(rows.FirstOrDefault()));
    }

    private async Task<List<T>> ReadAsync<T>(string sql, DynamicParameters values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<T>(new CommandDefinition(Planning + sql, values, transaction, cancellationToken: cancellationToken))).AsList();
        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    private static string Source(OrderFilter filter) => filter.IsList ? "order_list" : Orders.Replace("@typed", filter.Typed, StringComparison.Ordinal);

    private static string Matching(OrderFilter filter) => filter.Words is null ? "" : " AND r.id IN (SELECT s.id FROM order_search s WHERE s.words @@ @words::tsquery)";

    private static string? Key(OrderSort by) => by switch
    {
        OrderSort.Arrived => null,
        OrderSort.Placed => "placed_at",
        OrderSort.Number => "number_key",
        OrderSort.Total => "total",
        OrderSort.State => "state",
        OrderSort.Customer => "customer_key",
        OrderSort.Store => null,
    };

    private static string Type(string key) => key switch
    {
        "placed_at" => "timestamptz",
        "total" => "numeric",
        "state" => "smallint",
        _ => "text",
    };

    private static string Codes<T>(string column) where T : struct, Enum =>
        $"CASE {column} {string.Join(' ', Enum.GetValues<T>().Select(value => $"WHEN '{EnumNames<T>.Of(value)}' THEN {Number(Convert.ToInt32(value, CultureInfo.InvariantCulture))}"))} END::smallint";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed record Row : OrderSummary
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public string SortKey { get; set; } = "";
    }
}
