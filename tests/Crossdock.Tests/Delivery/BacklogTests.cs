using System.Diagnostics;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Database;
using Xunit;

namespace Crossdock.Tests.Delivery;

public sealed class BacklogTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Hundred_thousand_deliveries_of_held_orders_delay_neither_their_own_destination_nor_another()
    {
        await using DeliveryHub hub = new(database);
        ScriptedDestination courier = new((_, _) => new Delivered("R-1"));
        ScriptedDestination other = new((_, _) => new Delivered("R-2"));
        var destination = await hub.AddAsync("courier", courier);
        var elsewhere = await hub.AddAsync("other", other);
        await hub.OrderAsync(destination);
        await hub.DoAsync("""
            INSERT INTO orders (id, connection_id, external_id, number, state, state_changed_at, held, payment_status, fulfilment_status, event_id, content_hash, currency, total, rules_version, created_at, updated_at, document)
            SELECT gen_random_uuid(), @store, 'held-' || g, '#' || g, 'approved', now(), true, 'paid', 'unfulfilled', gen_random_uuid(), gen_random_uuid(), 'EUR', 10, 0, now(), now(), '{"externalId":"1","number":"#1"}'
            FROM generate_series(1, 100000) g;
            INSERT INTO deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, created_at)
            SELECT gen_random_uuid(), id, @store, @destination, 'create', 1, 'waiting', now() - interval '1 hour', now() FROM orders WHERE external_id LIKE 'held-%';
            ANALYZE orders; ANALYZE deliveries;
            """, new { store = hub.Store.Value, destination = destination.Value });
        await hub.StartAsync();
        await DeliveryHub.UntilAsync(() => Task.FromResult(!courier.Asked.IsEmpty), "the first one");
        List<double> took = [];
        for (int round = 0; round < 5; round++)
        {
            long started = Stopwatch.GetTimestamp();
            var due = await hub.OrderAsync(destination);
            var beside = await hub.OrderAsync(elsewhere);
            hub.Intake.Wake();
            await hub.BecomesAsync(beside, "delivered");
            await hub.BecomesAsync(due, "delivered");
            took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        took.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", took.Select(time => time.ToString("F0", System.Globalization.CultureInfo.InvariantCulture))) + " ms");
        Assert.True(took[2] < 1500, $"median {took[2]:F0} ms");
    }
}
