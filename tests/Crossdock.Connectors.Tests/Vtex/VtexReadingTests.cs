using System.Text;
using Crossdock.Connectors.Vtex;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Reading;
using Xunit;

namespace Crossdock.Connectors.Tests.Vtex;

/// <summary>Reading what the suites do not ask for: limits of the list, late rows, personal data, card data.</summary>
public sealed class VtexReadingTests : IAsyncDisposable
{
    private readonly FakeClock clock = new();
    private readonly List<IAsyncDisposable> shops = [];
    private readonly List<IDisposable> opened = [];

    [Fact]
    public async Task Window_with_more_than_thirty_pages_is_halved_until_all_orders_are_listed()
    {
        var shop = await ShopAsync(new() { Clock = clock, LargestPage = 2, IndexLag = TimeSpan.Zero });
        var from = clock.GetUtcNow();
        var placed = new List<string>();
        for (int order = 0; order < 150; order++)
        {
            placed.Add(await shop.PlaceOrderAsync("order-created"));
            clock.Advance(TimeSpan.FromSeconds(order < 100 ? 1 : 60));
        }

        using var access = Access(shop);
        using var reader = Open(access);
        var read = new List<string>();
        string? cursor = null;
        do
        {
            var page = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Placed, from, clock.GetUtcNow(), cursor, OnlySummaries: true), CancellationToken.None));
            Assert.Null(page.Total);
            read.AddRange(page.Orders.Select(order => order.ExternalId));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(placed, read.Distinct());
        // 150 orders in pages of 2, and a few calls to find windows that are small enough.
        Assert.InRange(access.Budget.Spent.Count, 75, 100);
    }

    [Fact]
    public async Task Rows_that_slid_onto_a_page_that_was_read_are_read_again()
    {
        var shop = await ShopAsync(new() { Clock = clock, LargestPage = 2, IndexLag = TimeSpan.Zero });
        var from = clock.GetUtcNow();
        var placed = new List<string>();
        for (int order = 0; order < 8; order++)
        {
            placed.Add(await shop.PlaceOrderAsync("order-created"));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        using var access = Access(shop);
        using var reader = Open(access);
        var read = new List<string>();
        string? cursor = null;
        do
        {
            var page = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Placed, from, clock.GetUtcNow(), cursor, OnlySummaries: true), CancellationToken.None));
            read.AddRange(page.Orders.Select(order => order.ExternalId));
            cursor = page.Next;
            if (read.Count == 2)
            {
                shop.Edit(placed[0], order => order["isCompleted"] = false);
            }
        }
        while (cursor is not null);
        Assert.Superset(placed.ToHashSet(), read.ToHashSet());
    }

    [Fact]
    public async Task Order_that_was_just_announced_may_be_unknown_for_a_minute()
    {
        var shop = await ShopAsync(new() { Clock = clock, Propagation = TimeSpan.FromSeconds(40) });
        string id = await shop.PlaceOrderAsync();
        using var access = Access(shop);
        using var reader = Open(access);
        Assert.Equal(TimeSpan.FromSeconds(15), Assert.IsType<FetchLater>(await reader.FetchAsync(id, CancellationToken.None)).After);
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.IsType<FetchLater>(await reader.FetchAsync(id, CancellationToken.None));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(id, Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None)).Order.ExternalId);

        Assert.IsType<FetchLater>(await reader.FetchAsync("1493199999999-01", CancellationToken.None));
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Contains("Order Not Found", Assert.IsType<FetchedNothing>(await reader.FetchAsync("1493199999999-01", CancellationToken.None)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_is_missing_from_the_list_until_the_index_has_it()
    {
        var shop = await ShopAsync(new() { Clock = clock });
        var from = clock.GetUtcNow();
        string id = await shop.PlaceOrderAsync();
        using var access = Access(shop);
        using var reader = Open(access);
        async Task<bool> IsListedAsync() => Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Placed, from, from.AddMinutes(1)), CancellationToken.None)).Orders.Any(order => order.ExternalId == id);
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.False(await IsListedAsync());
        clock.Advance(VtexSamples.Connector.ReadingOf(VtexSamples.Store())!.ListLag - TimeSpan.FromMinutes(3));
        Assert.True(await IsListedAsync());
    }

    [Fact]
    public async Task Throttled_account_is_left_alone_for_a_minute()
    {
        var shop = await ShopAsync(new() { Clock = clock, PerMinute = 2 });
        string id = await shop.PlaceOrderAsync();
        using var access = Access(shop);
        using var reader = Open(access);
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        var later = Assert.IsType<FetchLater>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)), (later.After!.Value, access.Budget.Pauses.Single()));
        Assert.Contains("Too many requests", later.Because, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Personal_data_are_read_in_clear_with_a_reason()
    {
        var shop = await ShopAsync(new() { Clock = clock, HasPersonalDataVault = true });
        string id = await shop.PlaceOrderAsync();
        using var masked = Access(shop);
        using var reader = Open(masked);
        Assert.Contains(Order(await reader.FetchAsync(id, CancellationToken.None)).Concerns, concern => concern.Code == "address_withheld");
        using var access = Access(shop, """, "personalDataReason": "Delivery & returns" """);
        using var clear = Open(access);
        Assert.DoesNotContain(Order(await clear.FetchAsync(id, CancellationToken.None)).Concerns, concern => concern.Code == "address_withheld");
    }

    [Fact]
    public async Task Card_data_are_taken_out_and_every_other_byte_stays()
    {
        var shop = await ShopAsync(new() { Clock = clock });
        string id = await shop.PlaceOrderAsync();
        shop.Edit(id, order => order["paymentData"]!["transactions"]![0]!["payments"]![0]!["cardNumber"] = "4444333322221111");
        using var access = Access(shop);
        using var reader = Open(access);
        string stored = Encoding.UTF8.GetString(Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None)).Order.Document!.Payload.Span);
        string whole = shop.Read(id)!.ToJsonString();
        Assert.DoesNotContain("4444333322221111", stored, StringComparison.Ordinal);
        Assert.Equal(whole.Replace("\"4444333322221111\"", "null", StringComparison.Ordinal).Replace("\"lastDigits\":\"1111\"", "\"lastDigits\":null", StringComparison.Ordinal).Replace("\"firstDigits\":\"444433\"", "\"firstDigits\":null", StringComparison.Ordinal), stored);
    }

    [Fact]
    public async Task Incomplete_checkout_is_no_order()
    {
        var shop = await ShopAsync(new() { Clock = clock });
        string id = await shop.PlaceOrderAsync(isComplete: false);
        using var access = Access(shop);
        using var reader = Open(access);
        var listed = Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None)).Order;
        Assert.False(listed.IsOrder);
        Assert.IsType<Ignored>(VtexSamples.Map(listed.Document!.Payload.ToArray()));
    }

    [Theory]
    [InlineData("List Orders", "Permission to list orders")]
    [InlineData("View order", "Permission to read an order")]
    [InlineData("Feed v3 and Hook Admin", "Permission for hook and feed")]
    public async Task Missing_resource_is_named_by_the_connection_test(string resource, string what)
    {
        var shop = await ShopAsync(new() { Clock = clock, Lacks = [resource], IndexLag = TimeSpan.Zero });
        await shop.PlaceOrderAsync();
        using var access = Access(shop);
        var finding = Assert.Single(await VtexSamples.Connector.TestAsync(access.Access, CancellationToken.None), finding => finding.Verdict == TestVerdict.Failed);
        Assert.Equal(what, finding.What);
        Assert.Contains(resource, finding.Message, StringComparison.Ordinal);
        Assert.Contains("Access denied", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_test_tells_of_a_clock_that_is_wrong_and_of_masked_data()
    {
        var shop = await ShopAsync(new() { Clock = new FakeClock(clock.GetUtcNow().AddMinutes(7)), HasPersonalDataVault = true, IndexLag = TimeSpan.Zero });
        await shop.PlaceOrderAsync();
        using var access = Access(shop);
        var findings = await VtexSamples.Connector.TestAsync(access.Access, CancellationToken.None);
        Assert.Contains(findings, finding => finding is { What: "Clock", Verdict: TestVerdict.Warning } && finding.Message.Contains("7 minutes", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding is { What: "Personal data", Verdict: TestVerdict.Failed });
    }

    [Fact]
    public async Task Somebody_elses_hook_of_the_same_key_is_not_overwritten()
    {
        var shop = await ShopAsync(new() { Clock = clock, Pings = false });
        shop.Hook("https://erp.example/vtex", "their-own-token-1234");
        using var access = Access(shop);
        using var subscriptions = VtexSamples.Connector.OpenSubscriptions(access.Access);
        var report = await subscriptions.CheckAsync(new Uri("https://hub.example/in/andes"), true, CancellationToken.None);
        Assert.True(report.NeedsPerson);
        Assert.Contains("erp.example", report.Problem, StringComparison.Ordinal);
        Assert.Equal("https://erp.example/vtex", shop.HookAddress);
    }

    [Fact]
    public async Task Hook_of_the_hubs_former_address_is_moved_and_one_that_vanished_after_quiet_days_put_back()
    {
        var shop = await ShopAsync(new() { Clock = clock, Pings = false });
        shop.Hook("https://old.example/in/andes", VtexSamples.Token);
        using var access = Access(shop);
        using var subscriptions = VtexSamples.Connector.OpenSubscriptions(access.Access);
        var address = new Uri("https://hub.example/in/andes");
        Assert.Equal((SubscriptionState.Different, true), Of(await subscriptions.CheckAsync(address, true, CancellationToken.None)));
        Assert.Equal(address.AbsoluteUri, shop.HookAddress);
        clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        Assert.Null(shop.HookAddress);
        Assert.Equal((SubscriptionState.Missing, true), Of(await subscriptions.CheckAsync(address, true, CancellationToken.None)));
    }

    [Fact]
    public async Task Hook_whose_address_does_not_answer_is_not_saved_and_told()
    {
        var shop = await ShopAsync(new() { Clock = clock });
        using var access = Access(shop);
        using var subscriptions = VtexSamples.Connector.OpenSubscriptions(access.Access);
        var report = await subscriptions.CheckAsync(new Uri($"http://127.0.0.1:{FreePorts.Next()}/in/andes"), true, CancellationToken.None);
        Assert.True(report.NeedsPerson);
        Assert.Contains("did not answer the ping", report.Problem, StringComparison.Ordinal);
        Assert.Null(shop.HookAddress);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in opened)
        {
            one.Dispose();
        }

        foreach (var shop in shops)
        {
            await shop.DisposeAsync();
        }
    }

    private static (SubscriptionState, bool) Of(SubscriptionReport report) => (report.Subscriptions.Single().Found, report.Subscriptions[0].IsActive);

    private static Order Order(FetchOutcome outcome) => VtexSamples.Order(Assert.IsType<Fetched>(outcome).Order.Document!.Payload.ToArray());

    private async Task<VtexEmulator> ShopAsync(VtexEmulatorOptions options)
    {
        var shop = await VtexEmulator.StartAsync(options);
        shops.Add(shop);
        return shop;
    }

    private TestAccess Access(VtexEmulator shop, string more = "") => new("vtex", $$"""{"account":"andesoutdoor","apiUrl":"{{shop.Address}}"{{more}}}""", VtexSamples.Secrets, clock);

    private static IOrderReader Open(TestAccess access) => VtexSamples.Connector.OpenReader(access.Access);
}
