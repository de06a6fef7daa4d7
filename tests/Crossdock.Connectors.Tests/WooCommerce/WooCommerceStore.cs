using System.Globalization;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.WooCommerce;

/// <summary>The emulated WooCommerce shop as the suites need it.</summary>
internal sealed class WooCommerceStore(string furtherSettings = "") : EmulatedShop, IShopWithSubscriptions, IShopToldStatus
{
    internal WooCommerceEmulator Emulator { get; private set; } = null!;

    public override IConnector Connector => Woo.Connector;

    public override IReadOnlyDictionary<string, string> Secrets { get; } = new Dictionary<string, string> { ["webhookSecret"] = Woo.Secret, ["consumerKey"] = "ck_0123456789abcdef", ["consumerSecret"] = "cs_fedcba9876543210" };

    public override IReadOnlyDictionary<string, string> WrongSecrets { get; } = new Dictionary<string, string> { ["webhookSecret"] = Woo.Secret, ["consumerKey"] = "ck_ffffffffffffffff", ["consumerSecret"] = "cs_fedcba9876543210" };

    public override string WrongKeySays => "Consumer key is invalid";

    public override int PageSize => 6;

    public override LineAnswer Throttled => new(429, "<html><body><h1>429 Too Many Requests</h1></body></html>", ("Retry-After", "7"));

    public override string SettingsAt(string address) => $$"""{"siteUrl":"{{address}}","pageSize":6,"tellStatus":true,"tracking":"ast"{{furtherSettings}}}""";

    public override async Task<string> StartAsync(FakeClock clock)
    {
        Emulator = await WooCommerceEmulator.StartAsync(new WooCommerceEmulatorOptions { Clock = clock, ConsumerKey = Secrets["consumerKey"], ConsumerSecret = Secrets["consumerSecret"], Plugins = ["wc-ast/v3"] });
        return Emulator.Address;
    }

    public override async Task<string> PlaceAsync() => (await Emulator.PlaceOrderAsync()).ToString(CultureInfo.InvariantCulture);

    public override Task ChangeAsync(string externalId) => Emulator.UpdateStatusAsync(Id(externalId), "on-hold");

    public IReadOnlyList<string> ActiveFor(Uri address) => [.. Of(address).Where(hook => hook.Status == "active").Select(hook => hook.Topic)];

    public Task AddForeignAsync(Uri address) => Emulator.SubscribeAsync("order.created", address.AbsoluteUri, "TheirSecret");

    public bool SwitchOneOff(Uri address)
    {
        Emulator.SwitchWebhook(Of(address).First().Id, "disabled");
        return true;
    }

    public void RemoveOne(Uri address) => Emulator.RemoveWebhook(Of(address).First().Id);

    public IReadOnlyList<string> ToldOf(string externalId) => Emulator.ToldOf(Id(externalId));

    public override ValueTask DisposeAsync() => Emulator.DisposeAsync();

    private IEnumerable<(long Id, string Topic, string Address, string Status)> Of(Uri address) => Emulator.Webhooks.Where(hook => hook.Address == address.AbsoluteUri);

    private static long Id(string externalId) => long.Parse(externalId, CultureInfo.InvariantCulture);
}
