using Crossdock.Delivery;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Delivery;

/// <summary>What was called off is not sent by anything that happens later, and what may have been sent is looked up.</summary>
public sealed class CalledOffTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly Delivered Taken = new("R-1");

    [Fact]
    public async Task Retry_of_what_a_dead_node_may_have_sent_looks_it_up_first()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => Taken) { CanFind = true };
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        courier.Has[due.Id.Value] = "R-9";
        await hub.DoAsync("UPDATE deliveries SET leased_by = gen_random_uuid(), leased_until = now() - interval '1 minute', next_attempt_at = now() + interval '1 hour' WHERE id = @id", new { id = due.Id.Value });
        Assert.Equal(ActionAnswer.Done, (await hub.Actions.RetryAsync([due.Id.Value], "operator test", null, CancellationToken.None))[0].Answer);
        await hub.StartAsync();
        await hub.BecomesAsync(due, "delivered");
        Assert.True(Assert.Single(courier.Asked).IsFind);
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("hold")]
    [InlineData("rejected")]
    public async Task Order_called_off_while_it_was_refused_is_not_sent_later(string answer)
    {
        await using DeliveryHub hub = new(database);
        TaskCompletionSource asked = new(), go = new();
        ScriptedDestination courier = new(async (_, _, _) =>
        {
            asked.TrySetResult();
            await go.Task;
            return answer switch { "retry" => new RetryLater("HTTP 503"), "hold" => new Hold("bad address"), _ => new Rejected("HTTP 400") };
        });
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await asked.Task;
        await hub.DoAsync("UPDATE orders SET state = 'cancelled' WHERE id = @id", new { id = due.OrderId.Value });
        go.SetResult();
        await hub.BecomesAsync(due, "superseded");
        Assert.Equal(0, await hub.AskAsync<int>("SELECT count(*)::int FROM holds WHERE order_id = @id", new { id = due.OrderId.Value }));
        Assert.False(await hub.AskAsync<bool>("SELECT held FROM orders WHERE id = @id", new { id = due.OrderId.Value }));
        Assert.Single(courier.Asked);
    }

    [Fact]
    public async Task Releasing_the_hold_of_a_cancelled_order_sends_nothing()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => Taken);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier), "cancelled");
        await hub.DoAsync("UPDATE deliveries SET is_unclear = true, last_error = 'no answer' WHERE id = @id", new { id = due.Id.Value });
        await hub.Holds.OpenAsync([new(due.OrderId, due.Store, DeliveryPlanner.CancelledAfterDelivery, "courier may have it", "crossdock")], CancellationToken.None);
        var hold = await hub.AskAsync<Guid>("SELECT id FROM holds WHERE order_id = @id", new { id = due.OrderId.Value });
        Assert.Equal(ActionAnswer.Done, (await hub.Holds.ReleaseAsync([hold], "operator test", "they know", CancellationToken.None))[0].Answer);
        Assert.Equal("superseded", await hub.StateAsync(due));
    }

    [Fact]
    public async Task Dropped_delivery_of_a_cancelled_order_cannot_be_sent_again()
    {
        await using DeliveryHub hub = new(database);
        var due = await hub.OrderAsync(await hub.AddAsync("courier", new ScriptedDestination((_, _) => Taken)), "cancelled");
        await hub.DoAsync("UPDATE deliveries SET state = 'dropped' WHERE id = @id", new { id = due.Id.Value });
        var result = (await hub.Actions.RetryAsync([due.Id.Value], "operator test", null, CancellationToken.None))[0];
        Assert.Equal((ActionAnswer.WrongState, "its order is cancelled: restore the order first"), (result.Answer, result.Because));
        Assert.Equal("dropped", await hub.StateAsync(due));
    }
}
