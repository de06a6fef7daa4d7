using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Api;

/// <summary>The console's way in and out. The page with the form is the console's: <c>GET /sign-in</c>.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/sign-in", SignInAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/sign-out", (Delegate)SignOutAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, AdministratorToken administrator, FailedSignIns failures, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType)
        {
            return Problems.BadRequest("Send the token as the form field \"token\". Programs use the header Authorization: Bearer TOKEN instead.");
        }

        if (failures.IsExhausted(context))
        {
            return FailedSignIns.Refuse(context);
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        string back = Local(form["returnUrl"]);
        if (!await administrator.IsRightAsync(form["token"].ToString().Trim(), cancellationToken))
        {
            failures.Count(context);
            return Results.Redirect($"/sign-in?failed=true&returnUrl={Uri.EscapeDataString(back)}");
        }

        await context.SignInAsync(Authentication.CookieScheme, Authentication.Administrator(Authentication.CookieScheme), new AuthenticationProperties { IsPersistent = true });
        return Results.Redirect(back);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context)
    {
        // Without the console there are no forms, and nobody who makes their tokens.
        if (context.User.Identity?.IsAuthenticated == true && context.RequestServices.GetService<IAntiforgery>() is { } forms && !await forms.IsRequestValidAsync(context))
        {
            return Problems.BadRequest("The form is out of date or came from another site. Load the page again and sign out there; you are still signed in.");
        }

        await context.SignOutAsync(Authentication.CookieScheme);
        return Results.Redirect("/sign-in");
    }

    // Only a place of our own: a link with somebody else's address must not lead there from a sign-in.
    private static string Local(string? address) =>
        address is { Length: > 0 } && address[0] == '/' && !address.StartsWith("//", StringComparison.Ordinal) && !address.Contains('\\', StringComparison.Ordinal) && !address.AsSpan().ContainsAnyInRange('\0', '\u001F')
            ? address
            : "/";
}
