using Crossdock.Model.Connections;

namespace Crossdock.Connectors.Shopify;

/// <summary>One connection's settings, read once.</summary>
/// <param name="Shop">The shop's domain, lower case: <c>acme.myshopify.com</c>.</param>
/// <param name="ShipOnAuthorization">True when an authorised, not yet captured payment is enough to ship.</param>
internal sealed record ShopifySettings(string Shop, bool ShipOnAuthorization)
{
    internal static ShopifySettings Of(ConnectionSettings connection) => new(
        Normalise(connection.Text("shop") ?? ""),
        string.Equals(connection.Text("shipOnAuthorization"), "true", StringComparison.OrdinalIgnoreCase));

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
