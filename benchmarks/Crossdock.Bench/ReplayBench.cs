using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Connectors.Http;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Crossdock.Rules;
using Npgsql;

namespace Crossdock.Bench;

/// <summary>How long a replay's trial takes over many stored orders, against reading and mapping the same events and nothing else.</summary>
internal static class ReplayBench
{
    private const int Templates = 64;
    private const int BatchOrders = 1000;

    /// <param name="orders">Stored orders, each with its event, timeline and delivery.</param>
    /// <param name="waits">True waits for a line on standard input between storing and measuring, so that the machine can be made quiet.</param>
    /// <returns>False when the trial under unchanged rules found a difference, or not every order was tried.</returns>
    public static async Task<bool> RunAsync(int orders, bool waits)
    {
        await using var postgres = await BenchPostgres.StartAsync();
        string database = await BenchPostgres.DatabaseAsync(postgres, "replay");
        await using var courier = await CourierEmulator.StartAsync();
        await using var hub = await BenchProcess.HubAsync(database, Directory.CreateTempSubdirectory("crossdock-bench-").FullName, "capture,process,deliver,schedule,console");
        await BenchStore.ConfigureAsync(hub.Port, courier.Address);
        await using var data = NpgsqlDataSource.Create(database);
        long started = Stopwatch.GetTimestamp();
        var store = await StoreAsync(data);
        await SeedAsync(data, store, orders);
        Console.WriteLine(FormattableString.Invariant($"{orders} orders of {BenchStore.Document().Length} bytes stored in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s; {await SizeAsync(data)} MB in the database"));

        if (waits)
        {
            await Console.In.ReadLineAsync();
        }

        double limit = await LimitAsync(data, store, orders);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.Port}"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", BenchStore.Token) } };
        var same = await TrialAsync("rules in force", http, hub, postgres, orders, limit, null);
        var other = await TrialAsync("other rules", http, hub, postgres, orders, limit, "[ { name: Small, when: { field: totals.total.amount, lessThan: 40000 }, then: [ { exclude: order, because: too small } ] } ]");
        bool isRight = same.Orders == orders && same.Different == 0 && other.Orders == orders && other.Different > 0 && courier.Accepted == 0;
        Console.WriteLine(isRight ? "every order was tried once, none differs under the rules in force, and the courier got nothing" : "WRONG: an order was missed, differs without a reason, or was sent");
        return isRight;
    }

    private static async Task<(long Orders, long Different)> TrialAsync(string name, HttpClient http, BenchProcess hub, BenchPostgres postgres, int orders, double limit, string? rules)
    {
        long started = Stopwatch.GetTimestamp();
        double hubBefore = hub.Cpu.TotalSeconds, databaseBefore = ProcessorTime.Of(postgres);
        using var answer = await http.PostAsJsonAsync(new Uri("/api/v1/replays", UriKind.Relative), new { from = "2020-01-01", connections = new[] { "bench" }, rules });
        var row = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"the replay was refused: {row}");
        }

        long memory = hub.MemoryBytes;
        do
        {
            await Task.Delay(250);
            memory = Math.Max(memory, hub.MemoryBytes);
            row = await http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/replays/{row.GetProperty("id").GetGuid()}", UriKind.Relative));
        }
        while (row.GetProperty("state").GetString() == "running");
        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds, rate = orders / elapsed;
        double Each(double used) => used * 1e6 / orders;
        Console.WriteLine(FormattableString.Invariant(
            $"replay, {name}: {row.GetProperty("orders")} orders in {elapsed:F1} s, {rate:F0} orders/s ({rate / limit:P0} of the limit), {row.GetProperty("different")} different {row.GetProperty("counts")}, state {row.GetProperty("state")} {row.GetProperty("error")}; CPU each: hub {Each(hub.Cpu.TotalSeconds - hubBefore):F0} us, database {Each(ProcessorTime.Of(postgres) - databaseBefore):F0} us; memory of the hub at most {memory / 1048576} MB"));
        return (row.GetProperty("orders").GetInt64(), row.GetProperty("different").GetInt64());
    }

    /// <summary>The same bytes read in one go and mapped on all processors: what no replay can be faster than.</summary>
    private static async Task<double> LimitAsync(NpgsqlDataSource data, Connection store, int orders)
    {
        long started = Stopwatch.GetTimestamp();
        var pages = Channel.CreateBounded<List<InboxItem>>(4);
        long mapped = 0;
        var mapping = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            await foreach (var page in pages.Reader.ReadAllAsync())
            {
                Interlocked.Add(ref mapped, page.Count(item => EventMapping.Map(item, store) is MappedOrder));
            }
        })).ToArray();
        await using (var command = data.CreateCommand("SELECT id, connection_id, topic, order_key, occurred_at, received_at, body, source FROM events"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            var page = new List<InboxItem>(BatchOrders);
            while (await reader.ReadAsync())
            {
                page.Add(ProcessingStore.ReadEvent(reader));
                if (page.Count == BatchOrders)
                {
                    await pages.Writer.WriteAsync(page);
                    page = new List<InboxItem>(BatchOrders);
                }
            }

            await pages.Writer.WriteAsync(page);
        }

        pages.Writer.Complete();
        await Task.WhenAll(mapping);
        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"limit: {mapped} events read and mapped, nothing else, in {elapsed:F1} s: {orders / elapsed:F0} orders/s"));
        return orders / elapsed;
    }

    private static async Task<Connection> StoreAsync(NpgsqlDataSource data)
    {
        await using var ask = data.CreateCommand("SELECT id, rules::text, rules_version FROM connections WHERE key = 'bench'");
        await using var reader = await ask.ExecuteReaderAsync();
        await reader.ReadAsync();
        var connector = BuiltInConnectors.All.Single(one => one.Manifest.Platform == "shopify");
        var settings = new ConnectionSettings("bench", "Bench", "shopify", JsonElement.Parse("""{"shop":"bench.myshopify.com"}"""), new Dictionary<string, string> { ["webhookSecret"] = BenchStore.Secret });
        return new Connection
        {
            Id = new ConnectionId(reader.GetInt32(0)), Settings = settings, IsEnabled = true, Version = 1, Connector = connector, Mapping = ((IOrderMapper)connector).MappingFor(settings),
            Rules = StoreRules.Read(JsonElement.Parse(reader.GetString(1)), reader.GetInt32(2), "rules", []), Destinations = ["courier"],
        };
    }

    /// <summary>Orders as the live processor stores them, made by its own steps and copied in bulk: event, order, timeline and a delivery that the courier has.</summary>
    private static async Task SeedAsync(NpgsqlDataSource data, Connection store, int orders)
    {
        var templates = Enumerable.Range(0, Templates).Select(i => Encoding.UTF8.GetString(ShopifyDocuments.Order(BenchStore.TemplateId, new Random(i), new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero)))).ToArray();
        int destination;
        await using (var ask = data.CreateCommand("SELECT id FROM connections WHERE key = 'courier'"))
        {
            destination = (int)(await ask.ExecuteScalarAsync())!;
        }

        // The day's partitions as they are; what lies in the past goes to the default one.
        var begin = TimeProvider.System.GetUtcNow().AddMinutes(-30);
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            var rows = new CopyRows();
            await using var connection = await data.OpenConnectionAsync();
            for (int batch = Interlocked.Increment(ref next); batch * BatchOrders < orders; batch = Interlocked.Increment(ref next))
            {
                await SeedBatchAsync(connection, rows, store, destination, templates, begin, batch * BatchOrders, Math.Min(BatchOrders, orders - (batch * BatchOrders)));
            }
        })));
        foreach (string sql in new[] { "VACUUM ANALYZE events", "VACUUM ANALYZE orders", "VACUUM ANALYZE timeline", "VACUUM ANALYZE deliveries", "CHECKPOINT" })
        {
            await using var one = data.CreateCommand(sql);
            one.CommandTimeout = 900;
            await one.ExecuteNonQueryAsync();
        }
    }

    private static async Task SeedBatchAsync(NpgsqlConnection connection, CopyRows rows, Connection store, int destination, string[] templates, DateTimeOffset begin, int first, int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        var connections = new ConnectionSnapshot([store]);
        var items = new List<InboxItem>(count);
        var writes = new List<OrderWrite>(count);
        var timeline = new List<TimelineWrite>(count);
        for (int i = first; i < first + count; i++)
        {
            // A millisecond holds a few orders: arrival rises with the number.
            var at = begin.AddMilliseconds(i / 4.0);
            string id = (BenchStore.TemplateId + 1 + i).ToString(CultureInfo.InvariantCulture);
            var body = Encoding.UTF8.GetBytes(templates[i % Templates].Replace(BenchStore.TemplateId.ToString(CultureInfo.InvariantCulture), id, StringComparison.Ordinal));
            var item = new InboxItem
            {
                InboxId = Guid.CreateVersion7(at), EventId = Guid.CreateVersion7(at), Kind = InboxKind.Event, ConnectionId = store.Id, OrderKey = id, Topic = "orders/create", OccurredAt = at, ReceivedAt = at, Body = body, Source = "webhook 127.0.0.1",
            };
            var draft = new OrderDraft(store, id, null);
            draft.Take(((MappedOrder)EventMapping.Map(item, store)).Order, item, at);
            var result = OrderDecision.Decide(draft, OrderSurroundings.None, connections, at)!;
            items.Add(item);
            writes.Add(result.Row with { State = result.Row.State is OrderState.Approved ? OrderState.Processing : result.Row.State, Version = 2 });
            timeline.Add(new TimelineWrite(Guid.CreateVersion7(at), result.Row.Id, store.Id, draft.Entries));
        }

        rows.Begin();
        foreach (var item in items)
        {
            rows.Row(10);
            rows.Uuid(item.EventId);
            rows.Int(store.Id.Value);
            rows.Text(item.Topic);
            rows.Text(item.OrderKey);
            rows.Text(item.OrderKey);
            rows.Time(item.OccurredAt);
            rows.Time(item.ReceivedAt);
            rows.Text(item.Source);
            rows.Text("Content-Type: application/json");
            rows.Bytes(item.Body);
        }

        await rows.CopyAsync(connection, "COPY events (id, connection_id, topic, dedupe_key, order_key, occurred_at, received_at, source, headers, body) FROM STDIN (FORMAT BINARY)", CancellationToken.None);
        await OrderStore.InsertAsync(connection, writes, now, rows, CancellationToken.None);
        await OrderStore.AppendTimelineAsync(connection, timeline, rows, CancellationToken.None);
        rows.Begin();
        foreach (var order in writes.Where(order => order.State is OrderState.Processing))
        {
            rows.Row(11);
            rows.Uuid(Guid.CreateVersion7(now));
            rows.Uuid(order.Id.Value);
            rows.Int(store.Id.Value);
            rows.Int(destination);
            rows.Text("create");
            rows.Int(1);
            rows.Text("delivered");
            rows.Time(now);
            rows.Text("taken");
            rows.Time(now);
            rows.Time(now);
        }

        await rows.CopyAsync(connection, "COPY deliveries (id, order_id, connection_id, destination_id, kind, generation, state, next_attempt_at, remote_id, created_at, done_at) FROM STDIN (FORMAT BINARY)", CancellationToken.None);
    }

    private static async Task<long> SizeAsync(NpgsqlDataSource data)
    {
        await using var ask = data.CreateCommand("SELECT pg_database_size(current_database()) / 1048576");
        return (long)(await ask.ExecuteScalarAsync())!;
    }
}
