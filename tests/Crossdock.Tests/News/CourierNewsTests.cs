using System.Collections.Concurrent;
using System.Net;
using Crossdock.Connections;
using Crossdock.Connectors.Http;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Review;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.News;

/// <summary>A courier tells how an order gets on; the order moves, and its shop learns it.</summary>
public sealed class CourierNewsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Status = """
        {"carrier":"Andes","trackingUrl":"https://track.test/{number}",
         "words":{"picked_up":"processing","in_transit":"in_shipment","delivered":"delivered","cancelled":"cancelled","sorted":"none"},
         "webhook":{"reference":"/reference","remoteId":"/id","word":"/status","at":"/at","tracking":{"number":"/number"} } }
        """;

    [Fact]
    public async Task Order_reaches_delivered_and_the_shop_learns_each_step_once()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using Shop shop = new();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status);
        await OrderAsync(hub, 4001);
        Assert.Equal(HttpStatusCode.OK, await hub.SayAsync(News(4001, "picked_up", 1)));
        Assert.Equal(HttpStatusCode.OK, await hub.SayAsync(News(4001, "in_transit", 2, "T-1")));
        await StateAsync(hub, 4001, "in_shipment");
        Assert.Equal(HttpStatusCode.OK, await hub.SayAsync(News(4001, "delivered", 3, "T-1")));
        await StateAsync(hub, 4001, "delivered");
        await ToldAsync(hub, 4001, "processing delivered, in_shipment delivered, delivered delivered");
        Assert.Equal([(OrderState.Processing, null), (OrderState.InShipment, "T-1"), (OrderState.Delivered, (string?)"T-1")], shop.Of(4001).Select(notice => (notice.State, notice.TrackingNumber)));
        var last = shop.Of(4001)[^1];
        Assert.Equal(("Andes", "https://track.test/T-1", Clock(3)), (last.Carrier, last.TrackingUrl, last.At));
        var timeline = await hub.TimelineAsync("4001");
        Assert.Contains(timeline, entry => entry is { Actor: "destination courier", Text: "courier says: in transit (in shipment), tracking T-1 by Andes." });
        Assert.Contains(timeline, entry => entry is { Kind: TimelineKind.State, Text: "The order went from in shipment to delivered.", Because: "courier says so" });
        Assert.Contains(timeline, entry => entry.Text == "Told the shop: delivered, tracking T-1 by Andes.");
    }

    [Fact]
    public async Task Delivered_before_in_transit_is_not_taken_back_and_the_shop_learns_of_the_shipment_first()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using Shop shop = new();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status);
        await OrderAsync(hub, 4002);
        await ToldAsync(hub, 4002, "processing delivered");
        await hub.SayAsync(News(4002, "delivered", 3, "T-2"));
        await StateAsync(hub, 4002, "delivered");
        await hub.SayAsync(News(4002, "in_transit", 2, "T-2"));
        await hub.SayAsync(News(4002, "in_transit", 5, "T-2"));
        await IdleAsync(hub);
        await StateAsync(hub, 4002, "delivered");
        await ToldAsync(hub, 4002, "processing delivered, in_shipment delivered, delivered delivered");
        var timeline = await hub.TimelineAsync("4002");
        Assert.Single(timeline, entry => entry.Kind is TimelineKind.Older);
        Assert.Contains(timeline, entry => entry.Text == "courier says: in transit (in shipment), tracking T-2 by Andes. It had said delivered before, and the order does not go back.");
    }

    [Fact]
    public async Task Same_word_again_and_the_same_call_again_change_nothing_and_are_told_once()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using Shop shop = new();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status);
        await OrderAsync(hub, 4003);
        string body = News(4003, "in_transit", 2, "T-3");
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => hub.SayAsync(body, "evt-4003")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => hub.SayAsync(body)));
        await StateAsync(hub, 4003, "in_shipment");
        await IdleAsync(hub);
        await DeliveryTimeAsync(hub, 4003, "in_shipment");
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM events WHERE dedupe_key = 'id:evt-4003'"));
        Assert.Single(shop.Of(4003), notice => notice.State == OrderState.InShipment);
        Assert.Equal(1L, await hub.ScalarAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '4003' AND d.kind = 'status' AND d.document ->> 'state' = 'in_shipment'"));
    }

    [Fact]
    public async Task Other_tracking_number_or_address_with_the_same_word_is_told_and_reaches_the_shop()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using Shop shop = new();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status.Replace("\"number\":\"/number\"", "\"number\":\"/number\",\"url\":\"/url\"", StringComparison.Ordinal));
        await OrderAsync(hub, 4044);
        await hub.SayAsync(News(4044, "in_transit", 2, "T-4"));
        await StateAsync(hub, 4044, "in_shipment");
        await hub.SayAsync(News(4044, "in_transit", 3, "T-5"));
        await hub.UntilAsync("SELECT tracking_number FROM shipments s JOIN orders o ON o.id = s.order_id WHERE o.external_id = '4044'", "T-5");
        await hub.SayAsync(News(4044, "in_transit", 4, "T-5").Replace("\"status\"", "\"url\":\"https://elsewhere.test/T-5\",\"status\"", StringComparison.Ordinal));
        await hub.UntilAsync("SELECT tracking_url FROM shipments s JOIN orders o ON o.id = s.order_id WHERE o.external_id = '4044'", "https://elsewhere.test/T-5");
        await hub.SayAsync(News(4044, "in_transit", 5, "T-5").Replace("\"status\"", "\"url\":\"https://elsewhere.test/T-5\",\"status\"", StringComparison.Ordinal));
        await IdleAsync(hub);
        await hub.UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '4044' AND d.kind = 'status' AND d.state = 'waiting'", 0);
        var timeline = await hub.TimelineAsync("4044");
        Assert.Contains(timeline, entry => entry is { Kind: TimelineKind.Changed, Text: "courier says: in transit (in shipment), tracking T-5 by Andes." });
        Assert.Single(timeline, entry => entry is { Kind: TimelineKind.Changed, Text: "courier follows the parcel at another address now: https://elsewhere.test/T-5." });
        Assert.Equal(("T-5", "https://elsewhere.test/T-5"), (shop.Of(4044)[^1].TrackingNumber, shop.Of(4044)[^1].TrackingUrl));
        Assert.Single(shop.Of(4044), notice => notice.TrackingUrl == "https://elsewhere.test/T-5");
    }

    [Fact]
    public async Task Unknown_word_is_parked_with_its_place_and_an_unsigned_call_is_refused()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, status: Status);
        await OrderAsync(hub, 4004);
        await hub.SayAsync(News(4004, "sorted_by_cat", 2));
        await hub.UntilAsync("SELECT count(*) FROM parked_events WHERE value = 'sorted_by_cat' AND path = '/status' AND reason LIKE '%settings.status.words%'", 1);
        await StateAsync(hub, 4004, "processing");
        Assert.Equal(HttpStatusCode.Unauthorized, await hub.SayAsync(News(4004, "delivered", 3), secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
        await hub.SayAsync(News(4004, "sorted", 2, "T-4"));
        await hub.UntilAsync("SELECT count(*) FROM timeline t JOIN orders o ON o.id = t.order_id WHERE o.external_id = '4004' AND t.entries::text LIKE '%courier says: sorted, tracking T-4 by Andes.%'", 1);
        await StateAsync(hub, 4004, "processing");
    }

    [Fact]
    public async Task Courier_without_settings_of_its_news_has_no_address()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address);
        Assert.Equal(HttpStatusCode.NotFound, await hub.SayAsync(News(1, "delivered", 3)));
    }

    [Fact]
    public async Task Word_of_an_order_that_is_not_known_yet_waits_for_it()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, status: Status);
        await hub.SayAsync(News(4005, "in_transit", 2));
        await hub.UntilAsync("SELECT count(*) FROM inbox WHERE not_before IS NOT NULL", 1);
        await OrderAsync(hub, 4005, isHanded: false);
        await StateAsync(hub, 4005, "in_shipment");
    }

    [Fact]
    public async Task Word_of_an_order_that_never_comes_is_parked_with_a_reason()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, status: Status);
        await hub.SayAsync(News(4999, "in_transit", 2), "evt-4999");
        await hub.UntilAsync("SELECT count(*) FROM inbox i JOIN events e ON e.id = i.event_id WHERE e.dedupe_key = 'id:evt-4999' AND i.not_before IS NOT NULL", 1);
        await hub.ScalarAsync("UPDATE inbox SET attempts = 9, not_before = now() WHERE not_before IS NOT NULL");
        await hub.UntilAsync("SELECT reason LIKE 'No order was handed to courier under reference #4999.%' FROM parked_events WHERE value = '#4999'", true);
    }

    [Fact]
    public async Task Shops_own_webhook_about_what_it_was_told_starts_nothing()
    {
        await using var courier = await CourierEmulator.StartAsync();
        TestHub? hub = null;
        using Shop shop = new(async notice =>
        {
            // What a Shopify shop sends when a fulfilment is written into it.
            string order = TestHub.Order(4006, $"2026-11-01T11:00:0{(int)notice.State}Z").Replace("\"fulfillment_status\":null", $$"""
                "fulfillment_status":"fulfilled","fulfillments":[{"id":77,"status":"success","shipment_status":{{(notice.State == OrderState.Delivered ? "\"delivered\"" : "null")}},"tracking_number":"T-6","created_at":"2026-11-01T11:00:00Z","updated_at":"2026-11-01T11:00:00Z","line_items":[]}]
                """.Trim(), StringComparison.Ordinal);
            if (notice is { ExternalId: "4006", State: not OrderState.Processing })          // another test may have left something to tell
            {
                await hub!.SendAsync(order, $"echo-{notice.State}");
            }
        });
        await using (hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status))
        {
            await OrderAsync(hub, 4006);
            await hub.SayAsync(News(4006, "in_transit", 2, "T-6"));
            await hub.UntilAsync("SELECT fulfilment_status FROM orders WHERE external_id = '4006'", "fulfilled");
            await hub.SayAsync(News(4006, "delivered", 3, "T-6"));
            await hub.UntilAsync("SELECT fulfilment_status FROM orders WHERE external_id = '4006'", "delivered");
            await IdleAsync(hub);
            await StateAsync(hub, 4006, "delivered");
            await ToldAsync(hub, 4006, "processing delivered, in_shipment delivered, delivered delivered");
            Assert.Equal((1, 0L), (courier.Accepted, courier.Duplicates));
            Assert.Equal("create", await hub.ScalarAsync("SELECT string_agg(d.kind, ' ') FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '4006' AND d.kind <> 'status'"));
            Assert.Equal(0L, await hub.ScalarAsync("SELECT count(*) FROM holds h JOIN orders o ON o.id = h.order_id WHERE o.external_id = '4006'"));
        }
    }

    [Fact]
    public async Task State_that_came_from_the_shop_is_not_told_to_it_but_the_tracking_number_is()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using Shop shop = new();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status);
        await OrderAsync(hub, 4007);
        await ToldAsync(hub, 4007, "processing delivered");
        await hub.SendAsync(TestHub.Order(4007, "2026-11-01T11:00:00Z").Replace("\"fulfillment_status\":null", "\"fulfillment_status\":\"fulfilled\"", StringComparison.Ordinal), "w-4007-b");
        await StateAsync(hub, 4007, "in_shipment");
        await IdleAsync(hub);
        await ToldAsync(hub, 4007, "processing delivered");
        await hub.SayAsync(News(4007, "in_transit", 2));
        await IdleAsync(hub);
        await ToldAsync(hub, 4007, "processing delivered");
        await hub.SayAsync(News(4007, "in_transit", 3, "T-7"));
        await ToldAsync(hub, 4007, "processing delivered, in_shipment delivered");
    }

    [Fact]
    public async Task Courier_that_cancels_cancels_the_order_and_a_person_can_hand_it_over_anew()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using Shop shop = new();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status);
        var id = await OrderAsync(hub, 4008);
        await hub.SayAsync(News(4008, "cancelled", 2));
        await StateAsync(hub, 4008, "cancelled");
        await ToldAsync(hub, 4008, "processing delivered, cancelled delivered");
        await hub.SayAsync(News(4008, "in_transit", 3));
        await IdleAsync(hub);
        await StateAsync(hub, 4008, "cancelled");
        Assert.Null((await Actions(hub).RestoreAsync(id, "operator eva", "other courier's mistake", default)).Refusal);
        await StateAsync(hub, 4008, "processing");
        Assert.Equal(2, courier.Accepted);
        await ToldAsync(hub, 4008, "processing delivered, cancelled delivered, processing delivered");
        await hub.SayAsync(News(4008, "delivered", 9));
        await StateAsync(hub, 4008, "delivered");
    }

    [Fact]
    public async Task Person_who_cancels_tells_the_shop_and_the_couriers_echo_of_it_changes_nothing()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using Shop shop = new();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status);
        var id = await OrderAsync(hub, 4009);
        await ToldAsync(hub, 4009, "processing delivered");
        Assert.Null((await Actions(hub).CancelAsync(id, "operator eva", "bought twice", default)).Refusal);
        await ToldAsync(hub, 4009, "processing delivered, cancelled delivered");
        await hub.SayAsync(News(4009, "cancelled", 2));
        await IdleAsync(hub);
        await ToldAsync(hub, 4009, "processing delivered, cancelled delivered");
        Assert.Equal("operator eva", await hub.ScalarAsync("SELECT cancelled_by FROM orders WHERE external_id = '4009'"));
    }

    [Fact]
    public async Task Shop_that_cancels_is_told_nothing_more()
    {
        await using var courier = await CourierEmulator.StartAsync();
        using Shop shop = new(outcome: new RetryLater("closed for the night", TimeSpan.FromHours(2)));
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, told: shop, status: Status);
        await OrderAsync(hub, 4010);
        await hub.UntilAsync("SELECT d.attempts FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '4010' AND d.kind = 'status'", 1);
        await hub.SendAsync(TestHub.Order(4010, "2026-11-01T12:00:00Z", cancelledAt: "2026-11-01T12:00:00Z"), "w-4010-b", "orders/cancelled");
        await StateAsync(hub, 4010, "cancelled");
        await ToldAsync(hub, 4010, "processing superseded");
    }

    [Fact]
    public async Task Order_of_two_couriers_is_delivered_when_both_say_so_and_held_when_one_cancels()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var second = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, status: Status, second: second.Address);
        await OrderAsync(hub, 4011, deliveries: 2);
        await hub.SayAsync(News(4011, "delivered", 2));
        await StateAsync(hub, 4011, "in_shipment");
        await hub.SayAsync(News(4011, "delivered", 3), connection: "other");
        await StateAsync(hub, 4011, "delivered");

        await OrderAsync(hub, 4012, deliveries: 2);
        await hub.SayAsync(News(4012, "cancelled", 2));
        await hub.UntilAsync("SELECT h.reason FROM holds h JOIN orders o ON o.id = h.order_id WHERE o.external_id = '4012' AND o.held",
            "courier has cancelled it, and other still has it: cancel the order, or have courier carry it after all");
        await StateAsync(hub, 4012, "processing");
    }

    [Fact]
    public async Task Second_courier_that_refused_the_order_is_not_waited_for()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var second = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, status: Status, second: second.Address);
        await OrderAsync(hub, 4013, deliveries: 2);
        await hub.ScalarAsync("UPDATE deliveries d SET state = 'dead' FROM orders o, connections c WHERE o.id = d.order_id AND c.id = d.destination_id AND o.external_id = '4013' AND c.key = 'other'");
        await hub.SayAsync(News(4013, "delivered", 2));
        await StateAsync(hub, 4013, "delivered");
    }

    [Fact]
    public async Task Garbage_and_bad_times_are_parked_and_nothing_breaks()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await TestHub.StartAsync(database.DataSource, courier.Address, status: Status);
        string[] bodies = ["", "not json", "[]", "{}", """{"status":{"a":1}}""", """{"status":"delivered"}""", """{"status":"delivered","reference":"#1","at":"yesterday"}""", "{\"status\":\"delivered\\ud800\",\"reference\":\"\\u0000\"}"];
        foreach (string body in bodies)
        {
            Assert.Equal(HttpStatusCode.OK, await hub.SayAsync(body));
        }

        await hub.UntilAsync("SELECT count(*) FROM parked_events p JOIN connections c ON c.id = p.connection_id WHERE c.key = 'courier' AND p.value IS DISTINCT FROM 'sorted_by_cat' AND p.value IS DISTINCT FROM '#4999'", bodies.Length);
    }

    private static string News(int number, string word, int at, string? tracking = null) =>
        $$"""{"reference":"#{{number}}","status":"{{word}}","at":"{{Clock(at):O}}","number":{{(tracking is null ? "null" : $"\"{tracking}\"")}} }""";

    private static DateTimeOffset Clock(int minute) => new(2026, 11, 2, 9, minute, 0, TimeSpan.Zero);

    private static async Task<Guid> OrderAsync(TestHub hub, int number, int deliveries = 1, bool isHanded = true)
    {
        await hub.SendAsync(TestHub.Order(number), $"w-{number}");
        if (isHanded)
        {
            await hub.UntilAsync($"SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '{number}' AND d.kind = 'create' AND d.state = 'delivered'", deliveries);
            return (Guid)(await hub.ScalarAsync($"SELECT id FROM orders WHERE external_id = '{number}'"))!;
        }

        return default;
    }

    private static Task StateAsync(TestHub hub, int number, string state) => hub.UntilAsync($"SELECT state FROM orders WHERE external_id = '{number}'", state);

    private static Task IdleAsync(TestHub hub) => hub.UntilAsync("SELECT (SELECT count(*) FROM inbox WHERE not_before IS NULL) + (SELECT count(*) FROM deliveries WHERE kind = 'status' AND state = 'waiting' AND attempts = 0)", 0);

    private static Task ToldAsync(TestHub hub, int number, string states) => hub.UntilAsync(
        $"SELECT coalesce(string_agg((d.document ->> 'state') || ' ' || d.state, ', ' ORDER BY d.generation), '') FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '{number}' AND d.kind = 'status'", states);

    private static Task DeliveryTimeAsync(TestHub hub, int number, string state) => hub.UntilAsync(
        $"SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '{number}' AND d.kind = 'status' AND d.document ->> 'state' = '{state}'", "delivered");

    private static OrderActions Actions(TestHub hub) => new(
        hub.Database, hub.Services.GetRequiredService<IConnectionDirectory>(), new HoldStore(hub.Database, TimeProvider.System, hub.Services.GetRequiredService<IDeliveryIntake>()), hub.Services, TimeProvider.System);

    /// <summary>A shop that remembers what it was told.</summary>
    private sealed class Shop(Func<StatusNotice, Task>? then = null, Outcome? outcome = null) : IDestination
    {
        private readonly ConcurrentQueue<StatusNotice> told = new();

        internal List<StatusNotice> Of(int number) => [.. told.Where(notice => notice.ExternalId == number.ToString(System.Globalization.CultureInfo.InvariantCulture))];

        public DestinationLimits Limits { get; } = new() { BackoffSeconds = 1 };
        public bool CanFind => false;
        public bool Can(DeliveryKind kind) => kind == DeliveryKind.Status;

        public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
        {
            told.Enqueue(request.Notice!);
            if (then is not null)
            {
                await then(request.Notice!);
            }

            return new SendResult(outcome ?? new Delivered(), null);
        }

        public Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken) => Task.FromResult(new FindResult(FindAnswer.CannotSay, null, null, null));

        public void Dispose() { }
    }
}
