using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.WooCommerce;

/// <summary>What the emulated shop sends, received over HTTP and read by the connector.</summary>
public sealed class WooCommerceEmulatorTests : IAsyncLifetime
{
    private static readonly string[] Topics = ["order.created", "order.updated", "order.deleted", "order.restored"];
    private Listener hub = null!;

    private IEnumerable<Call> Deliveries => hub.Calls.Where(call => call.Headers["X-WC-Webhook-Topic"] is not null);

    private IEnumerable<string?> Told => Deliveries.Select(call => call.Headers["X-WC-Webhook-Topic"]);

    public async ValueTask InitializeAsync() => hub = await Listener.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task New_webhook_pings_with_an_unsigned_form_and_is_stored_whatever_is_answered()
    {
        hub.Says(500);
        await using var shop = await WooCommerceEmulator.StartAsync();
        long id = await shop.SubscribeAsync("order.created", hub.Address + "/in/tienda", Woo.Secret);
        var ping = Assert.Single(hub.Calls);
        Assert.Equal(($"webhook_id={id.ToString(CultureInfo.InvariantCulture)}", "application/x-www-form-urlencoded"), (ping.Text, ping.Headers["Content-Type"]));
        Assert.Null(ping.Headers["X-WC-Webhook-Signature"]);
        Assert.Null(ping.Headers["X-WC-Webhook-Topic"]);
        Assert.Equal(200, Woo.Connector.Open(Woo.Store()).Probe(new SampleRequest(ping.Body, ping.Headers).At(DateTimeOffset.UnixEpoch))?.Status);
        Assert.True(shop.IsActive(id));
        Assert.Equal(("ping", 500), (shop.Sent.Single().Topic, shop.Sent.Single().Status));
    }

    [Fact]
    public async Task Delivery_verifies_and_maps_and_looks_like_the_real_one()
    {
        await using var shop = await OpenAsync();
        long id = await shop.PlaceOrderAsync();
        var call = Deliveries.Single();
        var request = new SampleRequest(call.Body, call.Headers).At(TimeProvider.System.GetUtcNow());
        var endpoint = Woo.Connector.Open(Woo.Store());
        Assert.True(endpoint.CheckSignature(request).IsValid);
        Assert.True(endpoint.Accepts(call.Headers["Content-Type"]));
        Assert.Equal(("order.created", id.ToString(CultureInfo.InvariantCulture)), (endpoint.ReadEnvelope(request).Topic, endpoint.ReadEnvelope(request).OrderKey));
        Assert.Equal((shop.Address + "/", "order", "created"), (call.Headers["X-WC-Webhook-Source"], call.Headers["X-WC-Webhook-Resource"], call.Headers["X-WC-Webhook-Event"]));
        Assert.StartsWith("WooCommerce/", call.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.DoesNotContain(call.Body, letter => letter > 127);
        Assert.Contains("http:\\/\\/", call.Text, StringComparison.Ordinal);
        Assert.Empty(Woo.Order(call.Body).Concerns);
    }

    [Fact]
    public async Task Orders_are_of_many_buyers_in_several_currencies_and_add_up()
    {
        await using var shop = await OpenAsync();
        for (int i = 0; i < 60; i++)
        {
            await shop.PlaceOrderAsync();
        }

        var orders = Deliveries.Select(call => Woo.Order(call.Body)).ToList();
        Assert.All(orders, order =>
        {
            var none = Money.Zero(order.Currency);
            Assert.Equal(order.Totals.Total, order.Totals.Subtotal!.Value + (order.Totals.Fees ?? none) + order.Totals.Shipping!.Value + order.Totals.Tax!.Value);
            Assert.Equal(order.Totals.Discount, order.Discounts.Aggregate(none, (sum, discount) => sum + discount.Amount!.Value));
            Assert.All(order.Lines, line => Assert.Equal(line.Subtotal!.Value - (line.Discount ?? none), line.Total!.Value));
        });
        Assert.Superset(new HashSet<string> { "CLP", "EUR" }, orders.Select(order => order.Currency).ToHashSet());
        Assert.True(orders.Select(order => order.ShipTo!.City).Distinct().Count() >= 10);
        Assert.Contains(orders, order => order.ShipTo!.City == "nunoa");
        Assert.Contains(orders, order => order.PaymentStatus == PaymentStatus.CashOnDelivery);
        Assert.Contains(orders, order => order.PaymentStatus == PaymentStatus.Paid);
        Assert.Contains(orders, order => order.Shipping.Count == 2);
        Assert.Contains(orders, order => order.Customer!.TaxId is not null);
        Assert.Contains(orders, order => order.BillTo!.Name!.Contains('’', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Same_seed_sells_the_same()
    {
        var clock = new FakeClock();
        async Task<List<string>> Run()
        {
            hub.Calls.Clear();
            await using var shop = await OpenAsync(new WooCommerceEmulatorOptions { Clock = clock, Seed = 5 });
            await shop.PlaceOrderAsync();
            await shop.PlaceOrderAsync();
            return [.. Deliveries.Select(call => call.Json["billing"]!.ToJsonString() + call.Json["line_items"]!.AsArray().Count)];
        }

        Assert.Equal(await Run(), await Run());
    }

    [Fact]
    public async Task Everything_that_happens_to_an_order_is_told()
    {
        await using var shop = await OpenAsync();
        long id = await shop.PlaceOrderAsync();
        await shop.UpdateStatusAsync(id, "on-hold");
        await shop.UpdateStatusAsync(id, "completed");
        await shop.RefundAsync(id, 1m, "una devuelta");
        await shop.TrashAsync(id);
        await shop.RestoreAsync(id);
        await shop.RefundAsync(id, 10_000_000m, "todo");
        await shop.DeleteAsync(id);
        Assert.Equal(["order.created", "order.updated", "order.updated", "order.updated", "order.deleted", "order.restored", "order.updated", "order.deleted"], Told);
        var outcomes = Deliveries.Select(call => Woo.Map(call.Body, call.Headers["X-WC-Webhook-Topic"]!)).ToList();
        Assert.Equal($$"""{"id":{{id.ToString(CultureInfo.InvariantCulture)}}}""", Deliveries.ElementAt(4).Text);
        Assert.Equal(OrderState.Cancelled, Assert.IsType<MappedChange>(outcomes[4]).Change.State);
        Assert.Equal(
            [(OrderState.New, 0), (OrderState.New, 0), (OrderState.InShipment, 0), (OrderState.InShipment, 1), (OrderState.InShipment, 1), (OrderState.Closed, 2)],
            outcomes.OfType<MappedOrder>().Select(mapped => (mapped.Order.State, mapped.Order.Refunds.Count)));
        Assert.Equal(PaymentStatus.Refunded, ((MappedOrder)outcomes[6]).Order.PaymentStatus);
    }

    [Fact]
    public async Task Checkout_may_tell_the_update_first_with_the_same_bytes()
    {
        await using var shop = await OpenAsync();
        await shop.PlaceOrderAsync(updateFirst: true);
        Assert.Equal(["order.updated", "order.created"], Told);
        Assert.Equal(Deliveries.First().Body, Deliveries.Last().Body);
    }

    [Fact]
    public async Task Deliveries_within_one_second_share_their_id()
    {
        var clock = new FakeClock();
        await using var shop = await OpenAsync(new WooCommerceEmulatorOptions { Clock = clock });
        await shop.PlaceOrderAsync();
        await shop.PlaceOrderAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await shop.PlaceOrderAsync();
        var ids = Deliveries.Select(call => call.Headers["X-WC-Webhook-Delivery-ID"]).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
        var endpoint = Woo.Connector.Open(Woo.Store());
        Assert.Equal(3, Deliveries.Select(call => endpoint.ReadEnvelope(new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow())).DedupeKey).Distinct().Count());
    }

    [Fact]
    public async Task Same_jobs_that_wait_are_merged_and_carry_the_latest_state()
    {
        await using var shop = await OpenAsync(new WooCommerceEmulatorOptions { RunsQueue = false });
        long id = await shop.PlaceOrderAsync();
        await shop.UpdateStatusAsync(id, "pending");
        await shop.UpdateStatusAsync(id, "processing");
        await shop.UpdateStatusAsync(id, "completed");
        Assert.Empty(Deliveries);
        Assert.Equal(2, shop.Waiting);
        await shop.RunQueueAsync();
        Assert.Equal(["order.created", "order.updated"], Told);
        Assert.All(Deliveries, call => Assert.Equal("completed", call.Json["status"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Failure_is_not_repeated_and_the_seventh_in_a_row_switches_the_webhook_off()
    {
        await using var shop = await OpenAsync();
        long created = shop.Sent.First(sent => sent.Topic == "ping").Webhook;
        hub.Says(500);
        for (int i = 1; i <= 7; i++)
        {
            Assert.True(shop.IsActive(created), $"before failure {i.ToString(CultureInfo.InvariantCulture)}");
            await shop.PlaceOrderAsync();
        }

        Assert.False(shop.IsActive(created));
        await shop.PlaceOrderAsync();
        Assert.Equal(7, Deliveries.Count());
    }

    [Fact]
    public async Task Success_forgets_the_failures_and_switching_on_again_does_not()
    {
        await using var shop = await OpenAsync();
        long created = shop.Sent.First(sent => sent.Topic == "ping").Webhook;
        await FailAsync(shop, 6);
        hub.Says(302);      // anything from 200 to 302 is a success
        await shop.PlaceOrderAsync();
        await FailAsync(shop, 6);
        Assert.True(shop.IsActive(created));
        await FailAsync(shop, 1);
        Assert.False(shop.IsActive(created));
        using var api = Api(shop);
        using var woken = await api.PutAsync(new Uri($"/wp-json/wc/v3/webhooks/{created.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative), Json("""{"status":"active"}"""));
        Assert.True(shop.IsActive(created));
        await FailAsync(shop, 1);
        Assert.False(shop.IsActive(created));
    }

    [Theory]
    [InlineData(303)]
    [InlineData(404)]
    public async Task Other_answers_are_failures(int status)
    {
        await using var shop = await OpenAsync();
        long created = shop.Sent.First(sent => sent.Topic == "ping").Webhook;
        await FailAsync(shop, 7, status);
        Assert.False(shop.IsActive(created));
    }

    [Fact]
    public async Task No_answer_in_time_is_a_failure_and_the_queue_goes_on()
    {
        var clock = new FakeClock();
        await using var shop = await OpenAsync(new WooCommerceEmulatorOptions { Clock = clock, TimeOut = TimeSpan.FromSeconds(5) });
        int before = hub.Calls.Count;
        hub.Answer = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var placing = shop.PlaceOrderAsync();
        await hub.UntilAsync(before + 1);
        clock.Advance(TimeSpan.FromSeconds(6));
        await placing;
        Assert.Null(shop.Sent.Last().Status);
        hub.Says(200);
        await shop.PlaceOrderAsync();
        Assert.Equal(200, shop.Sent.Last().Status);
    }

    [Fact]
    public async Task Owner_without_rights_sends_a_signed_error()
    {
        await using var shop = await OpenAsync();
        shop.HasOwnerLostRights = true;
        await shop.PlaceOrderAsync();
        var call = Deliveries.Single();
        Assert.True(Woo.Connector.Open(Woo.Store()).CheckSignature(new SampleRequest(call.Body, call.Headers).At(DateTimeOffset.UnixEpoch)).IsValid);
        Assert.Contains("WordPress user", Assert.IsType<Unmappable>(Woo.Map(call.Body)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trade_shows_everything_within_a_hundred_orders()
    {
        await using var shop = await OpenAsync(new WooCommerceEmulatorOptions { RepeatRate = 0.2, ReorderRate = 0.2, UpdateRate = 0.2, CancelRate = 0.2, RefundRate = 0.3, TrashRate = 0.3, BadAddressRate = 0.2 });
        using var closing = new CancellationTokenSource();
        var trade = shop.RunAsync(200, closing.Token);
        await hub.UntilAsync(400);
        await closing.CancelAsync();
        await trade;
        Assert.Superset(Topics.ToHashSet(), Told.ToHashSet()!);
        Assert.Contains(Deliveries, call => call.Headers["X-WC-Webhook-Topic"] != "order.deleted" && call.Json["shipping"]!["address_1"]!.GetValue<string>().Length == 0);
        Assert.Contains(Deliveries.GroupBy(call => (call.Headers["X-WC-Webhook-Topic"], Encoding.ASCII.GetString(call.Body))), same => same.Count() > 1);
    }

    private async Task FailAsync(WooCommerceEmulator shop, int times, int status = 500)
    {
        hub.Says(status);
        for (int i = 0; i < times; i++)
        {
            await shop.PlaceOrderAsync();
        }
    }

    private async Task<WooCommerceEmulator> OpenAsync(WooCommerceEmulatorOptions? options = null)
    {
        var shop = await WooCommerceEmulator.StartAsync(options);
        foreach (string topic in Topics)
        {
            await shop.SubscribeAsync(topic, hub.Address + "/in/tienda", Woo.Secret);
        }

        return shop;
    }

    internal static HttpClient Api(WooCommerceEmulator shop, string credentials = "ck_emulated:cs_emulated")
    {
        var http = new HttpClient { BaseAddress = new Uri(shop.Address) };
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return http;
    }

    internal static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
