using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Connections;
using Crossdock.Model.Orders;
using Crossdock.WebConsole.Actions;
using Crossdock.WebConsole.Languages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Accounts;

/// <summary>Where the forms about accounts go: at their pages' own addresses, so that what is shown once needs to be kept nowhere.</summary>
internal static class AccountForms
{
    private static string Gone => T["There is no such account any more."];

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/account", (HttpContext context, IAntiforgery antiforgery, UserAccounts accounts, Sessions sessions, SecondFactor factor, SignedIn signedIn, PreferenceStore preferences) =>
            RunAsync(context, antiforgery, sent => sent["do"] == "reading" ? ReadingAsync(context, sent, preferences) : OwnAsync(context, sent, accounts, sessions, factor, signedIn), "/account")).Needs(Permission.Read).ExcludeFromDescription();
        console.MapPost("/users", (HttpContext context, IAntiforgery antiforgery, UserAccounts accounts, HubAddress hub) =>
            RunAsync(context, antiforgery, sent => CreateAsync(context, sent, accounts, hub))).Needs(Permission.Administer).ExcludeFromDescription();
        console.MapPost("/users/first", (HttpContext context, IAntiforgery antiforgery, UserAccounts accounts, SignedIn signedIn) =>
            RunAsync(context, antiforgery, sent => FirstAsync(context, sent, accounts, signedIn))).Needs(Permission.Administer).ExcludeFromDescription();
        console.MapPost("/users/{id:guid}", (HttpContext context, IAntiforgery antiforgery, UserAccounts accounts, Sessions sessions, HubAddress hub, Guid id) =>
            RunAsync(context, antiforgery, sent => ChangeAsync(context, sent, id, accounts, sessions, hub))).Needs(Permission.Administer).ExcludeFromDescription();
        console.MapPost("/tokens", (HttpContext context, IAntiforgery antiforgery, ApiTokens tokens) =>
            RunAsync(context, antiforgery, sent => TokenAsync(context, sent, tokens))).Needs(Permission.Administer).ExcludeFromDescription();
    }

    private static async Task<IResult> RunAsync(HttpContext context, IAntiforgery antiforgery, Func<IFormCollection, Task<AccountState?>> act, string next = "/")
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await act(sent) is not { } state)
        {
            return Results.LocalRedirect(next);
        }

        (state with { Sent = sent.Where(pair => !pair.Key.Contains("password", StringComparison.OrdinalIgnoreCase)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal) }).Give(context);
        int status = state.Problem is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        context.Response.StatusCode = status;
        return new RazorComponentResult<App> { StatusCode = status };
    }

    private static async Task<AccountState?> ReadingAsync(HttpContext context, IFormCollection sent, PreferenceStore preferences)
    {
        string zone = sent["timeZone"].ToString();
        var wanted = new Preferences(Language.Known(sent["locale"])?.Name, TimeZones.IsKnown(zone) ? zone : null);
        if (context.User.AccountId() is { } me)
        {
            await preferences.KeepAsync(me, wanted, context.RequestAborted);
        }

        Language.Remember(context, wanted);
        FlashCookie.Put(context, isBad: false, T["Kept. Every page is written so from now on."]);
        return null;
    }

    private static async Task<AccountState?> OwnAsync(HttpContext context, IFormCollection sent, UserAccounts accounts, Sessions sessions, SecondFactor factor, SignedIn signedIn)
    {
        if (context.User.AccountId() is not { } me)
        {
            return new(Gone);
        }

        switch (sent["do"].ToString())
        {
            case "password":
                if (sent["password"].ToString() != sent["password-again"].ToString())
                {
                    return new(T["The two new passwords differ. Nothing was changed."]);
                }

                if (await accounts.ChangePasswordAsync(me, sent["password-now"].ToString(), sent["password"].ToString(), context.RequestAborted) is { } problem)
                {
                    return new(problem);
                }

                await signedIn.AgainAsync(context, me);
                return new(Done: T["Your password is changed. Wherever else you were signed in, you are no longer."]);
            case "end":
                return Guid.TryParse(sent["session"], out var session) && await sessions.EndAsync(session, me, context.RequestAborted) ? new(Done: T["That session is over."]) : new(T["That session was over already."]);
            case "factor":
                var codes = await factor.ConfirmAsync(me, sent["code"].ToString(), context.RequestAborted);
                if (codes is null)
                {
                    return new(T["That code is not right. Take the one the app shows now; the clocks of the phone and of the hub must agree."]);
                }

                await signedIn.AgainAsync(context, me);
                return new(Done: T["From now on you are asked for a code at each sign-in. Keep these recovery codes: each works once in place of a code."], Once: codes);
            case "factor-off":
                if (!await factor.EndAsync(me, sent["password-now"].ToString()))
                {
                    return new(T["The password is not right. Nothing was changed."]);
                }

                await signedIn.AgainAsync(context, me);
                return new(Done: T["You are no longer asked for a code."]);
            default:
                return new(T["The form is incomplete. Load the page again."]);
        }
    }

    private static async Task<AccountState?> FirstAsync(HttpContext context, IFormCollection sent, UserAccounts accounts, SignedIn signedIn)
    {
        if (sent["password"].ToString() != sent["password-again"].ToString())
        {
            return new(T["The two passwords differ."]);
        }

        var answer = await accounts.CreateFirstAsync(sent["name"].ToString(), sent["mail"], sent["password"].ToString(), context.RequestAborted);
        if (answer.User is not { } made)
        {
            return new(answer.Refusal);
        }

        await signedIn.AgainAsync(context, made.Id);
        FlashCookie.Put(context, isBad: false, T[$"You are signed in as {made.Name}. Let others in under Users."]);
        return null;
    }

    private static async Task<AccountState?> CreateAsync(HttpContext context, IFormCollection sent, UserAccounts accounts, HubAddress hub)
    {
        if (EnumNames<Role>.Parse(sent["role"].ToString()) is not { } role)
        {
            return new(T["Choose a role."]);
        }

        var answer = await accounts.CreateAsync(new NewUser { Name = sent["name"].ToString(), Mail = sent["mail"], Role = role, Connections = Keys(sent) }, Actor(context), context.RequestAborted);
        return answer is { User: { } made, Ticket: { } ticket }
            ? new(Done: T[$"{made.Name} is let in. Give them this link: with it they choose a password. It works once, for a day."], Once: [AccountLinks.Password(context, hub, made.Id, ticket)])
            : new(answer.Refusal);
    }

    private static async Task<AccountState?> ChangeAsync(HttpContext context, IFormCollection sent, Guid id, UserAccounts accounts, Sessions sessions, HubAddress hub)
    {
        UserAnswer answer;
        switch (sent["do"].ToString())
        {
            case "invite":
                answer = await accounts.InviteAsync(id, context.RequestAborted);
                return answer is { User: not null, Ticket: { } ticket }
                    ? new(Done: T["With this link they choose a new password. It works once, for a day; the present password holds until then."], Once: [AccountLinks.Password(context, hub, id, ticket)])
                    : new(answer.Refusal ?? Gone);
            case "end":
                return Guid.TryParse(sent["session"], out var session) && await sessions.EndAsync(session, null, context.RequestAborted) ? new(Done: T["That session is over."]) : new(T["That session was over already."]);
            case "off" or "on":
                answer = await accounts.ChangeAsync(id, new UserChange { IsDisabled = sent["do"] == "off" }, context.RequestAborted);
                return answer.User is null ? new(answer.Refusal ?? Gone) : new(Done: sent["do"] == "off" ? T["Switched off: every session of this account is over."] : T["Switched on again."]);
            case "forget":
                answer = await accounts.ChangeAsync(id, new UserChange { ForgetSecondFactor = true }, context.RequestAborted);
                return answer.User is null ? new(answer.Refusal ?? Gone) : new(Done: T["The second factor is taken away; they sign in with the password alone and can set up a new one."]);
            case "unlock":
                answer = await accounts.ChangeAsync(id, new UserChange { Unlock = true }, context.RequestAborted);
                return answer.User is null ? new(answer.Refusal ?? Gone) : new(Done: T["Unlocked."]);
            default:
                answer = await accounts.ChangeAsync(id, new UserChange { Role = EnumNames<Role>.Parse(sent["role"].ToString()), Mail = sent["mail"].ToString(), Connections = Keys(sent) }, context.RequestAborted);
                return answer.User is null ? new(answer.Refusal ?? Gone) : new(Done: T["Changed. When role or limits are other than before, they sign in again."]);
        }
    }

    private static async Task<AccountState?> TokenAsync(HttpContext context, IFormCollection sent, ApiTokens tokens)
    {
        if (sent["do"] == "revoke")
        {
            return Guid.TryParse(sent["token"], out var id) && await tokens.RevokeAsync(id, Actor(context), context.RequestAborted) ? new(Done: T["That token no longer opens anything."]) : new(T["That token was revoked already."]);
        }

        DateTimeOffset? expires = DateTimeOffset.TryParseExact(sent["expires"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day.AddDays(1) : null;
        if (sent["expires"].ToString().Length > 0 && expires is null)
        {
            return new(T["Give the last day as 2027-01-31."]);
        }

        List<Permission> scopes = [.. sent["scope"].Select(scope => EnumNames<Permission>.Parse(scope ?? "")).OfType<Permission>()];
        var made = await tokens.MakeAsync(new NewToken { Name = sent["name"].ToString(), Scopes = scopes, Connections = Keys(sent), ExpiresAt = expires }, Actor(context), context.RequestAborted);
        return made.Clear is { } clear ? new(Done: T[$"The token of {made.Token!.Name}. Copy it now: it is shown this once and stored nowhere."], Once: [clear]) : new(made.Refusal);
    }

    private static string[] Keys(IFormCollection sent) => [.. sent["connection"].OfType<string>().Where(key => key.Length > 0)];

    private static string Actor(HttpContext context) => "operator " + (context.User.Identity?.Name ?? "unknown");
}
