using System.Globalization;
using Crossdock.Testing.Database;
using Crossdock.Testing.Faults;
using Xunit;

namespace Crossdock.EndToEnd.Faults;

/// <summary>Two hubs on one database: one order's events come in by both.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class TwoNodesTests(ITestOutputHelper output)
{
    private const int Orders = 150;
    private const int Versions = 6;

    [Fact]
    public async Task Versions_of_one_order_that_come_by_both_nodes_in_any_order_end_with_the_newest_and_all_are_told()
    {
        await using var database = new DisposableDatabase();
        await database.Inner.InitializeAsync();
        await using var nodes = await TwoNodes.StartAsync(database.Inner, "manual", 20);
        var random = new Random(7);
        var announcements = Enumerable.Range(0, Orders * Versions).Select(number => new Announcement
        {
            OrderId = 1_000_000 + (number / Versions),
            WebhookId = $"w-{number}",
            UpdatedAt = string.Create(CultureInfo.InvariantCulture, $"2026-11-01T10:00:{number % Versions:00}Z"),
            Quantity = 1 + (number % Versions),
            FirstNode = random.Next(2),
            IsPatient = true,
        }).ToArray();
        random.Shuffle(announcements);
        foreach (var one in announcements)
        {
            nodes.Shop.Announce(one);
        }

        Assert.True(await nodes.Shop.IsOverAsync(nodes.Shop.All, TimeSpan.FromSeconds(60)), string.Join(", ", nodes.Shop.Answers));
        await using var evidence = database.Inner.DataSource.CreateCommand("SELECT count(*) FROM inbox");
        for (int attempt = 0; attempt < 600 && (long)(await evidence.ExecuteScalarAsync())! > 0; attempt++)
        {
            await Task.Delay(100);
        }

        Assert.Equal((long)Orders, await AskAsync(database.Inner, $"SELECT count(*) FROM orders WHERE document -> 'lines' -> 0 ->> 'quantity' = '{Versions}' AND state = 'awaiting_approval'"));
        // Each version is told once: as received, changed or older.
        Assert.Equal((long)(Orders * Versions), await AskAsync(database.Inner, """
            SELECT count(DISTINCT e ->> 'ref') FROM timeline t CROSS JOIN LATERAL json_array_elements(t.entries) e WHERE e ->> 'kind' IN ('received', 'changed', 'older')
            """));
        Assert.Equal((long)Orders, await AskAsync(database.Inner, "SELECT count(*) FROM timeline t CROSS JOIN LATERAL json_array_elements(t.entries) e WHERE e ->> 'kind' = 'received'"));
        Assert.Equal(0L, await AskAsync(database.Inner, "SELECT count(*) FROM parked_events"));
    }

    [Fact]
    public async Task Node_that_is_killed_leaves_its_work_to_the_other_and_the_courier_gets_every_order_once()
    {
        await using var database = new DisposableDatabase();
        await database.Inner.InitializeAsync();
        await using var nodes = await TwoNodes.StartAsync(database.Inner, "automatic", 15);
        for (int id = 0; id < 800; id++)
        {
            // The same webhook by both nodes at once.
            for (int node = 0; node < 2; node++)
            {
                nodes.Shop.Announce(new Announcement { OrderId = 1_000_000 + id, WebhookId = $"w-{id}", UpdatedAt = "2026-11-01T10:00:10Z", FirstNode = node, IsPatient = true });
            }
        }

        await Task.Delay(600);
        nodes.First.Kill();
        Assert.True(await nodes.Shop.IsOverAsync(nodes.Shop.All, TimeSpan.FromSeconds(60)), string.Join(", ", nodes.Shop.Answers));
        long started = TimeProvider.System.GetTimestamp();
        var evidence = new Evidence(database.Inner.DataSource, nodes.Shop, nodes.Courier);
        bool isSettled = await evidence.SettleAsync(TimeSpan.FromSeconds(60));
        var report = await evidence.JudgeAsync(0, [], isSettled, TimeProvider.System.GetElapsedTime(started));
        output.WriteLine(report.ToString());
        Assert.True(report.IsFlawless, report.ToString());
        Assert.Equal(800, report.Acknowledged);
    }

    private static async Task<object?> AskAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    // Each test has a database of its own: two hubs would find the other test's rows.
    private sealed class DisposableDatabase : IAsyncDisposable
    {
        public TestDatabase Inner { get; } = new();

        public ValueTask DisposeAsync() => Inner.DisposeAsync();
    }
}
