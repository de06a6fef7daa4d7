using System.Net;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Jumpseller;
using Crossdock.Connectors.Magento;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Connectors.Vtex;
using Crossdock.Connectors.WooCommerce;
using Xunit;

namespace Crossdock.Connectors.Tests.Emulators;

public sealed class ShopTroublesTests
{
    private const string Secret = "emulated-secret";

    [Theory]
    [InlineData("shopify")]
    [InlineData("woocommerce")]
    [InlineData("prestashop")]
    [InlineData("magento")]
    [InlineData("jumpseller")]
    [InlineData("vtex")]
    public async Task Every_shop_that_pushes_loses_the_share_of_its_webhooks_that_it_is_told_to_and_counts_them(string platform)
    {
        await using var hub = await Listener.StartAsync();
        var (house, address) = await OpenAsync(platform, hub.Address + "/in/store");
        await using var shop = house;
        using var http = new HttpClient { BaseAddress = new Uri(address) };

        // A ping at subscribing is no order's webhook.
        int before = hub.Calls.Count;
        Assert.Equal(0.01, (double)(await TellAsync(http, "lose?share=0.01"))["lossShare"]!);
        await TellAsync(http, "lose");
        await TellAsync(http, "orders");
        var standing = JsonNode.Parse(await http.GetStringAsync("/_emulator"))!;
        Assert.Equal(before, hub.Calls.Count);
        Assert.InRange((long)standing["lost"]!, 1, 10);
        Assert.Equal((long)standing["announced"]!, (long)standing["lost"]!);
        Assert.Equal(1, (int)standing["orders"]!);

        await TellAsync(http, "lose?share=0");
        await TellAsync(http, "orders");
        var later = JsonNode.Parse(await http.GetStringAsync("/_emulator"))!;
        Assert.Equal((long)standing["lost"]!, (long)later["lost"]!);
        Assert.Equal((long)later["announced"]! - (long)later["lost"]!, hub.Calls.Count - before);
        Assert.True(hub.Calls.Count > before);
    }

    [Theory]
    [InlineData("2", 1)]
    [InlineData("much", 1)]
    [InlineData("-1", 1)]
    [InlineData("0,5", 1)]
    [InlineData("0.25", 0.25)]
    public async Task Share_that_is_none_loses_everything_and_says_so(string share, double told)
    {
        await using var shop = await PrestaShopEmulator.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(shop.Address) };
        Assert.Equal(told, (double)(await TellAsync(http, "lose?share=" + share))["lossShare"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync("/_emulator/lost", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/_emulator/lose")).StatusCode);
    }

    private static async Task<JsonNode> TellAsync(HttpClient http, string what)
    {
        using var answer = await http.PostAsync("/_emulator/" + what, null);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static async Task<(IAsyncDisposable House, string Address)> OpenAsync(string platform, string url)
    {
        switch (platform)
        {
            case "shopify":
                var shopify = await ShopifyEmulator.StartAsync(new() { Secret = Secret, HubAddress = new Uri(url) });
                return (shopify, shopify.Address.ToString());
            case "woocommerce":
                var woo = await WooCommerceEmulator.StartAsync();
                await woo.SubscribeAsync("order.created", url, Secret);
                return (woo, woo.Address);
            case "prestashop":
                var presta = await PrestaShopEmulator.StartAsync();
                presta.InstallModule(url, Secret);
                return (presta, presta.Address);
            case "magento":
                var magento = await MagentoEmulator.StartAsync();
                magento.ConnectModule(url, Secret);
                return (magento, magento.Address);
            case "jumpseller":
                var jumpseller = await JumpsellerEmulator.StartAsync();
                jumpseller.Subscribe("order_paid", url);
                return (jumpseller, jumpseller.Address);
            default:
                var vtex = await VtexEmulator.StartAsync();
                vtex.Hook(url, Secret);
                return (vtex, vtex.Address);
        }
    }
}
