using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Connections;
using Crossdock.Connectors.Custom;
using Crossdock.Connectors.Http;
using Crossdock.Connectors.Jumpseller;
using Crossdock.Connectors.Magento;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Connectors.Vtex;
using Crossdock.Connectors.WooCommerce;

namespace Crossdock.Server.Sandbox;

/// <summary>A small town for newcomers: emulated stores that sell, with rules of their own, and emulated couriers that fail now and then. All on loopback.</summary>
internal sealed class SandboxTown : IAsyncDisposable
{
    private readonly CancellationTokenSource closing = new();
    private readonly List<IAsyncDisposable> houses = [];
    private readonly List<Task> trade = [];
    private string couriers = "";

    /// <summary>The hub's options with the sandbox: its couriers are on loopback, and a line per attempt would bury the sign-in.</summary>
    internal static IReadOnlyDictionary<string, string?> HubOptions { get; } = new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Crossdock:Connections:AllowPrivateAddresses"] = "true",
        ["Logging:LogLevel:Crossdock"] = "Warning",
    };

    /// <summary>How the sandbox's courier misbehaves: every kind of outcome within two minutes.</summary>
    internal static CourierBehaviour CourierTrouble { get; } = new()
    {
        Slow = 0.02, BadAddress = 0.02, Throttle = 0.03, ServerError = 0.05, Garbage = 0.01, ErrorInside = 0.01, Drop = 0.02,
    };

    private static CourierBehaviour NightTrouble { get; } = new() { ServerError = 0.6, Drop = 0.05, Seed = 2 };

    /// <summary>Opens couriers and stores, applies the configuration, and lets the stores trade.</summary>
    internal static async Task<SandboxTown> StartAsync(RunningHub hub, double ordersPerSecond, CancellationToken cancellationToken)
    {
        var town = new SandboxTown();
        try
        {
            await town.OpenAsync(hub, ordersPerSecond / 6, cancellationToken);
            return town;
        }
        catch
        {
            await town.DisposeAsync();
            throw;
        }
    }

    /// <summary>One line for the start-up text.</summary>
    internal string Describe() => "two Shopify shops, one each on WooCommerce, PrestaShop, Magento, VTEX and Jumpseller, and two shops of their own making sell; " + couriers;

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await Task.WhenAll(trade).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var house in houses) await house.DisposeAsync();
        closing.Dispose();
    }

    private async Task OpenAsync(RunningHub hub, double pace, CancellationToken cancellationToken)
    {
        var courier = Keep(await CourierEmulator.StartAsync(behaviour: CourierTrouble));
        var night = Keep(await CourierEmulator.StartAsync(behaviour: NightTrouble));
        couriers = $"couriers' books: {courier.Address}/_emulator and {night.Address}/_emulator";
        // Numbers go on from the clock: a second start on the same data sells new orders instead of changing the old ones.
        int number = (int)((TimeProvider.System.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds % 1_000_000_000);
        string wooKey = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var polar = Keep(await WooCommerceEmulator.StartAsync(new()
        {
            FirstId = number, ConsumerKey = "ck_" + wooKey, ConsumerSecret = "cs_" + wooKey, RepeatRate = 0.05, ReorderRate = 0.03, UpdateRate = 0.06, CancelRate = 0.03, RefundRate = 0.03, TrashRate = 0.02, BadAddressRate = 0.03,
        }));
        var cumbre = Keep(await PrestaShopEmulator.StartAsync(new() { FirstId = number, LossRate = 0.02, RepeatRate = 0.03, SplitRate = 0.02, UpdateRate = 0.06, CancelRate = 0.03, RefundRate = 0.03, BadAddressRate = 0.03 }));
        var lago = Keep(await MagentoEmulator.StartAsync(new() { FirstId = number, LossRate = 0.02, BadAddressRate = 0.03 }));
        var sur = Keep(await VtexEmulator.StartAsync(new() { FirstNumber = number, LossRate = 0.02, RepeatRate = 0.05 }));
        var taller = Keep(await JumpsellerEmulator.StartAsync(new() { FirstId = number, LossRate = 0.02, RepeatRate = 0.05 }));
        string secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
        string token = "shpat_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        string courierSecret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));
        string ownSecret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));

        var shopifies = new List<ShopifyEmulator>();
        foreach (var (shop, seed) in ((string, int)[])[("andina-outdoor.myshopify.com", 1), ("boreal-trekking.myshopify.com", 1001)])
        {
            shopifies.Add(Keep(await ShopifyEmulator.StartAsync(new()
            {
                Shop = shop, Secret = secret, AccessToken = token, Seed = seed, FirstNumber = number, TimeScale = 0.01,
                RepeatRate = 0.05, ReorderRate = 0.03, UpdateRate = 0.06, CancelRate = 0.03, RefundRate = 0.03, FulfilRate = 0.05, BadAddressRate = 0.03, TestRate = 0.02,
            })));
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SANDBOX_ANDINA"] = shopifies[0].Address.AbsoluteUri, ["SANDBOX_BOREAL"] = shopifies[1].Address.AbsoluteUri, ["SANDBOX_TOKEN"] = token,
            ["SANDBOX_COURIER"] = courier.Address, ["SANDBOX_COURIER_SECRET"] = courierSecret, ["SANDBOX_NIGHT"] = night.Address, ["SANDBOX_POLAR"] = polar.Address, ["SANDBOX_CUMBRE"] = cumbre.Address, ["SANDBOX_CUMBRE_KEY"] = new PrestaShopEmulatorOptions().Key, ["SANDBOX_WOO_KEY"] = "ck_" + wooKey, ["SANDBOX_WOO_SECRET"] = "cs_" + wooKey, ["SANDBOX_SECRET"] = secret,
            ["SANDBOX_LAGO"] = lago.Address, ["SANDBOX_LAGO_TOKEN"] = new MagentoEmulatorOptions().AccessToken,
            ["SANDBOX_SUR"] = sur.Address, ["SANDBOX_SUR_KEY"] = new VtexEmulatorOptions().AppKey, ["SANDBOX_SUR_TOKEN"] = new VtexEmulatorOptions().AppToken,
            ["SANDBOX_TALLER"] = taller.Address + "/v1", ["SANDBOX_TALLER_HOOKS"] = new JumpsellerEmulatorOptions().HooksToken,
            ["SANDBOX_TALLER_LOGIN"] = new JumpsellerEmulatorOptions().Login, ["SANDBOX_TALLER_TOKEN"] = new JumpsellerEmulatorOptions().AuthToken,
            ["SANDBOX_OWN_SECRET"] = ownSecret,
        };
        var result = await hub.Application.Services.GetRequiredService<ConfigurationService>()
            .ApplyAsync(Configuration(), "sandbox", values.GetValueOrDefault, cancellationToken: cancellationToken);
        if (result.Errors.Count > 0) throw new HubException("The sandbox's configuration was refused: " + string.Join("; ", result.Errors.Select(error => $"{error.Path}: {error.Problem}")));

        // They tell of each parcel: a few words come twice, in the wrong order or not at all, and now and then one that nobody knows.
        courier.Tell(new() { Address = new Uri($"{hub.Address}/in/courier"), Secret = courierSecret, Carrier = "Sandbox Courier", RepeatRate = 0.05, ReorderRate = 0.05, OddWordRate = 0.01, LossRate = 0.01 });
        night.Tell(new() { Address = new Uri($"{hub.Address}/in/night-courier"), Secret = courierSecret, Carrier = "Night Courier", RepeatRate = 0.2, ReorderRate = 0.1, LossRate = 0.02, Seed = 2 });
        // The hub registers its webhooks at Shopify, WooCommerce, VTEX and Jumpseller by itself, and reads what was sold before; the modules of the others are told its address.
        foreach (var shopify in shopifies) trade.Add(shopify.RunAsync(pace, closing.Token));
        trade.Add(polar.RunAsync(pace, closing.Token));
        cumbre.InstallModule($"{hub.Address}/in/cumbre", secret);
        trade.Add(cumbre.RunAsync(pace, closing.Token));
        lago.ConnectModule($"{hub.Address}/in/lago", secret);
        trade.Add(lago.RunAsync(pace, closing.Token));
        trade.Add(sur.RunAsync(pace, closing.Token));
        trade.Add(taller.RunAsync(pace, closing.Token));
        var own = new CustomStoreEmulator(new Uri($"{hub.Address}/in/own"), ownSecret, "own-" + number.ToString(CultureInfo.InvariantCulture));
        trade.Add(RunAsync(own, pace));
        // Few orders, each approved by a person, and every fifth cannot be read.
        var wholesale = new CustomStoreEmulator(new Uri($"{hub.Address}/in/wholesale"), ownSecret, "bulk-" + number.ToString(CultureInfo.InvariantCulture), seed: 7, slipEvery: 5);
        trade.Add(RunAsync(wholesale, pace / 15));
    }

    private async Task RunAsync(CustomStoreEmulator shop, double pace)
    {
        using (shop) await shop.RunAsync(pace, closing.Token);
    }

    private T Keep<T>(T house) where T : IAsyncDisposable
    {
        houses.Add(house);
        return house;
    }

    private static string Configuration()
    {
        using var reader = new StreamReader(typeof(SandboxTown).Assembly.GetManifestResourceStream("sandbox.yaml")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
