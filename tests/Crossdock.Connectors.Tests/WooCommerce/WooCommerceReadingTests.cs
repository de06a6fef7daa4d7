using System.Globalization;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Reading;
using Xunit;

namespace Crossdock.Connectors.Tests.WooCommerce;

/// <summary>What is WooCommerce's own about reading, keeping webhooks and telling: ways to sign in, odd servers, what a status leads to.</summary>
public sealed class WooCommerceReadingTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Secrets = new() { ["webhookSecret"] = Woo.Secret, ["consumerKey"] = "ck_emulated", ["consumerSecret"] = "cs_emulated" };
    private static readonly Uri Hub = new("https://127.0.0.1:9/in/tienda");

    private readonly FakeClock clock = new();
    private readonly List<IDisposable> opened = [];
    private WooCommerceEmulator shop = null!;

    public async ValueTask InitializeAsync() => shop = await WooCommerceEmulator.StartAsync(new WooCommerceEmulatorOptions { Clock = clock });

    public ValueTask DisposeAsync()
    {
        opened.ForEach(one => one.Dispose());
        return shop.DisposeAsync();
    }

    [Theory]
    [InlineData("header")]
    [InlineData("query")]
    [InlineData("signature")]
    [InlineData("auto")]
    public async Task Each_way_to_sign_in_is_accepted_with_pretty_and_plain_permalinks(string signIn)
    {
        await shop.PlaceOrderAsync();
        foreach (string permalinks in new[] { "pretty", "plain" })
        {
            var page = Assert.IsType<OrderPage>(await ListAsync(Access(shop.Address, $",\"signIn\":\"{signIn}\",\"permalinks\":\"{permalinks}\"").Access));
            Assert.Single(page.Orders);
        }
    }

    [Fact]
    public async Task Key_goes_into_the_query_where_the_server_takes_the_header_away()
    {
        await using var stripped = await WooCommerceEmulator.StartAsync(new WooCommerceEmulatorOptions { Clock = clock, TakesHeader = false });
        await stripped.PlaceOrderAsync();
        var access = Access("https://tienda.example");
        using var http = new HttpClient(new ToEmulator(stripped.Address));
        using var reader = Woo.Connector.OpenReader(access.Access with { Http = http });
        Assert.IsType<OrderPage>(await reader.ListAsync(Request, CancellationToken.None));
        Assert.Equal(2, access.Budget.Spent.Count);
        Assert.IsType<OrderPage>(await reader.ListAsync(Request, CancellationToken.None));
        Assert.Equal(3, access.Budget.Spent.Count);
    }

    [Fact]
    public async Task Shop_on_plain_http_takes_signatures_only()
    {
        await using var plain = await WooCommerceEmulator.StartAsync(new WooCommerceEmulatorOptions { Clock = clock, TakesHeader = false, TakesQuery = false });
        Assert.IsType<OrderPage>(await ListAsync(Access(plain.Address).Access));
        Assert.Contains("woocommerce_rest_cannot_view", Assert.IsType<ListRefused>(await ListAsync(Access(plain.Address, ",\"signIn\":\"header\"").Access)).Because, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromHours(1));
        var late = Access(plain.Address);
        var slow = new FakeClock(clock.GetUtcNow().AddHours(-1));
        Assert.Contains("Invalid timestamp", Assert.IsType<ListRefused>(await ListAsync(late.Access with { Clock = slow })).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_shop_instead_of_the_window_is_refused()
    {
        await using var old = await Listener.StartAsync();
        old.Says(200, """[{"id":1,"status":"processing","currency":"EUR","total":"1.00","date_created_gmt":"2011-01-01T00:00:00","date_modified_gmt":"2011-01-01T00:00:00"}]""", ("Content-Type", "application/json"));
        Assert.Contains("5.8", Assert.IsType<ListRefused>(await ListAsync(Access(old.Address).Access)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firewall_is_no_refusal_and_a_missing_api_is_one()
    {
        await using var server = await Listener.StartAsync();
        server.Says(403, "<html>Please wait while your request is being verified...</html>", ("Content-Type", "text/html"));
        Assert.Contains("firewall", Assert.IsType<ListLater>(await ListAsync(Access(server.Address).Access)).Because, StringComparison.Ordinal);
        server.Says(404, "<html>Nothing found</html>", ("Content-Type", "text/html"));
        Assert.Contains("permalinks", Assert.IsType<ListRefused>(await ListAsync(Access(server.Address).Access)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_that_php_prints_before_the_json_are_passed_over()
    {
        await using var server = await Listener.StartAsync();
        server.Says(200, "<br />\n<b>Deprecated</b>: Hook wp_x in /var/www/x.php on line 7<br />\n[]", ("Content-Type", "application/json; charset=UTF-8"));
        Assert.Empty(Assert.IsType<OrderPage>(await ListAsync(Access(server.Address).Access)).Orders);
    }

    [Fact]
    public async Task Addresses_called_and_filters_are_the_documented_ones()
    {
        await using var server = await Listener.StartAsync();
        server.Says(200, "[]", ("Content-Type", "application/json"));
        await ListAsync(Access(server.Address + "/shop/", ",\"signIn\":\"header\"").Access);
        Assert.True(server.Calls.TryDequeue(out var call));
        Assert.StartsWith("/shop/wp-json/wc/v3/orders?per_page=100&page=1&orderby=modified&order=asc&status=any&dates_are_gmt=true&modified_after=2026-03-01T09%3A59%3A59&modified_before=2026-03-02T10%3A00%3A01", call.Target, StringComparison.Ordinal);
        Assert.Equal("Basic Y2tfZW11bGF0ZWQ6Y3NfZW11bGF0ZWQ=", call.Headers["Authorization"]);
    }

    [Fact]
    public async Task Disabled_webhook_is_made_anew_because_its_failures_are_not_forgotten()
    {
        using var hooks = Woo.Connector.OpenSubscriptions(Access(shop.Address).Access);
        await hooks.CheckAsync(Hub, true, CancellationToken.None);
        var before = shop.Webhooks;
        Assert.Equal(WooCommerceSubscriptions.Topics.Order(), before.Select(hook => hook.Topic).Order());
        shop.SwitchWebhook(before[0].Id, "disabled");
        shop.SwitchWebhook(before[1].Id, "paused");
        await hooks.CheckAsync(Hub, true, CancellationToken.None);
        Assert.All(shop.Webhooks, hook => Assert.Equal("active", hook.Status));
        Assert.DoesNotContain(shop.Webhooks, hook => hook.Id == before[0].Id);
        Assert.Contains(shop.Webhooks, hook => hook.Id == before[1].Id);
        Assert.Equal(4, shop.Webhooks.Count);
    }

    [Fact]
    public async Task Read_only_key_is_told_by_the_test_and_by_the_guard()
    {
        await using var locked = await WooCommerceEmulator.StartAsync(new WooCommerceEmulatorOptions { Clock = clock, KeyMayWrite = false });
        var findings = await Woo.Connector.TestAsync(Access(locked.Address).Access, CancellationToken.None);
        Assert.Contains(findings, finding => finding is { What: "Permission to write", Verdict: TestVerdict.Failed } && finding.Message.Contains("does not have write permissions", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding is { What: "Credentials", Verdict: TestVerdict.Passed });
        using var hooks = Woo.Connector.OpenSubscriptions(Access(locked.Address).Access);
        Assert.True(await hooks.CheckAsync(Hub, true, CancellationToken.None) is { NeedsPerson: true, Problem: not null });
    }

    [Fact]
    public async Task Clock_that_differs_and_a_plugin_that_is_missing_are_found()
    {
        var access = Access(shop.Address, ",\"tracking\":\"ast\",\"signIn\":\"header\"");
        var findings = await Woo.Connector.TestAsync(access.Access with { Clock = new FakeClock(clock.GetUtcNow().AddMinutes(7)) }, CancellationToken.None);
        Assert.Contains(findings, finding => finding is { What: "Clock", Verdict: TestVerdict.Warning } && finding.Message.Contains("-420 s", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding is { What: "Tracking plug-in", Verdict: TestVerdict.Failed });
    }

    [Theory]
    [InlineData("", OrderState.InShipment, "completed")]
    [InlineData(",\"completedMeans\":\"delivered\"", OrderState.InShipment, "processing")]
    [InlineData(",\"completedMeans\":\"delivered\"", OrderState.Delivered, "completed")]
    [InlineData(",\"completeWhen\":\"delivered\"", OrderState.InShipment, "processing")]
    [InlineData(",\"completeWhen\":\"never\"", OrderState.Delivered, "processing")]
    [InlineData("", OrderState.Processing, "processing")]
    [InlineData("", OrderState.Cancelled, "cancelled")]
    public async Task State_leads_to_the_status_that_the_settings_say(string settings, OrderState state, string status)
    {
        long id = await shop.PlaceOrderAsync();
        var access = Access(shop.Address, settings);
        Assert.IsType<Delivered>((await TellAsync(access, id, state)).Outcome);
        Assert.Equal(status, await StatusAsync(access, id));
        Assert.Contains(shop.ToldOf(id), entry => entry.StartsWith("note ", StringComparison.Ordinal) && entry.Contains("PQ123", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancelled_order_is_not_brought_back_to_life()
    {
        long id = await shop.PlaceOrderAsync();
        await shop.UpdateStatusAsync(id, "cancelled");
        var access = Access(shop.Address);
        Assert.IsType<Delivered>((await TellAsync(access, id, OrderState.InShipment)).Outcome);
        Assert.Equal("cancelled", await StatusAsync(access, id));
    }

    [Fact]
    public async Task Buyer_gets_the_note_where_it_is_wanted()
    {
        long id = await shop.PlaceOrderAsync();
        await TellAsync(Access(shop.Address, ",\"notifyCustomer\":true"), id, OrderState.Processing);
        await TellAsync(Access(shop.Address, ",\"notifyCustomer\":true"), id, OrderState.InShipment);
        Assert.Contains("note Taken over by Correos. Tracking number: PQ123. https://track.example/PQ123?a=1&b=2", shop.ToldOf(id));
        Assert.Contains("customer note Shipped by Correos. Tracking number: PQ123. https://track.example/PQ123?a=1&b=2", shop.ToldOf(id));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("t|x")]
    [InlineData("g|1|2")]
    [InlineData("t|-1")]
    public async Task Foreign_cursor_is_refused(string cursor)
    {
        using var reader = Woo.Connector.OpenReader(Access(shop.Address).Access);
        Assert.IsType<ListRefused>(await reader.ListAsync(Request with { Cursor = cursor }, CancellationToken.None));
    }

    [Fact]
    public void Rows_in_local_order_over_the_end_of_summer_time_are_read_as_a_stretch()
    {
        var from = new DateTimeOffset(2026, 10, 25, 0, 0, 0, TimeSpan.Zero);
        var request = new ReadRequest(OrderClock.Changed, from, from.AddDays(1));
        var place = WooCommercePlace.Of(request)!;
        DateTimeOffset[] folded = [from.AddMinutes(50), from.AddMinutes(110), from.AddMinutes(51)];
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"g|{from.ToUnixTimeSeconds()}|{from.AddHours(3).ToUnixTimeSeconds()}|0"), place.After(request, folded, true, 9)!.Text);
        Assert.Equal(4, (place with { IsStretch = true, Page = 0 }).After(request, folded, true, 4)!.Page);
        Assert.Null(place.After(request, folded, false, 1));
    }

    private ReadRequest Request => new(OrderClock.Changed, clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddSeconds(1));

    private TestAccess Access(string address, string further = "")
    {
        var access = new TestAccess("woocommerce", $$"""{"siteUrl":"{{address}}","tellStatus":true{{further}}}""", Secrets, clock);
        opened.Add(access);
        Assert.Empty(Woo.Connector.Check(access.Access.Settings));
        return access;
    }

    private async Task<ListOutcome> ListAsync(ConnectionAccess access)
    {
        using var reader = Woo.Connector.OpenReader(access);
        return await reader.ListAsync(Request, CancellationToken.None);
    }

    private static async Task<SendResult> TellAsync(TestAccess access, long id, OrderState state)
    {
        using var destination = Woo.Connector.OpenStatus(access.Access);
        return await destination.SendAsync(new DeliveryRequest(new DeliveryId(Guid.Parse("01900000-0000-7000-8000-00000000000a")), DeliveryKind.Status, new OrderId(Guid.Parse("01900000-0000-7000-8000-00000000000b")), "{}"u8.ToArray(), "tienda", null, null, 1)
        {
            Notice = new StatusNotice(id.ToString(CultureInfo.InvariantCulture), "1", state, access.Access.Clock.GetUtcNow(), "Correos", "PQ123", "https://track.example/PQ123?a=1&b=2"),
        }, CancellationToken.None);
    }

    private static async Task<string?> StatusAsync(TestAccess access, long id)
    {
        using var reader = Woo.Connector.OpenReader(access.Access);
        return Assert.IsType<Fetched>(await reader.FetchAsync(id.ToString(CultureInfo.InvariantCulture), CancellationToken.None)).Order.PlatformStatus;
    }

    /// <summary>Takes calls of an https address to the emulator.</summary>
    private sealed class ToEmulator(string address) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(address + request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
