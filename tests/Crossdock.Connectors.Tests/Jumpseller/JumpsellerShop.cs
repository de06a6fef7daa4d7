using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Jumpseller;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Jumpseller;

/// <summary>The emulated store as the suites need it.</summary>
internal sealed class JumpsellerShop : EmulatedShop, IShopWithSubscriptions, IShopToldStatus
{
    internal JumpsellerEmulator Emulator { get; private set; } = null!;

    public override IConnector Connector => JumpsellerSamples.Connector;

    public override IReadOnlyDictionary<string, string> Secrets => JumpsellerSamples.Secrets;

    public override IReadOnlyDictionary<string, string> WrongSecrets => new Dictionary<string, string>(JumpsellerSamples.Secrets) { ["authToken"] = "another-auth-token" };

    public override string WrongKeySays => "Invalid login or authentication token";

    public override int PageSize => 5;

    public override LineAnswer Throttled => new(429, """{"message":"Too Many Requests"}""");

    public override async Task<string> StartAsync(FakeClock clock)
    {
        Emulator = await JumpsellerEmulator.StartAsync(new() { Clock = clock, LargestPage = PageSize, PerMinute = int.MaxValue, PerSecond = int.MaxValue });
        return Emulator.Address;
    }

    public override string SettingsAt(string address) => new JsonObject { ["storeCode"] = "tallerdelsur", ["apiUrl"] = address + "/v1", ["accountsUrl"] = address, ["tellStatus"] = true }.ToJsonString();

    public override async Task<string> PlaceAsync() => (await Emulator.PlaceOrderAsync()).ToString(CultureInfo.InvariantCulture);

    public override Task ChangeAsync(string externalId)
    {
        Emulator.Edit(Number(externalId), order => order["additional_information"] = $"{order["additional_information"]}!");
        return Task.CompletedTask;
    }

    public IReadOnlyList<string> ActiveFor(Uri address) => Emulator.ActiveFor(address.AbsoluteUri);

    public Task AddForeignAsync(Uri address)
    {
        Emulator.Subscribe("order_paid", address.AbsoluteUri);
        return Task.CompletedTask;
    }

    public bool SwitchOneOff(Uri address)
    {
        Emulator.PauseOne(address.AbsoluteUri);
        return true;
    }

    public void RemoveOne(Uri address) => Emulator.RemoveOne(address.AbsoluteUri);

    public IReadOnlyList<string> ToldOf(string externalId)
    {
        List<string> told = [];
        if (Emulator.Read(Number(externalId))!["shipment_status_enum"]!.GetValue<string>() != "unfulfilled")
        {
            told.Add("requested");
        }

        foreach (var one in Emulator.FulfilmentsOf(Number(externalId)))
        {
            told.Add($"{one["id"]} {one["tracking_number"]}");
            if (one["shipment_status"]!.GetValue<string>() != "requested")
            {
                told.Add($"{one["id"]} {one["shipment_status"]}");
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

    private static long Number(string id) => long.Parse(id, CultureInfo.InvariantCulture);
}
