using System.Text;
using Crossdock.Delivery;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Review;
using Crossdock.Testing.Database;
using Crossdock.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Faults;

/// <summary>Two people, or a person and the processor, at one order at the same moment.</summary>
public sealed class TwoAtOnceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Two_who_approve_at_once_approve_once()
    {
        await using DeliveryHub hub = new(database);
        var destination = await hub.AddAsync("courier", null);
        var actions = Orders(hub);
        for (int round = 0; round < 10; round++)
        {
            var order = await hub.OrderAsync(destination, state: "awaiting_approval");
            var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(who => actions.ApproveAsync(order.OrderId.Value, $"operator {who}", null, CancellationToken.None)));
            Assert.Single(results, result => result.Refusal is null);
            Assert.All(results.Where(result => result.Refusal is not null), result => Assert.Contains("already", result.Refusal!, StringComparison.Ordinal));
            Assert.Equal(1, await hub.AskAsync<int>("SELECT count(*)::int FROM timeline WHERE order_id = @id", new { id = order.OrderId.Value }));
        }
    }

    [Fact]
    public async Task One_approves_while_another_cancels_and_the_order_ends_cancelled_with_nothing_to_send()
    {
        await using DeliveryHub hub = new(database);
        var destination = await hub.AddAsync("courier", null);
        var actions = Orders(hub);
        for (int round = 0; round < 10; round++)
        {
            var order = await hub.OrderAsync(destination, state: "awaiting_approval");
            await hub.DoAsync("UPDATE orders SET document = @document::json WHERE id = @id", new { id = order.OrderId.Value, document = Document });
            var results = await Task.WhenAll(
                actions.ApproveAsync(order.OrderId.Value, "operator one", null, CancellationToken.None),
                actions.CancelAsync(order.OrderId.Value, "operator two", "the buyer called", CancellationToken.None));
            Assert.Null(results[1].Refusal);
            Assert.Equal("cancelled superseded", await hub.AskAsync<string>("SELECT o.state || ' ' || d.state FROM orders o JOIN deliveries d ON d.order_id = o.id WHERE o.id = @id", new { id = order.OrderId.Value }));
        }
    }

    [Fact]
    public async Task Dead_letter_retried_by_a_double_click_is_sent_once()
    {
        await using DeliveryHub hub = new(database);
        bool isMended = false;
        ScriptedDestination courier = new((_, _) => Volatile.Read(ref isMended) ? new Delivered("R-1") : new Rejected("no"));
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "dead");
        Volatile.Write(ref isMended, true);
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(who => hub.Actions.RetryAsync([due.Id.Value], $"operator {who}", null, CancellationToken.None)));
        Assert.Contains(results, result => result[0].Answer == ActionAnswer.Done);
        await hub.BecomesAsync(due, "delivered");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(who => hub.Actions.RetryAsync([due.Id.Value], $"operator {who}", null, CancellationToken.None)));
        await hub.StopAsync();
        Assert.Equal("delivered", await hub.StateAsync(due));
        Assert.Equal(2, courier.Asked.Count);
    }

    [Fact]
    public async Task Retry_of_a_held_delivery_waits_for_the_processor_and_neither_is_thrown_out_by_a_deadlock()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => new Hold("no such street"));
        var due = await hub.OrderAsync(await hub.AddAsync("courier", courier));
        await hub.StartAsync();
        await hub.BecomesAsync(due, "held");
        await hub.StopAsync();

        // What a batch of the processor does: the order first, then its deliveries.
        await using var connection = await hub.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await DoAsync(connection, "SELECT FROM orders WHERE id = $1 FOR UPDATE", due.OrderId.Value);
        var retry = hub.Actions.RetryAsync([due.Id.Value], "operator test", null, CancellationToken.None);
        await DeliveryHub.UntilAsync(async () => await hub.AskAsync<int>("SELECT count(*)::int FROM pg_locks WHERE NOT granted", new { }) > 0, "the retry to wait for the order");
        await DoAsync(connection, "SELECT FROM deliveries WHERE order_id = $1 ORDER BY id FOR UPDATE", due.OrderId.Value);
        await transaction.CommitAsync();
        Assert.Equal(ActionAnswer.Done, (await retry)[0].Answer);
        Assert.False(await hub.AskAsync<bool>("SELECT held FROM orders WHERE id = @id", new { id = due.OrderId.Value }));
    }

    private static readonly string Document = Encoding.UTF8.GetString(OrderJson.Write(new Order
    {
        ExternalId = "1", Number = "#1", Currency = "EUR", Totals = new OrderTotals { Total = new Money(10, "EUR") },
    }));

    private static OrderActions Orders(DeliveryHub hub) => new(hub.Database, hub, hub.Holds, new ServiceCollection().BuildServiceProvider(), TimeProvider.System);

    private static async Task DoAsync(NpgsqlConnection connection, string sql, Guid id)
    {
        await using NpgsqlCommand command = new(sql, connection) { Parameters = { new() { Value = id } } };
        await command.ExecuteNonQueryAsync();
    }
}
