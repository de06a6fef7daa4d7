using System.Globalization;
using Crossdock.Connectors.Shopify.Emulator;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Shopify;

/// <summary>The emulated Shopify shop as the suites need it.</summary>
/// <param name="api">Reading by <c>graphql</c> or <c>rest</c>.</param>
/// <param name="isExpiring">With tokens of an hour instead of a permanent one.</param>
internal sealed class ShopifyStore(string api = "graphql", bool isExpiring = false) : EmulatedShop, IShopWithSubscriptions, IShopToldStatus
{
    internal ShopifyEmulator Emulator { get; private set; } = null!;

    public override IConnector Connector => ShopifySamples.Connector;

    public override IReadOnlyDictionary<string, string> Secrets { get; } = isExpiring
        ? new Dictionary<string, string> { ["webhookSecret"] = "hush-andina-0123", ["refreshToken"] = "shprt_first-0123456789" }
        : new Dictionary<string, string> { ["webhookSecret"] = "hush-andina-0123", ["accessToken"] = "shpat_0123456789abcdef" };

    public override IReadOnlyDictionary<string, string> WrongSecrets { get; } = isExpiring
        ? new Dictionary<string, string> { ["webhookSecret"] = "hush-andina-0123", ["refreshToken"] = "shprt_other-0123456789" }
        : new Dictionary<string, string> { ["webhookSecret"] = "hush-andina-0123", ["accessToken"] = "shpat_ffffffffffffffff" };

    public override string WrongKeySays => isExpiring ? "refresh token is invalid" : "Invalid API key or access token";

    public override int PageSize => 5;

    public override LineAnswer Throttled => api == "rest" || isExpiring
        ? new(429, """{"errors":"Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."}""", ("Retry-After", "2.0"))
        : new(200, """{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":112,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":12,"restoreRate":100.0}}}}""");

    public override string SettingsAt(string address) =>
        $$"""{"shop":"andina-outdoor.myshopify.com","apiUrl":"{{address}}","api":"{{api}}","pageSize":5,"tellStatus":"true","notifyCustomer":"true"{{(isExpiring ? ",\"clientId\":\"client-1\"" : "")}}}""";

    public override async Task<string> StartAsync(FakeClock clock)
    {
        Emulator = await ShopifyEmulator.StartAsync(new ShopifyEmulatorOptions
        {
            Secret = "hush-andina-0123", AccessToken = isExpiring ? "" : "shpat_0123456789abcdef", Clock = clock, GraphQlPoints = 10_000_000, RestRequests = 1_000_000,
            ClientId = isExpiring ? "client-1" : null, RefreshToken = isExpiring ? "shprt_first-0123456789" : null,
        });
        return Emulator.Address.ToString().TrimEnd('/');
    }

    public override async Task<string> PlaceAsync() => (await Emulator.PlaceOrderAsync()).ToString(CultureInfo.InvariantCulture);

    public override Task ChangeAsync(string externalId) => Emulator.UpdateAsync(Id(externalId));

    public override bool IsLimited(string method, string path) => path != "/admin/oauth/access_token";

    public IReadOnlyList<string> ActiveFor(Uri address) => [.. Of(address).Select(one => one.Topic)];

    public Task AddForeignAsync(Uri address)
    {
        Emulator.Subscribe("orders/create", address);
        return Task.CompletedTask;
    }

    public bool SwitchOneOff(Uri address) => false;

    public void RemoveOne(Uri address) => Emulator.Unsubscribe(Of(address).First().Id);

    public IReadOnlyList<string> ToldOf(string externalId) => Emulator.ToldOf(Id(externalId));

    public override ValueTask DisposeAsync() => Emulator.DisposeAsync();

    private IEnumerable<ShopifySubscription> Of(Uri address) => Emulator.Subscriptions.Where(one => one.Address == address);

    private static long Id(string externalId) => long.Parse(externalId, CultureInfo.InvariantCulture);
}
