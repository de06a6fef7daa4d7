using System.Globalization;
using Crossdock.Connectors.Magento;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Magento;

/// <summary>The emulated shop: what it sends is what the connector takes, and it repeats and misbehaves as the real ones do.</summary>
public sealed class MagentoEmulatorTests
{
    private readonly FakeClock clock = new();

    [Fact]
    public async Task Messages_of_module_and_async_events_pass_and_map_to_the_same_order()
    {
        await using var hub = await Listener.StartAsync();
        await using var shop = await StartAsync();
        shop.ConnectModule(hub.Address + "/in/peru", Mage.Secret);
        shop.Register("sales.order.created", hub.Address + "/in/peru?event=sales.order.created", Mage.Secret);
        long id = await shop.PlaceOrderAsync();
        Assert.Equal(2, hub.Calls.Count);
        var endpoint = Mage.Connector.Open(Mage.Store());
        var orders = hub.Calls.Select(call =>
        {
            var request = new SampleRequest(call.Body, call.Headers, call.Target.Contains('?', StringComparison.Ordinal) ? call.Target[call.Target.IndexOf('?', StringComparison.Ordinal)..] : "").At(clock.GetUtcNow());
            Assert.True(endpoint.CheckSignature(request).IsValid);
            var envelope = endpoint.ReadEnvelope(request);
            Assert.Equal((id.ToString(CultureInfo.InvariantCulture), clock.GetUtcNow().ToUnixTimeSeconds()), (envelope.OrderKey, envelope.OccurredAt!.Value.ToUnixTimeSeconds()));
            return Mage.Order(call.Body);
        }).ToList();
        Assert.Equal(["order.saved", "sales.order.created"], shop.Sent.Select(sent => sent.Event));
        Assert.Equal(orders[0].Lines.Select(line => line.Id), orders[1].Lines.Select(line => line.Id));
        Assert.Equal(orders[0].Totals, orders[1].Totals);
    }

    [Fact]
    public async Task Every_order_it_sells_maps_and_adds_up()
    {
        await using var hub = await Listener.StartAsync();
        await using var shop = await StartAsync();
        shop.ConnectModule(hub.Address, Mage.Secret);
        for (int order = 0; order < 200; order++)
        {
            await shop.PlaceOrderAsync();
        }

        var orders = hub.Calls.Select(call => Mage.Order(call.Body)).ToList();
        Assert.All(orders, order => Assert.Empty(order.Concerns));
        Assert.All(orders, order => Assert.Equal(order.Totals.Total.Amount, order.Lines.Sum(line => line.Total?.Amount ?? 0) + order.Totals.Shipping!.Value.Amount + order.Totals.Tax!.Value.Amount));
        Assert.Contains(orders, order => order.Lines.Any(line => line.ParentId is not null));
        Assert.Equal(6, orders.Select(order => order.Currency).Distinct().Count());
        Assert.Equal([PaymentStatus.Pending, PaymentStatus.CashOnDelivery], orders.Select(order => order.PaymentStatus).Distinct().Order());
    }

    [Fact]
    public async Task Async_event_is_repeated_five_times_and_given_up()
    {
        await using var hub = await Listener.StartAsync();
        hub.Says(503);
        await using var shop = await StartAsync();
        shop.Register("sales.order.created", hub.Address, Mage.Secret);
        await shop.PlaceOrderAsync();
        foreach (int wait in new[] { 1, 4, 9, 16, 25 })
        {
            clock.Advance(TimeSpan.FromSeconds(wait - 1));
            int before = shop.Sent.Count;
            await shop.RunQueueAsync();
            Assert.Equal(before, shop.Sent.Count);
            clock.Advance(TimeSpan.FromSeconds(1));
            await shop.RunQueueAsync();
            Assert.Equal(before + 1, shop.Sent.Count);
        }

        Assert.Equal((6, 0), (shop.Sent.Count, shop.Waiting));
    }

    [Fact]
    public async Task Retry_After_of_the_hub_counts_for_async_events()
    {
        await using var hub = await Listener.StartAsync();
        hub.Says(503, "", ("Retry-After", "30"));
        await using var shop = await StartAsync();
        shop.Register("sales.order.created", hub.Address, Mage.Secret);
        await shop.PlaceOrderAsync();
        clock.Advance(TimeSpan.FromSeconds(29));
        await shop.RunQueueAsync();
        Assert.Single(shop.Sent);
        clock.Advance(TimeSpan.FromSeconds(1));
        await shop.RunQueueAsync();
        Assert.Equal(2, shop.Sent.Count);
    }

    [Fact]
    public async Task Async_event_is_lost_where_nobody_answers_and_the_module_s_is_not()
    {
        await using var shop = await StartAsync();
        string nowhere = $"http://127.0.0.1:{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}/";
        shop.Register("sales.order.created", nowhere, Mage.Secret);
        shop.ConnectModule(nowhere, Mage.Secret);
        await shop.PlaceOrderAsync();
        Assert.Equal(2, shop.Sent.Count(sent => sent.Status is null));
        Assert.Equal(1, shop.Waiting);
    }

    [Fact]
    public async Task Module_repeats_for_three_days_and_more_with_one_delivery_id_and_new_times()
    {
        await using var hub = await Listener.StartAsync();
        hub.Says(500);
        await using var shop = await StartAsync();
        shop.ConnectModule(hub.Address, Mage.Secret);
        await shop.PlaceOrderAsync();
        for (int hour = 0; shop.Waiting > 0 && hour < 400; hour++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            await shop.RunQueueAsync();
        }

        Assert.Equal(12, shop.Sent.Count);
        Assert.True(shop.Sent.Last().At - shop.Sent.First().At >= TimeSpan.FromDays(3));
        Assert.Single(hub.Calls.Select(call => call.Headers["X-Hub-Delivery"]).Distinct());
        Assert.Equal(12, hub.Calls.Select(call => call.Headers["X-Hub-Timestamp"]).Distinct().Count());
        Assert.Single(hub.Calls.Select(call => Mage.Connector.Open(Mage.Store()).ReadEnvelope(new SampleRequest(call.Body, call.Headers).At(clock.GetUtcNow())).DedupeKey).Distinct());
    }

    [Fact]
    public async Task Comment_changes_no_state_and_async_events_say_nothing_of_it()
    {
        await using var hub = await Listener.StartAsync();
        await using var shop = await StartAsync();
        foreach (string topic in MagentoTopics.Subscribed)
        {
            shop.Register(topic, $"{hub.Address}/?event={topic}", Mage.Secret);
        }

        long id = await shop.PlaceOrderAsync();
        await shop.TouchAsync(id);
        await shop.MoveAsync(id, "hold");
        await shop.MoveAsync(id, "unhold");
        await shop.InvoiceAsync(id);
        await shop.ShipAsync(id, "1Z-1");
        await shop.RefundAsync(id, 1m);
        Assert.Equal(
            ["sales.order.created", "sales.order.updated", "sales.order.holded", "sales.order.updated", "sales.order.updated", "sales.order.paid", "sales.order.updated", "sales.order.shipped", "sales.shipment.created", "sales.creditmemo.created"],
            shop.Sent.Select(sent => sent.Event));
        var outcomes = hub.Calls.Select(call => Mage.Map(call.Body, topic: call.Target.Split('=')[1])).ToList();
        Assert.All(outcomes, outcome => Assert.True(outcome is MappedOrder or MappedChange, outcome.ToString()));
    }

    [Fact]
    public async Task Pages_beyond_the_end_repeat_the_last_or_are_empty()
    {
        foreach (bool repeats in new[] { true, false })
        {
            await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false, RepeatsLastPage = repeats });
            await shop.PlaceOrderAsync();
            await shop.PlaceOrderAsync();
            await shop.PlaceOrderAsync();
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Authorization = new("Bearer", new MagentoEmulatorOptions().AccessToken);
            string body = await http.GetStringAsync(new Uri($"{shop.Address}/rest/all/V1/orders?searchCriteria[pageSize]=2&searchCriteria[currentPage]=9&fields=items[entity_id],total_count"));
            Assert.Equal(repeats ? """{"items":[{"entity_id":5003}],"total_count":3}""" : """{"items":[],"total_count":3}""", body);
        }
    }

    [Fact]
    public async Task Limit_says_429_with_Retry_After()
    {
        await using var shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false, CallsPerSecond = 1 });
        using var http = new HttpClient();
        var address = new Uri($"{shop.Address}/rest/all/V1/orders");
        using var first = await http.GetAsync(address);
        using var second = await http.GetAsync(address);
        Assert.Equal((401, 429, 2), ((int)first.StatusCode, (int)second.StatusCode, (int)second.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
    }

    private Task<MagentoEmulator> StartAsync() => MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false });
}
