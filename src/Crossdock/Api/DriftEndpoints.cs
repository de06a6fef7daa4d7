using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Drift;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What stores' documents look like, and what changed in them.</summary>
internal static class DriftEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var ofConnection = api.MapGroup("/connections/{key}").WithTags("Drift");
        ofConnection.MapGet("/shapes", ShapesAsync).WithSummary("How well the documents of a connection are known, by topic; with topic=NAME all its fields").Produces<Page<ShapeRow>>().ProducesProblem(404);
        ofConnection.MapGet("/drift", OfConnectionAsync).WithSummary("What changed in a connection's documents: what is open, or with all=true everything").Produces<Page<DriftRow>>().ProducesProblem(404);
        ofConnection.MapGet("/drift/{id}", OneAsync).WithSummary("One change").Produces<DriftRow>().ProducesProblem(404);
        Act("accept", "It is right so: it is usual from now on, and the orders held for it go on", (actions, key, id, actor, because, cancellationToken) => actions.AcceptAsync(key, id, actor, because, cancellationToken));
        Act("ignore", "Say no more of it; only of what holds no order", (actions, key, id, actor, because, cancellationToken) => actions.IgnoreAsync(key, id, actor, because, cancellationToken));
        Act("replay", "The connector was mended: work every order held for it, and every event parked for it, again", (actions, key, id, actor, because, cancellationToken) => actions.ReplayAsync(key, id, actor, because, cancellationToken));
        api.MapGet("/drift", ListAsync).WithTags("Drift").WithSummary("What changed in the documents of all connections").Produces<Page<DriftRow>>();

        void Act(string verb, string summary, Func<DriftActions, string, string, string, string?, CancellationToken, Task<DriftAnswer>> act) =>
            ofConnection.MapPost("/drift/{id}/" + verb, async (DriftActions actions, DriftQueries queries, string key, string id, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) =>
            {
                var input = new ApiInput();
                var reason = await input.BodyAsync(request, new Reason(), cancellationToken);
                if (input.Problem is { } problem)
                {
                    return problem;
                }

                return await act(actions, key, id, Actor.Of(user), reason.Because, cancellationToken) switch
                {
                    { Found: false } => Unknown(),
                    { Refusal: { } refusal } => Problems.Conflict(refusal),
                    { Orders: var orders } => Results.Ok(new DriftDone(orders, (await queries.FindAsync(key, id, cancellationToken))!)),
                };
            }).WithSummary(summary).Accepts<Reason>(isOptional: true, "application/json").Produces<DriftDone>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
    }

    private static async Task<IResult> ShapesAsync(DriftQueries queries, string key, string? topic, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(topic))
        {
            return await queries.TopicAsync(key, topic, cancellationToken) is { } detail ? Results.Ok(detail) : Problems.NotFound("Nothing is known of documents of this topic. GET it without topic to list those there are.");
        }

        return await queries.TopicsAsync(key, cancellationToken) is { } topics ? Results.Ok(new Page<ShapeRow>(topics, null)) : UnknownConnection();
    }

    private static async Task<IResult> OfConnectionAsync(DriftQueries queries, ConnectionQueries connections, string key, string? all, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        bool isAll = input.Flag(nameof(all), all) ?? false;
        return input.Problem ?? (await connections.FindAsync(key, cancellationToken) is null ? UnknownConnection() : Results.Ok(new Page<DriftRow>(await queries.ListAsync(key, isAll, cancellationToken), null)));
    }

    private static async Task<IResult> ListAsync(DriftQueries queries, string? all, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        bool isAll = input.Flag(nameof(all), all) ?? false;
        return input.Problem ?? Results.Ok(new Page<DriftRow>(await queries.ListAsync(null, isAll, cancellationToken), null));
    }

    private static async Task<IResult> OneAsync(DriftQueries queries, string key, string id, CancellationToken cancellationToken) =>
        await queries.FindAsync(key, id, cancellationToken) is { } row ? Results.Ok(row) : Unknown();

    private static IResult Unknown() => Problems.NotFound("There is no such change in this connection's documents. GET /api/v1/drift?all=true lists them all.");

    private static IResult UnknownConnection() => Problems.NotFound("There is no connection with this key. GET /api/v1/connections lists them all.");
}

/// <summary>What was done.</summary>
/// <param name="Orders">Orders and parked events that go on, or are worked again.</param>
/// <param name="Drift">The change as it is now.</param>
internal sealed record DriftDone(int Orders, DriftRow Drift);
