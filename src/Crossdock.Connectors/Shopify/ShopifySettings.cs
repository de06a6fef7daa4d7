using System.Globalization;
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
    internal const string UsualVersion = "2026-10";

    /// <summary>True where orders are read by the older REST API.</summary>
    internal bool ReadsByRest { get; init; }

    /// <summary>Version of the Admin API.</summary>
    internal string ApiVersion { get; init; } = UsualVersion;

    /// <summary>Where the Admin API is called, without a slash at the end.</summary>
    internal string ApiAddress { get; init; } = "";

    /// <summary>The most orders of one page.</summary>
    internal int PageSize { get; init; }

    /// <summary>Whether the buyer gets Shopify's mail about shipment and delivery.</summary>
    internal bool NotifiesCustomer { get; init; }

    internal static ShopifySettings Of(ConnectionSettings connection)
    {
        string shop = Normalise(connection.Text("shop") ?? "");
        bool isRest = connection.Text("api") == "rest";
        return new(shop, IsOn(connection, "shipOnAuthorization"), Trust(connection))
        {
            ReadsByRest = isRest,
            ApiVersion = connection.Text("apiVersion") ?? UsualVersion,
            ApiAddress = connection.Text("apiUrl")?.TrimEnd('/') ?? "https://" + shop,
            PageSize = int.TryParse(connection.Text("pageSize"), NumberStyles.None, CultureInfo.InvariantCulture, out int rows) ? Math.Clamp(rows, 1, 250) : isRest ? 250 : 25,
            NotifiesCustomer = IsOn(connection, "notifyCustomer"),
        };
    }

    internal static bool IsOn(ConnectionSettings connection, string name) => string.Equals(connection.Text(name), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the secrets can open the Admin API.</summary>
    internal static bool HasKey(ConnectionSettings connection) => connection.Secret("accessToken") is not null || connection.Secret("refreshToken") is not null || connection.Text("clientId") is not null && Secret(connection) is not null;

    /// <summary>The app's client secret; webhooks of an app are signed with it, so that it need not be given twice.</summary>
    internal static string? Secret(ConnectionSettings connection) => connection.Secret("clientSecret") ?? connection.Secret("webhookSecret");

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
