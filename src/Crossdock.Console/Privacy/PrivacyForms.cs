using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Model.Orders;
using Crossdock.Privacy;
using Crossdock.WebConsole.Accounts;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Privacy;

/// <summary>Where the forms about people's data go.</summary>
internal static class PrivacyForms
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/privacy", AskAsync).Needs(Permission.Administer).ExcludeFromDescription();
        console.MapPost("/privacy/{id:guid}", ChangeAsync).Needs(Permission.Administer).ExcludeFromDescription();
    }

    private static async Task<IResult> AskAsync(HttpContext context, IAntiforgery antiforgery, PrivacyActions actions)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var subject = new PrivacySubject
        {
            Mail = sent["mail"], Phone = sent["phone"], Orders = sent["orders"].ToString().Split(['\n', '\r', ',', ' '], StringSplitOptions.RemoveEmptyEntries), Connection = sent["connection"], Because = sent["because"].ToString() is { Length: > 0 } because ? because : null,
        };
        var answer = await actions.AskAsync(EnumNames<PrivacyKind>.Parse(sent["kind"].ToString()) ?? PrivacyKind.Export, subject, "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted);
        if (answer.Id is { } id)
        {
            return Results.LocalRedirect($"/privacy/{id}");
        }

        new AccountState(answer.Refusal).Give(context);
        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return new RazorComponentResult<App> { StatusCode = StatusCodes.Status422UnprocessableEntity };
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, IAntiforgery antiforgery, PrivacyActions actions, Guid id)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        string? because = sent["because"].ToString() is { Length: > 0 } reason ? reason : null;
        bool done = sent["do"].ToString() switch
        {
            "confirm" => await actions.ConfirmAsync(id, because, "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted),
            "withdraw" => await actions.WithdrawAsync(id, because, context.RequestAborted),
            "finish" => await actions.FinishAsync(id, context.RequestAborted),
            _ => false,
        };
        FlashCookie.Put(context, isBad: !done, done ? "Done; this page says how far it is." : "Nothing was changed: the request stands otherwise by now.");
        return Results.LocalRedirect($"/privacy/{id}");
    }
}
