using System.Globalization;
using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Model;
using Microsoft.Extensions.Options;

namespace Crossdock.Reconciliation;

/// <summary>Tells somebody of gaps that could not be closed, and of gaps that were closed and are too many. What heals by itself in seconds is told to nobody.</summary>
internal sealed class LedgerAlerts(DifferenceStore differences, AlertStore alerts, IOptions<ReconciliationOptions> options, TimeProvider clock)
{
    /// <summary>Orders that cannot be had.</summary>
    internal const string Open = "open";
    /// <summary>Orders that nothing had announced.</summary>
    internal const string Unannounced = "unannounced";

    // What each store was last told, so that a quiet store costs no write.
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(ConnectionId, string), bool> raised = new();

    public async Task TellAsync(Connection connection, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var figures = await differences.AlarmAsync(connection.Id, now.AddMinutes(-options.Value.AlertAfterMinutes), now.AddDays(-1), cancellationToken);
        await SetAsync(connection.Id, Open, figures.Open > 0, () => new(AlertKind.OrdersMissing, connection.Id, Open, AlertSeverity.Critical,
            string.Create(CultureInfo.InvariantCulture, $"{figures.Open:N0} {(figures.Open == 1 ? "order" : "orders")} that {connection.Name} lists could not be fetched for more than {options.Value.AlertAfterMinutes} minutes, for example {figures.Example}.")
                + (figures.Because is { } why ? $" {why}" : ""),
            "Completeness shows which, with the platform's answers. They are tried again by themselves."), "All orders that the store lists are here.", cancellationToken);

        double percent = figures.Listed == 0 ? 100 : 100.0 * figures.Unannounced / figures.Listed;
        await SetAsync(connection.Id, Unannounced, figures.Unannounced >= options.Value.AlertHealedAtLeast && percent >= options.Value.AlertHealedPercent, () => new(AlertKind.OrdersMissing, connection.Id, Unannounced, AlertSeverity.Warning,
            string.Create(CultureInfo.InvariantCulture, $"In the last 24 hours {figures.Unannounced:N0} orders of {connection.Name} came although nothing had announced them; it lists {figures.Listed:N0} of today and yesterday. They were found by comparing, and fetched."),
            "Look at the store's webhooks: are they registered and active, and does the store report failed calls?"), "Orders are announced again.", cancellationToken);
    }

    private async Task SetAsync(ConnectionId connection, string subject, bool isOn, Func<NewAlert> alert, string over, CancellationToken cancellationToken)
    {
        if (isOn)
        {
            await alerts.RaiseAsync(alert(), cancellationToken);
        }
        else if (raised.GetValueOrDefault((connection, subject), true))
        {
            await alerts.EndAsync(AlertKind.OrdersMissing, connection, subject, over, cancellationToken);
        }

        raised[(connection, subject)] = isOn;
    }
}
