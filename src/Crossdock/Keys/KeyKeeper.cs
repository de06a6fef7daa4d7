using System.Security.Cryptography;
using Crossdock.Accounts;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Keys;

/// <summary>A key that secrets are encrypted with, without the key itself.</summary>
public sealed record KeyRow
{
    public required Guid Id { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ActiveFrom { get; init; }
    public required DateTimeOffset ActiveTo { get; init; }
    /// <summary>New secrets are encrypted with it.</summary>
    public required bool IsCurrent { get; init; }
    /// <summary>It opens nothing any more.</summary>
    public required bool IsRevoked { get; init; }
    /// <summary>Stored secrets that are encrypted with it.</summary>
    public required int Secrets { get; init; }
}

/// <summary>How the keys stand.</summary>
/// <param name="Items">All keys, the newest first.</param>
/// <param name="Left">Stored secrets that are still to be encrypted with the current key.</param>
/// <param name="Unreadable">Stored secrets whose key is not here, or revoked.</param>
/// <param name="Behind">Machines whose nodes do not know the current key yet: nothing is encrypted anew before they do.</param>
public sealed record KeyStanding(IReadOnlyList<KeyRow> Items, int Left, int Unreadable, IReadOnlyList<string> Behind);

/// <summary>Rotates the keys: a new one is made, every node learns it, what is stored is encrypted anew with it, and the former ones are revoked where that was asked for.</summary>
public sealed class KeyKeeper
{
    private static readonly TimeSpan Alive = TimeSpan.FromMinutes(2);

    private readonly NpgsqlDataSource database;
    private readonly KeyStore store;
    private readonly IKeyManager keys;
    private readonly IDataProtectionProvider protection;
    private readonly KeyOptions options;
    private readonly TimeProvider clock;

    internal KeyKeeper(NpgsqlDataSource database, KeyStore store, IKeyManager keys, IDataProtectionProvider protection, IOptions<KeyOptions> options, TimeProvider clock) =>
        (this.database, this.store, this.keys, this.protection, this.options, this.clock) = (database, store, keys, protection, options.Value, clock);

    /// <summary>How the keys stand.</summary>
    public async Task<KeyStanding> StandingAsync(CancellationToken cancellationToken)
    {
        var current = Current();
        var secrets = await store.SecretsAsync(cancellationToken);
        var counts = secrets.CountBy(secret => ProtectedText.KeyOf(secret.Text) ?? Guid.Empty).ToDictionary(pair => pair.Key, pair => pair.Value);
        var all = keys.GetAllKeys();
        var readable = all.Where(key => !key.IsRevoked).Select(key => key.KeyId).ToHashSet();
        return new([.. all.OrderByDescending(key => key.CreationDate).Select(key => new KeyRow
        {
            Id = key.KeyId, CreatedAt = key.CreationDate, ActiveFrom = key.ActivationDate, ActiveTo = key.ExpirationDate, IsCurrent = key.KeyId == current, IsRevoked = key.IsRevoked, Secrets = counts.GetValueOrDefault(key.KeyId),
        })],
        counts.Where(pair => pair.Key != current && readable.Contains(pair.Key)).Sum(pair => pair.Value), counts.Where(pair => !readable.Contains(pair.Key)).Sum(pair => pair.Value), await store.BehindAsync(current, clock.GetUtcNow() - Alive, cancellationToken));
    }

    /// <summary>Makes a new key and has everything encrypted with it, in the background.</summary>
    /// <param name="revokes">True revokes the former keys as soon as nothing stored needs them: backups from before then cannot be read by them any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Guid> RotateAsync(bool revokes, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        Guid[] former = [.. keys.GetAllKeys().Where(key => !key.IsRevoked).Select(key => key.KeyId)];
        var made = keys.CreateNewKey(now, now.AddDays(options.LifetimeDays));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        if (revokes)
        {
            batch.BatchCommands.Add(KeyStore.Asking(former, now));
        }

        batch.BatchCommands.Add(AuditLog.Keeping(new AuditEntry("keys_rotated", "keys", made.KeyId.ToString(), After: new { revokes }), now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return made.KeyId;
    }

    /// <summary>One round of a node: says what it knows; encrypts anew what is not under the current key, once every node knows that; then revokes. Answers how many secrets were encrypted anew. Any number of nodes may do it at once.</summary>
    internal async Task<int> RoundAsync(bool works, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        (keys as WatchedKeys)?.Look();
        // Before it is said: asking is what has the framework take a new key into use, a moment later.
        var current = Current();
        await store.SayAsync([.. keys.GetAllKeys().Select(key => key.KeyId)], now, cancellationToken);
        if (!works || (await store.BehindAsync(current, now - Alive, cancellationToken)).Count > 0)
        {
            return 0;
        }

        int done = 0, left = 0;
        foreach (var secret in await store.SecretsAsync(cancellationToken))
        {
            var key = ProtectedText.KeyOf(secret.Text);
            if (key == current)
            {
                continue;
            }

            left++;
            try
            {
                var protector = protection.CreateProtector(secret.Purposes[0], secret.Purposes[1..]);
                done += await store.ReplaceAsync(secret, protector.Protect(protector.Unprotect(secret.Text)), cancellationToken) ? 1 : 0;
            }
            catch (CryptographicException)
            {
                // Its key is not here: it is told by doctor, and stays as it is. It does not keep the others' keys from being revoked.
                left--;
            }
        }

        // Just after a rotation the former key may still be in use here: then it is not its turn.
        if (left == 0 && await store.ToRevokeAsync(cancellationToken) is { } asked && !asked.Keys.Contains(current))
        {
            foreach (var key in keys.GetAllKeys().Where(key => !key.IsRevoked && key.KeyId != current && asked.Keys.Contains(key.KeyId)))
            {
                keys.RevokeKey(key.KeyId, "rotated");
            }

            await store.RevokedAsync(asked.Value, cancellationToken);
        }

        return done;
    }

    // What is protected now says by which key.
    private Guid Current() => ProtectedText.KeyOf(protection.CreateProtector("crossdock.keys").Protect("x"))!.Value;
}
