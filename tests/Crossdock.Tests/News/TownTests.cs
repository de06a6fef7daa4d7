using Crossdock.Connections;
using Crossdock.Connectors.Http;
using Crossdock.Connectors.Jumpseller;
using Crossdock.Connectors.Magento;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Connectors.Vtex;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Server;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.News;

/// <summary>The whole way, with every emulated platform at once: order, courier, its news, the shop told, the shop's own webhook about that.</summary>
public sealed class TownTests : IAsyncLifetime
{
    private const string CourierSecret = TestHub.CourierSecret;
    private const string Secret = "TheSecretOfAllShops0123456789";
    private static readonly string[] JumpsellerEvents = ["order_pending_payment", "order_paid", "order_updated", "order_shipped", "order_canceled"];
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-town-").FullName;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_platform_learns_shipment_and_arrival_with_the_tracking_once_and_its_echo_starts_nothing()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var hub = await HubHost.StartAsync(
            new HubSettings { Database = database.ConnectionString, DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = "cd_town" },
            new Dictionary<string, string?> { ["Crossdock:Connections:AllowPrivateAddresses"] = "true", ["Crossdock:Connections:RefreshSeconds"] = "1" });
        await using var courier = await CourierEmulator.StartAsync();
        courier.Tell(new() { Address = new Uri($"{hub.Address}/in/courier"), Secret = CourierSecret, Carrier = "Andes", TakenAfterMilliseconds = 200, MovingAfterMilliseconds = 300, DeliveredAfterMilliseconds = 600, RepeatRate = 0.3, ReorderRate = 0.3 });
        await using var shopify = await ShopifyEmulator.StartAsync(new() { Shop = "acme.myshopify.com", Secret = Secret, AccessToken = "shpat_1", HubAddress = new Uri($"{hub.Address}/in/shopify"), RemovesSubscriptions = false, TimeScale = 0.01 });
        await using var woo = await WooCommerceEmulator.StartAsync(new() { ConsumerKey = "ck_1", ConsumerSecret = "cs_1" });
        await using var presta = await PrestaShopEmulator.StartAsync(new());
        await using var magento = await MagentoEmulator.StartAsync(new());
        await using var vtex = await VtexEmulator.StartAsync(new());
        await using var jumpseller = await JumpsellerEmulator.StartAsync(new());
        foreach (string topic in new[] { "order.created", "order.updated" }) await woo.SubscribeAsync(topic, $"{hub.Address}/in/woo", Secret, stop);
        presta.InstallModule($"{hub.Address}/in/presta", Secret);
        magento.ConnectModule($"{hub.Address}/in/magento", Secret);
        vtex.Hook($"{hub.Address}/in/vtex", Secret);
        foreach (string name in JumpsellerEvents) jumpseller.Subscribe(name, $"{hub.Address}/in/jumpseller");
        var applied = await hub.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync($$$"""
            connections:
              - key: courier
                platform: http
                settings:
                  create: { url: "{{{courier.Address}}}/api/shipments", body: '{ "reference": "{{orderId}}" }', remoteId: /id, tracking: { number: /tracking/number, carrier: /tracking/carrier, url: /tracking/url } }
                  find: { url: "{{{courier.Address}}}/api/shipments?reference={{orderId}}", remoteId: /items/0/id }
                  status:
                    words: { picked_up: processing, in_transit: in_shipment, delivered: delivered }
                    webhook: { reference: /shipment/reference, word: /shipment/status, at: /occurredAt, tracking: { number: /shipment/tracking/number } }
                secrets: { webhookSecret: {{{CourierSecret}}} }
              - { key: shopify, platform: shopify, settings: { shop: acme.myshopify.com, apiUrl: "{{{shopify.Address}}}", tellStatus: true }, secrets: { webhookSecret: {{{Secret}}}, accessToken: shpat_1 }, destinations: [courier], polling: off }
              - { key: woo, platform: woocommerce, settings: { siteUrl: "{{{woo.Address}}}", tellStatus: true }, secrets: { webhookSecret: {{{Secret}}}, consumerKey: ck_1, consumerSecret: cs_1 }, destinations: [courier], polling: off }
              - { key: presta, platform: prestashop, settings: { shopUrl: "{{{presta.Address}}}", tellStatus: true, mailBuyer: false, pauseMilliseconds: 100 }, secrets: { webhookSecret: {{{Secret}}}, webserviceKey: {{{new PrestaShopEmulatorOptions().Key}}} }, destinations: [courier], polling: off }
              - { key: magento, platform: magento, settings: { baseUrl: "{{{magento.Address}}}", tellStatus: true }, secrets: { webhookSecret: {{{Secret}}}, accessToken: {{{new MagentoEmulatorOptions().AccessToken}}} }, destinations: [courier], polling: off }
              - { key: vtex, platform: vtex, settings: { account: andesoutdoor, apiUrl: "{{{vtex.Address}}}", manageHook: false, tellStatus: true }, secrets: { appKey: {{{new VtexEmulatorOptions().AppKey}}}, appToken: {{{new VtexEmulatorOptions().AppToken}}}, hookToken: {{{Secret}}} }, destinations: [courier], polling: off }
              - { key: jumpseller, platform: jumpseller, settings: { storeCode: tallerdelsur, apiUrl: "{{{jumpseller.Address}}}/v1", manageHooks: false, tellStatus: true }, secrets: { hooksToken: {{{new JumpsellerEmulatorOptions().HooksToken}}}, login: {{{new JumpsellerEmulatorOptions().Login}}}, authToken: {{{new JumpsellerEmulatorOptions().AuthToken}}} }, destinations: [courier], polling: off }
            """, "tests", static _ => null, cancellationToken: stop);
        Assert.Empty(applied.Errors);

        await jumpseller.PlaceOrderAsync(cancellationToken: stop);
        long shopifyOrder = await shopify.PlaceOrderAsync(cancellationToken: stop), wooOrder = await woo.PlaceOrderAsync(cancellationToken: stop), magentoOrder = await magento.PlaceOrderAsync(stop);
        long prestaOrder = (await presta.PlaceOrderAsync(cancellationToken: stop))[0];
        await magento.InvoiceAsync(magentoOrder, stop);
        await vtex.PlaceOrderAsync(cancellationToken: stop);
        await woo.RunQueueAsync(stop);

        await UntilAsync("SELECT string_agg(c.key || ' ' || o.state, ', ' ORDER BY c.key) FROM orders o JOIN connections c ON c.id = o.connection_id",
            "jumpseller delivered, magento delivered, presta delivered, shopify delivered, vtex delivered, woo delivered");
        await UntilAsync("""
            SELECT string_agg(told, ', ' ORDER BY told) FROM (
                SELECT c.key || ' ' || string_agg((d.document ->> 'state') || ' ' || d.state, ' ' ORDER BY d.generation) FILTER (WHERE d.document ->> 'state' <> 'processing') AS told
                FROM deliveries d JOIN connections c ON c.id = d.destination_id WHERE d.kind = 'status' GROUP BY c.key) t
            """, string.Join(", ", from shop in (string[])["jumpseller", "magento", "presta", "shopify", "vtex", "woo"] select $"{shop} in_shipment delivered delivered delivered"));
        await shopify.SettleAsync();
        await woo.RunQueueAsync(stop);
        await UntilAsync("SELECT (SELECT count(*) FROM inbox) || ' ' || (SELECT count(*) FROM fetches)", "0 0");

        foreach (var (shop, told) in new[] { ("shopify", shopify.ToldOf(shopifyOrder)), ("woo", woo.ToldOf(wooOrder)), ("magento", magento.ToldOf(magentoOrder)), ("presta", presta.ToldOf(prestaOrder)) })
        {
            Assert.True(told.Any(what => what.Contains("EC00000000", StringComparison.Ordinal)), $"{shop} was told {string.Join(" | ", told)}");
            Assert.Equal(told.Distinct(StringComparer.Ordinal), told);
        }

        Assert.Equal((6, 0L), (courier.Accepted, courier.Duplicates));
        Assert.Equal("create 6", await AskAsync("SELECT string_agg(kind || ' ' || n, ', ') FROM (SELECT kind, count(*) AS n FROM deliveries WHERE kind <> 'status' GROUP BY kind) k", stop));
        Assert.Equal("0", await AskAsync("SELECT count(*) FROM holds", stop));
        Assert.Equal("0", await AskAsync("SELECT count(*) FROM parked_events", stop));
    }

    private async Task<string?> AskAsync(string sql, CancellationToken stop)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(stop), System.Globalization.CultureInfo.InvariantCulture);
    }

    private Task UntilAsync(string sql, string wanted) => database.DataSource.UntilAsync(sql, wanted, explain: """
        SELECT coalesce((SELECT string_agg(concat_ws(' ', c.key, d.kind, d.state, d.last_error), E'\n') FROM deliveries d JOIN connections c ON c.id = d.connection_id WHERE d.state <> 'delivered'), '')
            || coalesce((SELECT string_agg(concat_ws(' ', 'held:', reason), E'\n') FROM holds), '') || coalesce((SELECT string_agg(concat_ws(' ', 'parked:', reason), E'\n') FROM parked_events), '')
        """);
}
