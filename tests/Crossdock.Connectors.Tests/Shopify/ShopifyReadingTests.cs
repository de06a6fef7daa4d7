using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Shopify;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Reading;
using Xunit;

namespace Crossdock.Connectors.Tests.Shopify;

/// <summary>What is Shopify's own about reading and telling: points, tokens that run out, large orders, GraphQL's shape of an order.</summary>
public sealed class ShopifyReadingTests : IAsyncDisposable
{
    /// <summary>Attributes that only webhooks and REST carry.</summary>
    private static readonly string[] OnlyInRest = ["landing_site", "referring_site", "total_line_items_price", "customer.currency"];

    private readonly FakeClock clock = new();
    private readonly List<IDisposable> opened = [];
    private readonly List<ShopifyEmulator> shops = [];

    public async ValueTask DisposeAsync()
    {
        opened.ForEach(one => one.Dispose());
        foreach (var shop in shops)
        {
            await shop.DisposeAsync();
        }
    }

    [Fact]
    public async Task Order_read_by_GraphQL_means_what_its_webhook_means()
    {
        var shop = await StartAsync();
        using var byGraphQl = ShopifySamples.Connector.OpenReader(Access(shop).Access);
        using var byRest = ShopifySamples.Connector.OpenReader(Access(shop, ",\"api\":\"rest\"").Access);
        for (int order = 0; order < 24; order++)
        {
            long id = await shop.PlaceOrderAsync(badAddress: order == 5, isTest: order == 6);
            clock.Advance(TimeSpan.FromMinutes(1));
            await ((order % 6) switch
            {
                0 => shop.FulfilAsync(id),
                1 => shop.FulfilAsync(id, delivered: true),
                2 => shop.RefundAsync(id),
                3 => shop.CancelAsync(id),
                _ => shop.UpdateAsync(id),
            });
            var (read, told) = (await MappedAsync(byGraphQl, id), await MappedAsync(byRest, id));
            var missing = told.Attributes.Keys.Except(read.Attributes.Keys).Where(name => !name.EndsWith(".location_id", StringComparison.Ordinal)).ToList();
            Assert.Empty(missing.Except(OnlyInRest));
            Assert.Empty(read.Attributes.Keys.Except(told.Attributes.Keys));
            Assert.Equal(Text(told with { Attributes = Order.EmptyAttributes }), Text(read with { Attributes = Order.EmptyAttributes }));
        }
    }

    [Fact]
    public async Task Every_line_of_a_large_order_is_read()
    {
        var shop = await StartAsync();
        long id = await shop.PlaceOrderAsync(lines: 130);
        clock.Advance(TimeSpan.FromMinutes(1));
        using var reader = ShopifySamples.Connector.OpenReader(Access(shop).Access);
        Assert.Equal(130, (await MappedAsync(reader, id)).Lines.Select(line => line.Id).Distinct().Count());
        var page = Assert.IsType<OrderPage>(await reader.ListAsync(Day, CancellationToken.None));
        Assert.Equal(130, Mapped(Assert.Single(page.Orders)).Lines.Select(line => line.Id).Distinct().Count());
    }

    [Fact]
    public async Task Query_that_is_too_dear_asks_for_fewer_orders()
    {
        var shop = await StartAsync();
        for (int order = 0; order < 60; order++)
        {
            await shop.PlaceOrderAsync();
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        using var reader = ShopifySamples.Connector.OpenReader(Access(shop, ",\"pageSize\":250").Access);
        var ids = new HashSet<string>();
        string? cursor = null;
        do
        {
            var page = Assert.IsType<OrderPage>(await reader.ListAsync(Day with { Cursor = cursor }, CancellationToken.None));
            Assert.InRange(page.Orders.Count, 1, 45);
            ids.UnionWith(page.Orders.Select(order => order.ExternalId));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(60, ids.Count);
    }

    [Fact]
    public async Task Bucket_is_reported_and_an_empty_one_says_how_long_to_wait()
    {
        var shop = await StartAsync(options => options with { GraphQlPoints = 700, GraphQlPointsPerSecond = 50 });
        await shop.PlaceOrderAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        var access = Access(shop);
        using var reader = ShopifySamples.Connector.OpenReader(access.Access);
        Assert.IsType<OrderPage>(await reader.ListAsync(Day, CancellationToken.None));
        var (remaining, limit, restored) = Assert.Single(access.Budget.Reports);
        Assert.Equal((700d, 50d), (limit, restored));
        double cost = 700 - remaining;
        var later = Assert.IsType<ListLater>(await reader.ListAsync(Day, CancellationToken.None));
        Assert.InRange(Assert.Single(access.Budget.Pauses).TotalSeconds, (cost - remaining) / 50, ((cost - remaining) / 50) + 0.3);
        Assert.Equal(later.After, access.Budget.Pauses[0]);
        Assert.Equal(cost, access.Budget.Spent[1]);
        clock.Advance(later.After!.Value);
        Assert.IsType<OrderPage>(await reader.ListAsync(Day, CancellationToken.None));
    }

    [Fact]
    public async Task Rest_reports_its_bucket_in_the_same_points()
    {
        var shop = await StartAsync();
        var access = Access(shop, ",\"api\":\"rest\"");
        using var reader = ShopifySamples.Connector.OpenReader(access.Access);
        await reader.ListAsync(Day, CancellationToken.None);
        Assert.Equal((39 * 50d, 40 * 50d, 100d), Assert.Single(access.Budget.Reports));
        Assert.Equal(50, Assert.Single(access.Budget.Spent));
    }

    [Fact]
    public async Task Token_of_an_hour_is_renewed_and_its_refresh_token_changes_each_time()
    {
        var shop = await StartAsync(options => options with { AccessToken = "", ClientId = "client-1", ClientSecret = "client-secret-1", RefreshToken = "shprt_first" });
        var access = Access(shop, ",\"clientId\":\"client-1\"", ("clientSecret", "client-secret-1"), ("refreshToken", "shprt_first"));
        using var reader = ShopifySamples.Connector.OpenReader(access.Access);
        for (int hour = 1; hour <= 3; hour++)
        {
            Assert.IsType<OrderPage>(await reader.ListAsync(Day, CancellationToken.None));
            Assert.Equal(hour, access.Tokens.Renewals);
            clock.Advance(TimeSpan.FromMinutes(61));
        }
    }

    [Fact]
    public async Task Client_credentials_are_enough_for_the_organisations_own_app()
    {
        var shop = await StartAsync(options => options with { AccessToken = "", ClientId = "client-1" });
        var access = Access(shop, ",\"clientId\":\"client-1\"", ("webhookSecret", ShopifySamples.Secret));
        using var reader = ShopifySamples.Connector.OpenReader(access.Access);
        Assert.IsType<OrderPage>(await reader.ListAsync(Day, CancellationToken.None));
        clock.Advance(TimeSpan.FromHours(23));
        Assert.IsType<OrderPage>(await reader.ListAsync(Day, CancellationToken.None));
        Assert.Equal(1, access.Tokens.Renewals);
        clock.Advance(TimeSpan.FromHours(2));
        Assert.IsType<OrderPage>(await reader.ListAsync(Day, CancellationToken.None));
        Assert.Equal(2, access.Tokens.Renewals);
    }

    [Fact]
    public async Task Wrong_client_secret_is_refused_in_Shopifys_words()
    {
        var shop = await StartAsync(options => options with { AccessToken = "", ClientId = "client-1" });
        using var reader = ShopifySamples.Connector.OpenReader(Access(shop, ",\"clientId\":\"client-1\"", ("clientSecret", "wrong-secret"), ("webhookSecret", ShopifySamples.Secret)).Access);
        Assert.Contains("The client credentials are invalid", Assert.IsType<ListRefused>(await reader.ListAsync(Day, CancellationToken.None)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_of_a_missing_scope_do_not_hide_the_rest()
    {
        await using var other = await Listener.StartAsync();
        other.Says(200, """
            {"data":{"shop":{"ianaTimezone":"America/Santiago"},"orders":{"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[{"id":"7001","name":"#1","updated_at":"2026-03-02T09:00:00Z","currency":"CLP","total_price_set":{"shop_money":{"amount":"9990.0","currency_code":"CLP"}},"line_items":{"nodes":[{"id":"gid://shopify/LineItem/9","quantity":1,"product":null}]}}]}},
             "errors":[{"message":"Access denied for product field.","extensions":{"code":"ACCESS_DENIED"}}]}
            """);
        using var reader = ShopifySamples.Connector.OpenReader(Access(other.Address).Access);
        var order = Mapped(Assert.Single(Assert.IsType<OrderPage>(await reader.ListAsync(Day, CancellationToken.None)).Orders));
        Assert.Equal(("7001", new Money(9990m, "CLP"), "9"), (order.ExternalId, order.Totals.Total, order.Lines[0].Id));
        other.Says(200, """{"data":null,"errors":[{"message":"Access denied for orders field. Required access: `read_orders` access scope.","extensions":{"code":"ACCESS_DENIED"}}]}""");
        Assert.Contains("read_orders", Assert.IsType<ListRefused>(await reader.ListAsync(Day, CancellationToken.None)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_goes_to_the_version_asked_for_with_the_token_and_the_window()
    {
        await using var other = await Listener.StartAsync();
        other.Says(200, """{"data":{"orders":{"pageInfo":{"hasNextPage":false},"nodes":[]}}}""");
        using var reader = ShopifySamples.Connector.OpenReader(Access(other.Address, ",\"apiVersion\":\"2026-07\"").Access);
        await reader.ListAsync(Day, CancellationToken.None);
        Assert.True(other.Calls.TryDequeue(out var call));
        Assert.Equal(("POST", "/admin/api/2026-07/graphql.json", "shpat_emulated"), (call.Method, call.Target, call.Headers["X-Shopify-Access-Token"]));
        var variables = call.Json["variables"]!;
        Assert.Equal("updated_at:>='2026-03-01T10:00:00Z' updated_at:<'2026-03-02T10:30:00Z'", variables["query"]!.ToString());
        Assert.Equal(("UPDATED_AT", 25), (variables["sort"]!.ToString(), variables["first"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Next_page_of_rest_is_taken_from_its_link_and_never_its_host()
    {
        Assert.Equal("abc=", ShopifyRestReader.Next("<https://x.example/a.json?limit=2&page_info=prev>; rel=\"previous\", <https://evil.example/a.json?page_info=abc%3D&limit=2>; rel=\"next\""));
        Assert.Null(ShopifyRestReader.Next("<https://x.example/a.json?page_info=abc>; rel=\"previous\""));
        Assert.Null(ShopifyRestReader.Next(null));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Shop_that_fulfilled_by_itself_is_a_persons_business()
    {
        var shop = await StartAsync();
        long id = await shop.PlaceOrderAsync();
        await shop.FulfilAsync(id);
        Assert.Contains("nothing left to fulfil", Assert.IsType<Hold>((await TellAsync(shop, id, OrderState.InShipment)).Outcome).Because, StringComparison.Ordinal);
        long cancelled = await shop.PlaceOrderAsync();
        await shop.CancelAsync(cancelled);
        Assert.Contains("cancelled in Shopify", Assert.IsType<Hold>((await TellAsync(shop, cancelled, OrderState.InShipment)).Outcome).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delivered_is_told_with_the_shipment_when_that_was_never_told()
    {
        var shop = await StartAsync();
        long id = await shop.PlaceOrderAsync();
        Assert.Equal(((id * 10) + 5).ToString(CultureInfo.InvariantCulture), Assert.IsType<Delivered>((await TellAsync(shop, id, OrderState.Delivered)).Outcome).RemoteId);
        Assert.Equal(["fulfilment Starken ST-1 https://track.example/ST-1", "event delivered"], shop.ToldOf(id));
        using var reader = ShopifySamples.Connector.OpenReader(Access(shop).Access);
        Assert.Equal(OrderState.Delivered, (await MappedAsync(reader, id)).State);
    }

    [Fact]
    public async Task Missing_scopes_are_found_by_the_test()
    {
        var shop = await StartAsync(options => options with { Scopes = ["read_orders"] });
        var findings = await ShopifySamples.Connector.TestAsync(Access(shop, ",\"tellStatus\":\"true\"").Access, CancellationToken.None);
        Assert.Contains(findings, finding => finding is { What: "Permission to fulfil", Verdict: TestVerdict.Failed });
        Assert.Contains(findings, finding => finding is { What: "Older orders", Verdict: TestVerdict.Warning });
        var blind = await StartAsync(options => options with { Scopes = [] });
        Assert.Contains(await ShopifySamples.Connector.TestAsync(Access(blind).Access, CancellationToken.None), finding => finding is { What: "Permission to read orders", Verdict: TestVerdict.Failed });
        Assert.Contains("Access denied", Assert.IsType<Hold>((await TellAsync(shop, await shop.PlaceOrderAsync(), OrderState.InShipment)).Outcome).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_kept_back_and_another_shops_token_are_found_by_the_test()
    {
        var shop = await StartAsync();
        await shop.PlaceOrderAsync(badAddress: true);
        Assert.Contains(await ShopifySamples.Connector.TestAsync(Access(shop).Access, CancellationToken.None), finding => finding is { What: "Buyers' addresses", Verdict: TestVerdict.Failed });
        var other = await StartAsync(options => options with { Shop = "boreal.myshopify.com" });
        Assert.Contains(await ShopifySamples.Connector.TestAsync(Access(other).Access, CancellationToken.None), finding => finding is { What: "Credentials", Verdict: TestVerdict.Failed } && finding.Message.Contains("boreal.myshopify.com", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"errors":"Not Found"}""", "Not Found")]
    [InlineData("""{"errors":{"line_items":["can't be blank"]}}""", "line_items: can't be blank")]
    [InlineData("""{"errors":["one","two"]}""", "one; two")]
    [InlineData("""{"error":"shop frozen"}""", "shop frozen")]
    public async Task Each_shape_of_an_error_gives_its_words(string body, string words)
    {
        await using var other = await Listener.StartAsync();
        other.Says(422, body);
        using var reader = ShopifySamples.Connector.OpenReader(Access(other.Address, ",\"api\":\"rest\"").Access);
        Assert.Contains(words, Assert.IsType<ListRefused>(await reader.ListAsync(Day, CancellationToken.None)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_grams_whatever_the_unit()
    {
        foreach (var (unit, value, grams) in new[] { ("KILOGRAMS", "1.5", 1500L), ("GRAMS", "250", 250L), ("POUNDS", "1", 454L), ("OUNCES", "10", 283L) })
        {
            string json = """{"shop":null,"order":{"id":"1","currency":"EUR","total_price_set":{"shop_money":{"amount":"1.0"}},"line_items":{"nodes":[{"id":"gid://shopify/LineItem/2","quantity":1,"variant":{"legacyResourceId":"3","inventoryItem":{"measurement":{"weight":{"unit":"UNIT","value":VALUE}}}}}]}}}"""
                .Replace("UNIT", unit, StringComparison.Ordinal).Replace("VALUE", value, StringComparison.Ordinal);
            Assert.Equal(grams, Assert.IsType<MappedOrder>(ShopifySamples.Map(json, ShopifyTopics.Read)).Order.Lines[0].WeightGrams);
        }
    }

    private ReadRequest Day => new(OrderClock.Changed, new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 2, 10, 30, 0, TimeSpan.Zero));

    private async Task<ShopifyEmulator> StartAsync(Func<ShopifyEmulatorOptions, ShopifyEmulatorOptions>? change = null)
    {
        var options = new ShopifyEmulatorOptions { Secret = ShopifySamples.Secret, Clock = clock, GraphQlPoints = 100_000 };
        var shop = await ShopifyEmulator.StartAsync(change?.Invoke(options) ?? options);
        shops.Add(shop);
        return shop;
    }

    private TestAccess Access(ShopifyEmulator shop, string further = "", params (string Name, string Value)[] secrets) => Access(shop.Address.ToString().TrimEnd('/'), further, secrets);

    private TestAccess Access(string address, string further = "", params (string Name, string Value)[] secrets)
    {
        var table = (secrets.Length == 0 ? [("webhookSecret", ShopifySamples.Secret), ("accessToken", "shpat_emulated")] : secrets).ToDictionary(pair => pair.Item1, pair => pair.Item2);
        var access = new TestAccess("shopify", $$"""{"shop":"andina-outdoor.myshopify.com","apiUrl":"{{address}}"{{further}}}""", table, clock);
        opened.Add(access);
        return access;
    }

    private async Task<SendResult> TellAsync(ShopifyEmulator shop, long id, OrderState state)
    {
        using var destination = ShopifySamples.Connector.OpenStatus(Access(shop).Access);
        return await destination.SendAsync(new DeliveryRequest(new DeliveryId(Guid.Parse("01900000-0000-7000-8000-00000000000a")), DeliveryKind.Status, new OrderId(Guid.Parse("01900000-0000-7000-8000-00000000000b")), "{}"u8.ToArray(), "andina", null, null, 1)
        {
            Notice = new StatusNotice(id.ToString(CultureInfo.InvariantCulture), "#1", state, clock.GetUtcNow(), "Starken", "ST-1", "https://track.example/ST-1"),
        }, CancellationToken.None);
    }

    private static async Task<Order> MappedAsync(IOrderReader reader, long id) => Mapped(Assert.IsType<Fetched>(await reader.FetchAsync(id.ToString(CultureInfo.InvariantCulture), CancellationToken.None)).Order);

    private static Order Mapped(ListedOrder listed) => Assert.IsType<MappedOrder>(ShopifySamples.Map(listed.Document!.Payload.ToArray(), listed.Document.Topic)).Order;

    private static string Text(Order order) => JsonNode.Parse(Encoding.UTF8.GetString(OrderJson.Write(order)))!.ToJsonString();
}
