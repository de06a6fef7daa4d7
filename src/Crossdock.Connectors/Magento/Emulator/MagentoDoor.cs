using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Connectors.Magento;

/// <summary>Who may call the emulated shop: an integration by its token or by signed calls, an administrator by a token of four hours.</summary>
internal sealed class MagentoDoor(MagentoEmulatorOptions options, TimeProvider clock)
{
    private static readonly TimeSpan TokenLasts = TimeSpan.FromHours(4);
    private static readonly TimeSpan TimeDeviation = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> tokens = [];
    private readonly HashSet<string> nonces = [];

    /// <summary>Why the caller is refused; null when it may go on.</summary>
    internal JsonObject? Refusal(HttpContext call, string resource)
    {
        string header = call.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            string token = header[7..];
            bool isKnown = (options.AllowsBearer && token == options.AccessToken) || IsAdministrators(token);
            return isKnown && (options.KeyMayWrite || call.Request.Method == "GET") ? null : NotAllowed(resource);
        }

        if (header.StartsWith("OAuth ", StringComparison.Ordinal))
        {
            return Signed(call, header[6..]) is { } message ? new JsonObject { ["message"] = message } : options.KeyMayWrite || call.Request.Method == "GET" ? null : NotAllowed(resource);
        }

        return NotAllowed(resource);
    }

    internal (int Status, JsonNode Body) SignIn(JsonObject? body)
    {
        if (body?["username"]?.ToString() != options.AdminUser || body["password"]?.ToString() != options.AdminPassword)
        {
            return (401, new JsonObject { ["message"] = "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later." });
        }

        string token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (gate)
        {
            tokens[token] = clock.GetUtcNow() + TokenLasts;
        }

        return (200, JsonValue.Create(token));
    }

    /// <summary>Every administrator's token is taken back, as when a password is changed.</summary>
    internal void RevokeTokens()
    {
        lock (gate)
        {
            tokens.Clear();
        }
    }

    private bool IsAdministrators(string token)
    {
        lock (gate)
        {
            return tokens.TryGetValue(token, out var until) && until > clock.GetUtcNow();
        }
    }

    private string? Signed(HttpContext call, string header)
    {
        var given = header.Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Trim('"')), StringComparer.Ordinal);
        if (given.GetValueOrDefault("oauth_consumer_key") != options.ConsumerKey)
        {
            return "A consumer having the specified key does not exist.";
        }

        if (given.GetValueOrDefault("oauth_token") != options.AccessToken)
        {
            return "The token is not valid. Verify and try again.";
        }

        if (!long.TryParse(given.GetValueOrDefault("oauth_timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            || (DateTimeOffset.FromUnixTimeSeconds(seconds) - clock.GetUtcNow()).Duration() > TimeDeviation)
        {
            return "The timestamp value is not valid.";
        }

        lock (gate)
        {
            if (!nonces.Add($"{seconds} {given.GetValueOrDefault("oauth_nonce")}"))
            {
                return "The nonce is already being used by the consumer.";
            }
        }

        var parameters = call.Request.Query.SelectMany(pair => pair.Value.Select(value => (pair.Key, value ?? "")))
            .Concat(given.Where(pair => pair.Key is not ("oauth_signature" or "realm")).Select(pair => (pair.Key, pair.Value)));
        string baseString = MagentoOAuth.BaseString(call.Request.Method, $"{call.Request.Scheme}://{call.Request.Host}{call.Request.Path}", parameters);
        return given.GetValueOrDefault("oauth_signature") == MagentoOAuth.Sign(baseString, options.ConsumerSecret, options.AccessTokenSecret) ? null : "The signature is invalid. Verify and try again.";
    }

    private static JsonObject NotAllowed(string resource) => new() { ["message"] = "The consumer isn't authorized to access %resources.", ["parameters"] = new JsonObject { ["resources"] = resource } };
}
