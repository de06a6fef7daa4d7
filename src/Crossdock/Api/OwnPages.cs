using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Api;

/// <summary>A browser adds the cookie by itself, also for a page of the same site that is not ours: another port of this machine, another subdomain. Such a page must not change anything.
/// Programs with a token are not concerned: no page can make a browser send one.</summary>
public static class OwnPages
{
    private const string Title = "The request came from a page that is not the hub's";
    private const string Detail = "Nothing was changed. In a browser, open the console and do it there. A program sends Authorization: Bearer TOKEN instead of the cookie. "
        + "Behind a reverse proxy that is not called by the hub's own name, let it send X-Forwarded-Host and X-Forwarded-Proto.";

    /// <summary>Refuses what changes something, comes with the cookie and not from a page of ours. After authentication.</summary>
    public static IApplicationBuilder UseCrossdockOwnPages(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method))
        {
            return next(context);
        }

        bool isPerson = context.User.Identity is { IsAuthenticated: true, AuthenticationType: Authentication.CookieScheme };
        bool isSignIn = request.Path.StartsWithSegments("/sign-in", StringComparison.OrdinalIgnoreCase);
        return IsOurs(request) switch
        {
            false when isPerson || isSignIn => Refuse(context),
            null when isPerson => Refuse(context),
            _ => next(context),
        };
    });

    /// <summary>Null when the browser does not say where the request comes from.</summary>
    internal static bool? IsOurs(HttpRequest request)
    {
        // The browser compares with the address it sees, which a proxy on the way cannot spoil, and no page can set it. It is only sent over TLS and to this machine.
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is "same-origin" or "none";
        }

        string origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            return null;
        }

        // No page can set these two either; a proxy that changes the name or ends TLS says by them what the browser called.
        string host = First(request.Headers["X-Forwarded-Host"].ToString(), request.Host.Value ?? ""), scheme = First(request.Headers["X-Forwarded-Proto"].ToString(), request.Scheme);
        return Uri.TryCreate(origin, UriKind.Absolute, out var from) && Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var own)
            && from.Scheme == own.Scheme && from.Port == own.Port && from.IdnHost.Equals(own.IdnHost, StringComparison.OrdinalIgnoreCase);
    }

    private static string First(string forwarded, string own) => forwarded.Split(',')[0].Trim() is { Length: > 0 } first ? first : own;

    private static Task Refuse(HttpContext context) => Results.Problem(Detail, statusCode: StatusCodes.Status403Forbidden, title: Title).ExecuteAsync(context);
}
