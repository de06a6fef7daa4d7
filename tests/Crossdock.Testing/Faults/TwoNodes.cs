using Crossdock.Testing.Database;

namespace Crossdock.Testing.Faults;

/// <summary>Two hubs on one database and with one folder of keys, announced to by one shop.</summary>
public sealed class TwoNodes : IAsyncDisposable
{
    private readonly string folder;

    private TwoNodes(string folder, HubProcess first, HubProcess second, StrictCourier courier)
    {
        this.folder = folder;
        (First, Second, Courier) = (first, second, courier);
        Shop = new Announcer([first.Address, second.Address], 32, TimeProvider.System);
    }

    public HubProcess First { get; }
    public HubProcess Second { get; }
    public StrictCourier Courier { get; }
    public Announcer Shop { get; }

    public static async Task<TwoNodes> StartAsync(TestDatabase database, string approval, int leaseSeconds)
    {
        string folder = HubProcess.NewFolder();
        var courier = await StrictCourier.StartAsync(1);
        var options = new Dictionary<string, string>
        {
            ["Crossdock__Database"] = database.ConnectionString,
            ["Crossdock__Processing__LeaseSeconds"] = leaseSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Crossdock__Delivery__LeaseSeconds"] = leaseSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        var first = await HubProcess.StartAsync(folder, options, "first");
        await first.ApplyAsync(FaultCampaign.Configuration(courier.Address, approval));
        var second = await HubProcess.StartAsync(folder, options, "second");
        return new TwoNodes(folder, first, second, courier);
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
        await Courier.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
