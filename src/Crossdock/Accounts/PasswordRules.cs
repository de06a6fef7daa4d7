using Microsoft.AspNetCore.Identity;

namespace Crossdock.Accounts;

/// <summary>What a password must be: long enough, and not what everybody chooses. Nothing is said about its signs; a sentence with spaces is a good one.</summary>
internal sealed class PasswordRules : IPasswordValidator<User>
{
    /// <summary>The least number of characters.</summary>
    public const int Shortest = 12;

    /// <summary>More is refused: hashing it would be work for nothing.</summary>
    public const int Longest = 256;

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) => Task.FromResult(Problem(password, user.Name, user.Mail) is { } problem
        ? IdentityResult.Failed(new IdentityError { Code = "password", Description = problem })
        : IdentityResult.Success);

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static string? Problem(string? password, string? name, string? mail) => password switch
    {
        null or { Length: < Shortest } => $"The password needs at least {Shortest} characters.",
        { Length: > Longest } => $"The password may have at most {Longest} characters.",
        _ when CommonPasswords.Has(password, name, mail) => "This password is among those that are guessed first. Take several words that do not belong together.",
        _ => null,
    };
}
