using System.Globalization;
using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Webhooks;
using Crossdock.WebConsole.Accounts;
using Crossdock.WebConsole.Actions;
using Crossdock.WebConsole.Shared;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.WebConsole.Webhooks;

/// <summary>Where the forms about webhooks go: at their pages' own addresses, so that a secret that is shown once needs to be kept nowhere.</summary>
internal static class WebhookForms
{
    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/webhooks", (HttpContext context, IAntiforgery antiforgery, WebhookActions webhooks) => RunAsync(context, antiforgery, sent => CreateAsync(context, sent, webhooks))).Needs(Permission.Configure).ExcludeFromDescription();
        console.MapPost("/webhooks/{id:guid}", (HttpContext context, IAntiforgery antiforgery, WebhookActions webhooks, TimeProvider clock, Guid id) => RunAsync(context, antiforgery, sent => ActAsync(context, sent, id, webhooks, clock)))
            .Needs(Permission.Configure).ExcludeFromDescription();
    }

    private static async Task<IResult> RunAsync(HttpContext context, IAntiforgery antiforgery, Func<IFormCollection, Task<(AccountState? State, string? Back)>> act)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return ActionEndpoints.OutOfDate();
        }

        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var (state, back) = await act(sent);
        if (state is null)
        {
            return Results.LocalRedirect(back ?? "/webhooks");
        }

        (state with { Sent = sent.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal) }).Give(context);
        int status = state.Problem is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        context.Response.StatusCode = status;
        return new RazorComponentResult<App> { StatusCode = status };
    }

    private static async Task<(AccountState?, string?)> CreateAsync(HttpContext context, IFormCollection sent, WebhookActions webhooks)
    {
        var made = await webhooks.CreateAsync(Draft(sent), "operator " + (context.User.Identity?.Name ?? "unknown"), context.RequestAborted);
        return (made is { Webhook: { } webhook, Secret: { } secret } ? new AccountState(Done: T[$"{webhook.Name} is made. Its calls are signed with this secret; copy it into your system now, it is shown this once."], Once: [secret]) : new AccountState(made.Refusal), null);
    }

    private static async Task<(AccountState?, string?)> ActAsync(HttpContext context, IFormCollection sent, Guid id, WebhookActions webhooks, TimeProvider clock)
    {
        var stop = context.RequestAborted;
        switch (sent["do"].ToString())
        {
            case "test":
                return (await webhooks.TestAsync(id, stop) switch
                {
                    { IsTaken: true } test => new(Done: T[$"It took the test: HTTP {test.Status} after {test.ElapsedMs} ms."]),
                    { } test => new(T[$"It did not take the test: {test.Because}"] + (string.IsNullOrWhiteSpace(test.Answer) ? "" : " " + test.Answer)),
                    null => null,
                }, null);
            case "secret":
                return (await webhooks.RotateAsync(id, stop) is { Secret: { } secret } ? new(Done: T["The new secret, shown this once. The former one signs as well for a while."], Once: [secret]) : null, null);
            case "delete":
                bool isDone = await webhooks.DeleteAsync(id, stop);
                FlashCookie.Put(context, isBad: !isDone, isDone ? T["The webhook is deleted."] : T["The webhook was deleted already."]);
                return (null, null);
            case "again" when Guid.TryParse(sent["event"], out var one):
                bool isAgain = await webhooks.ReplayAsync(id, one, stop);
                FlashCookie.Put(context, isBad: !isAgain, isAgain ? T["It is told again now."] : T["There is no such event any more."]);
                return (null, $"/webhooks/{id}/events/{one}");
            case "replay":
                if (Time(sent["from"]) is not { } from)
                {
                    return (new(T["Say from when."]), null);
                }

                int count = await webhooks.ReplayAsync(id, from, Time(sent["to"]) ?? clock.GetUtcNow(), sent["only"] == "failed" ? "failed" : null, [], stop);
                return (new(Done: count == 0 ? T["There was nothing to tell again in that time."] : T[$"{Say.Count(count, "event")} told again now."]), null);
            default:
                var answer = await webhooks.ChangeAsync(id, long.TryParse(sent["version"], NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version : 0, Draft(sent) with { Enabled = sent["enabled"] == "true" }, stop);
                return (answer switch { { Webhook: not null } => new(Done: T["Saved."]), { Refusal: { } refusal } => new(refusal), _ => null }, null);
        }
    }

    private static WebhookDraft Draft(IFormCollection sent) => new()
    {
        Name = sent["name"].ToString(), Url = sent["url"].ToString(),
        Types = [.. sent["type"].OfType<string>().Where(type => type.Length > 0)], Connections = [.. sent["connection"].OfType<string>().Where(key => key.Length > 0)],
    };

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
}
