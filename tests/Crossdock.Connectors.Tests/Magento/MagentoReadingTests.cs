using System.Globalization;
using System.Text;
using Crossdock.Connectors.Magento;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Reading;
using Xunit;

namespace Crossdock.Connectors.Tests.Magento;

/// <summary>Reading and telling beyond what the suites ask: the requests that are made, joined documents, tokens that run out, refusals in words.</summary>
public sealed class MagentoReadingTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 2, 15, 4, 12, TimeSpan.Zero);

    private readonly FakeClock clock = new();

    [Fact]
    public async Task List_asks_for_the_first_page_of_a_window_in_order()
    {
        await using var shop = await Listener.StartAsync();
        shop.Says(200, """{"items":[],"total_count":0}""");
        using var access = Access(shop.Address, ",\"storeIds\":[3,1]");
        using var reader = Mage.Connector.OpenReader(access.Access);
        await reader.ListAsync(new ReadRequest(OrderClock.Changed, From.AddMilliseconds(400), From.AddMilliseconds(60_100)), CancellationToken.None);
        var call = Assert.Single(shop.Calls);
        Assert.Equal(("GET", "Bearer at_emulated_0123456789abcdef"), (call.Method, call.Headers["Authorization"]));
        string[] target = Uri.UnescapeDataString(call.Target).Split('?');
        Assert.Equal("/rest/all/V1/orders", target[0]);
        Assert.Equal(
            ["updated_at", "2026-11-02 15:04:12", "gteq", "updated_at", "2026-11-02 15:05:13", "lt", "updated_at", "ASC", "entity_id", "ASC", "store_id", "1,3", "in", "50", "1"],
            target[1].Split('&').Select(pair => pair.Split('=')[1]));
    }

    [Fact]
    public async Task Summaries_name_the_fields_inside_items()
    {
        await using var shop = await Listener.StartAsync();
        shop.Says(200, """{"items":[{"entity_id":7,"created_at":"2026-11-02 15:04:09","updated_at":"2026-11-02 15:04:12","grand_total":12.5,"order_currency_code":"PEN","state":"new","status":"pending"}],"total_count":1}""");
        using var access = Access(shop.Address);
        using var reader = Mage.Connector.OpenReader(access.Access);
        var page = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Placed, From, From.AddHours(1), OnlySummaries: true), CancellationToken.None));
        Assert.Contains("fields=items%5Bentity_id%2C", shop.Calls.Single().Target, StringComparison.Ordinal);
        Assert.Equal(("7", From, new Money(12.5m, "PEN"), "pending", 1L), (page.Orders[0].ExternalId, page.Orders[0].UpdatedAt!.Value, page.Orders[0].Total!.Value, page.Orders[0].PlatformStatus, page.Total!.Value));
        Assert.Null(page.Orders[0].Document);
    }

    [Fact]
    public async Task Orders_of_one_second_beyond_a_page_are_read_by_their_ids()
    {
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false });
        for (int order = 0; order < 127; order++)
        {
            await shop.PlaceOrderAsync();
        }

        using var access = Access(shop.Address);
        using var reader = Mage.Connector.OpenReader(access.Access);
        var seen = new List<string>();
        string? cursor = null;
        var kinds = new List<string>();
        do
        {
            var page = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Changed, clock.GetUtcNow().AddMinutes(-1), clock.GetUtcNow().AddMinutes(1), cursor), CancellationToken.None));
            seen.AddRange(page.Orders.Select(listed => listed.ExternalId));
            cursor = page.Next;
            kinds.Add(cursor?.Split('|')[0] ?? "end");
        }
        while (cursor is not null);
        Assert.Equal(127, seen.Distinct().Count());
        Assert.Equal(["within", "within", "after", "end"], kinds);
        Assert.Equal(4, access.Budget.Spent.Count);
    }

    [Fact]
    public async Task Shop_that_caps_pages_below_what_was_asked_is_read_to_its_end()
    {
        await using var shop = await Listener.StartAsync();
        var rows = Enumerable.Range(1, 7).Select(id => (Id: id, At: From.AddSeconds(id / 2).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture))).ToList();
        shop.Answer = (context, call) =>
        {
            string target = Uri.UnescapeDataString(call.Target);
            string value = target.Split("[0][filters][0][value]=")[1].Split('&')[0];
            var found = target.Contains("[condition_type]=eq", StringComparison.Ordinal)
                ? rows.Where(row => row.At == value && row.Id > int.Parse(target.Split("[1][filters][0][value]=")[1].Split('&')[0], CultureInfo.InvariantCulture)).ToList()
                : rows.Where(row => target.Contains("[condition_type]=gteq", StringComparison.Ordinal) ? string.CompareOrdinal(row.At, value) >= 0 : string.CompareOrdinal(row.At, value) > 0).ToList();
            return Listener.WriteAsync(context, 200, $$"""{"items":[{{string.Join(',', found.Take(3).Select(row => $$"""{"entity_id":{{row.Id}},"updated_at":"{{row.At}}"}"""))}}],"total_count":{{found.Count}}}""");
        };
        using var access = Access(shop.Address);
        using var reader = Mage.Connector.OpenReader(access.Access);
        var seen = new HashSet<string>();
        string? cursor = null;
        for (int page = 0; page < 20; page++)
        {
            var outcome = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Changed, From, From.AddHours(1), cursor), CancellationToken.None));
            seen.UnionWith(outcome.Orders.Select(listed => listed.ExternalId));
            cursor = outcome.Next;
            if (cursor is null)
            {
                break;
            }
        }

        Assert.Null(cursor);
        Assert.Equal(7, seen.Count);
    }

    [Fact]
    public async Task Shipments_and_credit_memos_come_with_the_orders_that_have_some()
    {
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false });
        long plain = await shop.PlaceOrderAsync();
        long shipped = await shop.PlaceOrderAsync();
        await shop.InvoiceAsync(shipped);
        await shop.ShipAsync(shipped, "1Z-77");
        await shop.RefundAsync(shipped, 5m);
        using var access = Access(shop.Address);
        using var reader = Mage.Connector.OpenReader(access.Access);
        var page = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Changed, clock.GetUtcNow().AddMinutes(-1), clock.GetUtcNow().AddMinutes(1)), CancellationToken.None));
        Assert.Equal(3, access.Budget.Spent.Count);     // orders, shipments, credit memos
        var order = Mage.Order(page.Orders.Single(listed => listed.ExternalId == shipped.ToString(CultureInfo.InvariantCulture)).Document!.Payload.ToArray());
        Assert.Equal(("1Z-77", "UPS", 5m), (Assert.Single(order.Fulfilments[0].TrackingNumbers), order.Fulfilments[0].Carrier, order.Refunds[0].Amount.Amount));
        Assert.Equal((OrderState.InShipment, PaymentStatus.PartiallyRefunded), (order.State, order.PaymentStatus));
        Assert.DoesNotContain("\"shipments\"", Encoding.UTF8.GetString(page.Orders.Single(listed => listed.ExternalId == plain.ToString(CultureInfo.InvariantCulture)).Document!.Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_hold_no_card_data_and_no_key_to_the_buyers_page()
    {
        await using var shop = await Listener.StartAsync();
        string order = Encoding.UTF8.GetString(Mage.Payload("order-cash-configurable")).Replace("\"cashondelivery\"", "\"niubiz\"", StringComparison.Ordinal)
            .Replace("\"cc_last4\": null", "\"cc_last4\": \"1111\", \"cc_number_enc\": \"0:3:SECRET\"", StringComparison.Ordinal).Replace("Pago contra entrega\",", "tok_SECRET\",", StringComparison.Ordinal);
        shop.Says(200, order);
        using var access = Access(shop.Address);
        using var reader = Mage.Connector.OpenReader(access.Access);
        string stored = Encoding.UTF8.GetString(Assert.IsType<Fetched>(await reader.FetchAsync("5120", CancellationToken.None)).Order.Document!.Payload.Span);
        Assert.All(new[] { "SECRET", "1111", "2f6be01c7da34901", "protect_code" }, word => Assert.DoesNotContain(word, stored, StringComparison.Ordinal));
        Assert.Contains("Av. Larco 1150", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notices_that_PHP_prints_before_the_document_are_skipped()
    {
        await using var shop = await Listener.StartAsync();
        shop.Says(200, "<br />\n<b>Notice</b>:  Undefined index: foo in /var/www/x.php on line 3<br />\n" + Encoding.UTF8.GetString(Mage.Payload("order-cash-configurable")));
        using var access = Access(shop.Address);
        using var reader = Mage.Connector.OpenReader(access.Access);
        Assert.Equal("5120", Assert.IsType<Fetched>(await reader.FetchAsync("5120", CancellationToken.None)).Order.ExternalId);
    }

    [Fact]
    public async Task Administrators_token_is_got_once_renewed_after_four_hours_and_when_it_is_taken_back()
    {
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false });
        string id = (await shop.PlaceOrderAsync()).ToString(CultureInfo.InvariantCulture);
        using var access = new TestAccess("magento", $$"""{"baseUrl":"{{shop.Address}}","adminUser":"hub"}""", new Dictionary<string, string> { ["adminPassword"] = "emulated-password-1" }, clock);
        using var reader = Mage.Connector.OpenReader(access.Access);
        await reader.FetchAsync(id, CancellationToken.None);
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.Equal(1, access.Tokens.Renewals);
        shop.RevokeTokens();
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.Equal(2, access.Tokens.Renewals);
        clock.Advance(TimeSpan.FromHours(5));
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.Equal(3, access.Tokens.Renewals);
    }

    [Fact]
    public async Task Token_alone_in_a_shop_that_wants_signed_calls_is_explained()
    {
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false, AllowsBearer = false });
        using var access = Access(shop.Address);
        var findings = await Mage.Connector.TestAsync(access.Access, CancellationToken.None);
        var finding = Assert.Single(findings);
        Assert.Equal(("Credentials", TestVerdict.Failed), (finding.What, finding.Verdict));
        Assert.Contains("The consumer isn't authorized to access Magento_Sales::actions_view", finding.Message, StringComparison.Ordinal);
        Assert.Contains("standalone Bearer tokens", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_permission_to_write_and_a_wrong_clock_are_found()
    {
        var ahead = new FakeClock();
        ahead.Advance(clock.GetUtcNow() - ahead.GetUtcNow() + TimeSpan.FromMinutes(3));
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = ahead, RunsQueue = false, KeyMayWrite = false });
        using var access = Access(shop.Address, ",\"tellStatus\":true");
        var findings = await Mage.Connector.TestAsync(access.Access, CancellationToken.None);
        Assert.Contains(findings, finding => finding is { What: "Permission to ship", Verdict: TestVerdict.Failed } && finding.Message.Contains("Magento_Sales::ship", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding is { What: "Clock", Verdict: TestVerdict.Warning } && finding.Message.Contains("180 seconds", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding is { What: "Permission to read orders", Verdict: TestVerdict.Passed });
    }

    [Theory]
    [InlineData(400, """{"message":"Maximum SearchCriteria pageSize is %max","parameters":{"max":20}}""", "Maximum SearchCriteria pageSize is 20")]
    [InlineData(403, """{"message":"Access denied for %1","parameters":["10.0.0.1"]}""", "Access denied for 10.0.0.1")]
    [InlineData(404, """{"message":"Request does not match any route."}""", "Request does not match any route")]
    [InlineData(301, "", "redirects")]
    public async Task What_needs_a_person_says_so_in_the_shops_words(int status, string body, string words)
    {
        await using var shop = await Listener.StartAsync();
        shop.Says(status, body, ("Location", "https://www.tienda.example/"));
        using var access = Access(shop.Address);
        using var reader = Mage.Connector.OpenReader(access.Access);
        Assert.Contains(words, Assert.IsType<ListRefused>(await reader.ListAsync(new ReadRequest(OrderClock.Changed, From, From.AddHours(1)), CancellationToken.None)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_of_a_firewall_is_later()
    {
        await using var shop = await Listener.StartAsync();
        shop.Says(403, "<html><body>Request blocked</body></html>");
        using var access = Access(shop.Address);
        using var reader = Mage.Connector.OpenReader(access.Access);
        Assert.IsType<ListLater>(await reader.ListAsync(new ReadRequest(OrderClock.Changed, From, From.AddHours(1)), CancellationToken.None));
    }

    [Fact]
    public async Task Shipment_is_made_of_everything_open_with_track_source_and_mail()
    {
        await using var shop = await Listener.StartAsync();
        shop.Answer = (context, call) => Listener.WriteAsync(context, 200, call.Method == "POST" ? "\"4100\""
            : call.Target.Contains("/shipments", StringComparison.Ordinal) ? """{"items":[],"total_count":0}""" : """{"entity_id":5120,"state":"processing","status":"processing","items":[{"item_id":31,"qty_ordered":2,"qty_shipped":0}]}""");
        using var access = Access(shop.Address, ",\"tellStatus\":true,\"sourceCode\":\"lima\",\"notifyBuyer\":false");
        using var target = Mage.Connector.OpenStatus(access.Access);
        var sent = await target.SendAsync(Telling("5120", OrderState.InShipment), CancellationToken.None);
        Assert.Equal("4100", Assert.IsType<Delivered>(sent.Outcome).RemoteId);
        var call = shop.Calls.Last();
        Assert.Equal("/rest/all/V1/order/5120/ship", call.Target);
        Assert.Equal(
            """{"items":[],"notify":false,"appendComment":true,"comment":{"comment":"https://track.example/OLV-1","is_visible_on_front":0},"tracks":[{"track_number":"OLV-1","title":"DHL","carrier_code":"dhl"}],"arguments":{"extension_attributes":{"source_code":"lima"}}}""",
            call.Text);
    }

    [Fact]
    public async Task Tracking_number_is_added_to_a_shipment_that_the_merchant_made()
    {
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false });
        long id = await shop.PlaceOrderAsync();
        await shop.ShipAsync(id, "");
        using var access = Access(shop.Address, ",\"tellStatus\":true");
        using var target = Mage.Connector.OpenStatus(access.Access);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            Assert.IsType<Delivered>((await target.SendAsync(Telling(id.ToString(CultureInfo.InvariantCulture), OrderState.InShipment), CancellationToken.None)).Outcome);
        }

        Assert.Single(shop.ToldOf(id), entry => entry.Contains("OLV-1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("comment", "comment: The delivery was called off.", "new")]
    [InlineData("hold", "hold", "holded")]
    [InlineData("cancel", "cancel", "canceled")]
    public async Task Called_off_delivery_is_told_as_the_store_wants_it(string how, string told, string state)
    {
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false });
        long id = await shop.PlaceOrderAsync();
        string key = id.ToString(CultureInfo.InvariantCulture);
        using var access = Access(shop.Address, $",\"tellStatus\":true,\"onCancelled\":\"{how}\"");
        using var target = Mage.Connector.OpenStatus(access.Access);
        Assert.Equal(FindAnswer.HasNot, (await target.FindAsync(Telling(key, OrderState.Cancelled), CancellationToken.None)).Answer);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            Assert.IsType<Delivered>((await target.SendAsync(Telling(key, OrderState.Cancelled), CancellationToken.None)).Outcome);
        }

        Assert.Single(shop.ToldOf(id), told);
        Assert.Equal(state, shop.Read(id)!["state"]!.GetValue<string>());
        Assert.Equal(FindAnswer.Has, (await target.FindAsync(Telling(key, OrderState.Cancelled), CancellationToken.None)).Answer);
        if (how == "hold")
        {
            Assert.IsType<Delivered>((await target.SendAsync(Telling(key, OrderState.InShipment), CancellationToken.None)).Outcome);
            Assert.Contains("unhold", shop.ToldOf(id));
        }
    }

    [Fact]
    public async Task Order_that_the_shop_holds_or_cancelled_gets_no_shipment()
    {
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false });
        using var access = Access(shop.Address, ",\"tellStatus\":true");
        using var target = Mage.Connector.OpenStatus(access.Access);
        foreach (string verb in new[] { "hold", "cancel" })
        {
            long id = await shop.PlaceOrderAsync();
            await shop.MoveAsync(id, verb);
            Assert.IsType<Rejected>((await target.SendAsync(Telling(id.ToString(CultureInfo.InvariantCulture), OrderState.InShipment), CancellationToken.None)).Outcome);
            Assert.Equal([verb], shop.ToldOf(id));
        }
    }

    private static DeliveryRequest Telling(string id, OrderState state) => new(new DeliveryId(Guid.CreateVersion7()), DeliveryKind.Status, new OrderId(Guid.CreateVersion7()), "{}"u8.ToArray(), "peru", null, null, 1)
    {
        Notice = new StatusNotice(id, id, state, From, "DHL", "OLV-1", "https://track.example/OLV-1"),
    };

    private TestAccess Access(string address, string further = "") => new("magento", $$"""{"baseUrl":"{{address}}/","pageSize":50{{further}}}""",
        new Dictionary<string, string> { ["accessToken"] = new MagentoEmulatorOptions().AccessToken, ["webhookSecret"] = Mage.Secret }, clock);
}
