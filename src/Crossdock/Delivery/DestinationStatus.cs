using Crossdock.Model;

namespace Crossdock.Delivery;

/// <summary>How a destination does on this node, for whoever looks.</summary>
/// <param name="Id">The connection.</param>
/// <param name="Key">Its key.</param>
/// <param name="Breaker">Whether it is called.</param>
/// <param name="OpenUntil">When it is tried again; null while the breaker is closed.</param>
/// <param name="FailuresInRow">Failures since the last success.</param>
/// <param name="PausedUntil">Until when it asked to be left alone; null when it did not.</param>
/// <param name="Queued">Deliveries in memory.</param>
/// <param name="InFlight">Calls under way.</param>
/// <param name="Concurrency">Calls allowed at once.</param>
/// <param name="PerSecond">Calls allowed per second; null for no limit.</param>
/// <param name="LastError">What went wrong last; null when the last call went well.</param>
/// <param name="LastSuccessAt">When it last took something, UTC.</param>
public sealed record DestinationStatus(
    ConnectionId Id, string Key, BreakerState Breaker, DateTimeOffset? OpenUntil, int FailuresInRow, DateTimeOffset? PausedUntil,
    int Queued, int InFlight, int Concurrency, double? PerSecond, string? LastError, DateTimeOffset? LastSuccessAt);

/// <summary>Tells how the destinations do on this node.</summary>
public interface IDestinationMonitor
{
    /// <summary>Every destination that deliveries were taken for since the start.</summary>
    IReadOnlyList<DestinationStatus> Statuses();
}
