using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>One connection's settings, read once.</summary>
/// <param name="Shop">The shop's domain, lower case: <c>acme.myshopify.com</c>.</param>
/// <param name="ShipOnAuthorization">True when an authorised, not yet captured payment is enough to ship.</param>
/// <param name="PubSub">Whose Pub/Sub pushes are taken; null for nobody's.</param>
internal sealed record ShopifySettings(string Shop, bool ShipOnAuthorization, PubSubTrust? PubSub)
{
    internal static ShopifySettings Of(ConnectionSettings connection) => new(
        Normalise(connection.Text("shop") ?? ""),
        string.Equals(connection.Text("shipOnAuthorization"), "true", StringComparison.OrdinalIgnoreCase),
        Trust(connection));

    private static PubSubTrust? Trust(ConnectionSettings connection) =>
        PubSubSetting(connection, "serviceAccount") is { } account && PubSubSetting(connection, "audience") is { } audience ? new PubSubTrust(account, audience) : null;

    /// <summary>A text of the group <c>pubSub</c>; null when it is absent or empty.</summary>
    internal static string? PubSubSetting(ConnectionSettings connection, string name) =>
        connection.Settings.ValueKind is JsonValueKind.Object && connection.Settings.TryGetProperty("pubSub", out var group) && group.ValueKind is JsonValueKind.Object
        && group.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && !string.IsNullOrWhiteSpace(value.GetString()) ? value.GetString()!.Trim() : null;

    /// <summary>What people paste: with scheme, with a path, or only the shop's name.</summary>
    internal static string Normalise(string shop)
    {
        string host = shop.Trim().ToLowerInvariant();
        int scheme = host.IndexOf("://", StringComparison.Ordinal);
        host = scheme < 0 ? host : host[(scheme + 3)..];
        int path = host.IndexOf('/', StringComparison.Ordinal);
        host = path < 0 ? host : host[..path];
        return host.Length == 0 || host.Contains('.', StringComparison.Ordinal) ? host : $"{host}.myshopify.com";
    }
}
