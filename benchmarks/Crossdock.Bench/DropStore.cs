using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Jumpseller;
using Crossdock.Connectors.Magento;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Connectors.Vtex;
using Crossdock.Connectors.WooCommerce;

namespace Crossdock.Bench;

/// <summary>An emulated shop that forgets some of its webhooks, and the connection that the hub has to it.</summary>
/// <param name="Key">The connection's key.</param>
/// <param name="Address">Where the emulator listens.</param>
/// <param name="Platform">Platform, settings and secrets of the connection, in YAML.</param>
/// <param name="ConnectAsync">Tells the shop the capture address.</param>
/// <param name="SellAsync">A buyer places a paid order; returns once it was announced, or not.</param>
/// <param name="House">The emulator.</param>
internal sealed record DropStore(string Key, string Address, string Platform, Func<string, Task> ConnectAsync, Func<Task> SellAsync, IAsyncDisposable House) : IAsyncDisposable
{
    private const string Secret = "BenchSecretOfTheSixShops0123456789abcdef";

    /// <summary>One shop on each platform that pushes.</summary>
    internal static async Task<List<DropStore>> OpenAllAsync() => [await ShopifyAsync(), await WooCommerceAsync(), await PrestaShopAsync(), await MagentoAsync(), await VtexAsync(), await JumpsellerAsync()];

    public ValueTask DisposeAsync() => House.DisposeAsync();

    /// <summary>From now on it loses this share of its webhooks.</summary>
    internal async Task LoseAsync(HttpClient http, double share)
    {
        using var answer = await http.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"{Address}/_emulator/lose?share={share}")), null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Webhooks that were due, and of them those that never left.</summary>
    internal async Task<(long Announced, long Lost)> BooksAsync(HttpClient http)
    {
        using var standing = JsonDocument.Parse(await http.GetStringAsync(new Uri(Address + "/_emulator")));
        return (standing.RootElement.GetProperty("announced").GetInt64(), standing.RootElement.GetProperty("lost").GetInt64());
    }

    private static async Task<DropStore> ShopifyAsync()
    {
        var shop = await ShopifyEmulator.StartAsync(new() { Secret = Secret, Shop = "drops.myshopify.com" });
        string address = shop.Address.ToString().TrimEnd('/');
        return new("shopify", address, $$"""
            platform: shopify
            settings: { shop: drops.myshopify.com, apiUrl: "{{address}}", manageWebhooks: false }
            secrets: { webhookSecret: "{{Secret}}", accessToken: {{new ShopifyEmulatorOptions { Secret = Secret }.AccessToken}} }
            """, url =>
            {
                shop.Subscribe("orders/create", new Uri(url));
                return Task.CompletedTask;
            }, () => shop.PlaceOrderAsync(), shop);
    }

    private static async Task<DropStore> WooCommerceAsync()
    {
        var shop = await WooCommerceEmulator.StartAsync(new() { ConsumerKey = "ck_0123456789abcdef", ConsumerSecret = "cs_fedcba9876543210" });
        return new("woocommerce", shop.Address, $$"""
            platform: woocommerce
            settings: { siteUrl: "{{shop.Address}}", manageWebhooks: false }
            secrets: { webhookSecret: "{{Secret}}", consumerKey: ck_0123456789abcdef, consumerSecret: cs_fedcba9876543210 }
            """, url => shop.SubscribeAsync("order.created", url, Secret), () => shop.PlaceOrderAsync(), shop);
    }

    private static async Task<DropStore> PrestaShopAsync()
    {
        PrestaShopEmulatorOptions options = new() { UnpaidRate = 0 };
        var shop = await PrestaShopEmulator.StartAsync(options);
        return new("prestashop", shop.Address, $$"""
            platform: prestashop
            settings: { shopUrl: "{{shop.Address}}", pauseMilliseconds: 100 }
            secrets: { webhookSecret: "{{Secret}}", webserviceKey: {{options.Key}} }
            """, url =>
            {
                shop.InstallModule(url, Secret);
                return Task.CompletedTask;
            }, () => shop.PlaceOrderAsync(), shop);
    }

    private static async Task<DropStore> MagentoAsync()
    {
        MagentoEmulatorOptions options = new();
        var shop = await MagentoEmulator.StartAsync(options);
        return new("magento", shop.Address, $$"""
            platform: magento
            settings: { baseUrl: "{{shop.Address}}" }
            secrets: { webhookSecret: "{{Secret}}", accessToken: {{options.AccessToken}} }
            """, url =>
            {
                shop.ConnectModule(url, Secret);
                return Task.CompletedTask;
            }, async () => await shop.InvoiceAsync(await shop.PlaceOrderAsync()), shop);
    }

    // Without its feed, which would bring what the hook lost.
    private static async Task<DropStore> VtexAsync()
    {
        VtexEmulatorOptions options = new() { PerMinute = 60_000 };
        var shop = await VtexEmulator.StartAsync(options);
        return new("vtex", shop.Address, $$"""
            platform: vtex
            settings: { account: {{options.Account}}, apiUrl: "{{shop.Address}}", feed: false, manageHook: false }
            secrets: { appKey: {{options.AppKey}}, appToken: {{options.AppToken}}, hookToken: "{{Secret}}" }
            """, url =>
            {
                shop.Hook(url, Secret);
                return Task.CompletedTask;
            }, () => shop.PlaceOrderAsync(), shop);
    }

    private static async Task<DropStore> JumpsellerAsync()
    {
        JumpsellerEmulatorOptions options = new();
        var shop = await JumpsellerEmulator.StartAsync(options);
        return new("jumpseller", shop.Address, $$"""
            platform: jumpseller
            settings: { storeCode: {{options.StoreCode}}, apiUrl: "{{shop.Address}}/v1", manageHooks: false }
            secrets: { hooksToken: {{options.HooksToken}}, login: {{options.Login}}, authToken: {{options.AuthToken}} }
            """, url =>
            {
                shop.Subscribe("order_paid", url);
                return Task.CompletedTask;
            }, () => shop.PlaceOrderAsync(), shop);
    }
}
