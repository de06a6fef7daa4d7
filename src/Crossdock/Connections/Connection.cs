using System.Collections.Frozen;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Rules;
using NodaTime;

namespace Crossdock.Connections;

/// <summary>One connection as the running hub uses it: settings read, secrets in clear, abilities prepared. Immutable; replaced as a whole when the configuration changes.</summary>
public sealed class Connection
{
    private IStoreRules rules = null!;

    public required ConnectionId Id { get; init; }
    public required ConnectionSettings Settings { get; init; }
    public required bool IsEnabled { get; init; }
    /// <summary>Rises with every change.</summary>
    public required long Version { get; init; }
    public required IConnector Connector { get; init; }
    /// <summary>Null when the platform does not call us, or the settings no longer pass the connector's check.</summary>
    public IWebhookEndpoint? Endpoint { get; init; }
    /// <summary>Null when the platform has no orders.</summary>
    public IOrderMapping? Mapping { get; init; }
    /// <summary>What in its documents decides whether an order is right.</summary>
    public DocumentShape Shape { get; init; } = DocumentShape.None;
    /// <summary>Null when the platform receives nothing.</summary>
    public IDestination? Destination { get; init; }
    /// <summary>Null when its orders cannot be read: the connector lacks it, or the settings give no key.</summary>
    public OrderReaders? Readers { get; init; }
    /// <summary>Null when the platform keeps no queue for us.</summary>
    public IOrderFeed? Feed { get; init; }
    /// <summary>How often the queue is read while it was empty; null where there is no feed.</summary>
    public TimeSpan? FeedEvery { get; init; }
    /// <summary>Null when a person looks after the webhooks.</summary>
    public ISubscriptions? Subscriptions { get; init; }
    /// <summary>Takes <see cref="DeliveryKind.Status"/>; null when the shop is told nothing.</summary>
    public IDestination? StatusDestination { get; init; }
    /// <summary>What it says of the orders it was handed; null when it says nothing, or the settings do not say how.</summary>
    public IDeliveryNews? News { get; init; }
    /// <summary>How often it is polled; null for never.</summary>
    public TimeSpan? PollEvery { get; init; }
    /// <summary>The time zone of the store's days, by its name in the tz database; null for the installation's.</summary>
    public string? TimeZone { get; init; }
    /// <summary>That zone, or the one that the platform's settings name; null where neither says one.</summary>
    internal DateTimeZone? OwnZone => Zone(TimeZone) ?? Zone(Settings.Text("timeZone"));
    public required IStoreRules Rules { get => rules; init => rules = value; }
    /// <summary>Keys of its destinations, in order.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];
    /// <summary>True when a person approves every order of this store.</summary>
    public bool NeedsApproval => Approval.IsManual;
    /// <summary>Who lets its orders through.</summary>
    public ApprovalSetting Approval { get; init; } = ApprovalSetting.Automatic;
    /// <summary>Why it cannot work with its present settings; null when it can.</summary>
    public string? BrokenBecause { get; init; }

    /// <summary>Whoever takes deliveries here: a destination its orders, a shop what it is told. Null when neither.</summary>
    internal IDestination? Receiver => Destination ?? StatusDestination;

    /// <summary>Whether the shop is to learn how its orders get on. While its settings are broken nobody can say: then it is planned, and told or given up when they are mended.</summary>
    internal bool TellsStatus => StatusDestination is not null || BrokenBecause is not null && Connector is IOrderStatusTarget;

    /// <summary>Who takes deliveries of this kind here; null for nobody.</summary>
    internal IDestination? ReceiverOf(DeliveryKind kind) => kind == DeliveryKind.Status ? StatusDestination : Destination;

    /// <summary>The same connection with rules that are not in force, to try them. Never released: what it was prepared with belongs to the original.</summary>
    internal Connection Trying(IStoreRules other)
    {
        var copy = (Connection)MemberwiseClone();
        copy.rules = other;
        return copy;
    }

    /// <summary>Disposes what was prepared. Called when the last call must have ended.</summary>
    internal void Release()
    {
        Destination?.Dispose();
        Readers?.Dispose();
        Feed?.Dispose();
        Subscriptions?.Dispose();
        StatusDestination?.Dispose();
    }

    public string Key => Settings.Key;
    public string Name => Settings.Name;
    public string Platform => Settings.Platform;

    private static DateTimeZone? Zone(string? name) => name is null ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name);
}

/// <summary>All connections at one moment.</summary>
public sealed class ConnectionSnapshot(IReadOnlyCollection<Connection> all)
{
    /// <summary>No connection at all.</summary>
    public static ConnectionSnapshot Empty { get; } = new([]);

    public IReadOnlyCollection<Connection> All { get; } = all;
    public FrozenDictionary<string, Connection> ByKey { get; } = all.ToFrozenDictionary(connection => connection.Key, StringComparer.Ordinal);
    public FrozenDictionary<ConnectionId, Connection> ById { get; } = all.ToFrozenDictionary(connection => connection.Id);
}

/// <summary>The connections in memory. Reading <see cref="Current"/> is a field read; it is kept fresh on every node.</summary>
public interface IConnectionDirectory
{
    ConnectionSnapshot Current { get; }

    /// <summary>Raised on a background thread after <see cref="Current"/> was replaced.</summary>
    event Action? Changed;
}
