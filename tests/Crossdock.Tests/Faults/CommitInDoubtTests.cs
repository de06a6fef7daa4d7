using System.Net;
using Crossdock.Connectors.Http;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Testing.Faults;
using Xunit;

namespace Crossdock.Tests.Faults;

/// <summary>The database commits and its answer is lost: nobody knows, and yet nothing may be left lying or be done twice.</summary>
public sealed class CommitInDoubtTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Event_whose_commit_was_not_answered_is_worked_without_a_restart_and_without_waiting_for_a_lease()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var proxy = new DatabaseProxy(database.ConnectionString);
        await using var hub = await TestHub.StartAsync(proxy.DataSource, courier.Address);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(31_000), "w-31000"));
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);

        proxy.LoseNextCommits(1);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await hub.SendAsync(TestHub.Order(31_001), "w-31001"));
        Assert.Equal(1, proxy.LostCommits);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(31_001), "w-31001"));
        await hub.UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '31001' AND d.state = 'delivered'", 1);
        Assert.Equal((2, 0L), (courier.Accepted, courier.Duplicates));
    }

    [Fact]
    public async Task Deliveries_whose_commit_was_not_answered_are_sent_once_and_without_waiting_for_a_lease()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var proxy = new DatabaseProxy(database.ConnectionString);
        await using var hub = await TestHub.StartAsync(proxy.DataSource, courier.Address);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(31_010), "w-31010"));
        await hub.UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '31010' AND d.state = 'delivered'", 1);
        int before = courier.Accepted;

        // Put into the inbox past the proxy, so that the next commit through it is the processor's.
        await using (var put = database.DataSource.CreateCommand("""
            INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT gen_random_uuid(), id, 2, connection_id, '31011' FROM events WHERE order_key = '31010';
            UPDATE events SET body = convert_to(replace(convert_from(body, 'UTF8'), '31010', '31011'), 'UTF8') WHERE order_key = '31010';
            """))
        {
            proxy.LoseNextCommits(1);
            await put.ExecuteNonQueryAsync();
        }

        await hub.UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '31011' AND d.state = 'delivered'", 1);
        Assert.Equal(1, proxy.LostCommits);
        Assert.Equal((before + 1, 0L, 0L), (courier.Accepted, courier.Duplicates, courier.Repeats));
    }
}
