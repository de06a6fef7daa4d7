using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Crossdock.Keys;

/// <summary>The framework's keys, read again as soon as the folder changed: it would look once a day, and a key that another node made would be unknown until then.</summary>
internal sealed class WatchedKeys(IKeyManager inner, string folder) : IKeyManager, IDisposable
{
    private readonly Lock gate = new();
    private CancellationTokenSource changed = new();
    private string seen = Signature(folder);

    /// <summary>Looks at the folder; true when it is another than before, and from then on its keys are known.</summary>
    public bool Look()
    {
        string now = Signature(folder);
        CancellationTokenSource former;
        lock (gate)
        {
            if (now == seen)
            {
                return false;
            }

            (former, changed, seen) = (changed, new(), now);
        }

        former.Cancel();
        former.Dispose();
        return true;
    }

    public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate) => Then(inner.CreateNewKey(activationDate, expirationDate));

    public IReadOnlyCollection<IKey> GetAllKeys() => inner.GetAllKeys();

    public CancellationToken GetCacheExpirationToken()
    {
        lock (gate)
        {
            return CancellationTokenSource.CreateLinkedTokenSource(inner.GetCacheExpirationToken(), changed.Token).Token;
        }
    }

    public void RevokeKey(Guid keyId, string? reason = null)
    {
        inner.RevokeKey(keyId, reason);
        Look();
    }

    public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null)
    {
        inner.RevokeAllKeys(revocationDate, reason);
        Look();
    }

    public void Dispose() => changed.Dispose();

    private IKey Then(IKey key)
    {
        Look();
        return key;
    }

    private static string Signature(string folder) => Directory.Exists(folder)
        ? string.Join('|', Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal).Select(file => $"{Path.GetFileName(file)} {new FileInfo(file).Length}")) : "";
}
