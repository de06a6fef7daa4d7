using System.Collections.Concurrent;
using Crossdock.Connections;
using Crossdock.Model;
using Crossdock.Model.Orders;
using Microsoft.Extensions.Options;

namespace Crossdock.Delivery;

/// <summary>The destinations' lanes on this node, and the way into them.</summary>
internal sealed class DeliveryLanes(IConnectionDirectory directory, DeliveryAttempt attempt, OutcomeWriter writer, TimeProvider clock, IOptions<DeliveryOptions> options)
    : IDeliveryIntake, IDestinationMonitor, IDestinationHealth, IDisposable
{
    private readonly ConcurrentDictionary<ConnectionId, DestinationLane> lanes = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();
    private readonly Lock gate = new();
    private volatile bool isRunning;

    /// <summary>Raised when rows without a lease may be due, or a lane runs low.</summary>
    internal event Action? Woken;

    public TimeSpan Lease => TimeSpan.FromSeconds(options.Value.LeaseSeconds);

    public bool HasRoom(ConnectionId destination) => isRunning && Lane(destination) is { Room: > 0 };

    public int Offer(IReadOnlyList<DueDelivery> deliveries)
    {
        int refused = 0;
        foreach (var due in deliveries)
        {
            if (!isRunning || Lane(due.Destination) is not { Room: > 0 } lane || !lane.TryAdd(due))
            {
                writer.GiveBack(due, isUnclear: false);
                refused++;
                if (lanes.TryGetValue(due.Destination, out var full))
                {
                    full.HasMore = true;
                }
            }
        }
        return refused;
    }

    public void GiveBack(IReadOnlyList<DueDelivery> deliveries)
    {
        foreach (var due in deliveries)
        {
            writer.GiveBack(due, isUnclear: false);
        }
    }

    public void Wake() => Woken?.Invoke();

    public IReadOnlyList<DestinationStatus> Statuses() => [.. lanes.Values.Select(lane => lane.Status()).OrderBy(status => status.Key, StringComparer.Ordinal)];

    public DestinationHealth? HealthOf(ConnectionId destination)
    {
        if (!lanes.TryGetValue(destination, out var lane))
        {
            return null;
        }
        var status = lane.Status();
        return new DestinationHealth(EnumNames<BreakerState>.Of(status.Breaker), status.OpenUntil, status.FailuresInRow, status.PausedUntil,
            status.Queued, status.InFlight, status.Concurrency, status.PerSecond, status.LastError, status.LastSuccessAt);
    }

    /// <summary>Lanes that may be filled: one per enabled connection that receives.</summary>
    internal IEnumerable<DestinationLane> Open()
    {
        foreach (var connection in directory.Current.All)
        {
            if (connection is { IsEnabled: true, Receiver: not null } && Lane(connection.Id) is { } lane)
            {
                yield return lane;
            }
        }
    }

    internal void Start()
    {
        directory.Changed += Refresh;
        isRunning = true;
    }

    /// <summary>Takes no new work, waits for calls under way, then gives back what was not sent.</summary>
    internal async Task StopAsync(TimeSpan longest)
    {
        isRunning = false;
        directory.Changed -= Refresh;
        await stopping.CancelAsync();
        aborting.CancelAfter(longest);
        foreach (var rest in await Task.WhenAll(lanes.Values.Select(lane => lane.StopAsync())))
        {
            foreach (var due in rest)
            {
                writer.GiveBack(due, isUnclear: false);
            }
        }
    }

    public void Dispose()
    {
        stopping.Dispose();
        aborting.Dispose();
    }

    private DestinationLane? Lane(ConnectionId id)
    {
        if (lanes.TryGetValue(id, out var lane))
        {
            return lane;
        }
        if (!directory.Current.ById.TryGetValue(id, out var connection) || connection.Receiver is null)
        {
            return null;
        }
        lock (gate)
        {
            return lanes.GetOrAdd(id, _ => new DestinationLane(connection, options.Value, attempt, writer, clock, Wake, stopping.Token, aborting.Token));
        }
    }

    private void Refresh()
    {
        var current = directory.Current.ById;
        foreach (var (id, lane) in lanes)
        {
            if (current.TryGetValue(id, out var connection))
            {
                lane.Apply(connection);
            }
            else
            {
                lane.Close();
            }
        }
        Wake();
    }
}
