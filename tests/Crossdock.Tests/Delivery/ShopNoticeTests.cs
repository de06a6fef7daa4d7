using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Database;
using Dapper;
using Xunit;

namespace Crossdock.Tests.Delivery;

/// <summary>What shops are told: planned once per state, sent like any delivery.</summary>
public sealed class ShopNoticeTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly HashSet<DeliveryKind> Told = [DeliveryKind.Status];

    private static ScriptedDestination Shop(Func<DeliveryRequest, int, Outcome>? script = null, bool canFind = false) => new(script ?? ((_, _) => new Delivered())) { Kinds = Told, CanFind = canFind };

    [Fact]
    public async Task Shop_learns_that_the_courier_has_its_order()
    {
        await using DeliveryHub hub = new(database);
        var shop = Shop();
        await hub.TellAsync(shop);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", new ScriptedDestination((_, _) => new Delivered("R-1") { Tracking = new Tracking("TRK-1", "Andes", "https://t.test/TRK-1") })));
        await hub.StartAsync();
        await ToldAsync(hub, due.OrderId, "processing delivered");
        var asked = Assert.Single(shop.Asked).Request;
        Assert.Equal((DeliveryKind.Status, OrderState.Processing, due.OrderId.ToString(), "#1", "TRK-1", "Andes", "https://t.test/TRK-1"),
            (asked.Kind, asked.Notice!.State, asked.Notice.ExternalId, asked.Notice.Number, asked.Notice.TrackingNumber, asked.Notice.Carrier, asked.Notice.TrackingUrl));
        Assert.Contains("externalId", System.Text.Encoding.UTF8.GetString(asked.Document.Span), StringComparison.Ordinal);
        Assert.Contains("Told the shop: processing, tracking TRK-1 by Andes.", await hub.TimelineAsync(due), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_planned_for_a_shop_that_is_not_told()
    {
        await using DeliveryHub hub = new(database);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", new ScriptedDestination((_, _) => new Delivered("R-1") { Tracking = new Tracking("TRK-1", null, null) })));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "delivered");
        Assert.Equal("", await StatesAsync(hub, due.OrderId));
        Assert.Equal("TRK-1", await hub.AskAsync<string>("SELECT tracking_number FROM shipments WHERE order_id = @id", new { id = due.OrderId.Value }));
    }

    [Fact]
    public async Task Same_state_wished_five_times_at_once_is_told_once()
    {
        await using DeliveryHub hub = new(database);
        await hub.TellAsync(Shop());
        var due = await hub.OrderAsync(await hub.AddAsync("courier", Shop()), state: "in_shipment");
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PlanAsync(hub, new TellShop(due.OrderId, OrderState.InShipment, TimeProvider.System.GetUtcNow()))));
        Assert.Equal("in_shipment waiting", await StatesAsync(hub, due.OrderId));
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.InShipment, TimeProvider.System.GetUtcNow()));
        Assert.Equal("in_shipment waiting", await StatesAsync(hub, due.OrderId));
    }

    [Fact]
    public async Task State_is_told_only_when_the_order_stands_there()
    {
        await using DeliveryHub hub = new(database);
        await hub.TellAsync(Shop());
        var due = await hub.OrderAsync(await hub.AddAsync("courier", Shop()), state: "cancelled");
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.Processing, TimeProvider.System.GetUtcNow(), OrderState.Processing));
        Assert.Equal("", await StatesAsync(hub, due.OrderId));
    }

    [Fact]
    public async Task Later_state_takes_the_place_of_what_was_not_sent_but_the_shipment_is_told_before_the_arrival()
    {
        await using DeliveryHub hub = new(database);
        await hub.TellAsync(Shop());
        var due = await hub.OrderAsync(await hub.AddAsync("courier", Shop()), state: "delivered");
        var now = TimeProvider.System.GetUtcNow();
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.Processing, now));
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.InShipment, now));
        Assert.Equal("processing superseded, in_shipment waiting", await StatesAsync(hub, due.OrderId));
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.Delivered, now));
        Assert.Equal("processing superseded, in_shipment waiting, delivered waiting", await StatesAsync(hub, due.OrderId));
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.Cancelled, now));
        Assert.Equal("processing superseded, in_shipment superseded, delivered superseded, cancelled waiting", await StatesAsync(hub, due.OrderId));
    }

    [Fact]
    public async Task Shipment_and_arrival_are_told_in_their_order_and_a_tracking_number_that_comes_later_is_told_too()
    {
        await using DeliveryHub hub = new(database);
        var shop = Shop((request, call) => request.Notice!.State == OrderState.InShipment && call == 1 ? new RetryLater("busy") : new Delivered());
        await hub.TellAsync(shop);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", Shop()), state: "delivered");
        var now = TimeProvider.System.GetUtcNow();
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.InShipment, now), new TellShop(due.OrderId, OrderState.Delivered, now));
        await hub.StartAsync();
        await ToldAsync(hub, due.OrderId, "in_shipment delivered, delivered delivered");
        Assert.Equal([OrderState.InShipment, OrderState.InShipment, OrderState.Delivered], shop.Asked.Select(asked => asked.Request.Notice!.State));
        await hub.DoAsync("INSERT INTO shipments (order_id, destination_id, connection_id, tracking_number, created_at, updated_at) VALUES (@id, @to, 0, 'T-9', now(), now())", new { id = due.OrderId.Value, to = due.Destination.Value });
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.Delivered, now));
        hub.Intake.Wake();
        await ToldAsync(hub, due.OrderId, "in_shipment delivered, delivered delivered, delivered delivered");
        Assert.Equal("T-9", shop.Asked.Last().Request.Notice!.TrackingNumber);
    }

    [Fact]
    public async Task Shop_that_refuses_leaves_a_dead_letter_and_its_order_goes_on()
    {
        await using DeliveryHub hub = new(database);
        await hub.TellAsync(Shop((_, _) => new Hold("HTTP 422: no such state")));
        ScriptedDestination courier = new((_, _) => new Delivered("R-1"));
        var destination = await hub.AddAsync("courier", courier);
        var due = await hub.OrderAsync(destination);
        await hub.StartAsync();
        await ToldAsync(hub, due.OrderId, "processing dead");
        Assert.False(await hub.AskAsync<bool>("SELECT held FROM orders WHERE id = @id", new { id = due.OrderId.Value }));
        Assert.Equal(0, await hub.AskAsync<int>("SELECT count(*)::int FROM holds WHERE order_id = @id", new { id = due.OrderId.Value }));
        Assert.Contains("The shop could not be told: processing.", await hub.TimelineAsync(due), StringComparison.Ordinal);
        var update = await hub.OrderAsync(await hub.AddAsync("second", courier), of: due.OrderId, generation: 2);
        hub.Intake.Wake();
        await hub.BecomesAsync(update, "delivered");
    }

    [Fact]
    public async Task Cancelled_is_told_of_a_cancelled_order_and_a_dead_letter_of_it_can_be_tried_again()
    {
        await using DeliveryHub hub = new(database);
        await hub.TellAsync(Shop((request, call) => call == 1 ? new Rejected("gone") : new Delivered()));
        var due = await hub.OrderAsync(await hub.AddAsync("courier", Shop()), state: "cancelled");
        await hub.DoAsync("UPDATE orders SET held = true WHERE id = @id", new { id = due.OrderId.Value });
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.Cancelled, TimeProvider.System.GetUtcNow()));
        await hub.StartAsync();
        await ToldAsync(hub, due.OrderId, "cancelled dead");
        var id = await hub.AskAsync<Guid>("SELECT id FROM deliveries WHERE order_id = @id AND kind = 'status'", new { id = due.OrderId.Value });
        Assert.Equal(ActionAnswer.Done, Assert.Single(await hub.Actions.RetryAsync([id], "operator test", null, TestContext.Current.CancellationToken)).Answer);
        await ToldAsync(hub, due.OrderId, "cancelled delivered");
    }

    [Fact]
    public async Task Unclear_answer_is_looked_up_before_it_is_told_again()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination? shop = null;
        shop = Shop((request, _) =>
        {
            shop!.Has[request.Id.Value] = "F-1";
            return new Unclear("200 with an error page");
        }, canFind: true);
        await hub.TellAsync(shop);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", new ScriptedDestination((_, _) => new Delivered())));
        await hub.StartAsync();
        await ToldAsync(hub, due.OrderId, "processing delivered");
        Assert.Equal([false, true], shop.Asked.Select(asked => asked.IsFind));
    }

    [Fact]
    public async Task What_a_node_had_sent_when_it_was_killed_is_looked_up_by_the_next()
    {
        await using DeliveryHub hub = new(database);
        var shop = Shop(canFind: true);
        await hub.TellAsync(shop);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", Shop()), state: "in_shipment");
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.InShipment, TimeProvider.System.GetUtcNow()));
        var id = await hub.AskAsync<Guid>("SELECT id FROM deliveries WHERE order_id = @id AND kind = 'status'", new { id = due.OrderId.Value });
        // Sent by a node that died before it could store the outcome.
        await hub.DoAsync("UPDATE deliveries SET leased_by = gen_random_uuid(), leased_until = now() - interval '1 second' WHERE id = @id", new { id });
        shop.Has[id] = "F-7";
        await hub.StartAsync();
        await ToldAsync(hub, due.OrderId, "in_shipment delivered");
        Assert.All(shop.Asked, asked => Assert.True(asked.IsFind));
    }

    [Fact]
    public async Task Hanging_shop_keeps_no_other_from_being_told()
    {
        await using DeliveryHub hub = new(database);
        using CancellationTokenSource release = new();
        ScriptedDestination hanging = new(async (_, _, stop) =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, release.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new RetryLater("hung");
        }) { Kinds = Told };
        var courier = await hub.AddAsync("courier", new ScriptedDestination((_, _) => new Delivered()));
        await hub.TellAsync(hanging, "hanging");
        var stuck = await hub.OrderAsync(courier);
        await hub.TellAsync(Shop());
        var other = await hub.OrderAsync(courier);
        await hub.StartAsync();
        await ToldAsync(hub, other.OrderId, "processing delivered");
        Assert.Equal("processing waiting", await StatesAsync(hub, stuck.OrderId));
        await release.CancelAsync();
    }

    [Fact]
    public async Task Telling_switched_off_ends_what_waits_and_says_so()
    {
        await using DeliveryHub hub = new(database);
        var shop = await hub.TellAsync(Shop());
        var due = await hub.OrderAsync(await hub.AddAsync("courier", Shop()), state: "in_shipment");
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.InShipment, TimeProvider.System.GetUtcNow()));
        hub.Replace(shop, null);
        await hub.StartAsync();
        await ToldAsync(hub, due.OrderId, "in_shipment superseded");
        Assert.Contains("The shop is not told any more: in shipment.", await hub.TimelineAsync(due), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_older_state_is_not_tried_again_when_a_later_one_waits()
    {
        await using DeliveryHub hub = new(database);
        TaskCompletionSource planned = new();
        ScriptedDestination shop = new(async (request, _, _) =>
        {
            if (request.Notice!.State == OrderState.Processing)
            {
                await planned.Task;
                return new RetryLater("busy", TimeSpan.FromHours(1));
            }
            return new Delivered();
        }) { Kinds = Told };
        await hub.TellAsync(shop);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", Shop()), state: "in_shipment");
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.Processing, TimeProvider.System.GetUtcNow()));
        await hub.StartAsync();
        await DeliveryHub.UntilAsync(() => Task.FromResult(!shop.Asked.IsEmpty), "the first call");
        await PlanAsync(hub, new TellShop(due.OrderId, OrderState.InShipment, TimeProvider.System.GetUtcNow()));
        Assert.Equal("processing waiting, in_shipment waiting", await StatesAsync(hub, due.OrderId));
        planned.SetResult();
        await ToldAsync(hub, due.OrderId, "processing superseded, in_shipment delivered");
    }

    private static async Task PlanAsync(DeliveryHub hub, params TellShop[] wanted)
    {
        await using var connection = await hub.Database.OpenConnectionAsync();
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(ShopNotices.Planning(wanted, TimeProvider.System.GetUtcNow()));
        await batch.ExecuteNonQueryAsync();
    }

    private static Task<string> StatesAsync(DeliveryHub hub, OrderId order) => hub.AskAsync<string>(
        "SELECT coalesce(string_agg((document ->> 'state') || ' ' || state, ', ' ORDER BY generation), '') FROM deliveries WHERE order_id = @id AND kind = 'status'", new { id = order.Value });

    private static async Task ToldAsync(DeliveryHub hub, OrderId order, string states)
    {
        string last = "";
        await DeliveryHub.UntilAsync(async () => (last = await StatesAsync(hub, order)) == states, $"the shop to have been told {states}");
        Assert.Equal(states, last);
    }
}
