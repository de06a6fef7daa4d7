using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connections;

/// <summary>What a connection's file says of polling: <c>polling: off</c>, <c>on</c>, <c>auto</c> (the default) or <c>{ every: 120 }</c>.</summary>
/// <param name="IsOn">False for off, true for on; null leaves it to the hub: as often as the connector says, and every ten minutes where webhooks come too.</param>
/// <param name="EverySeconds">How often, in seconds; null for as often as the above says. 10 to 86400.</param>
public sealed record PollingSetting(bool? IsOn = null, int? EverySeconds = null)
{
    /// <summary>How often a connection is looked at that has webhooks too: they bring the orders, polling only what they missed.</summary>
    public static readonly TimeSpan BesideWebhooks = TimeSpan.FromMinutes(10);

    /// <summary>How often to poll; null for never.</summary>
    public TimeSpan? Every(ReadingTraits traits, bool hasWebhooks) => this switch
    {
        { IsOn: false } => null,
        { EverySeconds: { } seconds } => TimeSpan.FromSeconds(seconds),
        { IsOn: null } when hasWebhooks => traits.PollEvery > BesideWebhooks ? traits.PollEvery : BesideWebhooks,
        _ => traits.PollEvery,
    };

    internal static PollingSetting Read(JsonNode? node, string path, ICollection<SettingProblem> problems)
    {
        switch (node?.GetValueKind())
        {
            case null or JsonValueKind.Null:
                return new();
            case JsonValueKind.True:
                return new(true);
            case JsonValueKind.False:
                return new(false);
            case JsonValueKind.String when node.GetValue<string>() is "auto" or "on" or "off":
                return node.GetValue<string>() switch { "on" => new(true), "off" => new(false), _ => new() };
            case JsonValueKind.Object when node.AsObject() is { Count: 1 } json && json["every"] is JsonValue every && every.GetValueKind() is JsonValueKind.Number
                && every.Deserialize<decimal>() is var seconds and >= 10 and <= 86_400 && decimal.IsInteger(seconds):
                return new(null, (int)seconds);
            default:
                problems.Add(new SettingProblem(path, "Possible: auto, on, off, or { every: SECONDS } with 10 to 86400."));
                return new();
        }
    }

    internal JsonNode Write() => this switch
    {
        { EverySeconds: { } seconds } => new JsonObject { ["every"] = seconds },
        { IsOn: { } isOn } => isOn ? "on" : "off",
        _ => "auto",
    };
}
