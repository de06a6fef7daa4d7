using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Server;
using Crossdock.Testing.Database;
using Crossdock.Testing.Faults;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Reconciliation;

/// <summary>The whole hub and three emulated shops that lose one webhook in a hundred.</summary>
public sealed class LostWebhooksTests : IAsyncLifetime
{
    private const string Secret = "TheSecretOfThreeShops0123456789abcdef";
    private const int Orders = 250;
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-lost-").FullName;
    private RunningHub hub = null!;
    private HttpClient api = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        hub = await HubHost.StartAsync(
            new HubSettings { Database = database.ConnectionString, DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = "cd_lost" },
            new Dictionary<string, string?>
            {
                ["Crossdock:Connections:AllowPrivateAddresses"] = "true", ["Crossdock:Reconciliation:EverySeconds"] = "3", ["Crossdock:Reconciliation:GraceSeconds"] = "5",
                ["Crossdock:Reconciliation:TickMilliseconds"] = "200", ["Logging:LogLevel:Crossdock"] = "None",
            });
        api = new HttpClient { BaseAddress = new Uri(hub.Address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", "cd_lost") } };
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await hub.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Shops_that_lose_one_webhook_in_a_hundred_end_complete_and_nothing_is_delivered_twice()
    {
        await using var courier = await StrictCourier.StartAsync(3, new CourierFaults { Drop = 0, Error = 0, Slow = 0 });
        await using var andina = await ShopifyEmulator.StartAsync(new() { Secret = Secret, LossRate = 0.01, Seed = 5, FirstNumber = 100_001 });
        await using var polar = await WooCommerceEmulator.StartAsync(new() { ConsumerKey = "ck_0123456789abcdef", ConsumerSecret = "cs_fedcba9876543210", LossRate = 0.01, Seed = 5, FirstId = 200_001 });
        await using var cumbre = await PrestaShopEmulator.StartAsync(new() { LossRate = 0.1, Seed = 5, FirstId = 300_001, UnpaidRate = 0 });
        var configuration = hub.Application.Services.GetRequiredService<ConfigurationService>();
        var applied = await configuration.ApplyAsync($$"""
            connections:
              - key: andina
                platform: shopify
                polling: off
                timeZone: America/Santiago
                settings: { shop: andina-outdoor.myshopify.com, apiUrl: "{{andina.Address}}", manageWebhooks: false }
                secrets: { webhookSecret: "{{Secret}}", accessToken: shpat_emulated }
                destinations: [courier]
              - key: polar
                platform: woocommerce
                polling: off
                timeZone: Europe/Madrid
                settings: { siteUrl: "{{polar.Address}}", manageWebhooks: false }
                secrets: { webhookSecret: "{{Secret}}", consumerKey: ck_0123456789abcdef, consumerSecret: cs_fedcba9876543210 }
                destinations: [courier]
              - key: cumbre
                platform: prestashop
                polling: off
                timeZone: America/Santiago
                settings: { shopUrl: "{{cumbre.Address}}", pauseMilliseconds: 100 }
                secrets: { webhookSecret: "{{Secret}}", webserviceKey: {{new PrestaShopEmulatorOptions().Key}} }
                destinations: [courier]
              - key: courier
                platform: http
                settings:
                  create: { method: POST, url: "{{courier.Address}}/api/shipments", body: '{"reference":"REFERENCE"}', remoteId: /id }
            """.Replace("REFERENCE", "{{store}}-{{externalId}}", StringComparison.Ordinal), "test", static _ => null, cancellationToken: Stop);
        Assert.Empty(applied.Errors);
        foreach (string topic in (string[])["orders/create", "orders/updated", "orders/cancelled"])
        {
            andina.Subscribe(topic, new Uri(hub.Address + "/in/andina"));
        }

        foreach (string topic in (string[])["order.created", "order.updated"])
        {
            await polar.SubscribeAsync(topic, hub.Address + "/in/polar", Secret, Stop);
        }

        cumbre.InstallModule(hub.Address + "/in/cumbre", Secret);
        await Task.Delay(TimeSpan.FromSeconds(2), Stop);
        var begun = TimeProvider.System.GetUtcNow();
        await Task.WhenAll(SellAsync(() => andina.PlaceOrderAsync(cancellationToken: Stop)), SellAsync(() => polar.PlaceOrderAsync(cancellationToken: Stop)), SellAsync(() => cumbre.PlaceOrderAsync(cancellationToken: Stop)));

        // What the platforms never told of, the list has.
        await UntilAsync("SELECT count(*) FROM orders", Orders * 3);
        await UntilAsync("SELECT count(*) FROM ledger_differences WHERE state IN ('open', 'waiting', 'parked')", 0);
        long found = (long)(await ScalarAsync("SELECT count(*) FROM ledger_differences WHERE state = 'healed' AND kind = 'missing'"))!;
        Assert.InRange(found, 2, 40);
        await UntilAsync("SELECT count(*) FROM deliveries WHERE state = 'delivered' AND kind = 'create'", Orders * 3);
        foreach (string store in (string[])["andina", "polar", "cumbre"])
        {
            string told = "";
            for (int attempt = 0; attempt < 600 && told != $"{Orders} of {Orders}"; attempt++)
            {
                await Task.Delay(200, Stop);
                var days = (await api.GetFromJsonAsync<JsonElement>($"/api/v1/connections/{store}/completeness", Stop)).GetProperty("days").EnumerateArray().ToList();
                told = $"{days.Sum(day => day.GetProperty("here").GetInt64())} of {days.Sum(day => day.GetProperty("listed").GetInt64())}";
                Assert.All(days, day => Assert.Equal(day.GetProperty("listedHash").GetString() == day.GetProperty("hereHash").GetString(), day.GetProperty("isComplete").GetBoolean()));
            }

            Assert.Equal($"{Orders} of {Orders}", told);
        }

        Assert.Equal(Orders * 3, courier.Count);
        Assert.All(courier.Books, book => Assert.Single(book.Value));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM alerts WHERE kind = 'orders_missing'"));
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{found} of {Orders * 3} orders nobody had told of, all here and delivered once {(TimeProvider.System.GetUtcNow() - begun).TotalSeconds:0} s after the first was placed"));
    }

    private static async Task SellAsync<T>(Func<Task<T>> place)
    {
        for (int i = 0; i < Orders; i++)
        {
            await place();
        }
    }

    private Task UntilAsync(string sql, long wanted) => database.DataSource.UntilAsync(sql, wanted);

    private Task<object?> ScalarAsync(string sql) => database.DataSource.AskAsync(sql);
}
