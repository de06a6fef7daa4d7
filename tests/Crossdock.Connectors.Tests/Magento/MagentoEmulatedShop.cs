using System.Globalization;
using Crossdock.Connectors.Magento;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Magento;

/// <summary>The emulated Magento shop as the suites need it, once for each way of signing in.</summary>
internal sealed class MagentoEmulatedShop(string signIn) : EmulatedShop, IShopWithSubscriptions, IShopToldStatus
{
    private MagentoEmulator shop = null!;

    public override IConnector Connector => Mage.Connector;

    public override IReadOnlyDictionary<string, string> Secrets => Keys(new MagentoEmulatorOptions());

    public override IReadOnlyDictionary<string, string> WrongSecrets => Keys(new MagentoEmulatorOptions { AccessToken = "at_somebody_elses_token", ConsumerSecret = "cs_somebody_elses_secret", AdminPassword = "not-the-password" });

    public override string WrongKeySays => signIn switch
    {
        "oauth" => "The signature is invalid",
        "administrator" => "account sign-in was incorrect",
        _ => "isn't authorized to access M",
    };

    public override int PageSize => 5;

    public override async Task<string> StartAsync(FakeClock clock)
    {
        shop = await MagentoEmulator.StartAsync(new MagentoEmulatorOptions { Clock = clock, RunsQueue = false, AllowsBearer = signIn != "oauth" });
        return shop.Address;
    }

    public override string SettingsAt(string address) =>
        $$"""{"baseUrl":"{{address}}/","pageSize":5,"tellStatus":true,"manageAsyncEvents":true,"storeIds":["1"]{{(signIn == "administrator" ? ",\"adminUser\":\"hub\"" : "")}}}""";

    public override async Task<string> PlaceAsync() => (await shop.PlaceOrderAsync()).ToString(CultureInfo.InvariantCulture);

    public override Task ChangeAsync(string externalId) => shop.TouchAsync(long.Parse(externalId, CultureInfo.InvariantCulture));

    public override ValueTask DisposeAsync() => shop.DisposeAsync();

    public IReadOnlyList<string> ActiveFor(Uri address) => shop.RegisteredFor(address.AbsoluteUri);

    public Task AddForeignAsync(Uri address)
    {
        shop.Register("sales.order.created", address.AbsoluteUri, "their own token");
        return Task.CompletedTask;
    }

    public bool SwitchOneOff(Uri address)
    {
        shop.LoseRegistration(address.AbsoluteUri, isOnlyOff: true);
        return true;
    }

    public void RemoveOne(Uri address) => shop.LoseRegistration(address.AbsoluteUri, isOnlyOff: false);

    public IReadOnlyList<string> ToldOf(string externalId) => shop.ToldOf(long.Parse(externalId, CultureInfo.InvariantCulture));

    private Dictionary<string, string> Keys(MagentoEmulatorOptions keys)
    {
        Dictionary<string, string> secrets = new() { ["webhookSecret"] = Mage.Secret };
        if (signIn == "administrator")
        {
            secrets["adminPassword"] = keys.AdminPassword;
            return secrets;
        }

        secrets["accessToken"] = signIn == "oauth" ? new MagentoEmulatorOptions().AccessToken : keys.AccessToken;
        if (signIn == "oauth")
        {
            (secrets["accessTokenSecret"], secrets["consumerKey"], secrets["consumerSecret"]) = (keys.AccessTokenSecret, keys.ConsumerKey, keys.ConsumerSecret);
        }

        return secrets;
    }
}

public sealed class MagentoReadingByTokenTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new MagentoEmulatedShop("bearer");

    protected override void Inspect(ListedOrder listed, Order mapped) => Xunit.Assert.DoesNotContain("tok_emulated", System.Text.Encoding.UTF8.GetString((listed.Document?.Payload ?? default).Span), StringComparison.Ordinal);
}

public sealed class MagentoReadingBySignedCallsTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new MagentoEmulatedShop("oauth");
}

public sealed class MagentoReadingAsAdministratorTests : OrderSourceConformance
{
    protected override EmulatedShop NewShop() => new MagentoEmulatedShop("administrator");
}

public sealed class MagentoStatusConformanceTests : OrderStatusConformance
{
    protected override EmulatedShop NewShop() => new MagentoEmulatedShop("oauth");

    protected override IReadOnlyList<OrderState> Recorded => [OrderState.Processing, OrderState.InShipment, OrderState.Delivered];
}

public sealed class MagentoSubscriptionConformanceTests : SubscriptionConformance
{
    protected override EmulatedShop NewShop() => new MagentoEmulatedShop("bearer");
}

public sealed class MagentoConnectionTestTests : ConnectionTestConformance
{
    protected override EmulatedShop NewShop() => new MagentoEmulatedShop("oauth");
}

public sealed class MagentoShapeTests : ShapeConformance
{
    protected override EmulatedShop NewShop() => new MagentoEmulatedShop("bearer");
}
