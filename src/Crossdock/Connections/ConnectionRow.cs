using Crossdock.Model;

namespace Crossdock.Connections;

/// <summary>One connection as it is stored: id 0 when it is not stored yet, settings and rules as JSON text, secrets as protected text by name,
/// approval as <see cref="ApprovalSetting"/> writes it.</summary>
internal sealed record ConnectionRow(
    ConnectionId Id,
    string Key,
    string Name,
    string Platform,
    bool IsEnabled,
    string Settings,
    IReadOnlyDictionary<string, string> Secrets,
    IReadOnlyList<string> Destinations,
    string Rules,
    int RulesVersion,
    string Approval,
    long Version)
{
    /// <summary>Whether and how often it is polled.</summary>
    public PollingSetting Polling { get; init; } = new();

    /// <summary>The time zone of its days, by its name in the tz database; null for the installation's.</summary>
    public string? TimeZone { get; init; }
}
