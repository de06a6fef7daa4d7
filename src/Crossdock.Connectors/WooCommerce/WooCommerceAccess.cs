using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Model.Connections;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>How one shop is called: where, with which key, and how the key is shown. Source: WooCommerce REST API Documentation, "Authentication".</summary>
internal sealed record WooCommerceAccess(Uri Site, string Key, string Secret, WooCommerceSignIn SignIn, bool HasPlainPermalinks)
{
    /// <summary>Null when the settings have no key or no address.</summary>
    internal static WooCommerceAccess? Of(ConnectionSettings connection)
    {
        if (connection.Secret("consumerKey") is not { } key || connection.Secret("consumerSecret") is not { } secret || !Uri.TryCreate(connection.Text("siteUrl"), UriKind.Absolute, out var site))
        {
            return null;
        }

        // Over plain http WooCommerce takes nothing but a signature, since the key itself could be read on the way.
        var signIn = connection.Text("signIn") switch
        {
            "header" => WooCommerceSignIn.Header,
            "query" => WooCommerceSignIn.Query,
            "signature" => WooCommerceSignIn.Signature,
            _ => site.Scheme == Uri.UriSchemeHttps ? WooCommerceSignIn.Header : WooCommerceSignIn.Signature,
        };
        return new WooCommerceAccess(site, key, secret, signIn, connection.Text("permalinks") == "plain");
    }

    /// <summary>A request to a route such as <c>/wc/v3/orders</c>, signed in.</summary>
    internal HttpRequestMessage Request(HttpMethod method, string route, IEnumerable<(string Name, string Value)> query, WooCommerceSignIn signIn, DateTimeOffset now)
    {
        string root = Site.GetLeftPart(UriPartial.Path).TrimEnd('/');
        string address = HasPlainPermalinks ? root + "/" : $"{root}/wp-json{route}";
        List<(string Name, string Value)> parameters = HasPlainPermalinks ? [("rest_route", route), .. query] : [.. query];
        if (signIn == WooCommerceSignIn.Query)
        {
            parameters.AddRange([("consumer_key", Key), ("consumer_secret", Secret)]);
        }
        else if (signIn == WooCommerceSignIn.Signature)
        {
            Sign(method, address, parameters, now);
        }

        string tail = string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"));
        var request = new HttpRequestMessage(method, tail.Length == 0 ? address : $"{address}?{tail}");
        if (signIn == WooCommerceSignIn.Header)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Key}:{Secret}")));
        }

        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Crossdock");
        return request;
    }

    /// <summary>The text that OAuth 1.0a signs: names and values encoded, then sorted.</summary>
    internal static string Signature(string method, string address, IEnumerable<(string Name, string Value)> parameters, string secret)
    {
        string sorted = string.Join('&', parameters.Select(pair => (Name: Uri.EscapeDataString(pair.Name), Value: Uri.EscapeDataString(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => $"{pair.Name}={pair.Value}"));
        string text = $"{method}&{Uri.EscapeDataString(address)}&{Uri.EscapeDataString(sorted)}";
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret + "&"), Encoding.UTF8.GetBytes(text)));
    }

    private void Sign(HttpMethod method, string address, List<(string Name, string Value)> parameters, DateTimeOffset now)
    {
        parameters.AddRange(
        [
            ("oauth_consumer_key", Key), ("oauth_nonce", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            ("oauth_signature_method", "HMAC-SHA256"), ("oauth_timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ]);
        parameters.Add(("oauth_signature", Signature(method.Method, address, parameters, Secret)));
    }
}

/// <summary>How the key is shown.</summary>
internal enum WooCommerceSignIn
{
    Header = 0,
    Query = 1,
    Signature = 2,
}
