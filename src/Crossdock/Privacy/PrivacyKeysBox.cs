using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Crossdock.Privacy;

/// <summary>What is looked for, protected at rest, and the forms in which it may stand in a payload.</summary>
internal sealed class PrivacyKeysBox(IDataProtectionProvider protection)
{
    public const string Purpose = "crossdock.privacy";

    public string Protect(Guid request, PrivacyKeys keys) => protection.CreateProtector(Purpose, request.ToString()).Protect(JsonSerializer.Serialize(keys));

    /// <summary>In clear; null when the keys that protected it are not here.</summary>
    public PrivacyKeys? Open(Guid request, string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<PrivacyKeys>(protection.CreateProtector(Purpose, request.ToString()).Unprotect(text));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Hexadecimal SHA-256 of each.</summary>
    public static string[] Hashes(PrivacyKeys keys) => [.. keys.Mails.Select(mail => Hash("mail:" + mail)), .. keys.Phones.Select(phone => Hash("phone:" + phone)), .. keys.Orders.Select(order => Hash("order:" + order))];

    /// <summary>How mails and telephones may be written in a payload, as bytes.</summary>
    public static List<byte[]> Words(PrivacyKeys keys) =>
        [.. keys.Mails.SelectMany(mail => (string[])[mail, mail.ToUpperInvariant(), mail.Replace("@", "%40", StringComparison.Ordinal), mail.Replace("@", "\\u0040", StringComparison.Ordinal), char.ToUpperInvariant(mail[0]) + mail[1..]]).Concat(keys.Phones.Where(phone => phone.Length >= 7)).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
