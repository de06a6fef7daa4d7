using Crossdock.Model;

namespace Crossdock.Connections;

/// <summary>How a destination does on the node that was asked, since that node started.</summary>
/// <param name="Breaker">Whether it is called: <c>closed</c> (it is), <c>open</c> (it failed too often in a row: nobody calls it for a while), <c>half_open</c> (one call is let through to see).</param>
/// <param name="BreakerOpenUntil">When it is tried again, UTC; null while the breaker is closed.</param>
/// <param name="FailuresInRow">Failures since the last success.</param>
/// <param name="PausedUntil">Until when it asked to be left alone, UTC; null when it did not.</param>
/// <param name="Queued">Deliveries in memory.</param>
/// <param name="InFlight">Calls under way.</param>
/// <param name="Concurrency">Calls allowed at once.</param>
/// <param name="PerSecond">Calls allowed per second; null for no limit.</param>
/// <param name="LastError">What went wrong last; null when the last call went well.</param>
/// <param name="LastSuccessAt">When it last took something, UTC.</param>
public sealed record DestinationHealth(
    string Breaker, DateTimeOffset? BreakerOpenUntil, int FailuresInRow, DateTimeOffset? PausedUntil,
    int Queued, int InFlight, int Concurrency, double? PerSecond, string? LastError, DateTimeOffset? LastSuccessAt);

/// <summary>Tells how destinations do on this node. Registered on nodes that deliver.</summary>
public interface IDestinationHealth
{
    /// <summary>Null when nothing was delivered to it since the start.</summary>
    DestinationHealth? HealthOf(ConnectionId destination);
}
