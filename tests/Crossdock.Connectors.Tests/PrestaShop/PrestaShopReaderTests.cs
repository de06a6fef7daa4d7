using System.Globalization;
using System.Text;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Reading;
using NodaTime;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>Reading an emulated shop: what its suite does not ask.</summary>
public sealed class PrestaShopReaderTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private readonly HttpClient control = new();
    private readonly List<IDisposable> opened = [];
    private PrestaShopEmulator shop = null!;

    public async ValueTask InitializeAsync() => shop = await PrestaShopEmulator.StartAsync(new() { Clock = clock, UnpaidRate = 0 });

    public async ValueTask DisposeAsync()
    {
        opened.ForEach(one => one.Dispose());
        control.Dispose();
        await shop.DisposeAsync();
    }

    [Fact]
    public async Task Document_is_the_same_in_XML_and_JSON_and_from_the_module()
    {
        await using var hub = await Listener.StartAsync();
        shop.InstallModule(hub.Address, Presta.Secret);
        string id = Text((await shop.PlaceOrderAsync())[0]);
        byte[] Mapped(ReadOnlyMemory<byte> payload) => OrderJson.Write(Presta.Order(payload.ToArray()));
        byte[] json = Mapped((await FetchAsync(id)).Document!.Payload);
        Assert.Equal(json, Mapped((await FetchAsync(id, """, "format":"xml" """)).Document!.Payload));
        Assert.Equal(json, Mapped(hub.Calls.Last().Body));
    }

    [Fact]
    public async Task Stored_document_has_no_password_key_or_card()
    {
        string text = Encoding.UTF8.GetString((await FetchAsync(Text((await shop.PlaceOrderAsync())[0]))).Document!.Payload.Span);
        Assert.All(new[] { "passwd", "$2y$10$", "secure_key", "5f0c3d9e", "card_", "4242", "birthday", "Xk3jf82Lq0Pz" }, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_happens_without_touching_the_order_is_found_by_its_rows()
    {
        long refunded = (await shop.PlaceOrderAsync())[0], quiet = (await shop.PlaceOrderAsync())[0];
        clock.Advance(TimeSpan.FromDays(1));
        string before = (string)shop.Order(refunded)!["date_upd"]!;
        await shop.RefundAsync(refunded);
        await shop.EditAsync(refunded, order => { }, isSilent: true);
        // As the shop does with a slip of its own: the order's time of change stays.
        await RestoreAsync(refunded, before);
        var page = await ListAsync(OrderClock.Changed, TimeSpan.FromMinutes(10));
        Assert.Equal([Text(refunded)], page.Select(order => order.ExternalId));
        Assert.Single(Presta.Order(page[0].Document!.Payload.ToArray()).Refunds);
        Assert.NotEqual(0, quiet);
    }

    [Fact]
    public async Task Sibling_of_an_order_that_was_paid_later_is_read_with_it()
    {
        var ids = await shop.PlaceOrderAsync(split: true);
        await shop.ChangeStateAsync(ids[0], 10);
        clock.Advance(TimeSpan.FromDays(1));
        await shop.ChangeStateAsync(ids[1], 3);
        var orders = (await ListAsync(OrderClock.Changed, TimeSpan.FromMinutes(10))).Select(listed => Presta.Order(listed.Document!.Payload.ToArray())).ToList();
        Assert.Equal(ids.Select(Text).Order(), orders.Select(order => order.ExternalId).Distinct().Order());
    }

    [Fact]
    public async Task Notices_of_PHP_before_the_document_are_passed_over()
    {
        string id = Text((await shop.PlaceOrderAsync())[0]);
        await ToldAsync("notices?on=true");
        Assert.Equal(id, (await FetchAsync(id)).ExternalId);
        Assert.Equal(id, (await FetchAsync(id, """, "format":"xml" """)).ExternalId);
        Assert.Single(await ListAsync(OrderClock.Placed, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Old_shop_that_answers_XML_to_everything_is_read()
    {
        await using var old = await PrestaShopEmulator.StartAsync(new() { Clock = clock, SpeaksJson = false });
        string id = Text((await old.PlaceOrderAsync())[0]);
        Assert.Equal(id, (await FetchAsync(id, at: old.Address)).ExternalId);
    }

    [Fact]
    public async Task Maintenance_is_later_and_rests_everybody()
    {
        await ToldAsync("fail?count=1&status=503");
        var access = Access();
        using var reader = Presta.Connector.OpenReader(access.Access);
        var later = Assert.IsType<ListLater>(await reader.ListAsync(new(OrderClock.Changed, clock.GetUtcNow().AddHours(-1), clock.GetUtcNow()), CancellationToken.None));
        Assert.Contains("maintenance", later.Because, StringComparison.Ordinal);
        Assert.Equal([TimeSpan.FromMinutes(2)], access.Budget.Pauses);
    }

    [Fact]
    public async Task Resources_that_the_key_may_not_read_stay_empty_unless_they_are_needed()
    {
        await using var closed = await PrestaShopEmulator.StartAsync(new() { Clock = clock, Unreadable = ["order_slip", "messages", "customer_threads", "carriers", "languages", "order_payments", "order_cart_rules", "configurations"] });
        string id = Text((await closed.PlaceOrderAsync())[0]);
        var order = Presta.Order((await FetchAsync(id, """, "timeZone":"America/Santiago" """, closed.Address)).Document!.Payload.ToArray());
        Assert.Equal((clock.GetUtcNow(), "Shipping"), (order.PlacedAt!.Value, order.Shipping.Single().Title));

        await using var shut = await PrestaShopEmulator.StartAsync(new() { Clock = clock, Unreadable = ["addresses"] });
        id = Text((await shut.PlaceOrderAsync())[0]);
        var access = Access(at: shut.Address);
        using var reader = Presta.Connector.OpenReader(access.Access);
        Assert.Contains("may not GET addresses", Assert.IsType<FetchRefused>(await reader.FetchAsync(id, CancellationToken.None)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_call_per_resource_serves_a_whole_page()
    {
        for (int order = 0; order < 20; order++)
        {
            await shop.PlaceOrderAsync();
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        var access = Access();
        using var reader = Presta.Connector.OpenReader(access.Access);
        var page = Assert.IsType<OrderPage>(await reader.ListAsync(new(OrderClock.Placed, clock.GetUtcNow().AddHours(-1), clock.GetUtcNow()), CancellationToken.None));
        Assert.Equal(20, page.Orders.Count);
        Assert.InRange(access.Budget.Spent.Count, 10, 22);
        int first = access.Budget.Spent.Count;
        await reader.FetchAsync(page.Orders[0].ExternalId, CancellationToken.None);
        Assert.InRange(access.Budget.Spent.Count - first, 5, 13);
    }

    [Theory]
    [InlineData("""{"format":"json"}""", 300)]
    [InlineData("""{"pauseMilliseconds":500}""", 500)]
    public void Pace_is_gentle_and_one_at_a_time(string settings, int milliseconds)
    {
        var store = Presta.Store($$"""{"shopUrl":"https://tienda.example",{{settings.Trim('{', '}')}}}""");
        var pace = Presta.Connector.ReadingOf(store)!.Pace;
        Assert.Equal((1000.0 / milliseconds, 1.0, 1), (pace.PerSecond, pace.Burst, pace.Concurrency));
        Assert.Null(Presta.Connector.ReadingOf(store with { Secrets = new Dictionary<string, string> { ["webhookSecret"] = Presta.Secret } }));
    }

    // In Santiago clocks go back on 2026-04-05 at 00:00 to 23:00: that hour comes twice.
    [Fact]
    public void Window_over_the_clock_change_asks_for_the_repeated_hour_too()
    {
        var zone = DateTimeZoneProviders.Tzdb["America/Santiago"];
        var change = new DateTimeOffset(2026, 4, 5, 3, 0, 0, TimeSpan.Zero);
        Assert.Equal(("2026-04-04 23:00:00", "2026-04-05 00:00:01"), PrestaShopZone.Window(change.AddMinutes(-20), change.AddMinutes(20), zone));
        Assert.Equal(("2026-04-04 23:10:00", "2026-04-04 23:30:01"), PrestaShopZone.Window(change.AddMinutes(10), change.AddMinutes(30), zone));
        Assert.Equal(("2026-04-04 12:00:00", "2026-04-04 12:10:01"), PrestaShopZone.Window(change.AddHours(-12), change.AddHours(-12).AddMinutes(10), zone));
    }

    [Fact]
    public async Task No_order_of_the_night_of_the_clock_change_is_missed()
    {
        clock.Set(new DateTimeOffset(2026, 4, 5, 1, 55, 0, TimeSpan.Zero));
        var found = new HashSet<string>();
        List<string> placed = [];
        var access = Access();
        using var reader = Presta.Connector.OpenReader(access.Access);
        var watermark = clock.GetUtcNow();
        for (int minute = 0; minute < 180; minute += 5)
        {
            placed.Add(Text((await shop.PlaceOrderAsync())[0]));
            clock.Advance(TimeSpan.FromMinutes(5));
            var to = clock.GetUtcNow();
            // As the hub does: only what lies in the window, by its time of change, counts.
            found.UnionWith((await PagesAsync(reader, new(OrderClock.Changed, watermark, to))).Where(order => order.UpdatedAt >= watermark && order.UpdatedAt < to).Select(order => order.ExternalId));
            watermark = to;
        }

        Assert.Equal(placed, found.Order());
    }

    private async Task RestoreAsync(long id, string dateUpd)
    {
        var row = shop.Order(id)!;
        row["date_upd"] = dateUpd;
        await shop.EditAsync(id, order => { }, isSilent: true);
        shop.Rewrite(id, row);
    }

    private TestAccess Access(string more = "", string? at = null)
    {
        var access = new TestAccess("prestashop", $$"""{"shopUrl":"{{at ?? shop.Address}}"{{more}} }""", new Dictionary<string, string> { ["webserviceKey"] = new PrestaShopEmulatorOptions().Key }, clock);
        opened.Add(access);
        return access;
    }

    private async Task<ListedOrder> FetchAsync(string id, string more = "", string? at = null)
    {
        using var reader = Presta.Connector.OpenReader(Access(more, at).Access);
        return Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None)).Order;
    }

    private async Task<List<ListedOrder>> ListAsync(OrderClock by, TimeSpan back)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        using var reader = Presta.Connector.OpenReader(Access().Access);
        return await PagesAsync(reader, new(by, clock.GetUtcNow() - back, clock.GetUtcNow()));
    }

    private static async Task<List<ListedOrder>> PagesAsync(IOrderReader reader, ReadRequest request)
    {
        List<ListedOrder> orders = [];
        string? cursor = null;
        do
        {
            var page = Assert.IsType<OrderPage>(await reader.ListAsync(request with { Cursor = cursor }, CancellationToken.None));
            orders.AddRange(page.Orders);
            cursor = page.Next;
        }
        while (cursor is not null);

        return orders;
    }

    private async Task ToldAsync(string what) => (await control.PostAsync($"{shop.Address}/_emulator/{what}", null)).EnsureSuccessStatusCode();

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
