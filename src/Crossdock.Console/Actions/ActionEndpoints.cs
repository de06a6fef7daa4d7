using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Model.Orders;
using Crossdock.WebConsole.Shared;
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

    private delegate Task<ActionReport> Act(IOperatorActions actions, Form form, CancellationToken cancellationToken);

    private sealed record Form(IReadOnlyList<Guid> Ids, string Actor, string Because, string? Body, OrderState? Seen);

    public static void Map(IEndpointRouteBuilder console)
    {
        Post("orders/hold", "Stopped", "order", (actions, form, token) => actions.HoldOrdersAsync(form.Ids, form.Actor, form.Because, token));
        Post("orders/approve", "Approved", "order", (actions, form, token) => actions.ApproveOrdersAsync(form.Ids, form.Actor, form.Because, token));
        Post("orders/cancel", "Cancelled", "order", (actions, form, token) => actions.CancelOrdersAsync(form.Ids, form.Seen, form.Actor, form.Because, token));
        Post("orders/restore", "Restored", "order", (actions, form, token) => actions.RestoreOrdersAsync(form.Ids, form.Actor, form.Because, token));
        Post("orders/deliver", "To be delivered", "order", (actions, form, token) => actions.DeliverOrdersAsync(form.Ids, form.Actor, form.Because, token));
        Post("events/replay", "Replayed", "event", (actions, form, token) => actions.ReplayEventsAsync(form.Ids, form.Actor, form.Because, token));
        Post("events/drop", "Gave up", "event", (actions, form, token) => actions.DropParkedAsync(form.Ids, form.Actor, form.Because, token));
        Post("holds/release", "Released", "hold", (actions, form, token) => actions.ReleaseHoldsAsync(form.Ids, form.Actor, form.Because, token));
        Post("deliveries/retry", "Put back to be sent", "delivery", (actions, form, token) => actions.RetryDeliveriesAsync(form.Ids, form.Body, form.Actor, form.Because, token));
        Post("deliveries/drop", "Dropped", "delivery", (actions, form, token) => actions.DropDeliveriesAsync(form.Ids, form.Actor, form.Because, token));

        void Post(string path, string did, string what, Act act) =>
            console.MapPost("/console/" + path, (HttpContext context, IAntiforgery antiforgery) => RunAsync(context, antiforgery, did, what, act)).Needs(Permission.Write).ExcludeFromDescription();
    }

    private static async Task<IResult> RunAsync(HttpContext context, IAntiforgery antiforgery, string did, string what, Act act)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        string back = Local(sent["back"]);
        List<Guid> ids = [.. sent["id"].Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().Take(MostAtOnce)];
        string because = sent["because"].ToString().Trim();
        string? body = Edited(sent["body"], sent["was"]);
        if (ids.Count == 0)
        {
            FlashCookie.Put(context, isBad: true, T["Nothing was chosen: tick at least one row first."]);
        }
        else if (because.Length is 0 or > LongestReason)
        {
            FlashCookie.Put(context, isBad: true, T[$"Nothing was changed: give a reason of 1 to {LongestReason} characters. It stands in the order's history."]);
        }
        else if (context.RequestServices.GetService<IOperatorActions>() is not { } actions)
        {
            FlashCookie.Put(context, isBad: true, T["This hub runs without the parts that change orders; it can only be looked at here."]);
        }
        else
        {
            var form = new Form(ids, context.User.Identity?.Name ?? "operator", because, body, EnumNames<OrderState>.Parse(sent["seen"].ToString()));
            var report = await act(actions, form, context.RequestAborted);
            FlashCookie.Put(context, isBad: report.Refusals.Count > 0, report.Waits.Count == 0 ? Told(did, what, ids.Count, report) : Waiting(did, what, ids.Count, report));
        }

        return Results.LocalRedirect(back);
    }

    internal static IResult OutOfDate() =>
        Results.Text(T["This form is out of date or came from another site. Go back, load the page again and repeat it; nothing was changed."], statusCode: StatusCodes.Status400BadRequest);

    private static string Told(string did, string what, int wanted, ActionReport report)
    {
        string why = string.Join("; ", report.Refusals.Distinct(StringComparer.Ordinal).Take(3)).TrimEnd('.');
        return report switch
        {
            { Refusals.Count: 0 } => $"{T[did]}: {Say.Count(report.Done, what)}.",
            { Done: 0 } => T[$"Nothing was changed: {why}."],
            _ => T[$"{T[did]}: {report.Done} of {Say.Count(wanted, what)}. Not the others: {why}."],
        };
    }

    // What waits for a second person is not done.
    private static string Waiting(string did, string what, int wanted, ActionReport report)
    {
        string missing = string.Join(' ', report.Waits.Distinct(StringComparer.Ordinal).Select(text => T[text]));
        string waiting = report.Waits.Count == 1 && wanted == 1 ? missing : $"{Say.Count(report.Waits.Count, what)}: {missing}";
        return report.Done == report.Waits.Count && report.Refusals.Count == 0 ? waiting : $"{Told(did, what, wanted, report with { Done = report.Done - report.Waits.Count })} {waiting}";
    }

    // A form sends its lines with CR and LF. What nobody changed is no edit: it is made from the order again, with the order's latest changes.
    private static string? Edited(string? body, string? was) =>
        string.IsNullOrWhiteSpace(body) || Plain(body) == Plain(was ?? "") ? null : Plain(body);

    private static string Plain(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Trim();

    internal static string Local(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.Contains('\\', StringComparison.Ordinal) && !address.AsSpan().ContainsAnyInRange('\0', '\u001F') ? address : "/";
}
