using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Microsoft.AspNetCore.DataProtection;

namespace Crossdock.Access;

/// <summary>How a token stands after a look at it.</summary>
internal sealed record KeptToken(string Name, DateTimeOffset ExpiresAt, bool WasRenewed, Exception? Problem);

/// <summary>One connection's access tokens: in memory while they are good, in the database protected with the keys of the data folder.
/// A token is renewed ahead of its end under a lock on its row, so that of all nodes one asks the platform.</summary>
internal sealed class TokenVault(ConnectionId connection, TokenStore store, IDataProtector protector, TimeProvider clock) : ITokenVault
{
    private readonly ConcurrentDictionary<string, (StoredToken Token, DateTimeOffset ObtainedAt)> inMemory = new(StringComparer.Ordinal);
    // Renewed, but the database did not take it: a refresh token that the platform has rotated must not be lost.
    private readonly ConcurrentDictionary<string, (StoredToken Token, DateTimeOffset ObtainedAt)> unsaved = new(StringComparer.Ordinal);

    // How each token that was used on this node is renewed, as it was asked for last.
    private readonly ConcurrentDictionary<string, Func<StoredToken?, CancellationToken, Task<StoredToken>>> renewals = new(StringComparer.Ordinal);

    /// <summary>Renews what is about to run out, of the tokens that this node has used, before anybody asks. Answers how each stands; a failure ends nothing.</summary>
    public async Task<IReadOnlyList<KeptToken>> KeepAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        List<KeptToken> kept = [];
        foreach (var (name, renew) in renewals)
        {
            if (!inMemory.TryGetValue(name, out var known))
            {
                continue;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(patience);
            try
            {
                var token = await GetAsync(name, renew, limit.Token);
                kept.Add(new(name, token.ExpiresAt, token != known.Token, null));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
            {
                kept.Add(new(name, known.Token.ExpiresAt, false, failure is OperationCanceledException ? new TimeoutException("the platform does not answer") : failure));
            }
        }

        return kept;
    }

    public async Task<StoredToken> GetAsync(string name, Func<StoredToken?, CancellationToken, Task<StoredToken>> renew, CancellationToken cancellationToken)
    {
        renewals[name] = renew;
        if (inMemory.TryGetValue(name, out var known) && IsGood(known.Token, known.ObtainedAt))
        {
            return known.Token;
        }

        if (!unsaved.ContainsKey(name) && await store.ReadAsync(connection, name, cancellationToken) is { IsRefused: false } seen && Open(seen) is { } token && IsGood(token, seen.ObtainedAt!.Value))
        {
            inMemory[name] = (token, seen.ObtainedAt.Value);
            return token;
        }

        return await store.WithRowAsync(connection, name, async (row, write) =>
        {
            bool isUnsaved = unsaved.TryGetValue(name, out var kept);
            if (isUnsaved && IsGood(kept.Token, kept.ObtainedAt))
            {
                await KeepAsync(name, kept.Token, kept.ObtainedAt, write);
                return kept.Token;
            }

            var stored = isUnsaved ? kept.Token : Open(row);
            if (!isUnsaved && stored is not null && !row.IsRefused && IsGood(stored, row.ObtainedAt!.Value))
            {
                // Another node has renewed it while we waited for the row.
                inMemory[name] = (stored, row.ObtainedAt.Value);
                return stored;
            }

            var fresh = await renew(stored, cancellationToken);
            await KeepAsync(name, fresh, clock.GetUtcNow(), write);
            return fresh;
        }, cancellationToken);
    }

    public async Task RefusedAsync(string name, StoredToken token, CancellationToken cancellationToken)
    {
        if (inMemory.TryGetValue(name, out var known) && known.Token.AccessToken == token.AccessToken)
        {
            inMemory.TryRemove(name, out _);
        }

        await store.WithRowAsync(connection, name, async (row, write) =>
        {
            if (Open(row) is { } stored && stored.AccessToken == token.AccessToken)
            {
                await write(row with { IsRefused = true });
            }

            return true;
        }, cancellationToken);
    }

    private async Task KeepAsync(string name, StoredToken token, DateTimeOffset at, Func<TokenRow, Task> write)
    {
        unsaved[name] = (token, at);
        await write(new TokenRow(protector.Protect(JsonSerializer.Serialize(new Parts(token.AccessToken, token.RefreshToken))), token.ExpiresAt, at, IsRefused: false));
        unsaved.TryRemove(name, out _);
        inMemory[name] = (token, at);
    }

    /// <summary>A fifth of its life before its end, at most ten minutes; a minute at least, except for tokens that live hardly longer.</summary>
    private bool IsGood(StoredToken token, DateTimeOffset obtainedAt)
    {
        var life = token.ExpiresAt - obtainedAt;
        var ahead = TimeSpan.FromTicks(Math.Min(life.Ticks / 5, TimeSpan.FromMinutes(10).Ticks));
        if (life > TimeSpan.FromMinutes(2) && ahead < TimeSpan.FromSeconds(65))
        {
            ahead = TimeSpan.FromSeconds(65);
        }

        return token.AccessToken.Length > 0 && clock.GetUtcNow() < token.ExpiresAt - ahead;
    }

    private StoredToken? Open(TokenRow row)
    {
        if (row.Protected is null)
        {
            return null;
        }

        try
        {
            var parts = JsonSerializer.Deserialize<Parts>(protector.Unprotect(row.Protected))!;
            return new StoredToken(parts.Access, parts.Refresh, row.ExpiresAt!.Value);
        }
        catch (CryptographicException)
        {
            // The keys that protected it are not here: as if there were none.
            return null;
        }
    }

    private sealed record Parts(string Access, string? Refresh);
}
