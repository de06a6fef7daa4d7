using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Capture;
using Crossdock.Database;
using Crossdock.Normalise;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What was received, and what could not be understood.</summary>
internal static class EventEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var events = api.MapGroup("/events").WithTags("Events");
        events.MapGet("/", ListAsync).WithSummary("Events, newest first").Produces<Page<EventRow>>();
        events.MapGet("/{id:guid}", OneAsync).WithSummary("One event with headers and body as text").Produces<EventAnswer>().ProducesProblem(404);
        events.MapGet("/{id:guid}/raw", RawAsync).WithSummary("An event's bytes as the platform sent them").Produces(200, contentType: "application/octet-stream").ProducesProblem(404);
        events.MapPost("/replay", (ReplayStore replays, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) => ManyAsync(replays.ReplayAsync, request, user, cancellationToken))
            .WithSummary("Work stored events again").Accepts<Selection>("application/json").Produces<Page<ReplayResult>>().Needs(Permission.Write);

        var parked = api.MapGroup("/parked").WithTags("Parked events");
        parked.MapGet("/", ParkedAsync).WithSummary("Events that were not understood or wait for their order").Produces<Page<Capture.ParkedRow>>();
        parked.MapPost("/replay", (ReplayStore replays, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) => ManyAsync(replays.ReplayParkedAsync, request, user, cancellationToken))
            .WithSummary("Work parked events again, for example after the mapping was mended").Accepts<Selection>("application/json").Produces<Page<ReplayResult>>().Needs(Permission.Write);
        parked.MapPost("/drop", (ReplayStore replays, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) => ManyAsync(replays.DropParkedAsync, request, user, cancellationToken))
            .WithSummary("Give parked events up; their payload is kept").Accepts<Selection>("application/json").Produces<Page<ReplayResult>>().Needs(Permission.Write);
    }

    private static async Task<IResult> ListAsync(
        EventQueries events, string? cursor, string? limit, string? connection, string? orderKey, string? from, string? to, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        var search = new EventSearch
        {
            Connection = input.Text(nameof(connection), connection),
            OrderKey = input.Text(nameof(orderKey), orderKey),
            From = input.Time(nameof(from), from),
            To = input.Time(nameof(to), to),
        };
        input.Require(search.OrderKey is null || search.Connection is not null, "orderKey needs connection beside it: a platform's ids are unique only there.");
        return input.Problem ?? Results.Ok(await events.SearchAsync(search, page, cancellationToken));
    }

    private static async Task<IResult> OneAsync(EventQueries events, Guid id, CancellationToken cancellationToken) => await events.FindAsync(id, cancellationToken) is { } one
        ? Results.Ok(new EventAnswer(one, one.DedupeKey, one.Headers, one.Text(), one.Actions))
        : Unknown();

    // Always as bytes to be saved: what a shop sent is never shown as a page of ours.
    private static async Task<IResult> RawAsync(EventQueries events, Guid id, CancellationToken cancellationToken) => await events.FindAsync(id, cancellationToken) is { } one
        ? Results.Bytes(one.Body, "application/octet-stream", $"{one.Id}.bin")
        : Unknown();

    private static async Task<IResult> ParkedAsync(EventQueries events, string? cursor, string? limit, string? connection, string? waitsForOrder, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        bool? waits = input.Flag(nameof(waitsForOrder), waitsForOrder);
        string? key = input.Text(nameof(connection), connection);
        return input.Problem ?? Results.Ok(await events.ParkedAsync(key, waits, page, cancellationToken));
    }

    private static async Task<IResult> ManyAsync(
        Func<IReadOnlyList<Guid>, string, string?, CancellationToken, Task<IReadOnlyList<ReplayResult>>> act, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var selection = await input.BodyAsync(request, new Selection(), cancellationToken);
        selection.Check(input);
        return input.Problem ?? Results.Ok(new Page<ReplayResult>(await act(selection.Ids!, Actor.Of(user), selection.Because, cancellationToken), null));
    }

    private static IResult Unknown() => Problems.NotFound("There is no event with this id; its payload may have been dropped by retention.");
}
