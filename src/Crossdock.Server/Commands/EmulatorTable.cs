using Crossdock.Connectors.Custom;
using Crossdock.Connectors.Http;
using Crossdock.Connectors.Jumpseller;
using Crossdock.Connectors.Magento;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Connectors.Vtex;
using Crossdock.Connectors.WooCommerce;

namespace Crossdock.Server.Commands;

/// <summary>What is asked of an emulator.</summary>
/// <param name="Port">Its loopback port; 0 for a free one.</param>
/// <param name="HasTrouble">True makes it fail now and then, where it can.</param>
/// <param name="Hub">The capture address that a shop announces its orders to; null for none.</param>
/// <param name="Secret">What a shop signs with.</param>
internal sealed record EmulatorWishes(int Port = 0, bool HasTrouble = false, Uri? Hub = null, string Secret = "emulated");

/// <summary>An emulator that runs.</summary>
/// <param name="House">Itself; disposable.</param>
/// <param name="Says">Where it is and what it asks for, one line.</param>
/// <param name="TradeAsync">Sells so many orders a second; null where it sells nothing.</param>
internal sealed record RunningEmulator(object House, string Says, Func<double, CancellationToken, Task>? TradeAsync) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (House is IAsyncDisposable house) await house.DisposeAsync();
        else (House as IDisposable)?.Dispose();
    }
}

/// <summary>One emulator of the project. A new one has its line in <see cref="All"/>.</summary>
internal sealed record EmulatorTable(string Name, string Summary, bool NeedsHub, Func<EmulatorWishes, Task<RunningEmulator>> StartAsync)
{
    private static readonly string[] JumpsellerEvents = ["order_pending_payment", "order_paid", "order_updated", "order_shipped", "order_canceled"];
    private static readonly string[] WooTopics = ["order.created", "order.updated", "order.deleted", "order.restored"];

    internal static IReadOnlyList<EmulatorTable> All { get; } =
    [
        new("courier", "A courier that accepts shipments and keeps books; with --hub, and a --secret of whsec_ and Base64, it tells of each.", NeedsHub: false, CourierAsync),
        new("custom", "A home-made shop that announces its orders as Standard Webhooks; needs --hub, and a --secret of whsec_ and Base64.", NeedsHub: true, CustomAsync),
        new("jumpseller", "A Jumpseller store with its REST API.", NeedsHub: false, JumpsellerAsync),
        new("magento", "A Magento 2 shop with its REST API and our module.", NeedsHub: false, MagentoAsync),
        new("prestashop", "A PrestaShop shop with its webservice and our module.", NeedsHub: false, PrestaShopAsync),
        new("shopify", "A Shopify shop with its Admin API.", NeedsHub: false, ShopifyAsync),
        new("vtex", "A VTEX account with its API, hook and feed.", NeedsHub: false, VtexAsync),
        new("woocommerce", "A WooCommerce shop with its REST API.", NeedsHub: false, WooCommerceAsync),
    ];

    /// <summary>The names with what they are, a line each.</summary>
    internal static string List() => string.Join('\n', All.Select(one => $"  {one.Name,-12} {one.Summary}"));

    private static async Task<RunningEmulator> CourierAsync(EmulatorWishes wishes)
    {
        var courier = await CourierEmulator.StartAsync(wishes.Port, wishes.HasTrouble ? Sandbox.SandboxTown.CourierTrouble : null);
        if (wishes.Hub is { } hub)
        {
            try
            {
                courier.Tell(new() { Address = hub, Secret = wishes.Secret });
            }
            catch (ArgumentException problem)
            {
                await courier.DisposeAsync();
                throw new HubException($"--secret: {problem.Message}", problem);
            }
        }

        return new(courier, $"The courier listens on {courier.Address}; its books: {courier.Address}/_emulator", null);
    }

    private static Task<RunningEmulator> CustomAsync(EmulatorWishes wishes)
    {
        try
        {
            CustomStoreEmulator shop = new(wishes.Hub!, wishes.Secret);
            return Task.FromResult(new RunningEmulator(shop, $"The shop announces its orders to {wishes.Hub}", shop.RunAsync));
        }
        catch (ArgumentException problem)
        {
            throw new HubException($"--secret: {problem.Message}", problem);
        }
    }

    private static async Task<RunningEmulator> JumpsellerAsync(EmulatorWishes wishes)
    {
        JumpsellerEmulatorOptions options = new() { Port = wishes.Port };
        if (wishes.Hub is not null) options = options with { HooksToken = wishes.Secret };
        var shop = await JumpsellerEmulator.StartAsync(options);
        foreach (string name in wishes.Hub is null ? [] : JumpsellerEvents) shop.Subscribe(name, wishes.Hub!.ToString());
        return new(shop, $"The store {options.StoreCode} has its API at {shop.Address}/v1 ({options.Login}:{options.AuthToken}); its webhooks are signed with {options.HooksToken}", shop.RunAsync);
    }

    private static async Task<RunningEmulator> MagentoAsync(EmulatorWishes wishes)
    {
        MagentoEmulatorOptions options = new() { Port = wishes.Port };
        var shop = await MagentoEmulator.StartAsync(options);
        if (wishes.Hub is not null) shop.ConnectModule(wishes.Hub.ToString(), wishes.Secret);
        return new(shop, $"The shop has its API at {shop.Address}/rest (access token {options.AccessToken})", shop.RunAsync);
    }

    private static async Task<RunningEmulator> VtexAsync(EmulatorWishes wishes)
    {
        VtexEmulatorOptions options = new() { Port = wishes.Port };
        var shop = await VtexEmulator.StartAsync(options);
        if (wishes.Hub is not null) shop.Hook(wishes.Hub.ToString(), wishes.Secret);
        return new(shop, $"The account {options.Account} has its API at {shop.Address} ({options.AppKey}:{options.AppToken})", shop.RunAsync);
    }

    private static async Task<RunningEmulator> PrestaShopAsync(EmulatorWishes wishes)
    {
        PrestaShopEmulatorOptions options = new() { Port = wishes.Port };
        var shop = await PrestaShopEmulator.StartAsync(options);
        if (wishes.Hub is not null) shop.InstallModule(wishes.Hub.ToString(), wishes.Secret);
        return new(shop, $"The shop has its webservice at {shop.Address}/api (key {options.Key})", shop.RunAsync);
    }

    private static async Task<RunningEmulator> ShopifyAsync(EmulatorWishes wishes)
    {
        ShopifyEmulatorOptions options = new() { Port = wishes.Port, Secret = wishes.Secret, HubAddress = wishes.Hub };
        var shop = await ShopifyEmulator.StartAsync(options);
        return new(shop, $"The shop {options.Shop} has its API at {shop.Address} (X-Shopify-Access-Token: {options.AccessToken})", shop.RunAsync);
    }

    private static async Task<RunningEmulator> WooCommerceAsync(EmulatorWishes wishes)
    {
        WooCommerceEmulatorOptions options = new() { Port = wishes.Port };
        var shop = await WooCommerceEmulator.StartAsync(options);
        foreach (string topic in wishes.Hub is null ? [] : WooTopics) await shop.SubscribeAsync(topic, wishes.Hub!.ToString(), wishes.Secret);
        return new(shop, $"The shop has its API at {shop.Address}/wp-json/wc/v3 ({options.ConsumerKey}:{options.ConsumerSecret})", shop.RunAsync);
    }
}
