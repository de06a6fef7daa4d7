using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Reconciliation;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Completeness;

/// <summary>Where the form about completeness goes.</summary>
internal static class CompletenessForms
{
    public static void Map(IEndpointRouteBuilder console) =>
        console.MapPost("/console/completeness/reconcile", ReconcileAsync).Needs(Permission.Write).ExcludeFromDescription();

    private static async Task<IResult> ReconcileAsync(HttpContext context, IAntiforgery antiforgery, ReconcileActions actions)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var answer = Day(sent["from"]) is { } from && Day(sent["to"]) is { } to
            ? await actions.AskAsync(sent["connection"].ToString(), from, to, "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted)
            : new ReconcileAnswer(0, Refusal: T["Nothing was begun: give days such as 2026-03-01."]);
        FlashCookie.Put(context, isBad: answer.Days == 0, answer.Days switch
        {
            0 => answer.Refusal ?? T["There is no such store any more."],
            1 => T["The day is being compared; what is missing is fetched."],
            _ => T[$"{answer.Days} days are being compared; what is missing is fetched."],
        });
        return Results.LocalRedirect(ActionEndpoints.Local(sent["back"]));
    }

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
