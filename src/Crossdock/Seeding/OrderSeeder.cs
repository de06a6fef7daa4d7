using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Orders;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Crossdock.Seeding;

/// <summary>Fills a database with made-up stores and orders, to try the hub with as many orders as one wants.</summary>
/// <param name="database">A migrated database on which no hub works.</param>
/// <param name="configuration">Puts the made-up stores in force.</param>
/// <param name="clock">The time up to which orders arrived.</param>
public sealed class OrderSeeder(NpgsqlDataSource database, ConfigurationService configuration, TimeProvider clock)
{
    private const string HasConnections = "SELECT EXISTS (SELECT FROM connections)";

    private const string HasSeeds = "SELECT EXISTS (SELECT FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key LIKE 'seed-%')";

    private const string Ids = "SELECT id FROM connections c JOIN unnest($1::text[]) WITH ORDINALITY AS k (key, place) ON k.key = c.key ORDER BY k.place";

    // What the main path counts as it goes: orders by hour for what is usual, and the last hours by minute.
    private const string Hours = """
        INSERT INTO store_hours (connection_id, hour, orders)
        SELECT connection_id, date_trunc('hour', coalesce(placed_at, created_at), 'UTC'), count(*) FROM orders WHERE connection_id = ANY ($1) AND coalesce(placed_at, created_at) > $2 - interval '56 days' GROUP BY 1, 2
        ON CONFLICT (connection_id, hour) DO UPDATE SET orders = excluded.orders
        """;

    private const string Rhythms = """
        INSERT INTO store_rhythms (connection_id, last_order_at) SELECT connection_id, max(created_at) FROM orders WHERE connection_id = ANY ($1) GROUP BY 1
        ON CONFLICT (connection_id) DO UPDATE SET last_order_at = excluded.last_order_at
        """;

    private const string Minutes = """
        INSERT INTO statistics (connection_id, minute, name, count)
        SELECT o.connection_id, date_trunc('minute', o.created_at), n.name, count(*) FROM orders o
        CROSS JOIN LATERAL (SELECT unnest(ARRAY['received', 'understood', 'orders']) AS name UNION ALL SELECT unnest(ARRAY['delivered', 'handed_over']) WHERE o.state IN ('processing', 'in_shipment', 'delivered', 'closed') UNION ALL SELECT 'excluded' WHERE o.state = 'excluded') n
        WHERE o.connection_id = ANY ($1) AND o.created_at > $2 - interval '1 day' GROUP BY 1, 2, 3
        ON CONFLICT (connection_id, minute, name) DO UPDATE SET count = excluded.count
        """;

    /// <summary>Does it all, and answers what was refused; null when it is done.</summary>
    /// <param name="orders">How many orders.</param>
    /// <param name="seed">What chance begins from.</param>
    /// <param name="days">Over how many days back they arrived.</param>
    /// <param name="isIntoExisting">True to add to a database that has connections already.</param>
    /// <param name="told">Told what is being done, and how far it is: orders done, or null for a step without a count.</param>
    /// <param name="cancellationToken">Stops between two batches; what is written stays.</param>
    public async Task<string?> RunAsync(int orders, int seed, int days, bool isIntoExisting, Action<string, long?> told, CancellationToken cancellationToken)
    {
        if (!isIntoExisting && await AskAsync(HasConnections, cancellationToken))
        {
            return "This database has connections already. Made-up orders belong into a database of their own; --into-existing adds them all the same.";
        }

        if (await AskAsync(HasSeeds, cancellationToken))
        {
            return "This database has made-up orders already.";
        }

        var applied = await configuration.ApplyAsync(SeedPlan.Configuration(), "seed", static _ => null, cancellationToken: cancellationToken);
        if (applied.Errors.Count > 0)
        {
            return "The made-up stores are refused: " + string.Join(" ", applied.Errors.Select(error => $"{error.Path}: {error.Problem}"));
        }

        var stores = await IdsAsync([.. SeedPlan.Stores.Select(store => store.Key)], cancellationToken);
        var destinations = await IdsAsync([.. SeedPlan.Destinations.Select(one => one.Key)], cancellationToken);
        var now = clock.GetUtcNow();
        await WriteAsync(new SeedMaker(new SeedPlan(orders, seed, days), now), new SeedOrderStore(database, stores, destinations), orders, told, cancellationToken);
        foreach (string sql in (string[])[Hours, Rhythms, Minutes])
        {
            await using var command = database.CreateCommand(sql);
            command.CommandTimeout = 900;
            command.Parameters.Add(new() { Value = stores.ToArray() });
            if (sql.Contains("$2", StringComparison.Ordinal))
            {
                command.Parameters.Add(new() { Value = now.UtcDateTime });
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        var worker = new OrderListWorker(new OrderListStore(database, NodeIdentity.New()), new OrderListFreshness(), clock, NullLogger<OrderListWorker>.Instance);
        if (!await worker.CatchUpAsync(done => told("making them searchable", Math.Min(done, orders)), cancellationToken))
        {
            told("a running hub makes them searchable", null);
        }

        told("counting", null);
        foreach (string table in (string[])["orders", "deliveries", "timeline", "attempts", "holds", "shipments", "order_list", "order_search"])
        {
            await using var analyse = database.CreateCommand($"VACUUM ANALYZE {table}");
            analyse.CommandTimeout = 1_800;
            await analyse.ExecuteNonQueryAsync(cancellationToken);
        }

        return null;
    }

    private static async Task WriteAsync(SeedMaker maker, SeedOrderStore store, int orders, Action<string, long?> told, CancellationToken cancellationToken)
    {
        int next = -1;
        long done = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, 8)).Select(_ => Task.Run(async () =>
        {
            var rows = new CopyRows();
            await using var connection = await store.OpenAsync(cancellationToken);
            for (int batch = Interlocked.Increment(ref next); (long)batch * SeedOrderStore.BatchOrders < orders; batch = Interlocked.Increment(ref next))
            {
                int first = batch * SeedOrderStore.BatchOrders, count = Math.Min(SeedOrderStore.BatchOrders, orders - first);
                await store.WriteAsync(connection, rows, [.. Enumerable.Range(first, count).Select(place => (place, maker.Make(place)))], cancellationToken);
                told("writing orders", Interlocked.Add(ref done, count));
            }
        }, cancellationToken)));
    }

    private async Task<bool> AskAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<IReadOnlyList<int>> IdsAsync(string[] keys, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Ids);
        command.Parameters.Add(new() { Value = keys });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<int> ids = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt32(0));
        }

        return ids;
    }
}
