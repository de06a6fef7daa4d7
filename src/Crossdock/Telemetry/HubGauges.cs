using System.Diagnostics.Metrics;
using Crossdock.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Telemetry;

/// <summary>What the database says of the hub as a whole, looked up now and then and told as gauges. Every node tells the same of it: take the greatest.</summary>
public sealed class HubGauges : BackgroundService
{
    private readonly NpgsqlDataSource database;
    private readonly IOptions<TelemetryOptions> options;
    private readonly TimeProvider clock;
    private volatile HubFigures? last;
    private volatile bool isUp;

    public HubGauges(NpgsqlDataSource database, NodeMeter node, IOptions<TelemetryOptions> options, TimeProvider clock)
    {
        (this.database, this.options, this.clock) = (database, options, clock);
        var meter = node.Meter;
        meter.CreateObservableGauge("crossdock.database.up", () => isUp ? 1 : 0, "1", "1 while the database answers this node, 0 otherwise");
        Tell("crossdock.database.clock.offset", "s", "How far this node's clock is ahead of the database's", figures => figures.ClockOffsetSeconds);
        Tell("crossdock.inbox.waiting", "{event}", "Events stored and not worked yet; counted to 10,000", figures => figures.Inbox);
        Tell("crossdock.inbox.oldest.age", "s", "How long the oldest event waits that may be worked; 0 when none does", figures => figures.OldestEventSeconds);
        Tell("crossdock.deliveries.waiting", "{delivery}", "Deliveries that wait for an attempt; counted to 10,000", figures => figures.Waiting);
        Tell("crossdock.deliveries.retrying", "{delivery}", "Of these, those that failed before", figures => figures.Retrying);
        Tell("crossdock.deliveries.dead", "{delivery}", "Dead letters; counted to 10,000", figures => figures.DeadLetters);
        Tell("crossdock.orders.held", "{order}", "Orders held for a person; counted to 10,000", figures => figures.HeldOrders);
        Tell("crossdock.orders.awaiting_approval", "{order}", "Orders that a person has to approve; counted to 10,000", figures => figures.AwaitingApproval);
        Tell("crossdock.events.parked", "{event}", "Events not understood; counted to 10,000", figures => figures.Parked);
        Tell("crossdock.connections.failing", "{connection}", "Enabled connections whose reading or webhooks need a person", figures => figures.FailingConnections);
        meter.CreateObservableGauge("crossdock.deliveries.overdue.age", Overdue, "s", "How long the oldest delivery to a destination is due; only destinations with one that is");
        meter.CreateObservableGauge("crossdock.alerts.open", Alerts, "{alert}", "Open alerts by severity");

        void Tell(string name, string unit, string description, Func<HubFigures, double> figure) =>
            meter.CreateObservableGauge(name, () => last is { } known ? [new Measurement<double>(figure(known))] : (IEnumerable<Measurement<double>>)[], unit, description);
    }

    /// <summary>Looks now. While the database is away the last figures are no longer told, and <c>crossdock.database.up</c> is 0.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            last = await new HubFigureQueries(database, clock).ReadAsync(cancellationToken);
            isUp = true;
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException or InvalidOperationException or OperationCanceledException)
        {
            (last, isUp) = (null, false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.GaugeSeconds), clock);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(static task => task is { IsCompletedSuccessfully: true, Result: true }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
    }

    private IEnumerable<Measurement<double>> Overdue() => (last?.Overdue ?? []).Select(one => new Measurement<double>(one.Seconds, KeyValuePair.Create<string, object?>("destination", one.Destination)));

    private IEnumerable<Measurement<long>> Alerts() => (last?.Alerts ?? []).Select(one => new Measurement<long>(one.Count, KeyValuePair.Create<string, object?>("severity", one.Severity)));
}
