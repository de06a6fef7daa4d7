using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Server;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Subscriptions;

/// <summary>The whole hub and emulated shops: webhooks fail, the platform gives up, the guard puts them back and nothing is missing.</summary>
public sealed class EmulatedShopTests : IAsyncLifetime
{
    private const string Secret = "TheSecretOfBothShops0123456789abcdef";
    private const string Ended = "SELECT count(*) FROM alerts WHERE kind = 'webhooks_lost' AND ended_at IS NOT NULL";
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-guard-").FullName;
    private FrontDoor door = null!;
    private RunningHub hub = null!;
    private HttpClient api = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        door = await FrontDoor.StartAsync();
        hub = await HubHost.StartAsync(
            new HubSettings { Database = database.ConnectionString, DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = "cd_guard", PublicAddress = door.Address },
            new Dictionary<string, string?> { ["Crossdock:Connections:AllowPrivateAddresses"] = "true", ["Crossdock:Reading:TickMilliseconds"] = "100", ["Logging:LogLevel:Crossdock"] = "None" });
        door.Behind = hub.Address;
        api = new HttpClient { BaseAddress = new Uri(hub.Address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", "cd_guard") } };
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await hub.DisposeAsync();
        await door.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Shopify_removes_the_webhook_after_eight_failures_and_the_guard_puts_it_back_and_reads_every_order()
    {
        await using var shop = await ShopifyEmulator.StartAsync(new ShopifyEmulatorOptions { Secret = Secret, TimeScale = 0 });
        var other = new Uri("http://127.0.0.1:9/hooks");
        shop.Subscribe("orders/paid", other);
        string file = $$"""
            { "connections": [ { "key": "andina", "name": "Andina", "platform": "shopify", "polling": "off", "enabled": ENABLED,
              "settings": { "shop": "andina-outdoor.myshopify.com", "apiUrl": "{{shop.Address}}", "api": "rest" }, "secrets": { "webhookSecret": "{{Secret}}", "accessToken": "shpat_emulated" } } ] }
            """;
        await ApplyAsync(file.Replace("ENABLED", "true", StringComparison.Ordinal));
        var ours = new Uri(door.Address + "/in/andina");
        await UntilAsync("SELECT count(*) FROM connection_history WHERE what = 'webhooks_caught_up'", 1);
        int wanted = shop.Subscriptions.Count(one => one.Address == ours);
        Assert.True(wanted > 3);
        List<long> sold = [await shop.PlaceOrderAsync(cancellationToken: Stop)];
        await UntilAsync("SELECT count(*) FROM orders", 1);

        door.IsBroken = true;
        sold.Add(await shop.PlaceOrderAsync(cancellationToken: Stop));
        await shop.SettleAsync();
        Assert.Equal(9, shop.Sent.Count(attempt => attempt.OrderId == sold[1] && attempt.Status == 502));
        Assert.DoesNotContain(shop.Subscriptions, one => one.Address == ours && one.Topic == "orders/create");
        sold.Add(await shop.PlaceOrderAsync(cancellationToken: Stop));
        door.IsBroken = false;
        for (int i = 0; i < 5; i++)
        {
            sold.Add(await shop.PlaceOrderAsync(cancellationToken: Stop));
        }

        await Task.Delay(300, Stop);
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM orders"));

        var told = await CheckAsync("andina");
        Assert.Equal("orders/create (missing)", told.GetProperty("loss").GetProperty("what").GetString());
        Assert.All(told.GetProperty("topics").EnumerateArray(), topic => Assert.True(topic.GetProperty("isActive").GetBoolean()));
        await UntilAsync(Ended, 1);
        await UntilAsync("SELECT count(*) FROM orders", 8);
        Assert.Equal(sold.Order().Select(Text), (await ListAsync("SELECT external_id FROM orders ORDER BY external_id")).Order(StringComparer.Ordinal));
        Assert.Contains("7 orders that the hub had not heard of", (string?)await ScalarAsync("SELECT ended_because FROM alerts"), StringComparison.Ordinal);
        Assert.Equal(wanted, shop.Subscriptions.Count(one => one.Address == ours));

        // It works again, and a second check finds nothing to do.
        sold.Add(await shop.PlaceOrderAsync(cancellationToken: Stop));
        await UntilAsync("SELECT count(*) FROM orders WHERE external_id = '" + Text(sold[^1]) + "'", 1);
        await CheckAsync("andina");
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM alerts"));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM (SELECT FROM orders GROUP BY external_id HAVING count(*) > 1) twice"));

        await ApplyAsync(file.Replace("ENABLED", "false", StringComparison.Ordinal));
        await UntilAsync("SELECT count(*) FROM connection_history WHERE what = 'webhooks_removed'", 1);
        Assert.Equal(other, Assert.Single(shop.Subscriptions).Address);
        await ApplyAsync(file.Replace("ENABLED", "true", StringComparison.Ordinal));
        await UntilAsync("SELECT count(*) FROM subscription_checks WHERE removed_at IS NULL AND problem IS NULL", 1);
        Assert.Equal(wanted, shop.Subscriptions.Count(one => one.Address == ours));

        await ApplyAsync("""{ "connections": [] }""", prune: true);
        await UntilAsync("SELECT count(*) FROM connection_history WHERE what = 'webhooks_removed' AND sentence LIKE '%was deleted%'", 1);
        Assert.Equal(other, Assert.Single(shop.Subscriptions).Address);
    }

    [Fact]
    public async Task WooCommerce_switches_the_webhook_off_after_failures_and_the_guard_makes_it_anew_and_reads_every_order()
    {
        await using var shop = await WooCommerceEmulator.StartAsync(new() { ConsumerKey = "ck_0123456789abcdef", ConsumerSecret = "cs_fedcba9876543210" });
        await ApplyAsync($$"""
            { "connections": [ { "key": "polar", "platform": "woocommerce", "polling": "off", "settings": { "siteUrl": "{{shop.Address}}" },
              "secrets": { "webhookSecret": "{{Secret}}", "consumerKey": "ck_0123456789abcdef", "consumerSecret": "cs_fedcba9876543210" } } ] }
            """);
        await UntilAsync("SELECT count(*) FROM connection_history WHERE what = 'webhooks_caught_up'", 1);
        Assert.Equal(4, shop.Webhooks.Count(hook => hook.Status == "active"));
        List<long> sold = [await SellAsync(shop)];
        await UntilAsync("SELECT count(*) FROM orders", 1);

        door.IsBroken = true;
        while (shop.Webhooks.Any(hook => hook is { Topic: "order.created", Status: "active" }))
        {
            sold.Add(await SellAsync(shop));
            Assert.True(sold.Count < 30, "the shop never gives up");
        }

        door.IsBroken = false;
        sold.Add(await SellAsync(shop));
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM orders"));
        var told = await CheckAsync("polar");
        Assert.Contains("order.created (disabled, status disabled)", told.GetProperty("loss").GetProperty("what").GetString(), StringComparison.Ordinal);
        await UntilAsync(Ended, 1);
        await UntilAsync("SELECT count(*) FROM orders", sold.Count);
        Assert.Equal(sold.Select(Text).Order(StringComparer.Ordinal), (await ListAsync("SELECT external_id FROM orders")).Order(StringComparer.Ordinal));
        Assert.Equal(["order.created", "order.deleted", "order.restored", "order.updated"], shop.Webhooks.Where(hook => hook.Status == "active").Select(hook => hook.Topic).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(shop.Webhooks, hook => hook.Status != "active");
        sold.Add(await SellAsync(shop));
        await UntilAsync("SELECT count(*) FROM orders", sold.Count);
    }

    [Fact]
    public async Task Wrong_key_is_told_in_the_shops_words_and_the_api_says_why_nobody_looks_after_webhooks()
    {
        await using var shop = await WooCommerceEmulator.StartAsync(new() { ConsumerKey = "ck_0123456789abcdef", ConsumerSecret = "cs_fedcba9876543210" });
        await ApplyAsync($$"""
            { "connections": [
              { "key": "polar", "platform": "woocommerce", "polling": "off", "settings": { "siteUrl": "{{shop.Address}}" }, "secrets": { "webhookSecret": "{{Secret}}", "consumerKey": "ck_wrong", "consumerSecret": "cs_wrong" } },
              { "key": "hands", "platform": "woocommerce", "settings": { "siteUrl": "{{shop.Address}}", "manageWebhooks": "false" }, "secrets": { "webhookSecret": "{{Secret}}" } } ] }
            """);
        await UntilAsync("SELECT count(*) FROM alerts WHERE kind = 'webhooks_not_managed' AND sentence LIKE '%Consumer key is invalid%'", 1);
        var told = await api.GetFromJsonAsync<JsonElement>("/api/v1/connections/polar/subscriptions", Stop);
        Assert.True(told.GetProperty("needsPerson").GetBoolean());
        Assert.Contains("Consumer key is invalid", told.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(door.Address + "/in/polar", told.GetProperty("address").GetString());
        using var refused = await api.PostAsync(new Uri("/api/v1/connections/hands/subscriptions", UriKind.Relative), null, Stop);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("leave the webhooks to a person", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var unknown = await api.GetAsync(new Uri("/api/v1/connections/nobody/subscriptions", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static async Task<long> SellAsync(WooCommerceEmulator shop)
    {
        long id = await shop.PlaceOrderAsync(cancellationToken: Stop);
        await shop.RunQueueAsync(Stop);
        return id;
    }

    private async Task<JsonElement> CheckAsync(string key)
    {
        using var answer = await api.PostAsync(new Uri($"/api/v1/connections/{key}/subscriptions", UriKind.Relative), null, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private async Task ApplyAsync(string file, bool prune = false)
    {
        var result = await hub.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync(file, "tester", prune: prune, force: prune, cancellationToken: Stop);
        Assert.Empty(result.Errors);
    }

    private Task UntilAsync(string sql, long wanted) => database.DataSource.UntilAsync(sql, wanted, explain: """
        SELECT concat_ws(' | ', (SELECT string_agg(sentence, ' | ' ORDER BY id) FROM connection_history), (SELECT string_agg(coalesce(problem, '-'), ' | ') FROM subscription_checks))
        """);

    private Task<object?> ScalarAsync(string sql) => database.DataSource.AskAsync(sql);

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var all = new List<string>();
        while (await reader.ReadAsync(Stop))
        {
            all.Add(reader.GetString(0));
        }

        return all;
    }

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
