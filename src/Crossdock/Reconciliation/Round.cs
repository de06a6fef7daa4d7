using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Reading;
using NodaTime;

namespace Crossdock.Reconciliation;

/// <summary>One look at one store, under its lease.</summary>
internal sealed class Round(ReadingState state, Connection connection, DateTimeZone zone)
{
    public ReadingState State => state;
    public Connection Connection => connection;
    public DateTimeZone Zone => zone;
    public ReadingTraits Traits => connection.Readers!.Traits;
    /// <summary>Up to here what changed lately is compared and counted.</summary>
    public DateTimeOffset Watermark { get; set; } = state.Watermark;
    /// <summary>When what changed lately was last compared; null for never.</summary>
    public DateTimeOffset? ComparedAt { get; set; } = state.SucceededAt;
    /// <summary>Whether there is more of what changed lately than one window held.</summary>
    public bool IsBehind { get; set; }

    /// <summary>The time that decides to which day an order belongs.</summary>
    public DateTimeOffset? TimeOf(ListedOrder order) => Traits.History is OrderClock.Placed ? order.PlacedAt : order.UpdatedAt;
}
