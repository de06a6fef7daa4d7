using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Api;

/// <summary>Who may come in: programs with <c>Authorization: Bearer TOKEN</c>, people with the cookie they got for the same token.</summary>
public static class Authentication
{
    /// <summary>The cookie's scheme, for the console.</summary>
    public const string CookieScheme = CookieAuthenticationDefaults.AuthenticationScheme;

    internal const string BearerScheme = "Bearer";
    private const string EitherScheme = "Crossdock";

    /// <summary>Adds both schemes and authorisation. The hub calls UseAuthentication and UseAuthorization.</summary>
    public static IServiceCollection AddCrossdockAuthentication(this IServiceCollection services)
    {
        services.AddSingleton<AdministratorToken>();
        services.AddOptions<SignInOptions>().BindConfiguration("Crossdock:SignIn").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<FailedSignIns>();
        services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey("Authorization") || context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && !context.Request.Cookies.ContainsKey(Cookie)
                    ? BearerScheme
                    : CookieScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerScheme, null)
            .AddCookie(CookieScheme, options =>
            {
                options.Cookie.Name = Cookie;
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Strict;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.LoginPath = "/sign-in";
                options.ReturnUrlParameter = "returnUrl";
                options.ExpireTimeSpan = TimeSpan.FromHours(12);
                options.SlidingExpiration = true;
                options.Events.OnRedirectToLogin = context => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
                    ? Problems.Unauthorised().ExecuteAsync(context.HttpContext)
                    : Redirect(context);
            });
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        return services;
    }

    /// <summary>The administrator as a principal of that scheme.</summary>
    internal static ClaimsPrincipal Administrator(string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "admin"), new Claim(ClaimTypes.Role, "admin")], scheme, ClaimTypes.Name, ClaimTypes.Role));

    private const string Cookie = "crossdock";

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AdministratorToken token, FailedSignIns failures)
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

            return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && await token.IsRightAsync(header[Prefix.Length..].Trim(), Context.RequestAborted)
                ? AuthenticateResult.Success(new AuthenticationTicket(Administrator(BearerScheme), BearerScheme))
                : AuthenticateResult.Fail("wrong token");
        }

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
