using Crossdock.Accounts;
using Crossdock.Alerts;
using Crossdock.Api;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Alerts;

/// <summary>Where the button beside an alert goes.</summary>
internal static class AlertForms
{
    public static void Map(IEndpointRouteBuilder console) => console.MapPost("/console/alerts/acknowledge", AcknowledgeAsync).Needs(Permission.Write).ExcludeFromDescription();

    private static async Task<IResult> AcknowledgeAsync(HttpContext context, IAntiforgery antiforgery, AlertStore store)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        bool done = Guid.TryParse(sent["id"], out var id) && await store.AcknowledgeAsync(id, "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted);
        FlashCookie.Put(context, isBad: !done, done ? T["Noted: you know of it. It stays open until its cause is gone."] : T["This alert has ended meanwhile."]);
        return Results.LocalRedirect(ActionEndpoints.Local(sent["back"]));
    }
}
