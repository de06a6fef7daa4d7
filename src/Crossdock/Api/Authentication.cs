using System.Text.Encodings.Web;
using Crossdock.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Api;

/// <summary>Who may come in: programs with <c>Authorization: Bearer TOKEN</c>, people with the cookie of their session.</summary>
public static class Authentication
{
    /// <summary>The cookie's scheme, for the console.</summary>
    public const string CookieScheme = "Cookies";

    internal const string BearerScheme = "Bearer";
    private const string EitherScheme = "Crossdock";

    /// <summary>Adds both schemes, accounts and authorisation. The hub calls UseAuthentication, UseCrossdockCaller and UseAuthorization.</summary>
    public static IServiceCollection AddCrossdockAuthentication(this IServiceCollection services)
    {
        services.AddAccounts();
        services.AddSingleton<AdministratorToken>();
        services.AddSingleton<FailedSignIns>();
        services.AddSingleton<RememberedSessions>();
        services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey("Authorization") || context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && !context.Request.Cookies.ContainsKey(SessionCookie.Name)
                    ? BearerScheme
                    : CookieScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerScheme, null)
            .AddScheme<AuthenticationSchemeOptions, SessionCookie>(CookieScheme, null);
        services.AddPermissions();
        services.AddCascadingAuthenticationState();
        return services;
    }

    private sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AdministratorToken administrator, ApiTokens tokens, FailedSignIns failures)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        private const string Prefix = "Bearer ";

        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string header = Request.Headers.Authorization.ToString();
            if (header.Length == 0)
            {
                return AuthenticateResult.NoResult();
            }

            if (failures.IsExhausted(Context))
            {
                return AuthenticateResult.Fail("too many wrong tokens");
            }

            if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                return AuthenticateResult.Fail("not a bearer token");
            }

            string clear = header[Prefix.Length..].Trim();
            var user = await administrator.IsRightAsync(clear, Context.RequestAborted) ? Principals.Administrator(BearerScheme)
                : await tokens.OpenAsync(clear, Context.Connection.RemoteIpAddress?.ToString(), Context.RequestAborted) is { } known ? Principals.Token(BearerScheme, known)
                : null;
            return user is null ? AuthenticateResult.Fail("wrong token") : AuthenticateResult.Success(new AuthenticationTicket(user, BearerScheme));
        }

        protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problems.Forbidden(Context).ExecuteAsync(Context);

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            // Counted where a token was asked for only: what others send as Authorization to open addresses is not ours.
            if (Request.Headers.Authorization.Count > 0)
            {
                if (failures.IsExhausted(Context))
                {
                    return FailedSignIns.Refuse(Context).ExecuteAsync(Context);
                }

                failures.Count(Context);
            }

            Response.Headers.WWWAuthenticate = "Bearer realm=\"crossdock\"";
            return Problems.Unauthorised().ExecuteAsync(Context);
        }
    }
}
