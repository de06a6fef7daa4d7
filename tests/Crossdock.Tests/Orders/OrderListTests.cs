using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Review;
using Crossdock.Seeding;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Orders;

public sealed class OrderListTests(SeededOrders seeded) : IClassFixture<SeededOrders>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Sorts => [.. Enum.GetValues<OrderSort>().SelectMany(by => (string[])[new OrderSorting(by, true).ToString(), new OrderSorting(by, false).ToString()])];

    [Theory]
    [MemberData(nameof(Sorts))]
    public async Task Every_order_of_a_list_comes_once_forward_and_back(string sort)
    {
        // Small pages over many equal keys, and over orders whose shop says neither a time nor a name.
        var sorting = OrderSorting.Parse(sort)!;
        List<Guid> forward = [], back = [];
        var page = new OrderPageRequest { Sorting = sorting, Take = 137 };
        while (true)
        {
            var found = await seeded.Lists.PageAsync(new OrderSearch(), page, Stop);
            Assert.Equal(forward.Count == 0, found.Previous is null);
            forward.AddRange(found.Items.Select(order => order.Id));
            if (found.Next is null)
            {
                page = OrderPageRequest.Read(sorting, null, found.Previous, 137, out _)!;
                back.AddRange(found.Items.Select(order => order.Id));
                break;
            }

            page = OrderPageRequest.Read(sorting, found.Next, null, 137, out string? problem)!;
            Assert.Null(problem);
        }

        Assert.Equal(SeededOrders.Count, forward.Count);
        Assert.Equal(SeededOrders.Count, forward.Distinct().Count());
        while (true)
        {
            var found = await seeded.Lists.PageAsync(new OrderSearch(), page, Stop);
            back.InsertRange(0, found.Items.Select(order => order.Id));
            Assert.NotNull(found.Next);
            if (found.Previous is null)
            {
                break;
            }

            page = OrderPageRequest.Read(sorting, null, found.Previous, 137, out _)!;
        }

        Assert.Equal(forward, back);
        Assert.Equal(await seeded.IdsAsync(Order(sorting)), forward);
    }

    public static TheoryData<string, string> Filters => new()
    {
        { "store=seed-andina", "c.key = 'seed-andina'" }, { "store=seed-polar,seed-lago", "c.key IN ('seed-polar', 'seed-lago')" }, { "store=seed-polar&store=seed-lago&state=delivered", "c.key IN ('seed-polar', 'seed-lago') AND o.state = 'delivered'" },
        { "state=cancelled", "o.state = 'cancelled'" }, { "state=cancelled&state=excluded", "o.state IN ('cancelled', 'excluded')" }, { "held=true", "o.held" }, { "held=false", "NOT o.held" },
        { "payment=cash_on_delivery", "o.payment_status = 'cash_on_delivery'" }, { "fulfilment=unfulfilled", "o.fulfilment_status = 'unfulfilled'" }, { "country=es", "o.ship_country = 'ES'" }, { "country=CL&region=RM", "o.ship_country = 'CL' AND o.ship_region = 'RM'" },
        { "totalFrom=60000&totalTo=90000", "o.total BETWEEN 60000 AND 90000" }, { "destination=seed-invoices", "EXISTS (SELECT FROM deliveries d JOIN connections x ON x.id = d.destination_id WHERE d.order_id = o.id AND x.key = 'seed-invoices')" },
        { "delivery=dead", "EXISTS (SELECT FROM deliveries d WHERE d.order_id = o.id AND d.state = 'dead')" }, { "destination=seed-courier&delivery=delivered", "EXISTS (SELECT FROM deliveries d JOIN connections x ON x.id = d.destination_id WHERE d.order_id = o.id AND x.key = 'seed-courier' AND d.state = 'delivered')" },
        { "tag=vip", "o.document #>> '{tags,0}' = 'vip'" }, { "country=FR", "false" }, { "store=nobody", "false" }, { "destination=nobody", "false" },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_lists_exactly_the_orders_that_match_in_every_order(string filter, string condition)
    {
        List<string> problems = [];
        var (search, _) = OrderSearchText.Read(filter, isByDay: true, problems);
        Assert.Empty(problems);
        foreach (string sort in (string[])["-arrived", "total", "-customer", "store"])
        {
            var sorting = OrderSorting.Parse(sort)!;
            Assert.Equal(await seeded.IdsAsync(Order(sorting, condition)), await AllAsync(search, sorting));
        }

        Assert.Equal((await seeded.IdsAsync(Order(new(OrderSort.Arrived, false), condition))), await seeded.Lists.IdsAsync(search, Guid.Empty, SeededOrders.Count, Stop));
    }

    [Fact]
    public async Task Days_of_arrival_and_of_placing_are_whole_days()
    {
        string day = await seeded.AskAsync<string>("SELECT to_char(max(placed_at) - interval '5 days', 'YYYY-MM-DD') FROM orders");
        Assert.Equal(await seeded.IdsAsync(Order(OrderSorting.Newest, $"o.placed_at >= '{day}Z' AND o.placed_at < timestamptz '{day}Z' + interval '1 day'")), await AllAsync(OrderSearchText.Read($"placedFrom={day}&placedTo={day}", true, []).Search, OrderSorting.Newest));
        Assert.Equal(await seeded.IdsAsync(Order(OrderSorting.Newest, $"o.created_at >= '{day}Z' AND o.created_at < timestamptz '{day}Z' + interval '1 day'")), await AllAsync(OrderSearchText.Read($"from={day}&to={day}", true, []).Search, OrderSorting.Newest));
    }

    [Fact]
    public async Task An_order_is_found_by_each_of_its_words()
    {
        var id = (await seeded.IdsAsync("SELECT s.order_id FROM shipments s JOIN orders o ON o.id = s.order_id WHERE o.customer_email IS NOT NULL AND o.customer_name LIKE '%Muñoz%' ORDER BY 1 LIMIT 1"))[0];
        async Task<string> Of(string what) => await seeded.AskAsync<string>($"SELECT {what} FROM orders o JOIN shipments s ON s.order_id = o.id WHERE o.id = '{id}'");
        string number = await Of("o.number"), mail = await Of("o.customer_email"), phone = await Of("o.document #>> '{customer,phone}'"), sku = await Of("o.document #>> '{lines,0,sku}'"), tracking = await Of("s.tracking_number"), name = await Of("o.customer_name");
        foreach (string text in (string[])[number, number.TrimStart('#'), await Of("o.external_id"), mail, mail.ToUpperInvariant(), phone, phone[..4] + " " + phone[4..], phone[^9..], tracking, tracking[..8], $"munoz {sku}", $"{name} {mail}"])
        {
            Assert.Contains(id, await AllAsync(new OrderSearch { Text = text }, OrderSorting.Newest));
        }

        foreach (string text in (string[])["there-is-no-such-order", $"munoz {number} nobody", "'", "\\", "''' & | !", ":*"])
        {
            Assert.Empty(await AllAsync(new OrderSearch { Text = text }, OrderSorting.Newest));
        }
    }

    [Fact]
    public async Task A_list_stays_within_what_the_caller_may_see()
    {
        int store = await seeded.AskAsync<int>("SELECT id FROM connections WHERE key = 'seed-sur'");
        async Task<List<Guid>> Limited(OrderSearch search, OrderSorting sorting)
        {
            Caller.Is(new Caller(CallerKind.User, "merchant", Guid.NewGuid(), null, [store]));
            return await AllAsync(search, sorting);
        }

        foreach (string sort in (string[])["-arrived", "total", "store"])
        {
            Assert.Equal(await seeded.IdsAsync(Order(OrderSorting.Parse(sort)!, "c.key = 'seed-sur'")), await Limited(new OrderSearch(), OrderSorting.Parse(sort)!));
        }

        Assert.Empty(await Limited(new OrderSearch { Store = "seed-andina" }, OrderSorting.Newest));
    }

    [Fact]
    public async Task What_changed_is_listed_as_it_is_after_a_look_at_the_timeline()
    {
        var id = (await seeded.IdsAsync("SELECT o.id FROM orders o WHERE o.state = 'delivered' AND NOT o.held ORDER BY id DESC LIMIT 1"))[0];
        var actions = seeded.Services.GetRequiredService<OrderActions>();
        Assert.Null((await actions.HoldAsync(id, "operator eva", "to be looked at", Stop)).Refusal);
        await seeded.CatchUpAsync();
        Assert.Contains(id, await AllAsync(new OrderSearch { Held = true }, OrderSorting.Newest));
        Assert.Null((await actions.ReleaseAsync(id, "operator eva", "seen", Stop)).Refusal);
        await seeded.CatchUpAsync();
        Assert.DoesNotContain(id, await AllAsync(new OrderSearch { Held = true }, OrderSorting.Newest));
    }

    [Fact]
    public async Task A_change_whose_transaction_ends_late_is_not_missed()
    {
        var id = (await seeded.IdsAsync("SELECT id FROM orders WHERE state = 'closed' AND NOT held ORDER BY id LIMIT 1"))[0];
        await using (var late = await seeded.Database.OpenConnectionAsync(Stop))
        await using (var transaction = await late.BeginTransactionAsync(Stop))
        {
            await using var change = new Npgsql.NpgsqlCommand($"UPDATE orders SET ship_region = 'LATE' WHERE id = '{id}'; INSERT INTO timeline (id, order_id, connection_id, entries) SELECT '{Guid.CreateVersion7()}', id, connection_id, '[]' FROM orders WHERE id = '{id}'", late);
            await change.ExecuteNonQueryAsync(Stop);

            // Others come and are taken in while it is still open.
            var other = (await seeded.IdsAsync("SELECT id FROM orders WHERE state = 'closed' AND NOT held ORDER BY id LIMIT 1 OFFSET 1"))[0];
            await seeded.Services.GetRequiredService<OrderActions>().HoldAsync(other, "operator eva", "late", Stop);
            await seeded.CatchUpAsync();
            Assert.Empty(await AllAsync(new OrderSearch { Region = "LATE" }, OrderSorting.Newest));
            await transaction.CommitAsync(Stop);
        }

        await seeded.CatchUpAsync();
        Assert.Equal([id], await AllAsync(new OrderSearch { Region = "LATE" }, OrderSorting.Newest));
    }

    [Fact]
    public async Task Before_the_lists_are_filled_the_orders_themselves_are_listed()
    {
        await using var copy = seeded.Database.CreateCommand("UPDATE order_list_progress SET filled_at = NULL RETURNING filled_to");
        await copy.ExecuteNonQueryAsync(Stop);
        try
        {
            var lists = ActivatorUtilities.CreateInstance<OrderListQueries>(seeded.Services);
            foreach (var (filter, condition) in Filters.Select(row => (row.Data.Item1, row.Data.Item2)))
            {
                var page = await lists.PageAsync(OrderSearchText.Read(filter, true, []).Search, new OrderPageRequest { Take = PageRequest.MaximumTake, Sorting = new(OrderSort.Placed, true) }, Stop);
                Assert.Equal((await seeded.IdsAsync(Order(new(OrderSort.Placed, true), condition))).Take(PageRequest.MaximumTake), page.Items.Select(order => order.Id));
            }
        }
        finally
        {
            await using var back = seeded.Database.CreateCommand("UPDATE order_list_progress SET filled_at = now()");
            await back.ExecuteNonQueryAsync(Stop);
        }
    }

    [Fact]
    public async Task A_cursor_of_another_order_or_a_cut_one_is_refused_with_a_reason()
    {
        var page = await seeded.Lists.PageAsync(new OrderSearch(), new OrderPageRequest { Take = 2 }, Stop);
        foreach (string cursor in (string[])[page.Next![..^2], "x", page.Next[1..]])
        {
            Assert.Null(OrderPageRequest.Read(OrderSorting.Newest, cursor, null, null, out string? problem));
            Assert.Contains("cursor", problem, StringComparison.Ordinal);
        }

        Assert.Null(OrderPageRequest.Read(new(OrderSort.Total, true), page.Next, null, null, out _));
    }

    [Fact]
    public async Task Made_up_orders_can_be_read_and_are_refused_where_connections_are()
    {
        Assert.Null(seeded.Refusal);
        await using var ask = seeded.Database.CreateCommand("SELECT document::text, number, total, state FROM orders");
        await using var reader = await ask.ExecuteReaderAsync(Stop);
        int count = 0;
        while (await reader.ReadAsync(Stop))
        {
            var order = OrderJson.Read(System.Text.Encoding.UTF8.GetBytes(reader.GetString(0)));
            Assert.Equal((reader.GetString(1), reader.GetDecimal(2)), (order.Number, order.Totals.Total.Amount));
            count++;
        }

        Assert.Equal(SeededOrders.Count, count);
        Assert.Equal(0L, await seeded.AskAsync<long>("SELECT count(*) FROM orders o WHERE o.held <> EXISTS (SELECT FROM holds h WHERE h.order_id = o.id AND h.released_at IS NULL) AND o.ship_region <> 'LATE'"));
        Assert.Equal(0L, await seeded.AskAsync<long>("SELECT count(*) FROM orders o WHERE o.state IN ('processing', 'in_shipment', 'delivered', 'closed') AND NOT EXISTS (SELECT FROM deliveries d WHERE d.order_id = o.id AND d.state = 'delivered')"));
        string? refusal = await new OrderSeeder(seeded.Database, seeded.Services.GetRequiredService<ConfigurationService>(), TimeProvider.System).RunAsync(10, 1, 10, false, static (_, _) => { }, Stop);
        Assert.Contains("--into-existing", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#AO-999", "#AO-1000")]
    [InlineData("7", "#0010")]
    [InlineData("a9b9", "A9b10")]
    public void Numbers_are_ordered_by_their_value(string smaller, string larger) => Assert.True(string.CompareOrdinal(OrderWords.NumberKey(smaller), OrderWords.NumberKey(larger)) < 0);

    private async Task<List<Guid>> AllAsync(OrderSearch search, OrderSorting sorting)
    {
        List<Guid> all = [];
        OrderPageRequest? page = new() { Sorting = sorting, Take = PageRequest.MaximumTake };
        while (page is not null)
        {
            var found = await seeded.Lists.PageAsync(search, page, Stop);
            all.AddRange(found.Items.Select(order => order.Id));
            page = found.Next is null ? null : OrderPageRequest.Read(sorting, found.Next, null, PageRequest.MaximumTake, out _);
        }

        return all;
    }

    // What the list is held to: the orders themselves, ordered by the database.
    private static string Order(OrderSorting sorting, string condition = "true")
    {
        string way = sorting.IsDescending ? "DESC" : "ASC";
        string by = sorting.By switch
        {
            OrderSort.Arrived => "o.id",
            OrderSort.Placed => "coalesce(o.placed_at, '-infinity')",
            OrderSort.Number => "(SELECT number_key FROM order_list l WHERE l.id = o.id)",
            OrderSort.Total => "o.total",
            OrderSort.State => "array_position(ARRAY['new', 'awaiting_payment', 'awaiting_approval', 'approved', 'processing', 'in_shipment', 'delivered', 'closed', 'cancelled', 'excluded'], o.state)",
            OrderSort.Customer => "(SELECT customer_key FROM order_list l WHERE l.id = o.id)",
            OrderSort.Store => $"lower(c.name) {way}, c.id",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return $"SELECT o.id FROM orders o JOIN connections c ON c.id = o.connection_id WHERE {condition} ORDER BY {by} {way}, o.id {way}";
    }
}
