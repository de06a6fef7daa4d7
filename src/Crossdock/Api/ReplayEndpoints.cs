using System.Security.Claims;
using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Replays;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What to replay: the window by the events' arrival, the stores (none named: all), and rules of one store that are tried before they are in force: YAML as text, or the list as JSON.</summary>
internal sealed record ReplayOrder(string? From = null, string? To = null, IReadOnlyList<string>? Connections = null, JsonElement? Rules = null, string? Because = null) : IAsked;

/// <summary>What is chosen of a replay: by kind of difference, by orders, or all; with preview nothing is done, and what would be is told.</summary>
internal sealed record ReplayApply(bool All = false, IReadOnlyList<string>? Kinds = null, IReadOnlyList<Guid>? Orders = null, bool IncludeShipped = false, bool Preview = false, string? Because = null) : IAsked;

/// <summary>Replay under new rules: try, look, apply.</summary>
internal static class ReplayEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var replays = api.MapGroup("/replays").WithTags("Replays");
        replays.MapPost("/", StartAsync).WithSummary("Try the stored events of a window under today's connectors and rules, or under given rules; nothing is sent or changed")
            .Accepts<ReplayOrder>("application/json").Produces<ReplayRow>(201).ProducesProblem(409).Needs(Permission.Analyse);
        replays.MapGet("/", ListAsync).WithSummary("All replays, newest first").Produces<Page<ReplayRow>>();
        replays.MapGet("/{id:guid}", OneAsync).WithSummary("One replay: how far, how many orders would be different, by kind").Produces<ReplayRow>().ProducesProblem(404);
        replays.MapGet("/{id:guid}/differences", DifferencesAsync).WithSummary("The orders that would be different, before and after").Produces<Page<ReplayDifferenceRow>>().ProducesProblem(404);
        replays.MapPost("/{id:guid}/apply", ApplyAsync).WithSummary("Work the chosen orders again for good; with preview only tell what that would do")
            .Accepts<ReplayApply>("application/json").Produces<ReplayRow>(202).Produces<ReplayPreview>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
        replays.MapPost("/{id:guid}/stop", (ReplayActions actions, ReplayQueries queries, Guid id, CancellationToken cancellationToken) => AnswerAsync(actions.StopAsync(id, cancellationToken), queries, 200, cancellationToken))
            .WithSummary("Stop a replay where it is").Produces<ReplayRow>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Analyse);
        replays.MapPost("/{id:guid}/resume", (ReplayActions actions, ReplayQueries queries, Guid id, CancellationToken cancellationToken) => AnswerAsync(actions.ResumeAsync(id, cancellationToken), queries, 200, cancellationToken))
            .WithSummary("Let a stopped replay go on where it was").Produces<ReplayRow>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
    }

    private static async Task<IResult> StartAsync(ReplayActions actions, ReplayQueries queries, TimeProvider clock, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new ReplayOrder(), cancellationToken);
        var from = input.Time("from", wanted.From);
        var to = input.Time("to", wanted.To) ?? clock.GetUtcNow();
        input.Require(input.Problem is not null || from is not null, "Say from when, as {\"from\":\"2026-11-01T00:00:00Z\",\"to\":\"2026-11-21T00:00:00Z\",\"connections\":[\"acme\"]}.");
        input.Require(wanted.Because is null || wanted.Because.Length <= 1000, "because may have at most 1000 characters.");
        if (input.Problem is { } problem)
        {
            return problem;
        }

        string? rules = wanted.Rules switch
        {
            null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { } list => list.GetRawText(),
        };
        var replay = new ReplayRequest { From = from!.Value, To = to, Connections = wanted.Connections ?? [], Rules = rules, Because = wanted.Because };
        return await AnswerAsync(actions.StartAsync(replay, Actor.Of(user), cancellationToken), queries, 201, cancellationToken);
    }

    private static async Task<IResult> ListAsync(ReplayQueries queries, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? Results.Ok(await queries.ListAsync(page, cancellationToken));
    }

    private static async Task<IResult> OneAsync(ReplayQueries queries, Guid id, CancellationToken cancellationToken) =>
        await queries.FindAsync(id, cancellationToken) is { } row ? Results.Ok(row) : Unknown();

    private static async Task<IResult> DifferencesAsync(ReplayQueries queries, Guid id, string? cursor, string? limit, string? kind, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        var only = input.Name<ReplayKind>(nameof(kind), kind);
        return input.Problem ?? (await queries.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(await queries.DifferencesAsync(id, only, page, cancellationToken)));
    }

    private static async Task<IResult> ApplyAsync(ReplayActions actions, ReplayQueries queries, Guid id, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new ReplayApply(), cancellationToken);
        List<ReplayKind> kinds = [.. (wanted.Kinds ?? []).Select(name => input.Name<ReplayKind>("kinds", name)).OfType<ReplayKind>()];
        input.Require(wanted.All || wanted.Kinds is { Count: > 0 } || wanted.Orders is { Count: > 0 }, "Choose what to apply: {\"kinds\":[\"excluded\"]}, {\"orders\":[\"...\"]} or {\"all\":true}.");
        input.Require(!wanted.All || (wanted.Kinds is null or { Count: 0 } && wanted.Orders is null or { Count: 0 }), "all stands alone: give kinds or orders instead of it.");
        input.Require(wanted.Orders is null || wanted.Orders.Count <= 10_000, "Name at most 10,000 orders; use kinds for more.");
        input.Require(wanted.Because is null || wanted.Because.Length <= 1000, "because may have at most 1000 characters.");
        if (input.Problem is { } problem)
        {
            return problem;
        }

        var choice = new ReplayChoice { Kinds = kinds, Orders = wanted.Orders is { Count: > 0 } ? wanted.Orders : null, IncludeShipped = wanted.IncludeShipped, Because = wanted.Because };
        if (wanted.Preview)
        {
            return await queries.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(await queries.PreviewAsync(id, choice.Kinds, choice.Orders, choice.IncludeShipped, cancellationToken));
        }

        return await AnswerAsync(actions.ApplyAsync(id, choice, Actor.Of(user), cancellationToken), queries, 202, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(Task<ReplayAnswer> acting, ReplayQueries queries, int status, CancellationToken cancellationToken) => await acting switch
    {
        { Id: { } id } when status == 201 => Results.Created($"/api/v1/replays/{id}", await queries.FindAsync(id, cancellationToken)),
        { Id: { } id } => Results.Json(await queries.FindAsync(id, cancellationToken), statusCode: status),
        { Refusal: { } refusal } => Problems.Conflict(refusal),
        _ => Unknown(),
    };

    private static IResult Unknown() => Problems.NotFound("There is no replay with this id. GET /api/v1/replays lists them all.");
}
