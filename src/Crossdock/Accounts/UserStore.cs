using System.Security.Cryptography;
using System.Text;
using Crossdock.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Accounts;

/// <summary>Users in the database, as the framework's user manager wants them stored. Failures and locks are counted in the database itself, so that guesses at the same moment are all counted.</summary>
internal sealed class UserStore(NpgsqlDataSource database, IDataProtectionProvider protection, TimeProvider clock)
    : IUserPasswordStore<User>, IUserSecurityStampStore<User>, IUserLockoutStore<User>, IUserEmailStore<User>, IUserTwoFactorStore<User>, IUserAuthenticatorKeyStore<User>, IUserTwoFactorRecoveryCodeStore<User>
{
    internal const string Columns = """
        SELECT id, name, normal_name, mail, normal_mail, password_hash, role AS role_name, connections, stamp, is_disabled, failures, locked_until, has_second_factor, authenticator_key, recovery_codes,
               used_step, version, created_at, created_by, signed_in_at
        FROM users
        """;

    private const string ById = Columns + " WHERE id = @id";
    private const string ByName = Columns + " WHERE normal_name = @name";
    private const string ByMail = Columns + " WHERE normal_mail = @mail";

    private const string Insert = """
        INSERT INTO users (id, name, normal_name, mail, normal_mail, password_hash, role, connections, stamp, is_disabled, has_second_factor, authenticator_key, recovery_codes, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """;

    // Somebody else's change is not overwritten.
    private const string Update = """
        UPDATE users SET name = $2, normal_name = $3, mail = $4, normal_mail = $5, password_hash = $6, role = $7, connections = $8, stamp = $9, is_disabled = $10, has_second_factor = $11,
            authenticator_key = $12, recovery_codes = $13, version = version + 1
        WHERE id = $1 AND version = $14
        """;

    // The hub is never without somebody who can let others in. Taken before any change that could end that.
    private const string LockAdministrators = "SELECT pg_advisory_xact_lock(hashtext('crossdock_administrators'))";
    private const string CountAdministrators = "SELECT count(*) FROM users WHERE role = 'administrator' AND NOT is_disabled AND id <> $1";
    private const string WasAdministrator = "SELECT role = 'administrator' AND NOT is_disabled FROM users WHERE id = $1";

    private const string Fail = "UPDATE users SET failures = failures + 1 WHERE id = $1 RETURNING failures";
    private const string Forgive = "UPDATE users SET failures = 0 WHERE id = $1";
    private const string Lock = "UPDATE users SET locked_until = $2 WHERE id = $1";

    /// <summary>The code of the error for the last administrator.</summary>
    internal const string LastAdministrator = "LastAdministrator";

    private readonly IDataProtector protector = protection.CreateProtector("crossdock.authenticator");

    public Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) ? database.ReadOneAsync<User>(ById, new { id }, cancellationToken) : Task.FromResult<User?>(null);

    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => database.ReadOneAsync<User>(ByName, new { name = Storable(normalizedUserName) }, cancellationToken);

    public Task<User?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) => database.ReadOneAsync<User>(ByMail, new { mail = Storable(normalizedEmail) }, cancellationToken);

    public Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken)
    {
        user.CreatedAt = clock.GetUtcNow();
        return WriteAsync(user, Insert, [.. Values(user), Time(user.CreatedAt), Text(user.CreatedBy)], cancellationToken);
    }

    public async Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken)
    {
        var result = await WriteAsync(user, Update, [.. Values(user), new() { Value = user.Version }], cancellationToken);
        if (result.Succeeded)
        {
            user.Version++;
        }

        return result;
    }

    public Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken) => throw new InvalidOperationException("Users are disabled, never deleted: what they did names them.");

    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());
    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);
    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken) => Set(() => user.Name = userName ?? "");
    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.NormalName);
    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) => Set(() => user.NormalName = normalizedName ?? "");

    public Task SetPasswordHashAsync(User user, string? passwordHash, CancellationToken cancellationToken) => Set(() => user.PasswordHash = passwordHash);
    public Task<string?> GetPasswordHashAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);
    public Task<bool> HasPasswordAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(User user, string stamp, CancellationToken cancellationToken) => Set(() => user.Stamp = stamp);
    public Task<string?> GetSecurityStampAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Stamp);

    public Task SetEmailAsync(User user, string? email, CancellationToken cancellationToken) => Set(() => user.Mail = string.IsNullOrWhiteSpace(email) ? null : email.Trim());
    public Task<string?> GetEmailAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Mail);
    public Task<bool> GetEmailConfirmedAsync(User user, CancellationToken cancellationToken) => Task.FromResult(true);
    public Task SetEmailConfirmedAsync(User user, bool confirmed, CancellationToken cancellationToken) => Task.CompletedTask;
    public Task<string?> GetNormalizedEmailAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.NormalMail);
    public Task SetNormalizedEmailAsync(User user, string? normalizedEmail, CancellationToken cancellationToken) => Set(() => user.NormalMail = string.IsNullOrWhiteSpace(normalizedEmail) ? null : normalizedEmail.Trim());

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.LockedUntil);
    public Task<int> GetAccessFailedCountAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Failures);
    public Task<bool> GetLockoutEnabledAsync(User user, CancellationToken cancellationToken) => Task.FromResult(true);
    public Task SetLockoutEnabledAsync(User user, bool enabled, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task SetLockoutEndDateAsync(User user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken)
    {
        user.LockedUntil = lockoutEnd;
        await ScalarAsync(Lock, [Id(user), Time(lockoutEnd)], cancellationToken);
    }

    public async Task<int> IncrementAccessFailedCountAsync(User user, CancellationToken cancellationToken) => user.Failures = await ScalarAsync(Fail, [Id(user)], cancellationToken) is int count ? count : 0;

    public async Task ResetAccessFailedCountAsync(User user, CancellationToken cancellationToken)
    {
        user.Failures = 0;
        await ScalarAsync(Forgive, [Id(user)], cancellationToken);
    }

    public Task SetTwoFactorEnabledAsync(User user, bool enabled, CancellationToken cancellationToken) => Set(() => user.HasSecondFactor = enabled);
    public Task<bool> GetTwoFactorEnabledAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.HasSecondFactor);
    public Task SetAuthenticatorKeyAsync(User user, string key, CancellationToken cancellationToken) => Set(() => user.AuthenticatorKey = protector.Protect(key));

    public Task<string?> GetAuthenticatorKeyAsync(User user, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(user.AuthenticatorKey is { } kept ? protector.Unprotect(kept) : null);
        }
        catch (CryptographicException)
        {
            // The keys that protected it are gone: an administrator takes the second factor away.
            return Task.FromResult<string?>(null);
        }
    }

    public Task ReplaceCodesAsync(User user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) => Set(() => user.RecoveryCodes = [.. recoveryCodes.Select(Hash)]);

    public Task<bool> RedeemCodeAsync(User user, string code, CancellationToken cancellationToken)
    {
        string hash = Hash(code);
        bool isThere = user.RecoveryCodes.Contains(hash, StringComparer.Ordinal);
        user.RecoveryCodes = [.. user.RecoveryCodes.Where(one => one != hash)];
        return Task.FromResult(isThere);
    }

    public Task<int> CountCodesAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.RecoveryCodes.Length);

    public void Dispose()
    {
    }

    private static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code.Replace("-", "", StringComparison.Ordinal).Trim().ToUpperInvariant())));

    private async Task<IdentityResult> WriteAsync(User user, string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (user.Role != Role.Administrator || user.IsDisabled)
        {
            await ScalarAsync(connection, LockAdministrators, [], cancellationToken);
            if (await ScalarAsync(connection, WasAdministrator, [Id(user)], cancellationToken) is true && await ScalarAsync(connection, CountAdministrators, [Id(user)], cancellationToken) is 0L)
            {
                return IdentityResult.Failed(new IdentityError { Code = LastAdministrator, Description = "This is the last administrator: make somebody else administrator first." });
            }
        }

        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddRange(values);
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return IdentityResult.Failed(new IdentityErrorDescriber().ConcurrencyFailure());
            }
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            bool isMail = taken.ConstraintName?.Contains("mail", StringComparison.Ordinal) == true;
            return IdentityResult.Failed(new IdentityError { Code = isMail ? "mail" : "name", Description = isMail ? "Somebody else has this mail address." : $"There is a user {user.Name} already." });
        }

        await AuditLog.KeepAsync(connection, user.Told, clock.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        user.Told.Clear();
        return IdentityResult.Success;
    }

    private async Task<object?> ScalarAsync(string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ScalarAsync(connection, sql, values, cancellationToken);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static NpgsqlParameter[] Values(User user) =>
    [
        Id(user), Text(user.Name), Text(user.NormalName), Text(user.Mail), Text(user.NormalMail), Text(user.PasswordHash), Text(user.RoleName),
        new() { Value = (object?)user.Connections ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer }, Text(user.Stamp), new() { Value = user.IsDisabled }, new() { Value = user.HasSecondFactor },
        Text(user.AuthenticatorKey), new() { Value = user.RecoveryCodes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
    ];

    private static Task Set(Action set)
    {
        set();
        return Task.CompletedTask;
    }

    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    private static NpgsqlParameter Id(User user) => new() { Value = user.Id };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text?.Replace('\0', '\uFFFD') ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset? at) => new() { Value = (object?)at?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
