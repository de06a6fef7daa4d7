using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Delivery;
using Crossdock.Capture;
using Crossdock.Database;
using Crossdock.Holds;
using Crossdock.Rhythm;
using Crossdock.Telemetry;

namespace Crossdock.WebConsole.Live;

/// <summary>What the dashboard and the counts beside the navigation show.</summary>
internal sealed record Figures(
    Dashboard Hub,
    IReadOnlyList<ConnectionSummary> Connections,
    IReadOnlyList<HoldRow> Holds,
    IReadOnlyList<DeliveryRow> DeadLetters,
    IReadOnlyList<ParkedRow> Parked,
    IReadOnlyList<AlertRow> Alerts,
    IReadOnlyDictionary<string, (long Today, double? Usually)> Usual,
    DateTimeOffset At)
{
    /// <summary>All stores with what they sent today, those with most orders first; a silent one is worth seeing too.</summary>
    public IReadOnlyList<(ConnectionSummary Store, StoreToday? Today)> Stores { get; } =
    [
        .. Connections.Where(connection => connection.IsStore || (connection.Received > 0 && !connection.IsDestination))
            .Select(connection => (connection, Hub.Stores.FirstOrDefault(store => store.Store == connection.Key)))
            .OrderByDescending(one => one.Item2?.Orders ?? 0).ThenBy(one => one.connection.Name, StringComparer.OrdinalIgnoreCase),
    ];
}

/// <summary>Reads the figures once for everybody who looks: at most every second, and never when nobody does.</summary>
internal sealed class LiveFigures(DashboardQueries dashboard, ConnectionQueries connections, HoldQueries holds, DeliveryQueries deliveries, EventQueries events, AlertQueries alerts, RhythmQueries rhythms, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly PageRequest Newest = new(null, PageRequest.MaximumTake);

    private readonly SemaphoreSlim reading = new(1);
    private Known? known;

    private sealed record Known(Figures Figures, long At);

    public async Task<Figures> CurrentAsync(CancellationToken cancellationToken)
    {
        // What one may see of it is nobody else's.
        if (Caller.IsLimited)
        {
            return await ReadAsync(cancellationToken);
        }

        if (Current() is { } ready)
        {
            return ready;
        }

        await reading.WaitAsync(cancellationToken);
        try
        {
            if (Current() is { } meanwhile)
            {
                return meanwhile;
            }

            var figures = await ReadAsync(cancellationToken);
            known = new Known(figures, clock.GetTimestamp());
            return figures;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>The connections, as of the last figures.</summary>
    public async Task<IReadOnlyList<ConnectionSummary>> ConnectionsAsync(CancellationToken cancellationToken) => (await CurrentAsync(cancellationToken)).Connections;

    public void Dispose() => reading.Dispose();

    private async Task<Figures> ReadAsync(CancellationToken cancellationToken) => new(
        await dashboard.ReadAsync(cancellationToken),
        await connections.ListAsync(cancellationToken),
        (await holds.OpenAsync(null, null, Newest, cancellationToken)).Items,
        (await deliveries.DeadLettersAsync(null, Newest, cancellationToken)).Items,
        (await events.ParkedAsync(null, waitsForOrder: false, Newest, cancellationToken)).Items,
        (await alerts.ListAsync(null, open: true, Newest, cancellationToken)).Items,
        await rhythms.TodayAsync(cancellationToken),
        clock.GetUtcNow());

    private Figures? Current() => known is { } current && clock.GetElapsedTime(current.At) < Fresh ? current.Figures : null;
}
