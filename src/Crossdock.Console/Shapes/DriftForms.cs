using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Drift;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Shapes;

/// <summary>Where the buttons beside a change in a store's documents go.</summary>
internal static class DriftForms
{
    public static void Map(IEndpointRouteBuilder console)
    {
        Post("accept", (actions, connection, id, actor, because, stop) => actions.AcceptAsync(connection, id, actor, because, stop), orders => orders == 1 ? T["Accepted: it is usual from now on. 1 order goes on."] : T[$"Accepted: it is usual from now on. {orders:N0} orders go on."]);
        Post("ignore", (actions, connection, id, actor, because, stop) => actions.IgnoreAsync(connection, id, actor, because, stop), _ => T["Nothing more is said of it."]);
        Post("replay", (actions, connection, id, actor, because, stop) => actions.ReplayAsync(connection, id, actor, because, stop), orders => orders == 1 ? T["1 order is worked again; what is still wrong stays held."] : T[$"{orders:N0} orders are worked again; what is still wrong stays held."]);

        void Post(string path, Func<DriftActions, string, string, string, string?, CancellationToken, Task<DriftAnswer>> act, Func<int, string> done) =>
            console.MapPost("/console/drift/" + path, (HttpContext context, IAntiforgery antiforgery, DriftActions actions) => RunAsync(context, antiforgery, actions, act, done)).Needs(Permission.Write).ExcludeFromDescription();
    }

    private static async Task<IResult> RunAsync(
        HttpContext context, IAntiforgery antiforgery, DriftActions actions, Func<DriftActions, string, string, string, string?, CancellationToken, Task<DriftAnswer>> act, Func<int, string> done)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var answer = await act(actions, sent["connection"].ToString(), sent["id"].ToString(), "operator " + (context.User.Identity?.Name ?? "unknown"), sent["because"].ToString().Trim() is { Length: > 0 } because ? because : null, context.RequestAborted);
        bool isDone = answer is { Found: true, Refusal: null };
        FlashCookie.Put(context, isBad: !isDone, isDone ? done(answer.Orders) : answer.Refusal ?? T["There is no such change any more."]);
        return Results.LocalRedirect(ActionEndpoints.Local(sent["back"]));
    }
}
