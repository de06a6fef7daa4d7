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
        await hub.UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'waiting'", 0);
        int before = courier.Accepted;

        proxy.LoseNext("INSERT INTO event_keys");      // the whole of capture's transaction
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await hub.SendAsync(TestHub.Order(31_001), "w-31001"));
        Assert.Equal(1, proxy.LostAnswers);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(31_001), "w-31001"));
        await hub.UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '31001' AND d.state = 'delivered'", 1);
        Assert.Equal((before + 1, 0L), (courier.Accepted, courier.Duplicates));
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
            proxy.LoseNextCommit();
            await put.ExecuteNonQueryAsync();
        }

        await hub.UntilAsync("SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '31011' AND d.state = 'delivered'", 1);
        Assert.Equal(1, proxy.LostAnswers);
        Assert.Equal((before + 1, 0L, 0L), (courier.Accepted, courier.Duplicates, courier.Repeats));
    }

    [Fact]
    public async Task Events_claimed_without_an_answer_are_claimed_again()
    {
        await using var proxy = new DatabaseProxy(database.ConnectionString);
        await using var hub = await TestHub.StartAsync(proxy.DataSource);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(31_020), "w-31020"));
        await hub.UntilAsync("SELECT count(*) FROM orders WHERE external_id = '31020'", 1);
        proxy.LoseNext("WITH due AS");
        await DoAsync("INSERT INTO inbox (id, event_id, kind, connection_id, order_key) SELECT gen_random_uuid(), id, 2, connection_id, order_key FROM events WHERE order_key = '31020'");
        await hub.UntilAsync("SELECT count(*) FROM inbox", 0);
        Assert.Equal(1, proxy.LostAnswers);
    }

    [Fact]
    public async Task Deliveries_claimed_without_an_answer_are_claimed_again()
    {
        await using var courier = await CourierEmulator.StartAsync();
        await using var proxy = new DatabaseProxy(database.ConnectionString);
        await using var hub = await TestHub.StartAsync(proxy.DataSource, courier.Address);
        Assert.Equal(HttpStatusCode.OK, await hub.SendAsync(TestHub.Order(31_030), "w-31030"));
        const string state = "SELECT d.state FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '31030'";
        await hub.UntilAsync(state, "delivered");
        proxy.LoseNext("WITH picked AS");
        await DoAsync("UPDATE deliveries d SET state = 'waiting', next_attempt_at = now() FROM orders o WHERE o.id = d.order_id AND o.external_id = '31030'");
        await hub.UntilAsync(state, "delivered");
        Assert.Equal(1, proxy.LostAnswers);
    }

    private async Task DoAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
