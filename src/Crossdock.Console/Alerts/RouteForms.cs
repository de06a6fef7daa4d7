using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Alerts;
using Crossdock.Api;
using Crossdock.Model.Orders;
using Crossdock.WebConsole.Accounts;
using Crossdock.WebConsole.Actions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Alerts;

/// <summary>Where the forms about routes go: at their pages' own addresses, so that a secret that is shown once needs to be kept nowhere.</summary>
internal static class RouteForms
{
    private static readonly string[] Secrets = ["address", "secret"];

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/alerts/routes", (HttpContext context, IAntiforgery antiforgery, RouteActions routes) => RunAsync(context, antiforgery, sent => CreateAsync(context, sent, routes))).Needs(Permission.Configure).ExcludeFromDescription();
        console.MapPost("/alerts/routes/{id:guid}", (HttpContext context, IAntiforgery antiforgery, RouteActions routes, Guid id) => RunAsync(context, antiforgery, sent => ChangeAsync(context, sent, id, routes))).Needs(Permission.Configure).ExcludeFromDescription();
    }

    private static async Task<IResult> RunAsync(HttpContext context, IAntiforgery antiforgery, Func<IFormCollection, Task<AccountState?>> act)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await act(sent) is not { } state)
        {
            return Results.LocalRedirect("/alerts/routes");
        }

        (state with { Sent = sent.Where(pair => !Secrets.Contains(pair.Key, StringComparer.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal) }).Give(context);
        int status = state.Problem is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        context.Response.StatusCode = status;
        return new RazorComponentResult<App> { StatusCode = status };
    }

    private static async Task<AccountState?> CreateAsync(HttpContext context, IFormCollection sent, RouteActions routes)
    {
        var answer = await routes.CreateAsync(Wanted(sent, sent["channel"]), Actor(context), context.RequestAborted);
        return answer switch
        {
            { Route: { } made, Secret: { } secret } => new(Done: $"{made.Name} is made. Its messages are signed with this secret; copy it into the receiver now, it is shown this once.", Once: [secret]),
            { Route: { } made } => new(Done: $"{made.Name} is made. Open it to send a test."),
            _ => new(answer.Refusal),
        };
    }

    private static async Task<AccountState?> ChangeAsync(HttpContext context, IFormCollection sent, Guid id, RouteActions routes)
    {
        switch (sent["do"].ToString())
        {
            case "test":
                return await routes.TestAsync(id, context.RequestAborted) ? new(Done: "A test is on its way; how it went stands below in a few seconds.") : null;
            case "delete":
                bool done = await routes.DeleteAsync(id, context.RequestAborted);
                FlashCookie.Put(context, isBad: !done, done ? "The route is deleted." : "The route was deleted already.");
                return null;
            default:
                var answer = await routes.ChangeAsync(id, Wanted(sent, null), Actor(context), context.RequestAborted);
                return answer switch { { Route: not null } => new(Done: "Saved. What waits is sent at once."), { Refusal: { } refusal } => new(refusal), _ => null };
        }
    }

    private static WantedRoute Wanted(IFormCollection sent, string? channel) => new()
    {
        Name = sent["name"].ToString(),
        Channel = channel,
        Mails = channel is null or "mail" ? sent["mails"].ToString().Split(['\n', '\r', ',', ';', ' '], StringSplitOptions.RemoveEmptyEntries) : null,
        Address = sent["address"].ToString() is { Length: > 0 } address ? address : null,
        Secret = sent["secret"].ToString() is { Length: > 0 } secret ? secret : null,
        Enabled = channel is not null || sent["enabled"] == "true",
        Severity = sent["severity"].ToString() is { Length: > 0 } severity ? severity : null,
        Kinds = [.. sent["kind"].OfType<string>().Where(kind => EnumNames<AlertKind>.Parse(kind) is not null)],
        Connections = [.. sent["connection"].OfType<string>().Where(key => key.Length > 0)],
        GroupMinutes = Number(sent["group"], 2),
        RepeatHours = Number(sent["repeat"], 24),
        TellsEnd = sent["end"] == "true",
        QuietFrom = sent["quiet-from"].ToString(),
        QuietTo = sent["quiet-to"].ToString(),
        QuietZone = sent["quiet-zone"].ToString(),
    };

    // What is no number is refused by its limits.
    private static int Number(string? text, int empty) => string.IsNullOrEmpty(text) ? empty : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;

    private static string Actor(HttpContext context) => "operator " + (context.User.Identity?.Name ?? "unknown");
}
