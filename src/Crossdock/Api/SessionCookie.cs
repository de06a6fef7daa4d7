using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using Crossdock.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Api;

/// <summary>The console's cookie: a random value that stands for a session in the database.</summary>
internal sealed class SessionCookie(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Sessions sessions, RememberedSessions remembered)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "crossdock";

    /// <summary>Gives the browser the cookie of a session just opened. The one it had before is over: nobody can have put it there.</summary>
    public static async Task GiveAsync(HttpContext context, Sessions sessions, string key, int days)
    {
        await ForgetAsync(context, sessions);
        context.Response.Cookies.Append(Name, key, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = IsSecure(context.Request),
            Path = "/",
            MaxAge = TimeSpan.FromDays(days),
        });
    }

    /// <summary>Ends the session of the cookie that came, if there is one.</summary>
    public static async Task ForgetAsync(HttpContext context, Sessions sessions)
    {
        if (context.Request.Cookies[Name] is { Length: > 0 } former)
        {
            await sessions.EndAsync(former, context.RequestAborted);
        }
    }

    /// <summary>Takes the cookie away again.</summary>
    public static void Take(HttpContext context) => context.Response.Cookies.Delete(Name, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = IsSecure(context.Request), Path = "/" });

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Cookies[Name] is not { Length: > 0 and <= 100 } key)
        {
            return AuthenticateResult.NoResult();
        }

        Session? session;
        try
        {
            session = await sessions.FindAsync(key, Context.RequestAborted);
            remembered.Put(key, session);
        }
        catch (Exception away) when (away is TimeoutException || (away is NpgsqlException known && (away is not PostgresException || known.IsTransient)))
        {
            // While the database is away nothing can be read or changed anyway; but people are told so, instead of being asked to sign in.
            session = remembered.Get(key);
            if (session is null)
            {
                throw;
            }
        }

        return session is null ? AuthenticateResult.Fail("the session is over") : AuthenticateResult.Success(new AuthenticationTicket(Principals.User(Authentication.CookieScheme, session), Authentication.CookieScheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (IsApi)
        {
            return Problems.Unauthorised().ExecuteAsync(Context);
        }

        Response.Redirect(BuildRedirectUri("/sign-in" + QueryString.Create("returnUrl", Request.PathBase + Request.Path + Request.QueryString)));
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (IsApi || !HttpMethods.IsGet(Request.Method))
        {
            return Problems.Forbidden(Context).ExecuteAsync(Context);
        }

        Response.Redirect(BuildRedirectUri("/not-allowed"));
        return Task.CompletedTask;
    }

    private bool IsApi => Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private static bool IsSecure(HttpRequest request) => request.IsHttps || request.Headers["X-Forwarded-Proto"].ToString().StartsWith("https", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Sessions that were good a moment ago on this node, for as long as the database does not answer.</summary>
internal sealed class RememberedSessions(TimeProvider clock)
{
    private const int Most = 1000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, (Session Session, long At)> known = new(StringComparer.Ordinal);

    public void Put(string key, Session? session)
    {
        if (session is null)
        {
            known.TryRemove(key, out _);
            return;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        known[key] = (session, clock.GetTimestamp());
    }

    public Session? Get(string key) => known.TryGetValue(key, out var one) && clock.GetElapsedTime(one.At) < Longest ? one.Session : null;
}
