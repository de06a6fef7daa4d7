using System.Diagnostics.Metrics;
using System.Globalization;
using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crossdock.Watch;

/// <summary>Looks at what only this node can see: its disks, how fast it answers webhooks, and whose certificates it met.</summary>
internal sealed class NodeWatch : IDisposable
{
    private const double GiB = 1_073_741_824;
    private const int LeastCalls = 100;

    private readonly AlertStore alerts;
    private readonly WatchStore store;
    private readonly CertificateBook certificates;
    private readonly WatchOptions options;
    private readonly string dataFolder;
    private readonly TimeProvider clock;
    private readonly MeterListener listener = new();
    private long calls, slow;

    public NodeWatch(AlertStore alerts, WatchStore store, CertificateBook certificates, IOptions<WatchOptions> options, IConfiguration configuration, TimeProvider clock)
    {
        (this.alerts, this.store, this.certificates, this.options, this.clock) = (alerts, store, certificates, options.Value, clock);
        dataFolder = Path.GetFullPath(configuration["Crossdock:DataFolder"] ?? "data");
        double limit = this.options.CaptureMilliseconds / 1000.0;
        // Asked for before the listener starts: while the meter is being made, its own property is still empty when the instrument is announced.
        var watched = HubMeter.CaptureDuration;
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument == watched)
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) =>
        {
            Interlocked.Increment(ref calls);
            if (seconds > limit)
            {
                Interlocked.Increment(ref slow);
            }
        });
        listener.Start();
    }

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await CaptureAsync(cancellationToken);
        foreach (string folder in Folders().Where(Directory.Exists).Distinct(StringComparer.Ordinal))
        {
            await DiskAsync(folder, cancellationToken);
        }

        if (certificates.Take() is { Count: > 0 } seen)
        {
            await store.SeenAsync(seen, clock.GetUtcNow(), cancellationToken);
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task CaptureAsync(CancellationToken cancellationToken)
    {
        long all = Interlocked.Exchange(ref calls, 0), late = Interlocked.Exchange(ref slow, 0);
        if (all >= LeastCalls && late * 20 > all)
        {
            await alerts.RaiseAsync(new NewAlert(AlertKind.CaptureSlow, null, Environment.MachineName, AlertSeverity.Warning,
                string.Create(CultureInfo.InvariantCulture, $"The node {Environment.MachineName} answers webhooks slowly: {100.0 * late / all:0} % of the last {all:N0} took more than {options.CaptureMilliseconds:N0} ms. Platforms give up after about 5 seconds and send again."),
                "See whether its database answers in time (disk, ./crossdock doctor) and whether the machine is busy; more nodes with the role capture share the load."), cancellationToken);
        }
        else
        {
            await alerts.EndAsync(AlertKind.CaptureSlow, null, Environment.MachineName, "It answers in time again.", cancellationToken);
        }
    }

    private async Task DiskAsync(string folder, CancellationToken cancellationToken)
    {
        double free, all;
        try
        {
            var drive = new DriveInfo(folder);
            (free, all) = (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return;
        }

        string subject = $"{Environment.MachineName} {folder}";
        subject = subject.Length > 200 ? subject[..200] : subject;
        double percent = all > 0 ? 100 * free / all : 100;
        if (percent < options.DiskFreePercent)
        {
            await alerts.RaiseAsync(new NewAlert(AlertKind.DiskFull, null, subject, percent < options.DiskFreePercent / 4.0 || free < GiB / 2 ? AlertSeverity.Critical : AlertSeverity.Warning,
                string.Create(CultureInfo.InvariantCulture, $"The disk of {Environment.MachineName} with {folder} fills up: {free / GiB:0.0} of {all / GiB:0.0} GiB are free ({percent:0} %). Without room the database takes nothing more."),
                "Make room: a larger disk, shorter retention (docs/operations.md, Retention), or fewer other files there."), cancellationToken);
        }
        else
        {
            await alerts.EndAsync(AlertKind.DiskFull, null, subject, "There is room again.", cancellationToken);
        }
    }

    private IEnumerable<string> Folders()
    {
        yield return dataFolder;
        string note = Path.Combine(dataFolder, "postgres.location");
        if (File.Exists(note))
        {
            yield return File.ReadAllText(note).Trim();
        }
    }
}
