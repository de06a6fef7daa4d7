using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Who may in: Basic or the query where the shop stands for one on https, an OAuth 1.0a signature everywhere, as WooCommerce's WC_REST_Authentication does it.</summary>
internal sealed class WooCommerceDoor(WooCommerceEmulatorOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> nonces = [];

    /// <summary>Why a call is refused; null when it may in.</summary>
    internal (string Code, string Message)? Refusal(HttpContext call)
    {
        string verb = call.Request.Method switch { "GET" => "view", "POST" => "create", "DELETE" => "delete", _ => "edit" };
        var query = call.Request.Query;
        if (query["oauth_consumer_key"].ToString() is { Length: > 0 } signer)
        {
            return Signed(call, signer) ?? Writing(verb);
        }

        (string? key, string? secret) = options.TakesQuery ? ((string?)query["consumer_key"], (string?)query["consumer_secret"]) : (null, null);
        if (options.TakesHeader && call.Request.Headers.Authorization.ToString() is { Length: > 6 } header && header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            byte[] decoded = new byte[header.Length];
            string[] pair = Convert.TryFromBase64String(header[6..], decoded, out int length) ? Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2) : [];
            (key, secret) = pair is [var user, var password] ? (user, password) : ("", "");
        }

        if (key is null)
        {
            return ($"woocommerce_rest_cannot_{verb}", verb == "view" ? "Sorry, you cannot list resources." : $"Sorry, you are not allowed to {verb} resources.");
        }

        return key != options.ConsumerKey ? ("woocommerce_rest_authentication_error", "Consumer key is invalid.")
            : secret != options.ConsumerSecret ? ("woocommerce_rest_authentication_error", "Consumer secret is invalid.") : Writing(verb);
    }

    private (string Code, string Message)? Writing(string verb) =>
        verb != "view" && !options.KeyMayWrite ? ("woocommerce_rest_authentication_error", "The API key provided does not have write permissions.") : null;

    private (string Code, string Message)? Signed(HttpContext call, string signer)
    {
        var query = call.Request.Query;
        if (signer != options.ConsumerKey)
        {
            return ("woocommerce_rest_authentication_error", "Consumer key is invalid.");
        }

        string target = call.Features.Get<IHttpRequestFeature>()!.RawTarget;
        string address = $"{call.Request.Scheme}://{call.Request.Host}{target.Split('?')[0]}";
        var parameters = query.Where(pair => pair.Key != "oauth_signature").SelectMany(pair => pair.Value.Select(value => (pair.Key, value ?? "")));
        if (query["oauth_signature_method"] != "HMAC-SHA256" || WooCommerceAccess.Signature(call.Request.Method, address, parameters, options.ConsumerSecret) != query["oauth_signature"])
        {
            return ("woocommerce_rest_authentication_error", "Invalid signature - provided signature does not match.");
        }

        var now = clock.GetUtcNow();
        if (!long.TryParse(query["oauth_timestamp"], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || (now - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Fresh)
        {
            return ("woocommerce_rest_authentication_error", "Invalid timestamp.");
        }

        lock (gate)
        {
            foreach (string old in nonces.Where(known => now - known.Value > Fresh).Select(known => known.Key).ToList())
            {
                nonces.Remove(old);
            }

            return nonces.TryAdd(query["oauth_nonce"].ToString(), now) ? null : ("woocommerce_rest_authentication_error", "Invalid nonce - nonce has already been used.");
        }
    }
}
