using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Delivery;

public sealed class DeliveryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly Delivered Taken = new("R-1");

    [Fact]
    public async Task Waiting_delivery_is_sent_and_its_order_moves_on()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => Taken);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "delivered");
        Assert.Equal("R-1", await hub.AskAsync<string>("SELECT remote_id FROM deliveries WHERE id = @id", new { id = due.Id.Value }));
        Assert.Equal("processing", await hub.AskAsync<string>("SELECT state FROM orders WHERE id = @id", new { id = due.OrderId.Value }));
        Assert.Equal(1, await hub.AskAsync<int>("SELECT count(*)::int FROM attempts WHERE delivery_id = @id AND outcome = 'delivered' AND status = 201", new { id = due.Id.Value }));
        string timeline = await hub.TimelineAsync(due);
        Assert.Contains("as R-1", timeline, StringComparison.Ordinal);
        Assert.Contains("The order went from approved to processing.", timeline, StringComparison.Ordinal);
        Assert.Equal(due.Id, Assert.Single(courier.Asked).Request.Id);
    }

    [Fact]
    public async Task Offered_deliveries_are_sent_and_what_does_not_fit_is_sent_too()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => Taken);
        var destination = await hub.AddAsync("courier", courier);
        await hub.StartAsync();
        List<DueDelivery> offered = [];
        for (int index = 0; index < 200; index++)
        {
            offered.Add(await hub.OrderAsync(destination, isLeased: true));
        }
        hub.Intake.Offer(offered);
        await DeliveryHub.UntilAsync(async () => await hub.AskAsync<int>("SELECT count(*)::int FROM deliveries WHERE destination_id = @id AND state = 'delivered'", new { id = destination.Value }) == 200, "200 deliveries");
        Assert.Equal(200, courier.Asked.Select(asked => asked.Request.Id).Distinct().Count());
        Assert.Equal(200, courier.Asked.Count);
    }

    [Fact]
    public async Task Failure_is_tried_again_and_becomes_a_dead_letter_at_the_limit_that_can_be_edited_and_retried()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((request, _) => request.BodyOverride is null ? new RetryLater("HTTP 500") : Taken);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "dead");
        Assert.Equal([1, 2, 3], courier.Asked.Select(asked => asked.Request.Attempt));
        Assert.All(courier.Asked, asked => Assert.Equal(due.Id, asked.Request.Id));

        Guid unknown = Guid.NewGuid();
        var results = await hub.Actions.EditAndRetryAsync([due.Id.Value, unknown], """{"edited":true}""", "operator test", "mended", CancellationToken.None);
        Assert.Equal([ActionAnswer.Done, ActionAnswer.NotFound], results.Select(result => result.Answer));
        await hub.BecomesAsync(due, "delivered");
        Assert.Contains("mended", await hub.TimelineAsync(due), StringComparison.Ordinal);
        Assert.Equal(ActionAnswer.WrongState, (await hub.Actions.DropAsync([due.Id.Value], "operator test", null, CancellationToken.None))[0].Answer);
    }

    [Fact]
    public async Task Retry_after_is_obeyed_and_throttling_spends_no_attempt()
    {
        await using DeliveryHub hub = new(database);
        List<DateTimeOffset> at = [];
        ScriptedDestination courier = new((_, call) =>
        {
            lock (at) at.Add(TimeProvider.System.GetUtcNow());
            return call <= 2 ? new RetryLater("slow down", TimeSpan.FromSeconds(1.5), IsThrottled: true) : Taken;
        }) { Limits = new() { Attempts = 1, BackoffSeconds = 60 } };
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "delivered");
        Assert.Equal(1, await hub.AskAsync<int>("SELECT attempts::int FROM deliveries WHERE id = @id", new { id = due.Id.Value }));
        Assert.All(at.Zip(at.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1.5)));
    }

    [Fact]
    public async Task Lost_answer_is_looked_up_and_makes_one_shipment()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = null!;
        courier = new((request, _) =>
        {
            courier.Has[request.Id.Value] = "R-7";
            return new Unclear("the connection broke");
        }) { CanFind = true, Limits = new() { BackoffSeconds = 1 } };
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "delivered");
        Assert.Equal([false, true], courier.Asked.Select(asked => asked.IsFind));
        Assert.Equal("R-7", await hub.AskAsync<string>("SELECT remote_id FROM deliveries WHERE id = @id", new { id = due.Id.Value }));
    }

    [Fact]
    public async Task Unclear_without_look_up_is_repeated_with_the_same_key()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, call) => call == 1 ? new Unclear("no answer") : Taken);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "delivered");
        Assert.Single(courier.Asked.Select(asked => asked.Request.Id).Distinct());
    }

    [Fact]
    public async Task Destination_that_cannot_say_is_not_sent_to()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => new Unclear("no answer")) { CanFind = true, FindSays = FindAnswer.CannotSay };
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "dead");
        Assert.Equal([false, true, true], courier.Asked.Select(asked => asked.IsFind));
        Assert.True(await hub.AskAsync<bool>("SELECT is_unclear FROM deliveries WHERE id = @id", new { id = due.Id.Value }));
    }

    [Fact]
    public async Task Row_of_a_dead_node_is_looked_up_before_it_is_sent()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => Taken) { CanFind = true };
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.DoAsync("UPDATE deliveries SET leased_by = gen_random_uuid(), leased_until = now() - interval '1 second' WHERE id = @id", new { id = due.Id.Value });
        await hub.StartAsync();
        await hub.BecomesAsync(due, "delivered");
        Assert.Equal([true, false], courier.Asked.Select(asked => asked.IsFind));
    }

    [Fact]
    public async Task Hold_stops_the_order_until_a_person_releases_it()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, call) => call == 1 ? new Hold("no such street") : Taken);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "held");
        Guid hold = await hub.AskAsync<Guid>("SELECT id FROM holds WHERE order_id = @id AND code = 'delivery_refused' AND released_at IS NULL", new { id = due.OrderId.Value });
        Assert.True(await hub.AskAsync<bool>("SELECT held FROM orders WHERE id = @id", new { id = due.OrderId.Value }));
        Assert.Equal(ActionAnswer.Done, (await hub.Holds.ReleaseAsync([hold], "operator test", "street added", CancellationToken.None))[0].Answer);
        await hub.BecomesAsync(due, "delivered");
        Assert.False(await hub.AskAsync<bool>("SELECT held FROM orders WHERE id = @id", new { id = due.OrderId.Value }));
        Assert.Equal(ActionAnswer.NotFound, (await hub.Holds.ReleaseAsync([hold], "operator test", null, CancellationToken.None))[0].Answer);
    }

    [Fact]
    public async Task Deliveries_of_a_held_order_wait()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => Taken);
        var destination = await hub.AddAsync("courier", courier);
        var held = await hub.OrderAsync(destination);
        await hub.Holds.OpenAsync([new NewHold(held.OrderId, hub.Store, "operator", "wait for the buyer", "operator test")], CancellationToken.None);
        var free = await hub.OrderAsync(destination);
        await hub.StartAsync();
        await hub.BecomesAsync(free, "delivered");
        Assert.Equal("waiting", await hub.StateAsync(held));
        Guid hold = await hub.AskAsync<Guid>("SELECT id FROM holds WHERE order_id = @id", new { id = held.OrderId.Value });
        await hub.Holds.ReleaseAsync([hold], "operator test", null, CancellationToken.None);
        await hub.BecomesAsync(held, "delivered");
    }

    [Fact]
    public async Task Order_held_before_approval_goes_back_to_the_processor_when_released()
    {
        await using DeliveryHub hub = new(database);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", new ScriptedDestination((_, _) => Taken)), state: "new");
        await hub.DoAsync("DELETE FROM deliveries WHERE id = @id", new { id = due.Id.Value });
        await hub.Holds.OpenAsync([new NewHold(due.OrderId, hub.Store, "rule", "big order", "rule \"big\"")], CancellationToken.None);
        Guid hold = await hub.AskAsync<Guid>("SELECT id FROM holds WHERE order_id = @id", new { id = due.OrderId.Value });
        await hub.Holds.ReleaseAsync([hold], "operator test", "checked", CancellationToken.None);
        Assert.Equal("approved", await hub.AskAsync<string>("SELECT state FROM orders WHERE id = @id", new { id = due.OrderId.Value }));
        Assert.Equal(1, await hub.AskAsync<int>("SELECT count(*)::int FROM inbox WHERE order_key = @key AND kind = 2", new { key = due.OrderId.ToString() }));
    }

    [Fact]
    public async Task Rejected_is_a_dead_letter_at_once()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => new Rejected("unknown client\0"));
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "dead");
        Assert.Single(courier.Asked);
        Assert.Equal(ActionAnswer.Done, (await hub.Actions.DropAsync([due.Id.Value], "operator test", "not ours", CancellationToken.None))[0].Answer);
        Assert.Equal("dropped", await hub.StateAsync(due));
    }

    [Fact]
    public async Task Hanging_destination_with_thousands_waiting_delays_nobody()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination hanging = new(async (_, _, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return Taken;
        });
        ScriptedDestination courier = new((_, _) => Taken);
        var stuck = await hub.AddAsync("hanging", hanging);
        var first = await hub.OrderAsync(stuck);
        await hub.DoAsync("""
            INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, created_at)
            SELECT gen_random_uuid(), @order, @store, @destination, 'create', g, 'waiting', now(), now() FROM generate_series(2, 5000) g
            """, new { order = first.OrderId.Value, store = hub.Store.Value, destination = stuck.Value });
        await hub.StartAsync();
        await DeliveryHub.UntilAsync(() => Task.FromResult(!hanging.Asked.IsEmpty), "the hanging call");
        var startedAt = TimeProvider.System.GetTimestamp();
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier), isLeased: true);
        Assert.Equal(0, hub.Intake.Offer([due]));
        await hub.BecomesAsync(due, "delivered");
        Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Breaker_opens_after_failures_in_a_row_and_one_success_closes_it()
    {
        await using DeliveryHub hub = new(database);
        bool isUp = false;
        ScriptedDestination courier = new((_, _) => Volatile.Read(ref isUp) ? Taken : new RetryLater("HTTP 503"))
        {
            Limits = new() { Concurrency = 1, Attempts = 50, BreakerFailures = 3, BreakerSeconds = 2, BackoffSeconds = 1, BackoffMaximumSeconds = 1 },
        };
        var destination = await hub.AddAsync("courier", courier);
        for (int index = 0; index < 20; index++)
        {
            await hub.OrderAsync(destination);
        }
        await hub.StartAsync();
        await DeliveryHub.UntilAsync(() => Task.FromResult(hub.Status(destination)?.Breaker == BreakerState.Open), "the breaker");
        Assert.Equal(3, courier.Asked.Count);
        Assert.False(hub.Intake.HasRoom(destination));
        Assert.Equal("HTTP 503", hub.Status(destination)?.LastError);
        Volatile.Write(ref isUp, true);
        await DeliveryHub.UntilAsync(async () => await hub.AskAsync<int>("SELECT count(*)::int FROM deliveries WHERE destination_id = @id AND state = 'delivered'", new { id = destination.Value }) == 20, "all deliveries");
        Assert.Equal(BreakerState.Closed, hub.Status(destination)?.Breaker);
    }

    [Fact]
    public async Task Cancellation_goes_after_the_order_with_its_remote_id()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((request, call) => request.Kind == DeliveryKind.Create && call == 1 ? new Unclear("no answer") : new Delivered("R-9")) { Kinds = new HashSet<DeliveryKind> { DeliveryKind.Create, DeliveryKind.Cancel } };
        var destination = await hub.AddAsync("courier", courier);
        var create = await hub.OrderAsync(destination);
        var cancel = await hub.OrderAsync(destination, kind: DeliveryKind.Cancel, of: create.OrderId, generation: 2);
        await hub.StartAsync();
        await hub.BecomesAsync(cancel, "delivered");
        Assert.Equal([DeliveryKind.Create, DeliveryKind.Create, DeliveryKind.Cancel], courier.Asked.Select(asked => asked.Request.Kind));
        Assert.Equal("R-9", courier.Asked.Last().Request.RemoteId);
    }

    [Fact]
    public async Task Cancellation_of_what_never_arrived_calls_nobody()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => new RetryLater("HTTP 500")) { Kinds = new HashSet<DeliveryKind> { DeliveryKind.Create, DeliveryKind.Cancel } };
        var destination = await hub.AddAsync("courier", courier);
        var create = await hub.OrderAsync(destination);
        var cancel = await hub.OrderAsync(destination, kind: DeliveryKind.Cancel, of: create.OrderId, generation: 2);
        await hub.StartAsync();
        await hub.BecomesAsync(create, "superseded");
        await hub.BecomesAsync(cancel, "superseded");
        Assert.Single(courier.Asked);
    }

    [Fact]
    public async Task Stopping_gives_back_what_was_not_sent_and_marks_what_was_cut_off()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination hanging = new(async (_, _, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return Taken;
        }) { Limits = new() { Concurrency = 1 } };
        var destination = await hub.AddAsync("courier", hanging);
        var first = await hub.OrderAsync(destination, isLeased: true);
        var second = await hub.OrderAsync(destination, isLeased: true);
        await hub.StartAsync();
        hub.Intake.Offer([first, second]);
        await DeliveryHub.UntilAsync(() => Task.FromResult(!hanging.Asked.IsEmpty), "the call");
        await hub.StopAsync();
        Assert.Equal(0, await hub.AskAsync<int>("SELECT count(*)::int FROM deliveries WHERE destination_id = @id AND leased_by IS NOT NULL", new { id = destination.Value }));
        Assert.True(await hub.AskAsync<bool>("SELECT is_unclear FROM deliveries WHERE id = @id", new { id = first.Id.Value }));
        Assert.False(await hub.AskAsync<bool>("SELECT is_unclear FROM deliveries WHERE id = @id", new { id = second.Id.Value }));
    }
}
