using System.Globalization;

namespace Crossdock.Testing.Faults;

/// <summary>One hub with its shop and courier, for a fault that a test brings about itself.</summary>
public sealed class Scenario : IAsyncDisposable
{
    private readonly string folder;

    private Scenario(string folder, HubProcess hub, StrictCourier courier, Announcer shop) => (this.folder, Hub, Courier, Shop) = (folder, hub, courier, shop);

    public HubProcess Hub { get; }
    public StrictCourier Courier { get; }
    public Announcer Shop { get; }

    /// <param name="folder">The data folder; null for a new one.</param>
    /// <param name="faults">What the courier does wrong; null for nothing.</param>
    /// <param name="connections">Connections of the shop.</param>
    public static async Task<Scenario> StartAsync(string? folder = null, CourierFaults? faults = null, int connections = 16)
    {
        folder ??= HubProcess.NewFolder();
        var courier = await StrictCourier.StartAsync(1, faults ?? new CourierFaults { Drop = 0, Error = 0, Slow = 0 });
        var hub = await HubProcess.StartAsync(folder);
        await hub.ApplyAsync(FaultCampaign.Configuration(courier.Address));
        return new Scenario(folder, hub, courier, new Announcer([hub.Address], connections, TimeProvider.System));
    }

    /// <summary>Announces orders, each until it is acknowledged.</summary>
    public void Announce(long firstId, int count)
    {
        for (long id = firstId; id < firstId + count; id++)
        {
            Shop.Announce(new Announcement { OrderId = id, WebhookId = string.Create(CultureInfo.InvariantCulture, $"w-{id}"), UpdatedAt = "2026-11-01T10:00:10Z", IsPatient = true });
        }
    }

    /// <summary>Waits until everything is acknowledged and at rest, then judges.</summary>
    public async Task<CampaignReport> JudgeAsync(TimeSpan patience)
    {
        if (!await Shop.IsOverAsync(Shop.All, patience))
        {
            throw new TimeoutException($"the hub does not acknowledge: {string.Join(", ", Shop.Answers)}\n{Hub.LastLines()}");
        }

        long started = TimeProvider.System.GetTimestamp();
        await using var database = Hub.Connect();
        var evidence = new Evidence(database, Shop, Courier);
        bool isSettled = await evidence.SettleAsync(patience);
        return await evidence.JudgeAsync(0, [], isSettled, TimeProvider.System.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        await Hub.DisposeAsync();
        await Courier.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
