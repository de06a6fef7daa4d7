using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Rhythm;
using Crossdock.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>Webhooks at the platforms, how stores usually sell, and what happened to a connection itself.</summary>
internal static class SubscriptionEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var ofConnection = api.MapGroup("/connections/{key}").WithTags("Reading");
        ofConnection.MapGet("/subscriptions", FindAsync).WithSummary("How a connection's webhooks stand at its platform, and what was last found missing").Produces<ConnectionSubscriptions>().ProducesProblem(404);
        ofConnection.MapPost("/subscriptions", CheckAsync).WithSummary("Check a connection's webhooks now, and put back what is missing. 409: the hub does not look after them, with the reason")
            .Produces<ConnectionSubscriptions>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
        ofConnection.MapGet("/rhythm", RhythmAsync).WithSummary("How many orders a store usually has by this time, and whether it has gone quiet").Produces<ConnectionRhythm>().ProducesProblem(404);
        ofConnection.MapGet("/history", HistoryAsync).WithSummary("What happened to the connection itself, newest first").Produces<Page<ConnectionHistoryRow>>().ProducesProblem(404);
    }

    private static async Task<IResult> FindAsync(SubscriptionQueries queries, string key, CancellationToken cancellationToken) =>
        await queries.FindAsync(key, cancellationToken) is { } found ? Results.Ok(found) : Unknown();

    private static async Task<IResult> CheckAsync(SubscriptionActions actions, string key, CancellationToken cancellationToken) => await actions.CheckAsync(key, cancellationToken) switch
    {
        { Subscriptions: { } now } => Results.Ok(now),
        { Refusal: { } refusal } => Problems.Conflict(refusal),
        _ => Unknown(),
    };

    private static async Task<IResult> RhythmAsync(RhythmQueries queries, string key, CancellationToken cancellationToken) =>
        await queries.FindAsync(key, cancellationToken) is { } rhythm ? Results.Ok(rhythm) : Unknown();

    private static async Task<IResult> HistoryAsync(SubscriptionQueries queries, IConnectionDirectory directory, string key, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? (directory.Seen(key) is not null ? Results.Ok(await queries.HistoryAsync(key, page, cancellationToken)) : Unknown());
    }

    private static IResult Unknown() => Problems.NotFound("There is no connection with this key. GET /api/v1/connections lists them all.");
}
