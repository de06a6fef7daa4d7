using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Alerts;
using Crossdock.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>A list that is never long.</summary>
internal sealed record RouteList(IReadOnlyList<AlertRoute> Items, string? Next);

/// <summary>A route, and what is shown this once.</summary>
/// <param name="Route">The route.</param>
/// <param name="Secret">What its webhooks are signed with, when it was made up just now; stored encrypted and never shown again.</param>
internal sealed record RouteMade(AlertRoute Route, string? Secret);

/// <summary>Where alerts are told.</summary>
internal static class AlertRouteEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var routes = api.MapGroup("/alert-routes").WithTags("Alerts").Needs(Permission.Configure);
        routes.MapGet("/", ListAsync).WithSummary("All routes by which alerts are told").Produces<RouteList>();
        routes.MapGet("/{id:guid}", OneAsync).WithSummary("One route").Produces<AlertRoute>().ProducesProblem(404);
        routes.MapGet("/{id:guid}/messages", MessagesAsync).WithSummary("What a route sent or will send, the newest first").Produces<Page<RouteMessage>>().ProducesProblem(404);
        routes.MapPost("/", CreateAsync).WithSummary("Make a route: mail, webhook, slack or teams").Accepts<WantedRoute>("application/json").Produces<RouteMade>(201);
        routes.MapPatch("/{id:guid}", ChangeAsync).WithSummary("Change a route; what is left out stays").Accepts<WantedRoute>("application/json").Produces<AlertRoute>().ProducesProblem(404);
        routes.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a route").Produces(204).ProducesProblem(404);
        routes.MapPost("/{id:guid}/test", TestAsync).WithSummary("Have a route send a test; its messages say how it went").Produces(202).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(RouteQueries routes, CancellationToken cancellationToken) => Results.Ok(new RouteList(await routes.ListAsync(cancellationToken), null));

    private static async Task<IResult> OneAsync(RouteQueries routes, Guid id, CancellationToken cancellationToken) => await routes.FindAsync(id, cancellationToken) is { } one ? Results.Ok(one) : Unknown();

    private static async Task<IResult> MessagesAsync(RouteQueries routes, Guid id, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? (await routes.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(await routes.MessagesAsync(id, page, cancellationToken)));
    }

    private static async Task<IResult> CreateAsync(RouteActions actions, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new WantedRoute(), cancellationToken);
        return input.Problem ?? (await actions.CreateAsync(wanted, Actor.Of(user), cancellationToken) switch
        {
            { Route: { } route } made => Results.Created($"/api/v1/alert-routes/{route.Id}", new RouteMade(route, made.Secret)),
            { Refusal: { } refusal } => Problems.BadRequest(refusal),
            _ => Unknown(),
        });
    }

    private static async Task<IResult> ChangeAsync(RouteActions actions, Guid id, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new WantedRoute(), cancellationToken);
        return input.Problem ?? (await actions.ChangeAsync(id, wanted, Actor.Of(user), cancellationToken) switch
        {
            { Route: { } route } => Results.Ok(route),
            { Refusal: { } refusal } => Problems.BadRequest(refusal),
            _ => Unknown(),
        });
    }

    private static async Task<IResult> DeleteAsync(RouteActions actions, Guid id, CancellationToken cancellationToken) => await actions.DeleteAsync(id, cancellationToken) ? Results.NoContent() : Unknown();

    private static async Task<IResult> TestAsync(RouteActions actions, Guid id, CancellationToken cancellationToken) => await actions.TestAsync(id, cancellationToken) ? Results.Accepted($"/api/v1/alert-routes/{id}/messages") : Unknown();

    private static IResult Unknown() => Problems.NotFound("There is no route with this id. GET /api/v1/alert-routes lists them all.");
}
