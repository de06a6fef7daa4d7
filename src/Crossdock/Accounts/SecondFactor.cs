using System.Globalization;
using System.Text.Encodings.Web;
using Crossdock.Database;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Crossdock.Accounts;

/// <summary>The second factor: six digits of an authenticator app (RFC 6238), or one of ten recovery codes.</summary>
public sealed class SecondFactor(NpgsqlDataSource database, UserManager<User> users, IUserStore<User> store, TimeProvider clock)
{
    // A code that somebody saw over a shoulder, or on the way, is not taken a second time.
    private const string Take = "UPDATE users SET used_step = $2 WHERE id = $1 AND used_step < $2";

    private const int Codes = 10;

    /// <summary>True when the code is right now and was not used before. Wrong ones count like wrong passwords.</summary>
    public async Task<bool> CheckAsync(User user, string code, CancellationToken cancellationToken)
    {
        if (user.IsDisabled || await users.IsLockedOutAsync(user))
        {
            return false;
        }

        string clean = code.Replace(" ", "", StringComparison.Ordinal).Trim();
        bool isRight = clean.Length == 6 && clean.All(char.IsAsciiDigit)
            ? await TakeAsync(user, clean, cancellationToken)
            : await RedeemAsync(user, clean);
        if (isRight)
        {
            await users.ResetAccessFailedCountAsync(user);
        }
        else
        {
            await users.AccessFailedAsync(user);
        }

        return isRight;
    }

    /// <summary>Begins: a new key for the app, and its address for a QR code. It is not in force until a code of it was given.</summary>
    public async Task<(string Key, string Uri)?> BeginAsync(Guid id)
    {
        if (await users.FindByIdAsync(id.ToString()) is not { HasSecondFactor: false } user)
        {
            return null;
        }

        string? key = await users.GetAuthenticatorKeyAsync(user);
        if (string.IsNullOrEmpty(key))
        {
            // Not by the manager's own way, which would end the person's sessions: nothing is in force yet.
            key = users.GenerateNewAuthenticatorKey();
            await ((IUserAuthenticatorKeyStore<User>)store).SetAuthenticatorKeyAsync(user, key, CancellationToken.None);
            await users.UpdateAsync(user);
        }

        string label = UrlEncoder.Default.Encode("Crossdock:" + user.Name);
        return (key!, string.Create(CultureInfo.InvariantCulture, $"otpauth://totp/{label}?secret={key}&issuer=Crossdock&digits=6&period=30"));
    }

    /// <summary>Puts it in force with a code of the app; answers the recovery codes, shown once, or null for a wrong code.</summary>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(Guid id, string code, CancellationToken cancellationToken)
    {
        if (await users.FindByIdAsync(id.ToString()) is not { HasSecondFactor: false } user || !await TakeAsync(user, code.Replace(" ", "", StringComparison.Ordinal).Trim(), cancellationToken))
        {
            return null;
        }

        user.Told.Add(new AuditEntry("second_factor_on", "user", id.ToString()));
        await users.SetTwoFactorEnabledAsync(user, true);
        return [.. await users.GenerateNewTwoFactorRecoveryCodesAsync(user, Codes) ?? []];
    }

    /// <summary>Takes it away; the password is asked once more.</summary>
    public async Task<bool> EndAsync(Guid id, string password)
    {
        if (await users.FindByIdAsync(id.ToString()) is not { HasSecondFactor: true } user || !await users.CheckPasswordAsync(user, password))
        {
            return false;
        }

        (user.AuthenticatorKey, user.RecoveryCodes) = (null, []);
        user.Told.Add(new AuditEntry("second_factor_off", "user", id.ToString()));
        return (await users.SetTwoFactorEnabledAsync(user, false)).Succeeded;
    }

    private async Task<bool> TakeAsync(User user, string code, CancellationToken cancellationToken)
    {
        if (await users.GetAuthenticatorKeyAsync(user) is not { Length: > 0 } key || Totp.StepOf(key, code, clock.GetUtcNow()) is not { } step)
        {
            return false;
        }

        await using var command = database.CreateCommand(Take);
        command.Parameters.Add(new() { Value = user.Id });
        command.Parameters.Add(new() { Value = step });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<bool> RedeemAsync(User user, string code)
    {
        user.Told.Add(new AuditEntry("recovery_code_used", "user", user.Id.ToString()));
        bool isRight = (await users.RedeemTwoFactorRecoveryCodeAsync(user, code)).Succeeded;
        user.Told.Clear();
        return isRight;
    }
}
