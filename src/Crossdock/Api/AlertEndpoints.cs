using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Alerts;
using Crossdock.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What needs somebody, and what did.</summary>
internal static class AlertEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("Alerts");
        alerts.MapGet("/", ListAsync).WithSummary("Alerts, newest first: the open ones, or with ended=true all").Produces<Page<AlertRow>>();
        alerts.MapGet("/{id:guid}", OneAsync).WithSummary("One alert").Produces<AlertRow>().ProducesProblem(404);
        alerts.MapPost("/{id:guid}/acknowledge", AcknowledgeAsync).WithSummary("Say that somebody knows of it").Produces<AlertRow>().ProducesProblem(404).Needs(Permission.Write);
    }

    private static async Task<IResult> ListAsync(AlertQueries alerts, string? cursor, string? limit, string? connection, string? ended, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        string? key = input.Text(nameof(connection), connection);
        bool all = input.Flag(nameof(ended), ended) ?? false;
        return input.Problem ?? Results.Ok(await alerts.ListAsync(key, !all, page, cancellationToken));
    }

    private static async Task<IResult> OneAsync(AlertQueries alerts, Guid id, CancellationToken cancellationToken) =>
        await alerts.FindAsync(id, cancellationToken) is { } one ? Results.Ok(one) : Unknown();

    private static async Task<IResult> AcknowledgeAsync(AlertStore store, AlertQueries alerts, Guid id, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await store.AcknowledgeAsync(id, Actor.Of(user), cancellationToken) ? Results.Ok(await alerts.FindAsync(id, cancellationToken)) : Unknown();

    private static IResult Unknown() => Problems.NotFound("There is no open alert with this id. GET /api/v1/alerts lists them.");
}
