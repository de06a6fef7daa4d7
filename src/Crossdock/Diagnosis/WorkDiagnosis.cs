using System.Globalization;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Npgsql;

namespace Crossdock.Diagnosis;

/// <summary>Looks at the work: how old what waits is, what is stuck, how the connections do, whether their secrets can be read.</summary>
public sealed class WorkDiagnosis(NpgsqlDataSource database, IReadOnlyList<IConnector> connectors, string dataFolder, TimeProvider clock, DiagnosisLimits limits)
{
    private readonly DiagnosisQueries queries = new(database);

    /// <summary>All of it.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken) =>
        [.. await ConnectionsAsync(cancellationToken), .. await QueuesAsync(cancellationToken), .. await StuckAsync(cancellationToken), .. await RoutesAsync(cancellationToken)];

    private async Task<List<Finding>> ConnectionsAsync(CancellationToken cancellationToken)
    {
        List<Finding> found = [];
        var box = new SecretBox(KeyRing.Open(dataFolder));
        var rows = await new ConnectionStore(database, clock).LoadAsync(null, cancellationToken);
        List<string> locked = [];
        foreach (var row in rows)
        {
            if (box.Open(row.Key, row.Secrets) is not { } secrets)
            {
                locked.Add(row.Key);
            }
            else if (row.IsEnabled && Problem(row, secrets) is { } problem)
            {
                found.Add(Finding.Wrong("connections", $"The connection {row.Key} cannot work with its settings: {problem}", $"Correct them under Connections, {row.Key}, Settings in the console, or with ./crossdock apply."));
            }
        }

        if (locked.Count > 0)
        {
            found.Add(Finding.Wrong("secrets", $"The secrets of {string.Join(", ", locked)} cannot be read with the keys in {Path.Combine(dataFolder, "keys")}.",
                "Bring back the folder's keys from their backup (docs/operations.md, Back up), or type the secrets again under Connections, Settings. All nodes need the same keys."));
        }
        else if (rows.Any(row => row.Secrets.Count > 0))
        {
            found.Add(Finding.Good("secrets", "The secrets of all connections can be read."));
        }

        foreach (var problem in await queries.ProblemsAsync(cancellationToken))
        {
            string what = problem.Activity == "webhooks" ? "its webhooks cannot be looked after" : $"reading ({problem.Activity}) does not get on";
            string since = problem.Since is { } at ? string.Create(CultureInfo.InvariantCulture, $" since {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "";
            found.Add(problem.NeedsPerson
                ? Finding.Wrong("connections", $"The connection {problem.Key}: {what}{since}. It says: {problem.Problem}", $"Run ./crossdock test-connection {problem.Key}; it says in the platform's own words what is missing.")
                : Finding.Advice("connections", $"The connection {problem.Key}: {what}{since}. It says: {problem.Problem}", "The hub tries again by itself. If it lasts, ask the platform, or run ./crossdock test-connection " + problem.Key + "."));
        }

        if (!found.Exists(one => one.Check == "connections"))
        {
            found.Add(Finding.Good("connections", rows.Count == 0 ? "There are no connections yet." : $"{rows.Count(row => row.IsEnabled)} connections are enabled and have no problem."));
        }

        return found;
    }

    private string? Problem(ConnectionRow row, IReadOnlyDictionary<string, string> secrets)
    {
        if (connectors.FirstOrDefault(one => one.Manifest.Platform == row.Platform) is not { } connector)
        {
            return $"This version of Crossdock has no connector for \"{row.Platform}\".";
        }

        var problems = connector.Check(new ConnectionSettings(row.Key, row.Name, row.Platform, JsonElement.Parse(row.Settings), secrets));
        return problems.Count == 0 ? null : string.Join(' ', problems.Select(problem => $"{problem.Path}: {problem.Problem}"));
    }

    private async Task<List<Finding>> QueuesAsync(CancellationToken cancellationToken)
    {
        List<Finding> found = [];
        var now = clock.GetUtcNow();
        if (await queries.OldestEventAsync(cancellationToken) is { } oldest && now - QueryReading.TimeOf(oldest) is var age && age > limits.OldWork)
        {
            found.Add(new Finding("queue", age > limits.VeryOldWork ? FindingState.Wrong : FindingState.Advice, $"Received events wait to be worked, the oldest for {Words(age)}.",
                "See that a hub with the role process runs; look into its log for \"waits for the database\". If it works but does not keep up, add a node with the role process."));
        }

        foreach (var late in await queries.OverdueAsync(limits.OldWork, cancellationToken))
        {
            var due = now - late.DueSince;
            found.Add(!late.Enabled
                ? Finding.Advice("queue", $"Deliveries wait for {late.Key}, which is disabled, the oldest for {Words(due)}.", $"Enable {late.Key} when it may be called again; they go out then.")
                : new Finding("queue", due > limits.VeryOldWork ? FindingState.Wrong : FindingState.Advice, $"Deliveries to {late.Key} are due for {Words(due)}.",
                    $"See that a hub with the role deliver runs, and on the connection's page whether {late.Key} answers (its circuit breaker, its limits)."));
        }

        return found.Count > 0 ? found : [Finding.Good("queue", "Nothing waits for longer than it should.")];
    }

    private async Task<List<Finding>> StuckAsync(CancellationToken cancellationToken)
    {
        var stuck = await queries.StuckAsync(cancellationToken);
        List<Finding> found = [];
        Tell(stuck.CriticalAlerts, "alerts", "critical alerts are open", "Open Alerts in the console; each says what to do.");
        Tell(stuck.DeadLetters, "dead_letters", "deliveries were given up", "Open Dead letters in the console: mend the cause, then retry or drop them.");
        Tell(stuck.Held, "holds", "orders are held for a person", "Open Holds in the console and release or correct them.");
        Tell(stuck.Parked, "parked", "events were not understood", "Open Parked in the console; each says which field was not understood.");
        return found.Count > 0 ? found : [Finding.Good("stuck", "Nothing waits for a person.")];

        void Tell(int count, string check, string what, string remedy)
        {
            if (count > 0)
            {
                found.Add(Finding.Advice(check, string.Create(CultureInfo.InvariantCulture, $"{(count >= 10_000 ? "10,000 or more" : count.ToString("N0", CultureInfo.InvariantCulture))} {what}."), remedy));
            }
        }
    }

    private async Task<IEnumerable<Finding>> RoutesAsync(CancellationToken cancellationToken)
    {
        var routes = await queries.RoutesAsync(cancellationToken);
        List<Finding> failing = [.. from route in routes where route.Problem is not null
            select Finding.Wrong("alert_routes", $"Alerts do not get through by the route {route.Name}: {route.Problem}", "Correct it under Alerts, Routes in the console, and send a test.")];
        return failing.Count > 0 ? failing
            : routes.Count == 0 ? [Finding.Advice("alert_routes", "Nobody is told of alerts: there is no route by mail, webhook or chat.", "Make one under Alerts, Routes in the console.")]
            : [Finding.Good("alert_routes", "Alerts get through to where they go.")];
    }

    private static string Words(TimeSpan age) => string.Create(CultureInfo.InvariantCulture, $"{(age.TotalHours >= 48 ? $"{age.TotalDays:0} days" : age.TotalMinutes >= 120 ? $"{age.TotalHours:0} hours" : $"{age.TotalMinutes:0} minutes")}");
}
