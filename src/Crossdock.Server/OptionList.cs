using System.Globalization;
using System.Reflection;
using Crossdock.Database;

namespace Crossdock.Server;

/// <summary>One option by its environment name.</summary>
/// <param name="Name">For example <c>Crossdock__Retention__PayloadDays</c>.</param>
/// <param name="Default">The default as text; <c>-</c> for none.</param>
internal sealed record OptionLine(string Name, string Default);

/// <summary>Every option there is. A convention test holds it against the code and docs/configuration.md.</summary>
internal static class OptionList
{
    /// <summary>Sections and their types; a part that binds options has its line here.</summary>
    internal static IReadOnlyList<(string Section, Type Type)> Sections { get; } =
    [
        ("", typeof(HubSettings)),
        ("Telemetry", typeof(Crossdock.Telemetry.TelemetryOptions)),
        ("Retention", typeof(RetentionOptions)),
        ("SignIn", typeof(Crossdock.Accounts.SignInOptions)),
        ("Api", typeof(Crossdock.Api.ApiOptions)),
        ("Mail", typeof(Crossdock.Accounts.MailOptions)),
        ("Capture", typeof(Crossdock.Capture.CaptureOptions)),
        ("Relay", typeof(Crossdock.Relay.RelayOptions)),
        ("Processing", typeof(Crossdock.Normalise.ProcessingOptions)),
        ("Drift", typeof(Crossdock.Drift.DriftOptions)),
        ("Reading", typeof(Crossdock.Reading.ReadingOptions)),
        ("Replays", typeof(Crossdock.Replays.ReplayOptions)),
        ("Subscriptions", typeof(Crossdock.Subscriptions.SubscriptionOptions)),
        ("Alerts", typeof(Crossdock.Watch.WatchOptions)),
        ("Keys", typeof(Crossdock.Keys.KeyOptions)),
        ("Rhythm", typeof(Crossdock.Rhythm.RhythmOptions)),
        ("Reconciliation", typeof(Crossdock.Reconciliation.ReconciliationOptions)),
        ("Connections", typeof(Crossdock.Connections.ConnectionsOptions)),
        ("Files", typeof(Crossdock.Files.FilesOptions)),
        ("Webhooks", typeof(Crossdock.Webhooks.WebhookOptions)),
        ("Delivery", typeof(Crossdock.Delivery.DeliveryOptions)),
    ];

    internal static IEnumerable<OptionLine> All()
    {
        foreach (var (section, type) in Sections)
        {
            object defaults = Activator.CreateInstance(type)!;
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(one => one.CanWrite))
            {
                object? start = property.GetValue(defaults);
                string? value = start is bool isOn ? (isOn ? "true" : "false") : Convert.ToString(start, CultureInfo.InvariantCulture);
                yield return new($"Crossdock__{(section.Length == 0 ? "" : section + "__")}{property.Name}", string.IsNullOrEmpty(value) ? "-" : value);
            }
        }
    }
}
