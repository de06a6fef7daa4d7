using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Backfill;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Backfills;

/// <summary>Where the forms about backfills go.</summary>
internal static class BackfillForms
{
    public static void Map(IEndpointRouteBuilder console)
    {
        Post("start", (actions, sent, actor, stop) => StartAsync(actions, sent, actor, stop), "The backfill is being read.");
        Post("stop", (actions, sent, _, stop) => WithId(sent, id => actions.StopAsync(id, stop)), "Stopped. It goes on where it is when you resume it.");
        Post("resume", (actions, sent, _, stop) => WithId(sent, id => actions.ResumeAsync(id, stop)), "It goes on where it was.");

        void Post(string path, Func<BackfillActions, IFormCollection, string, CancellationToken, Task<BackfillAnswer>> act, string done) =>
            console.MapPost("/console/backfills/" + path, (HttpContext context, IAntiforgery antiforgery, BackfillActions actions) => RunAsync(context, antiforgery, actions, act, done)).Needs(Permission.Write).ExcludeFromDescription();
    }

    private static async Task<IResult> RunAsync(
        HttpContext context, IAntiforgery antiforgery, BackfillActions actions, Func<BackfillActions, IFormCollection, string, CancellationToken, Task<BackfillAnswer>> act, string done)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var answer = await act(actions, sent, "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted);
        FlashCookie.Put(context, isBad: answer.Id is null, answer.Id is not null ? done : answer.Refusal ?? T["There is no such thing any more."]);
        return Results.LocalRedirect(ActionEndpoints.Local(sent["back"]));
    }

    private static Task<BackfillAnswer> StartAsync(BackfillActions actions, IFormCollection sent, string actor, CancellationToken cancellationToken)
    {
        var from = Day(sent["from"]);
        bool hasTo = sent["to"].ToString().Length > 0;
        var to = hasTo ? Day(sent["to"]) : DateTimeOffset.MaxValue;
        return from is null || to is null
            ? Task.FromResult(new BackfillAnswer(null, T["Nothing was started: give days such as 2026-03-01."]))
            : actions.StartAsync(sent["connection"].ToString(), from.Value, to.Value, sent["deliver"] == "true", actor, cancellationToken);
    }

    private static Task<BackfillAnswer> WithId(IFormCollection sent, Func<Guid, Task<BackfillAnswer>> act) => Guid.TryParse(sent["id"], out var id) ? act(id) : Task.FromResult(new BackfillAnswer(null));

    private static DateTimeOffset? Day(string? text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day : null;
}
