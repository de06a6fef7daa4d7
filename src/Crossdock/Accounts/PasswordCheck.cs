using Crossdock.Database;
using Microsoft.AspNetCore.Identity;

namespace Crossdock.Accounts;

/// <summary>Checks name and password. Unknown, switched off, locked and wrong get the same answer after the same work: nobody learns here who has an account.</summary>
public sealed class PasswordCheck(UserManager<User> users, IPasswordHasher<User> hasher, AuditLog audit, TimeProvider clock)
{
    private static readonly User Nobody = new();
    private static string? nobodysHash;

    /// <summary>The account, when the password is right and it may come in; otherwise null.</summary>
    /// <param name="name">Name or mail address, as typed.</param>
    /// <param name="password">As typed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<User?> CheckAsync(string name, string password, CancellationToken cancellationToken)
    {
        var user = name.Length is 0 or > 200 || password.Length > PasswordRules.Longest ? null
            : await users.FindByNameAsync(name) ?? (name.Contains('@', StringComparison.Ordinal) ? await users.FindByEmailAsync(name) : null);
        if (user is null or { IsDisabled: true } or { PasswordHash: null } || user.LockedUntil > clock.GetUtcNow())
        {
            // The hash is made once; checking against it costs what a real check costs.
            hasher.VerifyHashedPassword(Nobody, nobodysHash ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString()), password);
            return null;
        }

        if (await users.CheckPasswordAsync(user, password))
        {
            // With a second factor the tries are forgiven when it was right, too: otherwise codes could be guessed for ever.
            if (!user.HasSecondFactor)
            {
                await users.ResetAccessFailedCountAsync(user);
            }

            return user;
        }

        await users.AccessFailedAsync(user);
        await audit.KeepAsync(new AuditEntry(await users.IsLockedOutAsync(user) ? "user_locked" : "sign_in_failed", "user", user.Id.ToString(), After: new { user.Name }), cancellationToken);
        return null;
    }
}
