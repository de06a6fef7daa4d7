using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crossdock.Connectors.Magento;

/// <summary>Signs calls as OAuth 1.0a does (RFC 5849), with HMAC-SHA256 as Magento wants it since 2.4.4.</summary>
internal sealed class MagentoOAuth(string consumerKey, string consumerSecret, string token, string tokenSecret)
{
    /// <summary>The Authorization header of one call. Parameters are signed decoded, brackets too: signing them as they stand in the address is refused.</summary>
    internal string Header(string method, string address, IEnumerable<(string Name, string Value)> query, DateTimeOffset at, string nonce)
    {
        (string Name, string Value)[] own =
        [
            ("oauth_consumer_key", consumerKey), ("oauth_nonce", nonce), ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)), ("oauth_token", token), ("oauth_version", "1.0"),
        ];
        string signature = Sign(BaseString(method, address, query.Concat(own)), consumerSecret, tokenSecret);
        return "OAuth " + string.Join(", ", own.Append(("oauth_signature", signature)).Select(pair => $"{pair.Item1}=\"{Encode(pair.Item2)}\""));
    }

    internal static string Sign(string baseString, string consumerSecret, string tokenSecret) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.ASCII.GetBytes($"{Encode(consumerSecret)}&{Encode(tokenSecret)}"), Encoding.ASCII.GetBytes(baseString)));

    /// <summary>Method, address and parameters as one text (RFC 5849 section 3.4.1).</summary>
    /// <param name="method">HTTP method in capitals.</param>
    /// <param name="address">Address without query; scheme and host in lower case, without the scheme's own port.</param>
    /// <param name="parameters">All parameters, decoded.</param>
    internal static string BaseString(string method, string address, IEnumerable<(string Name, string Value)> parameters)
    {
        var sorted = parameters.Select(pair => (Name: Encode(pair.Name), Value: Encode(pair.Value))).OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal);
        return $"{method}&{Encode(address)}&{Encode(string.Join('&', sorted.Select(pair => $"{pair.Name}={pair.Value}")))}";
    }

    /// <summary>Percent-encoding of RFC 3986: everything but letters, digits, <c>-._~</c>, as UTF-8 with capital digits.</summary>
    internal static string Encode(string text) => Uri.EscapeDataString(text);
}
