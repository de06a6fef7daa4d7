using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.WebConsole.Actions;

/// <summary>Where the console's forms go: checks the token, does it, says what happened, and leads back to the page.</summary>
internal static class ActionEndpoints
{
    private const int MostAtOnce = 500;
    private const int LongestReason = 500;

    private delegate Task<int> Act(IOperatorActions actions, Form form, CancellationToken cancellationToken);

    private sealed record Form(IReadOnlyList<Guid> Ids, string Actor, string Because, string? Body);

    public static void Map(IEndpointRouteBuilder console)
    {
        Post("orders/hold", "Held", "order", (actions, form, token) => actions.HoldOrderAsync(form.Ids[0], form.Actor, form.Because, token));
        Post("orders/approve", "Approved", "order", (actions, form, token) => actions.ApproveOrderAsync(form.Ids[0], form.Actor, form.Because, token));
        Post("orders/cancel", "Cancelled", "order", (actions, form, token) => actions.CancelOrderAsync(form.Ids[0], form.Actor, form.Because, token));
        Post("events/replay", "Replayed", "event", (actions, form, token) => actions.ReplayEventsAsync(form.Ids, form.Actor, form.Because, token));
        Post("holds/release", "Released", "hold", (actions, form, token) => actions.ReleaseHoldsAsync(form.Ids, form.Actor, form.Because, token));
        Post("deliveries/retry", "Put back", "delivery", (actions, form, token) => actions.RetryDeliveriesAsync(form.Ids, form.Body, form.Actor, form.Because, token));
        Post("deliveries/drop", "Dropped", "delivery", (actions, form, token) => actions.DropDeliveriesAsync(form.Ids, form.Actor, form.Because, token));

        void Post(string path, string did, string what, Act act) =>
            console.MapPost("/console/" + path, (HttpContext context, IAntiforgery antiforgery) => RunAsync(context, antiforgery, did, what, act)).RequireAuthorization().ExcludeFromDescription();
    }

    private static async Task<IResult> RunAsync(HttpContext context, IAntiforgery antiforgery, string did, string what, Act act)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return Results.Text("This form is out of date or came from another site. Go back, load the page again and repeat it; nothing was changed.", statusCode: StatusCodes.Status400BadRequest);
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        string back = Local(sent["back"]);
        List<Guid> ids = [.. sent["id"].Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().Take(MostAtOnce)];
        string because = sent["because"].ToString().Trim();
        string? body = sent["body"].ToString() is { Length: > 0 } text ? text : null;
        if (ids.Count == 0)
        {
            FlashCookie.Put(context, isBad: true, "Nothing was chosen: tick at least one row first.");
        }
        else if (because.Length is 0 or > LongestReason)
        {
            FlashCookie.Put(context, isBad: true, $"Nothing was changed: give a reason of 1 to {LongestReason} characters. It stands in the order's history.");
        }
        else if (context.RequestServices.GetService<IOperatorActions>() is not { } actions)
        {
            FlashCookie.Put(context, isBad: true, "This hub runs without the parts that change orders; it can only be looked at here.");
        }
        else
        {
            int done = await act(actions, new Form(ids, context.User.Identity?.Name ?? "operator", because, body), context.RequestAborted);
            FlashCookie.Put(context, isBad: done == 0, done == ids.Count
                ? string.Create(CultureInfo.InvariantCulture, $"{did} {Many(done, what)}.")
                : string.Create(CultureInfo.InvariantCulture, $"{did} {done} of {Many(ids.Count, what)}; the rest had changed meanwhile or does not allow it."));
        }

        return Results.LocalRedirect(back);
    }

    private static string Many(int count, string what) => count == 1 ? $"1 {what}" : what.EndsWith('y') ? $"{count} {what[..^1]}ies" : $"{count} {what}s";

    private static string Local(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.Contains('\\', StringComparison.Ordinal) && !address.AsSpan().ContainsAnyInRange('\0', '\u001F') ? address : "/";
}
