using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Jumpseller;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Crossdock.Testing.Reading;
using Xunit;

namespace Crossdock.Connectors.Tests.Jumpseller;

/// <summary>What the emulated store sends, and how reading, tokens and limits go on against it.</summary>
public sealed class JumpsellerEmulatorTests : IAsyncLifetime
{
    private static readonly IReadOnlyDictionary<string, string> App = new Dictionary<string, string> { ["hooksToken"] = JumpsellerSamples.HooksToken, ["clientSecret"] = "emulated-client-secret", ["refreshToken"] = "emulated-refresh-1" };

    private readonly FakeClock clock = new();
    private Listener hub = null!;

    public async ValueTask InitializeAsync() => hub = await Listener.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Delivery_verifies_and_maps_and_a_paid_checkout_sends_two()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock });
        Subscribe(shop);
        long id = await shop.PlaceOrderAsync();
        Assert.Equal(["order_paid", "order_updated"], hub.Calls.Select(call => call.Headers["Jumpseller-Event"]));
        var endpoint = JumpsellerSamples.Connector.Open(JumpsellerSamples.Store());
        foreach (var call in hub.Calls)
        {
            var request = new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow());
            Assert.True(endpoint.CheckSignature(request).IsValid);
            Assert.True(endpoint.Accepts(call.Headers["Content-Type"]));
            var envelope = endpoint.ReadEnvelope(request);
            Assert.Equal((id.ToString(CultureInfo.InvariantCulture), clock.GetUtcNow()), (envelope.OrderKey, envelope.OccurredAt!.Value));
            Assert.Empty(Assert.IsType<MappedOrder>(JumpsellerSamples.Map(call.Body, envelope.Topic, at: envelope.OccurredAt)).Order.Concerns);
        }
    }

    [Fact]
    public async Task Failed_delivery_comes_again_after_1_16_81_and_256_minutes()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock });
        shop.Subscribe("order_paid", hub.Address + "/in/taller");
        hub.Says(500);
        await shop.PlaceOrderAsync();
        foreach (int minutes in new[] { 1, 16, 81, 256 })
        {
            int before = shop.Sent.Count;
            clock.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            await shop.RetryAsync();
            Assert.Equal(before, shop.Sent.Count);
            clock.Advance(TimeSpan.FromSeconds(1));
            await shop.RetryAsync();
            Assert.Equal(before + 1, shop.Sent.Count);
        }

        Assert.Equal((5, 0), (shop.Sent.Count, shop.Waiting));
        Assert.Single(hub.Calls.Select(call => call.Headers["Jumpseller-Hmac-Sha256"]).Distinct());
    }

    [Fact]
    public async Task Eight_failures_pause_a_webhook_and_the_hub_puts_it_back()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock });
        Subscribe(shop);
        hub.Says(503);
        for (int order = 0; order < 8; order++)
        {
            await shop.PlaceOrderAsync();
        }

        Assert.Equal(["order_canceled", "order_pending_payment", "order_shipped"], shop.ActiveFor(hub.Address + "/in/taller").Order(StringComparer.Ordinal));
        int sent = shop.Sent.Count;
        await shop.PlaceOrderAsync();
        Assert.Equal(sent, shop.Sent.Count);
        hub.Says(200);
        using var access = Access(shop);
        using var subscriptions = JumpsellerSamples.Connector.OpenSubscriptions(access.Access);
        var report = await subscriptions.CheckAsync(new Uri(hub.Address + "/in/taller"), true, CancellationToken.None);
        Assert.Equal(2, report.Subscriptions.Count(one => one is { Found: SubscriptionState.Disabled, IsActive: true }));
        Assert.Equal(5, shop.ActiveFor(hub.Address + "/in/taller").Count);
    }

    [Fact]
    public async Task App_renews_its_token_every_hour_and_when_it_is_taken_back()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock });
        string id = (await shop.PlaceOrderAsync()).ToString(CultureInfo.InvariantCulture);
        using var access = Access(shop, App, ""","clientId":"emulated-client" """);
        using var reader = JumpsellerSamples.Connector.OpenReader(access.Access);
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.Equal(1, access.Tokens.Renewals);
        shop.RevokeToken();
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.Equal(2, access.Tokens.Renewals);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        Assert.Equal(3, access.Tokens.Renewals);
    }

    [Fact]
    public async Task Refused_refresh_token_needs_a_person()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock });
        using var access = Access(shop, new Dictionary<string, string>(App) { ["refreshToken"] = "revoked-refresh-token" }, ""","clientId":"emulated-client" """);
        using var reader = JumpsellerSamples.Connector.OpenReader(access.Access);
        Assert.Contains("expired or revoked", Assert.IsType<FetchRefused>(await reader.FetchAsync("4187", CancellationToken.None)).Because, StringComparison.Ordinal);
        Assert.Equal(TestVerdict.Failed, (await JumpsellerSamples.Connector.TestAsync(access.Access, CancellationToken.None))[^1].Verdict);
    }

    [Fact]
    public async Task Limits_are_read_from_the_headers_and_a_ban_is_waited_for()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock, PerMinute = 3, PerSecond = 20, HitsUntilBan = 2 });
        string id = (await shop.PlaceOrderAsync()).ToString(CultureInfo.InvariantCulture);
        using var access = Access(shop);
        using var reader = JumpsellerSamples.Connector.OpenReader(access.Access);
        for (int call = 0; call < 3; call++)
        {
            Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
        }

        Assert.Equal([(2d, 3d), (1d, 3d), (0d, 3d)], access.Budget.Reports.Select(report => (report.Remaining, report.Limit)));
        Assert.Equal(TimeSpan.FromSeconds(60), Assert.IsType<FetchLater>(await reader.FetchAsync(id, CancellationToken.None)).After);
        await reader.FetchAsync(id, CancellationToken.None);
        Assert.Equal(TimeSpan.FromMinutes(10), Assert.IsType<FetchLater>(await reader.FetchAsync(id, CancellationToken.None)).After);
        Assert.Equal(TimeSpan.FromMinutes(10), access.Budget.Pauses[^1]);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.IsType<Fetched>(await reader.FetchAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Window_far_back_in_a_long_history_is_found()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock, LargestPage = 10, PerMinute = int.MaxValue, PerSecond = int.MaxValue });
        var placed = new List<(string Id, DateTimeOffset At)>();
        for (int order = 0; order < 300; order++)
        {
            placed.Add(((await shop.PlaceOrderAsync()).ToString(CultureInfo.InvariantCulture), clock.GetUtcNow()));
            clock.Advance(TimeSpan.FromMinutes(7));
        }

        using var access = Access(shop);
        using var reader = JumpsellerSamples.Connector.OpenReader(access.Access);
        var (from, to) = (placed[120].At, placed[160].At);
        var read = new List<string>();
        string? cursor = null;
        do
        {
            var page = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(OrderClock.Placed, from, to, cursor), CancellationToken.None));
            read.AddRange(page.Orders.Select(order => order.ExternalId));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(placed.Where(order => order.At >= from && order.At < to).Select(order => order.Id), read);
        Assert.InRange(access.Budget.Spent.Count, 5, 20);
    }

    [Fact]
    public async Task Links_are_taken_out_of_what_is_read()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock });
        long id = await shop.PlaceOrderAsync();
        using var access = Access(shop);
        using var reader = JumpsellerSamples.Connector.OpenReader(access.Access);
        string stored = Encoding.UTF8.GetString(Assert.IsType<Fetched>(await reader.FetchAsync(id.ToString(CultureInfo.InvariantCulture), CancellationToken.None)).Order.Document!.Payload.Span);
        Assert.DoesNotContain("checkout/success", stored, StringComparison.Ordinal);
        Assert.Contains("\"checkout_url\":null", stored, StringComparison.Ordinal);
        Assert.Contains("203.0.113.10", shop.Read(id)!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.10", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fulfilment_is_the_call_that_the_documentation_shows()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock });
        long id = await shop.PlaceOrderAsync();
        using var access = Access(shop, more: ""","tellStatus":true""");
        using var told = JumpsellerSamples.Connector.OpenStatus(access.Access);
        string text = id.ToString(CultureInfo.InvariantCulture);
        var notice = new StatusNotice(text, text, OrderState.InShipment, clock.GetUtcNow(), "Andes Courier", "BX0099112233", "https://courier.example/t/BX0099112233");
        var result = await told.SendAsync(new DeliveryRequest(new DeliveryId(Guid.NewGuid()), DeliveryKind.Status, new OrderId(Guid.NewGuid()), "{}"u8.ToArray(), "taller", null, null, 1) { Notice = notice }, CancellationToken.None);
        var made = Assert.Single(shop.FulfilmentsOf(id));
        Assert.Equal(new Delivered(made["id"]!.ToString()), result.Outcome);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$$"""
            {"fulfillment":{"order_id":"{{{text}}}","type":"manual","location_id":"314455","tracking_company":"other","tracking_number":"BX0099112233","tracking_url":"https://courier.example/t/BX0099112233",
             "external_id":"crossdock-{{{text}}}-BX0099112233","message":"Andes Courier","send_email":false}}
            """), JsonNode.Parse(result.Exchange!.RequestBody!)), result.Exchange.RequestBody);
        Assert.Equal("fulfilled", shop.Read(id)!["shipment_status_enum"]!.GetValue<string>());
        Assert.DoesNotContain("emulated-auth-token", result.Exchange.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anothershop", JumpsellerSamples.HooksToken, "Store")]
    [InlineData("tallerdelsur", "another-hooks-token-1234", "Hooks token")]
    public async Task Connection_test_finds_a_wrong_store_and_a_wrong_hooks_token(string code, string token, string what)
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock });
        using var access = new TestAccess("jumpseller", $$"""{"storeCode":"{{code}}","apiUrl":"{{shop.Address}}/v1","accountsUrl":"{{shop.Address}}"}""", new Dictionary<string, string>(JumpsellerSamples.Secrets) { ["hooksToken"] = token }, clock);
        Assert.Equal(what, Assert.Single(await JumpsellerSamples.Connector.TestAsync(access.Access, CancellationToken.None), finding => finding.Verdict == TestVerdict.Failed).What);
    }

    [Fact]
    public async Task It_is_told_over_HTTP_and_trades_until_it_is_closed()
    {
        await using var shop = await JumpsellerEmulator.StartAsync(new() { Clock = clock, CancelRate = 0.5, AbandonRate = 0.3, RepeatRate = 0.2 });
        Subscribe(shop);
        using var http = new HttpClient { BaseAddress = new Uri(shop.Address) };
        await http.PostAsync("/_emulator/orders?status=pending_payment", null);
        await http.PostAsync("/_emulator/retry", null);
        await http.PostAsync("/_emulator/revoke", null);
        await http.PostAsync("/_emulator/fail?status=502", null);
        Assert.Equal(HttpStatusCode.BadGateway, (await http.GetAsync("/v1/orders.json")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/v1/orders.json")).StatusCode);
        Assert.Equal(1, JsonNode.Parse(await http.GetStringAsync("/_emulator"))!["orders"]!.GetValue<int>());
        Assert.NotEmpty(JsonNode.Parse(await http.GetStringAsync("/_emulator/sent"))!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/_emulator/nothing")).StatusCode);
        using var closing = new CancellationTokenSource();
        var trade = shop.RunAsync(1, closing.Token);
        for (int wait = 0; wait < 2000 && shop.Sent.Count < 30; wait++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        await closing.CancelAsync();
        await trade;
        Assert.Contains(shop.Sent, sent => sent.Event == "order_canceled");
    }

    private void Subscribe(JumpsellerEmulator shop)
    {
        foreach (string name in new[] { "order_pending_payment", "order_paid", "order_updated", "order_shipped", "order_canceled" })
        {
            shop.Subscribe(name, hub.Address + "/in/taller");
        }
    }

    private TestAccess Access(JumpsellerEmulator shop, IReadOnlyDictionary<string, string>? secrets = null, string more = "") =>
        new("jumpseller", $$"""{"storeCode":"tallerdelsur","apiUrl":"{{shop.Address}}/v1","accountsUrl":"{{shop.Address}}"{{more}}}""", secrets ?? JumpsellerSamples.Secrets, clock);
}
