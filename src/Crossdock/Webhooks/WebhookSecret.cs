using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Crossdock.Webhooks;

/// <summary>Secrets of webhooks and what is signed with them. Source: Standard Webhooks specification 1.0.0, "Signature scheme": HMAC-SHA256 over <c>id.timestamp.body</c>, keys of 24 to 64 bytes as <c>whsec_</c> and base64.</summary>
internal sealed class WebhookSecret(IDataProtectionProvider protection)
{
    private const string Prefix = "whsec_";
    private const int Bytes = 32;

    private readonly IDataProtector protector = protection.CreateProtector("crossdock.webhook");

    /// <summary>A new secret.</summary>
    public static string Make() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>As it is stored.</summary>
    public string Protect(string clear) => protector.Protect(clear);

    /// <summary>In clear; null when the keys that protected it are not here.</summary>
    public string? Open(string stored)
    {
        try
        {
            return protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The value of <c>webhook-signature</c>: one signature for each secret, the newest first, separated by spaces.</summary>
    /// <param name="secrets">In clear.</param>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c>: seconds since 1970.</param>
    /// <param name="body">As it is sent.</param>
    public static string Sign(IEnumerable<string> secrets, string id, long timestamp, string body)
    {
        byte[] signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.{body}"));
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), signed))));
    }
}
