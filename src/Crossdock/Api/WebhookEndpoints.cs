using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>A webhook and its secret: <c>secret</c> is shown this once.</summary>
internal sealed record WebhookReply(WebhookRow Webhook, string Secret);

/// <summary>What is told again: everything of a time, or only some states and types.</summary>
internal sealed record WebhookReplay(string? From = null, string? To = null, string? State = null, IReadOnlyList<string>? Types = null) : IAsked;

/// <summary>How many events are told again.</summary>
internal sealed record WebhookReplayed(int Count);

/// <summary>An event that a webhook can be told.</summary>
internal sealed record WebhookType(string Type, string Meaning);

/// <summary>Webhooks of the user's own systems: what they are told, how telling them went, and telling them again.</summary>
internal static class WebhookEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks").Needs(Permission.Configure);
        webhooks.MapGet("/", async (WebhookQueries queries, CancellationToken cancellationToken) => Results.Ok(new Page<WebhookRow>(await queries.ListAsync(cancellationToken), null))).WithSummary("All webhooks, without their secrets").Produces<Page<WebhookRow>>();
        webhooks.MapGet("/types", () => Results.Ok(new Page<WebhookType>([.. WebhookTypes.All.Select(one => new WebhookType(one.Type, one.Meaning))], null))).WithSummary("The events that a webhook can be told").Produces<Page<WebhookType>>();
        webhooks.MapPost("/", CreateAsync).WithSummary("Have an address of yours told what happens; its secret is shown this once").Accepts<WebhookDraft>("application/json").Produces<WebhookReply>(201).ProducesProblem(409);
        webhooks.MapGet("/{id:guid}", OneAsync).WithSummary("One webhook").Produces<WebhookRow>().ProducesProblem(404).WithETag();
        webhooks.MapPatch("/{id:guid}", ChangeAsync).WithSummary("Change a webhook; what is left out stays").Accepts<WebhookDraft>("application/json").Produces<WebhookRow>().ProducesProblem(404).ProducesProblem(409).WithETag();
        webhooks.MapDelete("/{id:guid}", async (WebhookActions actions, Guid id, CancellationToken cancellationToken) => await actions.DeleteAsync(id, cancellationToken) ? Results.NoContent() : Unknown())
            .WithSummary("Delete a webhook with its log").Produces(204).ProducesProblem(404);
        webhooks.MapPost("/{id:guid}/secret", async (WebhookActions actions, Guid id, CancellationToken cancellationToken) => await actions.RotateAsync(id, cancellationToken) is { Webhook: { } webhook, Secret: { } secret } ? Results.Ok(new WebhookReply(webhook, secret)) : Unknown())
            .WithSummary("Give a webhook a new secret, shown this once; the former one signs as well for a while").Produces<WebhookReply>().ProducesProblem(404);
        webhooks.MapPost("/{id:guid}/test", async (WebhookActions actions, Guid id, CancellationToken cancellationToken) => await actions.TestAsync(id, cancellationToken) is { } test ? Results.Ok(test) : Unknown())
            .WithSummary("Send a test event now; the answer tells what came back").Produces<WebhookTest>().ProducesProblem(404);
        webhooks.MapPost("/{id:guid}/replay", ReplayAsync).WithSummary("Tell again what happened in a range, each event with the same id").Accepts<WebhookReplay>("application/json").Produces<WebhookReplayed>().ProducesProblem(404);
        webhooks.MapGet("/{id:guid}/events", EventsAsync).WithSummary("What a webhook was told or is to be told, newest first").Produces<Page<WebhookMessageRow>>().ProducesProblem(404);
        webhooks.MapGet("/{id:guid}/events/{event:guid}", async (WebhookQueries queries, Guid id, Guid @event, CancellationToken cancellationToken) => await queries.MessageAsync(id, @event, cancellationToken) is { } message ? Results.Ok(message) : UnknownEvent())
            .WithSummary("One event with what is sent and all calls, oldest first").Produces<WebhookMessage>().ProducesProblem(404);
        webhooks.MapPost("/{id:guid}/events/{event:guid}/replay", async (WebhookActions actions, Guid id, Guid @event, CancellationToken cancellationToken) => await actions.ReplayAsync(id, @event, cancellationToken) ? Results.NoContent() : UnknownEvent())
            .WithSummary("Tell one event again, with the same id").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> CreateAsync(WebhookActions actions, HttpContext context, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var draft = await input.BodyAsync(context.Request, new WebhookDraft(), cancellationToken);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        var made = await actions.CreateAsync(draft, Actor.Of(user), cancellationToken);
        return made is { Webhook: { } webhook, Secret: { } secret } ? Created(context, new WebhookReply(webhook, secret)) : Problems.Conflict(made.Refusal!);
    }

    private static IResult Created(HttpContext context, WebhookReply reply)
    {
        context.Response.Headers.ETag = ETags.Of(reply.Webhook.Version);
        return Results.Created($"/api/v1/webhooks/{reply.Webhook.Id}", reply);
    }

    private static async Task<IResult> OneAsync(WebhookQueries queries, HttpContext context, Guid id, CancellationToken cancellationToken) =>
        await queries.FindAsync(id, cancellationToken) is { } one ? Results.Ok(ETags.Tagged(context, one.Version, one)) : Unknown();

    private static async Task<IResult> ChangeAsync(WebhookActions actions, WebhookQueries queries, HttpContext context, Guid id, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var draft = await input.BodyAsync(context.Request, new WebhookDraft(), cancellationToken);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        if (await queries.FindAsync(id, cancellationToken) is not { } before)
        {
            return Unknown();
        }

        return ETags.Refusal(context, before.Version) ?? await actions.ChangeAsync(id, before.Version, draft, cancellationToken) switch
        {
            { Webhook: { } now } => Results.Ok(ETags.Tagged(context, now.Version, now)),
            { IsStale: true } => ETags.Missed(context, null),
            { Refusal: { } refusal } => Problems.Conflict(refusal),
            _ => Unknown(),
        };
    }

    private static async Task<IResult> ReplayAsync(WebhookActions actions, WebhookQueries queries, TimeProvider clock, HttpRequest request, Guid id, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new WebhookReplay(), cancellationToken);
        var from = input.Time("from", wanted.From);
        var to = input.Time("to", wanted.To) ?? clock.GetUtcNow();
        string? state = input.OneOf("state", wanted.State, ["delivered", "failed"]);
        input.Require(input.Problem is not null || (from is not null && from < to), "Say from when and until when, as {\"from\":\"2026-11-01T00:00:00Z\",\"to\":\"2026-11-02T00:00:00Z\",\"state\":\"failed\"}.");
        return input.Problem ?? (await queries.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(new WebhookReplayed(await actions.ReplayAsync(id, from!.Value, to, state, wanted.Types ?? [], cancellationToken))));
    }

    private static async Task<IResult> EventsAsync(WebhookQueries queries, Guid id, string? cursor, string? limit, string? state, string? type, string? from, string? to, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        var search = new WebhookMessageSearch(input.OneOf(nameof(state), state, WebhookMessageSearch.States), input.Text(nameof(type), type), input.Time(nameof(from), from), input.Time(nameof(to), to));
        return input.Problem ?? (await queries.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(await queries.MessagesAsync(id, search, page, cancellationToken)));
    }

    private static IResult Unknown() => Problems.NotFound("There is no webhook with this id. GET /api/v1/webhooks lists them all.");

    private static IResult UnknownEvent() => Problems.NotFound("This webhook has no such event. GET /api/v1/webhooks/{id}/events lists them.");
}
