using System.Globalization;
using System.Security.Cryptography;
using Crossdock.Accounts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crossdock.Api;

/// <summary>The console's way in and out. The pages with the forms are the console's: <c>GET /sign-in</c>, <c>/sign-in/code</c>, <c>/sign-in/password</c>.</summary>
internal static class SignInEndpoints
{
    // Who gave the right password and owes the code: for five minutes, readable by the hub alone.
    private const string Pending = "crossdock-second";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/sign-in", SignInAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/sign-in/code", CodeAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/sign-in/password", ChooseAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/sign-in/forgot", ForgotAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/sign-out", (Delegate)SignOutAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, AdministratorToken administrator, PasswordCheck check, Sessions sessions, IOptions<SignInOptions> options, FailedSignIns failures, IDataProtectionProvider protection, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType)
        {
            return Problems.BadRequest("Send the form fields \"name\" and \"password\", or \"token\". Programs use the header Authorization: Bearer TOKEN instead.");
        }

        if (failures.IsExhausted(context))
        {
            return FailedSignIns.Refuse(context);
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        string back = Local(form["returnUrl"]), token = form["token"].ToString().Trim();
        if (token.Length > 0)
        {
            if (!await administrator.IsRightAsync(token, cancellationToken))
            {
                failures.Count(context);
                return Results.Redirect($"/sign-in?failed=true&returnUrl={Uri.EscapeDataString(back)}");
            }

            await OpenAsync(context, sessions, options.Value, null, AdministratorToken.Hash(token), cancellationToken);
            return Results.Redirect(back);
        }

        if (await check.CheckAsync(form["name"].ToString().Trim(), form["password"].ToString(), cancellationToken) is not { } user)
        {
            failures.Count(context);
            return Results.Redirect($"/sign-in?failed=password&returnUrl={Uri.EscapeDataString(back)}");
        }

        if (user.HasSecondFactor)
        {
            context.Response.Cookies.Append(Pending, Protector(protection).Protect($"{user.Id} {user.Stamp}", Patience), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/sign-in", MaxAge = Patience });
            return Results.Redirect($"/sign-in/code?returnUrl={Uri.EscapeDataString(back)}");
        }

        await OpenAsync(context, sessions, options.Value, user, user.Stamp, cancellationToken);
        return Results.Redirect(back);
    }

    private static async Task<IResult> CodeAsync(HttpContext context, UserAccounts accounts, SecondFactor factor, Sessions sessions, IOptions<SignInOptions> options, FailedSignIns failures, IDataProtectionProvider protection, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType || failures.IsExhausted(context))
        {
            return failures.IsExhausted(context) ? FailedSignIns.Refuse(context) : Problems.BadRequest("Send the code as the form field \"code\".");
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        string back = Local(form["returnUrl"]);
        string[] pending = [];
        try
        {
            pending = context.Request.Cookies[Pending] is { Length: > 0 } kept ? Protector(protection).Unprotect(kept).Split(' ') : [];
        }
        catch (CryptographicException)
        {
            // Run out, or not ours: from the beginning.
        }

        if (pending is not [var id, var stamp] || !Guid.TryParse(id, out var known) || await accounts.AccountAsync(known) is not { } user || user.Stamp != stamp || user.IsDisabled)
        {
            return Results.Redirect($"/sign-in?failed=code&returnUrl={Uri.EscapeDataString(back)}");
        }

        if (!await factor.CheckAsync(user, form["code"].ToString(), cancellationToken))
        {
            failures.Count(context);
            return Results.Redirect($"/sign-in/code?failed=true&returnUrl={Uri.EscapeDataString(back)}");
        }

        context.Response.Cookies.Delete(Pending, new CookieOptions { Path = "/sign-in" });
        await OpenAsync(context, sessions, options.Value, user, (await accounts.AccountAsync(known))!.Stamp, cancellationToken);
        return Results.Redirect(back);
    }

    private static async Task<IResult> ChooseAsync(HttpContext context, UserAccounts accounts, FailedSignIns failures, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType || failures.IsExhausted(context))
        {
            return failures.IsExhausted(context) ? FailedSignIns.Refuse(context) : Problems.BadRequest("Send the form of the page /sign-in/password.");
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        string user = form["user"].ToString(), ticket = form["ticket"].ToString(), password = form["password"].ToString();
        string? problem = password != form["again"].ToString() ? "The two passwords differ."
            : await accounts.ChooseAsync(Guid.TryParse(user, out var id) ? id : Guid.Empty, ticket, password, cancellationToken);
        if (problem is null)
        {
            return Results.Redirect("/sign-in?done=password");
        }

        failures.Count(context);
        return Results.Redirect(string.Create(CultureInfo.InvariantCulture, $"/sign-in/password?user={Uri.EscapeDataString(user)}&ticket={Uri.EscapeDataString(ticket)}&problem={Uri.EscapeDataString(problem)}"));
    }

    private static async Task<IResult> ForgotAsync(HttpContext context, ForgottenPasswords forgotten, Mailer mailer, Connections.HubAddress hub, FailedSignIns failures, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType || failures.IsExhausted(context))
        {
            return failures.IsExhausted(context) ? FailedSignIns.Refuse(context) : Problems.BadRequest("Send the name as the form field \"name\".");
        }

        // Asking is counted like a wrong password: nobody's letter box is filled from here.
        failures.Count(context);
        string name = (await context.Request.ReadFormAsync(cancellationToken))["name"].ToString().Trim();
        if (name.Length is > 0 and <= 200 && mailer.CanSend && hub.Public is { } known)
        {
            forgotten.Ask(name, known);
        }

        return Results.Redirect("/sign-in/forgot?asked=true");
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions)
    {
        // Without the console there are no forms, and nobody who makes their tokens.
        if (context.User.Identity?.IsAuthenticated == true && context.RequestServices.GetService<IAntiforgery>() is { } forms && !await forms.IsRequestValidAsync(context))
        {
            return Problems.BadRequest("The form is out of date or came from another site. Load the page again and sign out there; you are still signed in.");
        }

        await SessionCookie.ForgetAsync(context, sessions);
        SessionCookie.Take(context);
        return Results.Redirect("/sign-in");
    }

    /// <summary>Opens a session and gives its cookie.</summary>
    internal static async Task OpenAsync(HttpContext context, Sessions sessions, SignInOptions options, User? user, string stamp, CancellationToken cancellationToken)
    {
        Database.Caller.Is(user is null
            ? new(Database.CallerKind.AdministratorToken, "admin", null, context.Connection.RemoteIpAddress?.ToString(), null)
            : new(Database.CallerKind.User, user.Name, user.Id, context.Connection.RemoteIpAddress?.ToString(), null));
        string key = await sessions.OpenAsync(user?.Id, stamp, context.Connection.RemoteIpAddress?.ToString(), context.Request.Headers.UserAgent.ToString(), new AuditEntry("signed_in", "session"), cancellationToken);
        await SessionCookie.GiveAsync(context, sessions, key, options.SessionDays);
    }

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("crossdock.second-factor").ToTimeLimitedDataProtector();

    // Only a place of our own: a link with somebody else's address must not lead there from a sign-in.
    private static string Local(string? address) =>
        address is { Length: > 0 } && address[0] == '/' && !address.StartsWith("//", StringComparison.Ordinal) && !address.Contains('\\', StringComparison.Ordinal) && !address.AsSpan().ContainsAnyInRange('\0', '\u001F')
            ? address
            : "/";
}
