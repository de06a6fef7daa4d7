using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crossdock.Accounts;

/// <summary>Registers users, sessions, tokens and the audit log.</summary>
public static class AccountsRegistration
{
    // OWASP Password Storage Cheat Sheet: PBKDF2 with HMAC-SHA-512.
    private const int Iterations = 210_000;

    /// <summary>Adds them. Needs <c>NpgsqlDataSource</c>, <see cref="TimeProvider"/> and the Data Protection keys.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddOptions<SignInOptions>().BindConfiguration("Crossdock:SignIn").ValidateDataAnnotations().ValidateOnStart();
        services.AddDataProtection();
        services.AddIdentityCore<User>(identity =>
        {
            // Length and the list of common ones decide; see PasswordRules.
            identity.Password = new PasswordOptions { RequiredLength = PasswordRules.Shortest, RequireDigit = false, RequireLowercase = false, RequireNonAlphanumeric = false, RequireUppercase = false, RequiredUniqueChars = 1 };
            identity.User.AllowedUserNameCharacters = "";
            identity.Stores.ProtectPersonalData = false;
        }).AddUserStore<UserStore>().AddPasswordValidator<PasswordRules>().AddDefaultTokenProviders();
        services.AddOptions<IdentityOptions>().Configure<IOptions<SignInOptions>>((identity, own) =>
        {
            identity.Lockout.AllowedForNewUsers = true;
            identity.Lockout.MaxFailedAccessAttempts = own.Value.FailuresBeforeLock;
            identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(own.Value.LockMinutes);
        });
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = Iterations);
        services.AddOptions<MailOptions>().BindConfiguration("Crossdock:Mail").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Mailer>();
        services.AddSingleton<ForgottenPasswords>();
        services.AddHostedService(provider => provider.GetRequiredService<ForgottenPasswords>());
        services.AddSingleton<UserDirectory>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<PreferenceStore>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AuditQueries>();
        services.AddScoped<UserAccounts>();
        services.AddScoped<PasswordCheck>();
        services.AddScoped<SecondFactor>();
        return services;
    }
}
