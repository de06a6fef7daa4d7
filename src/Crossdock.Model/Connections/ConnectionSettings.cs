using System.Text.Json;

namespace Crossdock.Model.Connections;

/// <summary>What a connector gets to know of one connection: settings as configured and secrets in clear. Never logged, never serialised as a whole.</summary>
/// <param name="Key">The connection's key, lower-case letters, digits and hyphens; the last part of its capture address.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Platform">The connector's platform name, for example <c>shopify</c>.</param>
/// <param name="Settings">The <c>settings</c> object as configured; an empty object when there is none.</param>
/// <param name="Secrets">Secrets by name, in clear.</param>
public sealed record ConnectionSettings(string Key, string Name, string Platform, JsonElement Settings, IReadOnlyDictionary<string, string> Secrets)
{
    /// <summary>The setting's text; null when it is absent, null or empty. Numbers and booleans come as their JSON text.</summary>
    public string? Text(string name) => Settings.ValueKind == JsonValueKind.Object && Settings.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => string.IsNullOrWhiteSpace(value.GetString()) ? null : value.GetString(),
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => value.GetRawText(),
        }
        : null;

    /// <summary>The secret's text; null when it is absent or empty.</summary>
    public string? Secret(string name) => Secrets.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    /// <inheritdoc />
    public override string ToString() => $"{Key} ({Platform})";
}
