using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Crossdock.Alerts;

/// <summary>What is secret of a route: the address, which of chats is itself the key, and what webhooks are signed with.</summary>
internal sealed record RouteSecret(string? Address, string? Signing);

/// <summary>Secrets of routes at rest; each route has a purpose of its own. Also signs.</summary>
internal sealed class RouteSecrets(IDataProtectionProvider protection)
{
    private const string Prefix = "whsec_";

    public const string Purpose = "crossdock.alert-route";

    public string Protect(Guid route, RouteSecret secret) => Of(route).Protect(JsonSerializer.Serialize(secret));

    /// <summary>In clear; null when the keys that protected it are not here.</summary>
    public RouteSecret? Open(Guid route, string protectedText)
    {
        try
        {
            return JsonSerializer.Deserialize<RouteSecret>(Of(route).Unprotect(protectedText));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>A new secret to sign with: <c>whsec_</c> and 32 random bytes as base64.</summary>
    public static string MakeUp() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>True for <c>whsec_</c> and 24 to 64 bytes as base64.</summary>
    public static bool IsSecret(string secret) => Bytes(secret) is { Length: >= 24 and <= 64 };

    /// <summary>The header <c>webhook-signature</c> of Standard Webhooks: <c>v1,</c> and the HMAC-SHA256 of id, time and body as base64.</summary>
    public static string Sign(string secret, Guid id, long unixSeconds, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(Bytes(secret) ?? [], Encoding.UTF8.GetBytes($"{id}.{unixSeconds}.{body}")));

    private static byte[]? Bytes(string secret)
    {
        byte[] bytes = new byte[secret.Length];
        return secret.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out int length) ? bytes[..length] : null;
    }

    private IDataProtector Of(Guid route) => protection.CreateProtector(Purpose, route.ToString());
}
