using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Testing.Conformance;

/// <summary>A platform's emulator as the suites for reading, feeds, subscriptions, status and connection tests need it. One class per platform, used by all of its suites; started anew for each test.</summary>
public abstract class EmulatedShop : IAsyncDisposable
{
    /// <summary>The connector under test.</summary>
    public abstract IConnector Connector { get; }

    /// <summary>Right secrets for the emulator; each at least eight characters.</summary>
    public abstract IReadOnlyDictionary<string, string> Secrets { get; }

    /// <summary>The same with a key that the emulator refuses.</summary>
    public abstract IReadOnlyDictionary<string, string> WrongSecrets { get; }

    /// <summary>Part of what the platform itself says to a wrong key.</summary>
    public abstract string WrongKeySays { get; }

    /// <summary>How many orders fill a page with <see cref="SettingsAt"/>; small where it can be set.</summary>
    public abstract int PageSize { get; }

    /// <summary>How this platform says that it was asked too often; the usual 429 with seven seconds to wait.</summary>
    public virtual LineAnswer Throttled => new(429, """{"message":"too many requests"}""", ("Retry-After", "7"));

    /// <summary>An id that the shop never gave to an order, in the platform's own shape.</summary>
    public virtual string UnknownId => "999999999";

    /// <summary>Starts the emulator on this clock, without any rate limit that a quick test would hit; gives its address: http://127.0.0.1:PORT.</summary>
    public abstract Task<string> StartAsync(FakeClock clock);

    /// <summary>The connection's settings, as JSON, for the emulator at this address. Everything that can be switched on is.</summary>
    public abstract string SettingsAt(string address);

    /// <summary>A buyer places an order; gives its external id.</summary>
    public abstract Task<string> PlaceAsync();

    /// <summary>The shop changes something of an order, so that its time of change is the clock's.</summary>
    public abstract Task ChangeAsync(string externalId);

    /// <summary>Whether a call counts against the platform's rate limit; not so where tokens come from another server.</summary>
    public virtual bool IsLimited(string method, string path) => true;

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();

    /// <summary>The settings as the hub has them.</summary>
    public ConnectionSettings Connection(string address) => new("store", "Store", Connector.Manifest.Platform, JsonElement.Parse(SettingsAt(address)), Secrets);
}

/// <summary>An emulator with a queue of announcements.</summary>
public interface IShopWithFeed
{
    /// <summary>How long a message that was read stays away before it comes again.</summary>
    TimeSpan HiddenFor { get; }

    /// <summary>The queue vanishes, as the platform takes it away from those who never read it.</summary>
    Task LoseFeedAsync();
}

/// <summary>An emulator that registers webhooks.</summary>
public interface IShopWithSubscriptions
{
    /// <summary>Topics that are active for this address, one entry per registration.</summary>
    IReadOnlyList<string> ActiveFor(Uri address);

    /// <summary>Somebody else's webhook, with a topic that the connector wants too.</summary>
    Task AddForeignAsync(Uri address);

    /// <summary>Switches one off as the platform does after failures; false when this platform removes them instead.</summary>
    bool SwitchOneOff(Uri address);

    /// <summary>Takes one away, as the platform or a person does.</summary>
    void RemoveOne(Uri address);
}

/// <summary>An emulator that is told how its orders get on.</summary>
public interface IShopToldStatus
{
    /// <summary>What it was told about an order: one entry for each change of status, note, tracking number, shipment or event that it recorded.</summary>
    IReadOnlyList<string> ToldOf(string externalId);
}
