using System.Globalization;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>The emulator as the suites need it.</summary>
internal sealed class EmulatedPrestaShop(string format = "json") : EmulatedShop, IShopToldStatus
{
    private PrestaShopEmulator shop = null!;
    private int changes;

    public override IConnector Connector => Presta.Connector;
    public override IReadOnlyDictionary<string, string> Secrets { get; } = new Dictionary<string, string> { ["webhookSecret"] = Presta.Secret, ["webserviceKey"] = new PrestaShopEmulatorOptions().Key };
    public override IReadOnlyDictionary<string, string> WrongSecrets { get; } = new Dictionary<string, string> { ["webhookSecret"] = Presta.Secret, ["webserviceKey"] = Presta.Key };
    public override string WrongKeySays => "Authentication key does not exist";
    public override int PageSize => 5;

    public override async Task<string> StartAsync(FakeClock clock) => (shop = await PrestaShopEmulator.StartAsync(new() { Clock = clock, UnpaidRate = 0, CashRate = 0 })).Address;

    public override string SettingsAt(string address) => $$"""{"shopUrl":"{{address}}","pageSize":5,"tellStatus":true,"format":"{{format}}"}""";

    public override async Task<string> PlaceAsync() => (await shop.PlaceOrderAsync())[0].ToString(CultureInfo.InvariantCulture);

    public override Task ChangeAsync(string externalId) =>
        shop.EditAsync(long.Parse(externalId, CultureInfo.InvariantCulture), order => order["gift_message"] = $"cambio {(++changes).ToString(CultureInfo.InvariantCulture)}", isSilent: true);

    public IReadOnlyList<string> ToldOf(string externalId) => shop.ToldOf(long.Parse(externalId, CultureInfo.InvariantCulture));

    public override ValueTask DisposeAsync() => shop.DisposeAsync();
}
