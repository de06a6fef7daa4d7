using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Backfill;
using Crossdock.Database;
using Crossdock.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What to read: the range, and whether its orders go to the destinations.</summary>
internal sealed record BackfillOrder(string? From = null, string? To = null, bool Deliver = false) : IAsked;

/// <summary>Reading history, and how reading goes.</summary>
internal static class BackfillEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var ofConnection = api.MapGroup("/connections/{key}").WithTags("Reading");
        ofConnection.MapGet("/reading", ReadingAsync).WithSummary("How polling, feed and fetching of a connection go").Produces<ConnectionReading>().ProducesProblem(404);
        ofConnection.MapGet("/backfills", OfConnectionAsync).WithSummary("A connection's backfills, newest first").Produces<Page<BackfillRow>>().ProducesProblem(404);
        ofConnection.MapPost("/backfills", StartAsync).WithSummary("Read the orders of a range; without deliver they are only shown")
            .Accepts<BackfillOrder>("application/json").Produces<BackfillRow>(201).ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);

        var backfills = api.MapGroup("/backfills").WithTags("Reading");
        backfills.MapGet("/", ListAsync).WithSummary("All backfills, newest first").Produces<Page<BackfillRow>>();
        backfills.MapGet("/{id:guid}", OneAsync).WithSummary("One backfill and how far it is").Produces<BackfillRow>().ProducesProblem(404);
        backfills.MapPost("/{id:guid}/stop", (BackfillActions actions, BackfillQueries queries, Guid id, CancellationToken cancellationToken) => AnswerAsync(actions.StopAsync(id, cancellationToken), queries, cancellationToken))
            .WithSummary("Stop a backfill where it is").Produces<BackfillRow>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
        backfills.MapPost("/{id:guid}/resume", (BackfillActions actions, BackfillQueries queries, Guid id, CancellationToken cancellationToken) => AnswerAsync(actions.ResumeAsync(id, cancellationToken), queries, cancellationToken))
            .WithSummary("Let a stopped backfill go on where it was").Produces<BackfillRow>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
    }

    private static async Task<IResult> ReadingAsync(ReadingQueries queries, string key, CancellationToken cancellationToken) =>
        await queries.FindAsync(key, cancellationToken) is { } reading ? Results.Ok(reading) : UnknownConnection();

    private static async Task<IResult> OfConnectionAsync(BackfillQueries queries, Connections.ConnectionQueries connections, string key, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? (await connections.FindAsync(key, cancellationToken) is null ? UnknownConnection() : Results.Ok(await queries.ListAsync(key, page, cancellationToken)));
    }

    private static async Task<IResult> ListAsync(BackfillQueries queries, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? Results.Ok(await queries.ListAsync(null, page, cancellationToken));
    }

    private static async Task<IResult> OneAsync(BackfillQueries queries, Guid id, CancellationToken cancellationToken) =>
        await queries.FindAsync(id, cancellationToken) is { } row ? Results.Ok(row) : Unknown();

    private static async Task<IResult> StartAsync(
        BackfillActions actions, BackfillQueries queries, TimeProvider clock, string key, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new BackfillOrder(), cancellationToken);
        var from = input.Time("from", wanted.From);
        var to = input.Time("to", wanted.To) ?? clock.GetUtcNow();
        input.Require(input.Problem is not null || from is not null, "Say from when, as {\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-02-01T00:00:00Z\",\"deliver\":false}.");
        if (input.Problem is { } problem)
        {
            return problem;
        }

        return await actions.StartAsync(key, from!.Value, to, wanted.Deliver, Actor.Of(user), cancellationToken) switch
        {
            { Id: { } id } => Results.Created($"/api/v1/backfills/{id}", await queries.FindAsync(id, cancellationToken)),
            { Refusal: { } refusal } => Problems.Conflict(refusal),
            _ => UnknownConnection(),
        };
    }

    private static async Task<IResult> AnswerAsync(Task<BackfillAnswer> acting, BackfillQueries queries, CancellationToken cancellationToken) => await acting switch
    {
        { Id: { } id } => Results.Ok(await queries.FindAsync(id, cancellationToken)),
        { Refusal: { } refusal } => Problems.Conflict(refusal),
        _ => Unknown(),
    };

    private static IResult Unknown() => Problems.NotFound("There is no backfill with this id. GET /api/v1/backfills lists them all.");

    private static IResult UnknownConnection() => Problems.NotFound("There is no connection with this key. GET /api/v1/connections lists them all.");
}
