using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Crossdock.Connections;

/// <summary>Secrets of connections at rest. The keys lie in the data folder, never in the database: a dump alone gives nothing away.
/// Each connection has a purpose of its own, so that one's protected text is worthless in another's row.</summary>
internal sealed class SecretBox(IDataProtectionProvider protection)
{
    public IReadOnlyDictionary<string, string> Protect(string connection, IReadOnlyDictionary<string, string> secrets)
    {
        var protector = protection.CreateProtector("crossdock.connection", connection);
        return secrets.ToDictionary(secret => secret.Key, secret => protector.Protect(secret.Value));
    }

    /// <summary>The secrets in clear; null when the keys that protected them are not here.</summary>
    public IReadOnlyDictionary<string, string>? Open(string connection, IReadOnlyDictionary<string, string> secrets)
    {
        var protector = protection.CreateProtector("crossdock.connection", connection);
        try
        {
            return secrets.ToDictionary(secret => secret.Key, secret => protector.Unprotect(secret.Value));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
