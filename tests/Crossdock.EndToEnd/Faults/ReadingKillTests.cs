using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Connectors.Vtex;
using Crossdock.Testing.Faults;
using Npgsql;
using Xunit;

namespace Crossdock.EndToEnd.Faults;

/// <summary>The hub is killed with SIGKILL while it reads a shop: what it had read is not lost, and nothing of it happens twice.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class ReadingKillTests(ITestOutputHelper output)
{
    private const int Orders = 400, Announced = 150, Rows = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backfill_goes_on_where_it_was_and_each_order_is_delivered_once()
    {
        await using var shop = await ShopifyEmulator.StartAsync(new()
        {
            Shop = "past.myshopify.com", Secret = "s", Clock = new ShiftedTime(-TimeSpan.FromDays(3)), GraphQlPointsPerSecond = 1_000,
        });
        for (int i = 0; i < Orders; i++) await shop.PlaceOrderAsync(cancellationToken: Stop);

        await RunAsync($$"""
              - key: past
                platform: shopify
                settings: { shop: past.myshopify.com, apiUrl: "{{shop.Address}}", pageSize: 10, manageWebhooks: false }
                secrets: { webhookSecret: s, accessToken: shpat_emulated }
                destinations: [courier]
                polling: off
            """,
            async http =>
            {
                var now = TimeProvider.System.GetUtcNow();
                using var started = await http.PostAsJsonAsync("connections/past/backfills", new { from = now.AddDays(-4), to = now.AddDays(-2), deliver = true }, Stop);
                Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync(Stop));
            },
            "SELECT coalesce(max(read), 0) FROM backfills", "SELECT count(*) FROM backfills WHERE state = 'done'");
    }

    [Fact]
    public async Task Feed_is_read_on_and_each_order_is_delivered_once()
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var shop = await VtexEmulator.StartAsync(new() { Clock = clock, CancelRate = 0, IncompleteRate = 0, IndexLag = TimeSpan.Zero });
        string configuration = $$"""
              - key: sur
                platform: vtex
                settings: { account: andesoutdoor, apiUrl: "{{shop.Address}}", manageHook: false }
                secrets: { appKey: vtexappkey-andesoutdoor-EMULATED, appToken: emulated-app-token-0123456789, hookToken: unused-hook-token-0123456789 }
                destinations: [courier]
                polling: off
            """;
        await RunAsync(configuration, async _ =>
            {
                // The hub sets the feed up by itself; from then on it tells of every order.
                while (!shop.HasFeed) await Task.Delay(20, Stop);
                for (int i = 0; i < Announced; i++) await shop.PlaceOrderAsync(cancellationToken: Stop);
            },
            "SELECT count(*) FROM orders", "SELECT CASE WHEN EXISTS (SELECT 1 FROM fetches) THEN 0 ELSE 1 END", Announced,
            // What a killed node had read and not committed is hidden for four minutes.
            afterKills: () => clock.Advance(TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task Import_goes_on_where_it_was_and_each_order_is_delivered_once()
    {
        var file = new StringBuilder("Order number;Recipient;Address;City;Country;SKU;Description;Quantity;Total\n");
        for (int i = 1; i <= Rows; i++) file.Append(CultureInfo.InvariantCulture, $"F-{i};Ana Díaz;Calle {i};Santiago;CL;MUG-1;Mug;1;1000\n");
        await RunAsync("""
              - key: bazar
                platform: spreadsheet
                settings: { currency: CLP, country: CL, timeZone: America/Santiago }
                destinations: [courier]
            """,
            async http =>
            {
                using var content = new StringContent(file.ToString());
                using var uploaded = await http.PostAsync(new Uri("connections/bazar/imports?file=orders.csv", UriKind.Relative), content, Stop);
                Assert.True(uploaded.IsSuccessStatusCode, await uploaded.Content.ReadAsStringAsync(Stop));
                string id = (await uploaded.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("import").GetProperty("id").GetString()!;
                JsonElement import;
                do import = (await http.GetFromJsonAsync<JsonElement>($"imports/{id}", Stop)).GetProperty("import"); while (import.GetProperty("state").GetString() == "checking");
                Assert.True(import.GetProperty("state").GetString() == "checked" && import.GetProperty("good").GetInt32() == Rows, import.GetRawText());
                using var started = await http.PostAsJsonAsync($"imports/{id}/start", new { goodRowsOnly = false }, Stop);
                Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync(Stop));
            },
            "SELECT count(*) FROM orders", "SELECT count(*) FROM file_imports WHERE state = 'done'", Rows);
    }

    /// <summary>Reads with three kills spread over the orders, then compares what the hub and the courier have with what the shop sold.</summary>
    private async Task RunAsync(string store, Func<HttpClient, Task> begin, string progress, string isOver, int wanted = Orders, Action? afterKills = null)
    {
        string folder = HubProcess.NewFolder();
        await using var courier = await StrictCourier.StartAsync(20261121);
        await using var hub = await HubProcess.StartAsync(folder);
        await hub.ApplyAsync(Configuration(courier.Address, store));
        using var http = new HttpClient { BaseAddress = new Uri(hub.Address + "/api/v1/"), DefaultRequestHeaders = { Authorization = new("Bearer", HubProcess.Token) } };
        await begin(http);
        await using var database = hub.Connect();
        var killedAt = new List<long>();
        for (int kill = 1; kill <= 3; kill++)
        {
            long reached = await UntilAsync(database, progress, kill * wanted / 5, hub);
            hub.Kill();
            killedAt.Add(reached);
            await hub.RestartAsync();
        }

        afterKills?.Invoke();
        await UntilAsync(database, isOver, 1, hub);
        await UntilAsync(database, "SELECT count(*) FROM orders", wanted, hub);
        await UntilAsync(database, "SELECT CASE WHEN EXISTS (SELECT 1 FROM inbox) OR EXISTS (SELECT 1 FROM deliveries WHERE state <> 'delivered') THEN 0 ELSE 1 END", 1, hub);
        // What a buyer picks up goes to no courier.
        long toCourier = await ScalarAsync(database, "SELECT count(*) FROM orders WHERE state <> 'excluded'");
        output.WriteLine($"killed at {string.Join(", ", killedAt)} of {wanted}; courier: {courier.Count} shipments, {courier.LookUps} look-ups, {courier.LostAnswers} answers lost");
        Assert.Contains(killedAt, at => at < wanted);
        Assert.InRange(toCourier, wanted * 3 / 4, wanted);
        Assert.Equal(toCourier, courier.Count);
        Assert.Equal(toCourier, await ScalarAsync(database, "SELECT count(*) FROM deliveries WHERE state = 'delivered'"));
        Assert.All(courier.Books, shipments => Assert.Single(shipments.Value));
        Assert.Equal(wanted, await ScalarAsync(database, "SELECT count(DISTINCT external_id) FROM orders"));
        Assert.Equal(0, await ScalarAsync(database, "SELECT count(*) FROM parked_events"));
        await hub.StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<long> UntilAsync(NpgsqlDataSource database, string sql, long wanted, HubProcess hub)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            long now = await ScalarAsync(database, sql);
            if (now >= wanted) return now;
            if (patience.IsCancellationRequested) throw new TimeoutException($"{sql} stays at {now}, not {wanted}; {await StandsAsync(database)}\n{hub.LastLines()}");
            await Task.Delay(20, Stop);
        }
    }

    private static async Task<string> StandsAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("""
            SELECT concat_ws('; ', (SELECT string_agg(concat_ws(' ', state, payment_status, number), ', ') FROM (SELECT state, payment_status, count(*) AS number FROM orders GROUP BY state, payment_status) o),
                (SELECT string_agg(concat_ws(' ', state, number), ', ') FROM (SELECT state, count(*) AS number FROM deliveries GROUP BY state) d),
                (SELECT string_agg(concat_ws(' ', source, topic, number), ', ') FROM (SELECT source, topic, count(*) AS number FROM events GROUP BY source, topic) e),
                (SELECT string_agg(external_id, ' ') FROM (SELECT external_id FROM orders WHERE state = 'awaiting_payment' LIMIT 3) x))
            """);
        return (string?)await command.ExecuteScalarAsync(Stop) ?? "";
    }

    private static async Task<long> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Stop), CultureInfo.InvariantCulture);
    }

    private static string Configuration(string courier, string store) => $$$"""
        connections:
        {{{store}}}
          - key: courier
            name: Courier
            platform: http
            settings:
              create: { method: POST, url: "{{{courier}}}/api/shipments", body: '{"reference":"{{number}}"}', remoteId: /id }
              find: { method: GET, url: "{{{courier}}}/api/shipments?reference={{number}}", remoteId: /items/0/id }
              limits: { concurrency: 16, attempts: 40, timeoutSeconds: 5, backoffSeconds: 1, backoffMaximumSeconds: 2 }
        """;
}
