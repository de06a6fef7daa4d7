using System.Globalization;
using System.Text;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model.Orders;
using Dapper;

namespace Crossdock.Orders;

/// <summary>A search as conditions over the list of orders, under the name <c>r</c>. Numbers are written into the text, so that each question is planned for its own values; what people type goes in parameters.</summary>
internal sealed class OrderFilter
{
    private readonly StringBuilder conditions = new();

    private readonly StringBuilder typed = new();

    private OrderFilter(bool isList) => IsList = isList;

    /// <summary>True over the list, false over the orders themselves, while the list is not filled yet.</summary>
    public bool IsList { get; }

    public DynamicParameters Values { get; private init; } = new();

    /// <summary>All of it, each part begun with AND.</summary>
    public string Conditions => conditions.ToString();

    /// <summary>The parts for which there is an index in the order of arrival.</summary>
    public string Indexed { get; private set; } = "";

    /// <summary>Over the orders themselves: what was typed, as conditions under the name <c>o</c>.</summary>
    public string Typed => typed.ToString();

    /// <summary>The words searched for; null for none.</summary>
    public string? Words { get; private set; }

    /// <summary>True when every order matches.</summary>
    public bool IsOpen => conditions.Length == 0 && typed.Length == 0;

    /// <summary>The connections whose orders may match, by id; null for all.</summary>
    public IReadOnlyList<int>? Stores { get; private set; }

    /// <summary>Null when nothing can match: there is no such store or destination.</summary>
    public static async Task<OrderFilter?> OfAsync(OrderSearch search, ConnectionQueries connections, bool isList, CancellationToken cancellationToken)
    {
        var filter = new OrderFilter(isList);
        string[] keys = [.. search.Stores.Concat(search.Store is { Length: > 0 } one ? [one] : [])];
        if (keys.Length > 0)
        {
            var ids = new List<int>();
            foreach (string key in keys.Distinct(StringComparer.Ordinal))
            {
                if (await connections.IdOfAsync(key, cancellationToken) is { } id)
                {
                    ids.Add(id);
                }
            }

            filter.Narrow(ids);
        }

        if (Caller.Seen is { } seen)
        {
            filter.Narrow(seen);
        }

        if (filter.Stores is { Count: 0 })
        {
            return null;
        }

        int? destination = null;
        if (search.Destination is { Length: > 0 } to && (destination = await connections.IdOfAsync(to, cancellationToken)) is null)
        {
            return null;
        }

        filter.Add(search, destination);
        return filter;
    }

    /// <summary>The same within one store.</summary>
    public OrderFilter Within(int store)
    {
        string only = Invariant($" AND r.connection_id = {store}");
        var within = new OrderFilter(IsList) { Values = Values, Words = Words, Stores = [store], Indexed = only };
        within.conditions.Append(conditions).Append(only);
        within.typed.Append(typed);
        return within;
    }

    private void Narrow(IReadOnlyCollection<int> ids) => Stores = Stores is null ? [.. ids] : [.. Stores.Intersect(ids)];

    private void Add(OrderSearch search, int? destination)
    {
        if (Stores is { } stores)
        {
            Both(stores.Count == 1 ? Invariant($" AND r.connection_id = {stores[0]}") : Invariant($" AND r.connection_id = ANY ('{{{string.Join(',', stores)}}}')"), stores.Count == 1);
        }

        OrderState[] states = [.. search.States.Concat(search.State is { } state ? [state] : []).Distinct()];
        Both(Any("state", states), states.Length == 1);
        if (search.Held is { } held)
        {
            Both(held ? " AND r.held" : " AND NOT r.held", held);
        }

        conditions.Append(Any("payment", [.. search.Payments])).Append(Any("fulfilment", [.. search.Fulfilments]));
        Text(" AND r.country = @country", "country", Clean(search.Country)?.ToUpperInvariant());
        Text(" AND r.region = @region", "region", Clean(search.Region)?.ToUpperInvariant());
        Id(" AND r.id >= @from", "from", search.From);
        Id(" AND r.id < @to", "to", search.To);
        Time(" AND r.placed_at >= @placedFrom", "placedFrom", search.PlacedFrom);
        Time(" AND r.placed_at < @placedTo AND r.placed_at > '-infinity'", "placedTo", search.PlacedTo);
        Number(" AND r.total >= @totalFrom", "totalFrom", search.TotalFrom);
        Number(" AND r.total <= @totalTo", "totalTo", search.TotalTo);
        Text(" AND r.tags @> ARRAY[@tag]", "tag", Clean(search.Tag));
        Sent(destination, search.Delivery);
        AddTyped(search);
    }

    // What the list's order of arrival has an index for; the rest is looked at row by row.
    private void Both(string condition, bool isIndexed)
    {
        conditions.Append(condition);
        Indexed += isIndexed ? condition : "";
    }

    private void Sent(int? destination, DeliveryState? state)
    {
        if (destination is null && state is null)
        {
            return;
        }

        if (destination is { } id)
        {
            var codes = state is { } one ? [one] : Enum.GetValues<DeliveryState>();
            conditions.Append(CultureInfo.InvariantCulture, $" AND r.sent && '{{{string.Join(',', codes.Select(code => OrderListEntry.SentCode(id, code)))}}}'::int[]");
            return;
        }

        // Destinations are few: each of them in this state.
        conditions.Append(CultureInfo.InvariantCulture, $" AND r.sent && (SELECT array_agg(c.id * 8 + {(int)state!.Value}) FROM connections c)");
    }

    private void AddTyped(OrderSearch search)
    {
        if (Clean(search.Text) is { } text)
        {
            if (IsList)
            {
                Words = OrderWords.Query(text) ?? "";
                Values.Add("words", Words);
                return;
            }

            typed.Append(" AND (o.number LIKE @number OR o.number LIKE @hash OR o.external_id = @externalId OR lower(o.customer_email) LIKE @customer OR lower(o.customer_name) LIKE @customer)");
            Prefixes(text);
            Values.Add("externalId", text);
            Values.Add("customer", QueryReading.Prefix(text.ToLowerInvariant()));
            return;
        }

        if (Clean(search.Number) is { } number)
        {
            Column("(o.number LIKE @number OR o.number LIKE @hash)");
            Prefixes(number);
        }

        if (Clean(search.ExternalId) is { } externalId)
        {
            Column("o.external_id = @externalId");
            Values.Add("externalId", externalId);
        }

        if (Clean(search.Customer) is { } customer)
        {
            Column("(lower(o.customer_email) LIKE @customer OR lower(o.customer_name) LIKE @customer)");
            Values.Add("customer", QueryReading.Prefix(customer.ToLowerInvariant()));
        }

        // Each of these stands on an index of the orders; see 0001_trunk.sql.
        void Column(string condition)
        {
            if (IsList)
            {
                conditions.Append(" AND r.id IN (SELECT o.id FROM orders o WHERE ").Append(condition).Append(')');
            }
            else
            {
                typed.Append(" AND ").Append(condition);
            }
        }
    }

    private void Prefixes(string value)
    {
        Values.Add("number", QueryReading.Prefix(value));
        Values.Add("hash", QueryReading.Prefix("#" + value));
    }

    private static string Any<T>(string column, T[] values) where T : struct, Enum => values.Length switch
    {
        0 => "",
        1 => Invariant($" AND r.{column} = {Convert.ToInt32(values[0], CultureInfo.InvariantCulture)}"),
        _ => Invariant($" AND r.{column} IN ({string.Join(',', values.Select(value => Convert.ToInt32(value, CultureInfo.InvariantCulture)))})"),
    };

    private void Text(string condition, string name, string? value) => Add(condition, name, value);

    private void Id(string condition, string name, DateTimeOffset? value) => Add(condition, name, value is { } at ? QueryReading.Floor(at) : null);

    private void Time(string condition, string name, DateTimeOffset? value) => Add(condition, name, value?.UtcDateTime);

    private void Number(string condition, string name, decimal? value) => Add(condition, name, value);

    private void Add(string condition, string name, object? value)
    {
        if (value is not null)
        {
            conditions.Append(condition);
            Values.Add(name, value);
        }
    }

    // PostgreSQL has no text with NUL in it: nothing can match.
    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : Parameters.Storable(text.Trim());

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
