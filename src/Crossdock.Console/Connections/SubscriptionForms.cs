using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Subscriptions;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Connections;

/// <summary>Where the button <i>Check now</i> beside a connection's webhooks goes.</summary>
internal static class SubscriptionForms
{
    public static void Map(IEndpointRouteBuilder console) => console.MapPost("/console/subscriptions/check", CheckAsync).Needs(Permission.Write).ExcludeFromDescription();

    private static async Task<IResult> CheckAsync(HttpContext context, IAntiforgery antiforgery, SubscriptionActions actions)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        string key = sent["connection"].ToString();
        var answer = await actions.CheckAsync(key, context.RequestAborted);
        FlashCookie.Put(context, isBad: answer.Subscriptions is not { Problem: null }, answer switch
        {
            { Subscriptions: { Problem: { } problem } } => problem,
            { Subscriptions: { } now } when now.Topics.Any(topic => topic.Found != "active") => T["Checked: some were missing or off, and were put back."],
            { Subscriptions: not null } => T["Checked: all webhooks are there and on."],
            { Refusal: { } refusal } => refusal,
            _ => T["There is no such connection any more."],
        });
        return Results.LocalRedirect(ActionEndpoints.Local($"/connections/{Uri.EscapeDataString(key)}"));
    }
}
