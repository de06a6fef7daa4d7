using System.Text.RegularExpressions;
using Xunit;

namespace Crossdock.Tests.Conventions;

public sealed partial class FolderDirectionTests
{
    // What each folder of src/Crossdock may use. A new line here is a decision, and its commit says why.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Database"] = [],
        // Whoever changes something for a person tells the audit log, which stands in Accounts.
        ["Accounts"] = ["Database"],
        ["Telemetry"] = ["Database"],
        ["Rules"] = ["Orders"],
        ["Access"] = [],
        ["Connections"] = ["Accounts", "Access", "Database", "Rules", "Telemetry"],
        ["Capture"] = ["Connections", "Database", "Normalise", "Telemetry"],
        ["Relay"] = ["Capture", "Connections", "Telemetry"],
        ["Normalise"] = ["Accounts", "Capture", "Connections", "Database", "Delivery", "Drift", "Edits", "Holds", "News", "Orders", "Rules", "Telemetry"],
        // What people changed is laid over each newer document; and a person's change is worked like one.
        ["Edits"] = ["Accounts", "Connections", "Database", "Delivery", "Holds", "Normalise", "Orders", "Replays", "Review", "Rules"],
        // A list of orders leaves the hub as CSV, written as files are.
        ["Orders"] = ["Capture", "Connections", "Database", "Delivery", "Files", "Holds", "Rules", "Telemetry"],
        ["Bulk"] = ["Accounts", "Database", "Delivery", "Orders", "Review", "Telemetry"],
        ["Views"] = ["Accounts", "Database", "Orders"],
        ["News"] = ["Connections", "Database", "Delivery", "Normalise", "Orders", "Telemetry"],
        ["Drift"] = ["Alerts", "Connections", "Database", "Delivery", "Holds", "Normalise", "Reading", "Telemetry"],
        ["Delivery"] = ["Accounts", "Connections", "Database", "Holds", "Orders", "Telemetry"],
        ["Alerts"] = ["Accounts", "Connections", "Database", "Telemetry"],
        ["Privacy"] = ["Accounts", "Alerts", "Connections", "Database", "Orders", "Telemetry"],
        ["Keys"] = ["Accounts", "Database", "Telemetry"],
        ["Watch"] = ["Access", "Alerts", "Connections", "Database", "Telemetry"],
        ["Holds"] = ["Accounts", "Connections", "Database", "Delivery", "Orders", "Telemetry"],
        ["Backfill"] = ["Access", "Connections", "Database", "Normalise", "Orders", "Reading", "Telemetry"],
        ["Reading"] = ["Access", "Alerts", "Capture", "Connections", "Database", "Normalise", "Telemetry"],
        ["Rhythm"] = ["Alerts", "Connections", "Database", "Reading", "Subscriptions", "Telemetry"],
        ["Subscriptions"] = ["Alerts", "Connections", "Database", "Reading", "Telemetry"],
        ["Reconciliation"] = ["Access", "Alerts", "Connections", "Database", "Normalise", "Reading", "Telemetry"],
        ["Files"] = ["Capture", "Connections", "Database", "Normalise", "Reading", "Telemetry"],
        ["Replays"] = ["Connections", "Database", "Delivery", "Edits", "Normalise", "Orders", "Reading", "Rules", "Telemetry"],
        ["Review"] = ["Accounts", "Connections", "Database", "Delivery", "Holds", "Normalise", "Orders"],
        // It tells of orders, deliveries and alerts, and is told of by none of them.
        ["Webhooks"] = ["Accounts", "Alerts", "Connections", "Database", "Delivery", "Orders", "Reading", "Telemetry"],
        ["Backup"] = ["Connections", "Database"],
        // Made-up orders are written as the hub writes its own.
        ["Seeding"] = ["Connections", "Database", "Delivery", "Orders"],
        ["Diagnosis"] = ["Connections", "Database"],
        ["Api"] = ["Accounts", "Alerts", "Backfill", "Bulk", "Capture", "Connections", "Database", "Delivery", "Drift", "Edits", "Files", "Holds", "Keys", "Normalise", "Orders", "Privacy", "Reading", "Reconciliation", "Replays", "Review", "Rhythm", "Rules", "Subscriptions", "Telemetry", "Views", "Webhooks"],
    };

    [Fact]
    public void Folders_of_the_hub_use_only_what_the_table_allows()
    {
        string[] wrong = [.. from file in SourceTree.Files("src/Crossdock", "*.cs")
                             let parts = file.Split('/')
                             where parts.Length > 3
                             let folder = parts[2]
                             from Match use in Use().Matches(SourceTree.Read(file))
                             let to = use.Groups["folder"].Value
                             where to != folder && to != "Model" && !(Allowed.TryGetValue(folder, out string[]? may) && may.Contains(to, StringComparer.Ordinal))
                             select $"{file} uses {to}"];
        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"^using (static )?Crossdock\.(?<folder>[A-Z]\w*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Use();
}
