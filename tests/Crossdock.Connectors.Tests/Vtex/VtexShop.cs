using System.Text.Json.Nodes;
using Crossdock.Connectors.Vtex;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Vtex;

/// <summary>The emulated account as the suites need it.</summary>
internal sealed class VtexShop : EmulatedShop, IShopWithFeed, IShopWithSubscriptions, IShopToldStatus
{
    internal VtexEmulator Emulator { get; private set; } = null!;

    public override IConnector Connector => VtexSamples.Connector;

    public override IReadOnlyDictionary<string, string> Secrets => VtexSamples.Secrets;

    public override IReadOnlyDictionary<string, string> WrongSecrets => new Dictionary<string, string>(VtexSamples.Secrets) { ["appToken"] = "another-app-token" };

    public override string WrongKeySays => "Acesso não autorizado";

    public override int PageSize => 5;

    public TimeSpan HiddenFor => TimeSpan.FromSeconds(240);

    public override async Task<string> StartAsync(FakeClock clock)
    {
        Emulator = await VtexEmulator.StartAsync(new() { Clock = clock, LargestPage = PageSize, PerMinute = int.MaxValue, Pings = false });
        return Emulator.Address;
    }

    public override string SettingsAt(string address) => new JsonObject { ["account"] = "andesoutdoor", ["apiUrl"] = address, ["tellStatus"] = true }.ToJsonString();

    public override Task<string> PlaceAsync() => Emulator.PlaceOrderAsync();

    public override Task ChangeAsync(string externalId)
    {
        Emulator.Edit(externalId, order => order["lastMessage"] = $"{order["lastMessage"]}!");
        return Task.CompletedTask;
    }

    public Task LoseFeedAsync()
    {
        Emulator.LoseFeed();
        return Task.CompletedTask;
    }

    public IReadOnlyList<string> ActiveFor(Uri address) => [.. Emulator.HookAddresses.Where(hook => hook == address.AbsoluteUri)];

    public Task AddForeignAsync(Uri address)
    {
        Emulator.HookOfAnotherKey(address.AbsoluteUri);
        return Task.CompletedTask;
    }

    public bool SwitchOneOff(Uri address) => false;

    public void RemoveOne(Uri address) => Emulator.LoseHook();

    public IReadOnlyList<string> ToldOf(string externalId)
    {
        var order = Emulator.Read(externalId)!;
        List<string> told = [];
        if (order["status"]!.GetValue<string>() is "handling" or "invoiced")
        {
            told.Add("handling");
        }

        foreach (var package in order["packageAttachment"]!["packages"]!.AsArray())
        {
            told.Add($"{package!["invoiceNumber"]} {package["invoiceValue"]} {package["trackingNumber"]} {package["trackingUrl"]}");
            if (package["courierStatus"]?["finished"]?.GetValue<bool>() == true)
            {
                told.Add($"{package["invoiceNumber"]} delivered {package["courierStatus"]!["deliveredDate"]}");
            }
        }

        return told;
    }

    public override async ValueTask DisposeAsync()
    {
        if (Emulator is not null)
        {
            await Emulator.DisposeAsync();
        }
    }
}
