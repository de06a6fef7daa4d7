using System.Text;
using Crossdock.Database;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;

namespace Crossdock.Accounts;

/// <summary>Users: who there is, letting somebody in, changing what they may do, and their passwords.</summary>
public sealed class UserAccounts(NpgsqlDataSource database, UserManager<User> users, UserDirectory directory)
{
    private const string Columns = """
        SELECT u.id, u.name, u.mail, u.role, CASE WHEN u.connections IS NOT NULL THEN ARRAY(SELECT c.key FROM connections c WHERE c.id = ANY(u.connections) ORDER BY c.key) END AS connections,
               u.is_disabled, u.password_hash IS NOT NULL AS has_password, u.has_second_factor, cardinality(u.recovery_codes) AS recovery_codes, u.locked_until, u.created_at, u.created_by, u.signed_in_at, u.version
        FROM users u
        """;

    private const string All = Columns + " ORDER BY u.is_disabled, u.normal_name LIMIT 1000";
    private const string One = Columns + " WHERE u.id = @id";

    /// <summary>All users by name, those switched off last.</summary>
    public async Task<IReadOnlyList<UserRow>> ListAsync(CancellationToken cancellationToken) => await database.ReadAsync<UserRow>(All, null, cancellationToken);

    /// <summary>One user; null when there is none with that id.</summary>
    public Task<UserRow?> FindAsync(Guid id, CancellationToken cancellationToken) => database.ReadOneAsync<UserRow>(One, new { id }, cancellationToken);

    /// <summary>The first administrator; refused as soon as there is any user.</summary>
    public async Task<UserAnswer> CreateFirstAsync(string name, string? mail, string password, CancellationToken cancellationToken)
    {
        if (await directory.AnyAsync(cancellationToken))
        {
            return new(null, "There is an account already: whoever administers the hub lets others in.");
        }

        return await CreateAsync(new NewUser { Name = name, Mail = mail, Role = Role.Administrator, Password = password }, "the first start", cancellationToken);
    }

    /// <summary>Lets somebody in. Without a password the answer carries the ticket for the link by which they choose one.</summary>
    public async Task<UserAnswer> CreateAsync(NewUser wanted, string actor, CancellationToken cancellationToken)
    {
        string name = wanted.Name.Trim();
        if ((NameProblem(name) ?? MailProblem(wanted.Mail)) is { } problem)
        {
            return new(null, problem);
        }

        var (limits, unknown) = await Limits.ReadAsync(database, wanted.Connections, cancellationToken);
        if (unknown is not null)
        {
            return new(null, $"There is no connection \"{unknown}\".");
        }

        if (limits is not null && wanted.Role == Role.Administrator)
        {
            return new(null, Unlimited);
        }

        var user = new User { Name = name, Mail = string.IsNullOrWhiteSpace(wanted.Mail) ? null : wanted.Mail.Trim(), RoleName = Roles.Name(wanted.Role), Connections = limits, CreatedBy = actor };
        user.Told.Add(new AuditEntry("user_created", "user", user.Id.ToString(), After: new { name, mail = user.Mail, role = user.RoleName, connections = limits is null ? null : wanted.Connections }));
        var result = wanted.Password is null ? await users.CreateAsync(user) : await users.CreateAsync(user, wanted.Password);
        if (!result.Succeeded)
        {
            return new(null, Words(result));
        }

        directory.Created();
        return new(await FindAsync(user.Id, cancellationToken), Ticket: wanted.Password is null ? await TicketAsync(user) : null);
    }

    /// <summary>Changes what somebody may do. Their sessions are over when role, limits or access changed.</summary>
    public async Task<UserAnswer> ChangeAsync(Guid id, UserChange change, CancellationToken cancellationToken)
    {
        if (await users.FindByIdAsync(id.ToString()) is not { } user || await FindAsync(id, cancellationToken) is not { } before)
        {
            return new(null);
        }

        if (change.Version is { } seen && seen != user.Version)
        {
            return new(null, "Somebody changed this user meanwhile. Read it again and repeat your change; nothing was overwritten.");
        }

        if (MailProblem(change.Mail) is { } problem)
        {
            return new(null, problem);
        }

        string role = change.Role is { } wanted ? Roles.Name(wanted) : user.RoleName;
        int[]? limits = user.Connections;
        if (change.Connections is not null)
        {
            (limits, string? unknown) = await Limits.ReadAsync(database, change.Connections, cancellationToken);
            if (unknown is not null)
            {
                return new(null, $"There is no connection \"{unknown}\".");
            }
        }

        if (limits is not null && role == Roles.Name(Role.Administrator))
        {
            return new(null, Unlimited);
        }

        bool isOther = role != user.RoleName || !(limits ?? []).SequenceEqual(user.Connections ?? []) || (limits is null) != (user.Connections is null) || (change.IsDisabled is { } off && off != user.IsDisabled);
        user.RoleName = role;
        user.Connections = limits;
        user.IsDisabled = change.IsDisabled ?? user.IsDisabled;
        if (change.Mail is not null)
        {
            user.Mail = change.Mail.Trim() is { Length: > 0 } mail ? mail : null;
        }

        if (change.ForgetSecondFactor)
        {
            (user.HasSecondFactor, user.AuthenticatorKey, user.RecoveryCodes) = (false, null, []);
        }

        user.Told.Add(new AuditEntry("user_changed", "user", id.ToString(), null,
            new { before.Name, before.Role, before.Connections, before.Mail, before.IsDisabled, before.HasSecondFactor },
            new { user.Name, role, connections = change.Connections is { Count: > 0 } some ? some : change.Connections is null ? before.Connections : null, user.Mail, user.IsDisabled, user.HasSecondFactor }));
        var result = isOther || change.ForgetSecondFactor ? await users.UpdateSecurityStampAsync(user) : await users.UpdateAsync(user);
        if (result.Succeeded && change.Unlock)
        {
            await users.SetLockoutEndDateAsync(user, null);
            await users.ResetAccessFailedCountAsync(user);
        }

        return result.Succeeded ? new(await FindAsync(id, cancellationToken)) : new(null, Words(result));
    }

    /// <summary>A ticket for a link by which somebody chooses a new password. The old one holds until then.</summary>
    public async Task<UserAnswer> InviteAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await users.FindByIdAsync(id.ToString()) is not { } user)
        {
            return new(null);
        }

        if (user.IsDisabled)
        {
            return new(null, "This account is switched off: switch it on first.");
        }

        user.Told.Add(new AuditEntry("user_invited", "user", id.ToString()));
        var result = await users.UpdateAsync(user);
        return result.Succeeded ? new(await FindAsync(id, cancellationToken), Ticket: await TicketAsync(user)) : new(null, Words(result));
    }

    /// <summary>Chooses a password by the link of an invitation. It works once, for a day.</summary>
    public async Task<string?> ChooseAsync(Guid id, string? ticket, string password, CancellationToken cancellationToken)
    {
        const string Over = "This link is not valid any more: it works once, and for a day. Ask an administrator for a new one.";
        if (string.IsNullOrEmpty(ticket) || await users.FindByIdAsync(id.ToString()) is not { IsDisabled: false } user)
        {
            return Over;
        }

        string token;
        try
        {
            token = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(ticket));
        }
        catch (FormatException)
        {
            return Over;
        }

        if (!await users.VerifyUserTokenAsync(user, users.Options.Tokens.PasswordResetTokenProvider, UserManager<User>.ResetPasswordTokenPurpose, token))
        {
            return Over;
        }

        Caller.Is(new Caller(CallerKind.User, user.Name, user.Id, Caller.Current?.Address, null));
        user.Told.Add(new AuditEntry("password_set", "user", id.ToString()));
        var result = await users.ResetPasswordAsync(user, token, password);
        if (!result.Succeeded)
        {
            return Words(result);
        }

        await users.SetLockoutEndDateAsync(user, null);
        await users.ResetAccessFailedCountAsync(user);
        return null;
    }

    /// <summary>Changes the own password; answers why not, or null. All other sessions are over.</summary>
    public async Task<string?> ChangePasswordAsync(Guid id, string current, string wanted, CancellationToken cancellationToken)
    {
        if (await users.FindByIdAsync(id.ToString()) is not { } user)
        {
            return "There is no such account any more.";
        }

        user.Told.Add(new AuditEntry("password_changed", "user", id.ToString()));
        var result = await users.ChangePasswordAsync(user, current, wanted);
        return result.Succeeded ? null : result.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.PasswordMismatch)) ? "The present password is not right. Nothing was changed." : Words(result);
    }

    /// <summary>The account of a name or mail address, as typed; null when there is none.</summary>
    internal async Task<User?> FindAccountAsync(string name) => await users.FindByNameAsync(name) ?? (name.Contains('@', StringComparison.Ordinal) ? await users.FindByEmailAsync(name) : null);

    /// <summary>The account itself; null when there is none.</summary>
    public Task<User?> AccountAsync(Guid id) => users.FindByIdAsync(id.ToString());

    private const string Unlimited = "An administrator cannot be limited to connections: take another role, or no limits.";

    private async Task<string> TicketAsync(User user) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(await users.GeneratePasswordResetTokenAsync(user)));

    private static string? NameProblem(string name) =>
        name.Length is < 2 or > 60 ? "The name needs 2 to 60 characters." : !name.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' or '@') ? "The name may have letters, digits, and . - _ @." : null;

    private static string? MailProblem(string? mail) =>
        string.IsNullOrWhiteSpace(mail) || (mail.Length <= 200 && System.Net.Mail.MailAddress.TryCreate(mail.Trim(), out var read) && read.Address == mail.Trim()) ? null : "That is no mail address.";

    internal static string Words(IdentityResult result) => string.Join(' ', result.Errors.Select(error => error.Code switch
    {
        "DuplicateUserName" => "There is a user of this name already.",
        "DuplicateEmail" => "Somebody else has this mail address.",
        "ConcurrencyFailure" => "Somebody changed this account meanwhile. Load the page again and repeat your change; nothing was overwritten.",
        _ => error.Description,
    }).Distinct(StringComparer.Ordinal));
}
