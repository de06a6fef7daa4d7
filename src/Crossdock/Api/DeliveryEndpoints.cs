using Crossdock.Database;
using Crossdock.Delivery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>Deliveries, their attempts, and those that are not tried again by themselves.</summary>
internal static class DeliveryEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var deliveries = api.MapGroup("/deliveries").WithTags("Deliveries");
        deliveries.MapGet("/", ListAsync).WithSummary("Deliveries, newest first").Produces<Page<DeliveryRow>>();
        deliveries.MapGet("/{id:guid}", OneAsync).WithSummary("One delivery with what is to be sent").Produces<DeliveryDetail>().ProducesProblem(404);
        deliveries.MapGet("/{id:guid}/attempts", AttemptsAsync).WithSummary("A delivery's attempts with request and answer, oldest first").Produces<Page<AttemptRow>>().ProducesProblem(404);
        api.MapGet("/dead-letters", DeadAsync).WithTags("Dead letters").WithSummary("Deliveries that are not tried again by themselves, newest first").Produces<Page<DeliveryRow>>();
    }

    private static async Task<IResult> ListAsync(DeliveryQueries deliveries, string? cursor, string? limit, string? state, string? destination, string? store, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        var search = new DeliverySearch
        {
            State = input.OneOf(nameof(state), state, DeliverySearch.States),
            Destination = input.Text(nameof(destination), destination),
            Store = input.Text(nameof(store), store),
        };
        return input.Problem ?? Results.Ok(await deliveries.SearchAsync(search, page, cancellationToken));
    }

    private static async Task<IResult> OneAsync(DeliveryQueries deliveries, Guid id, CancellationToken cancellationToken) =>
        await deliveries.FindAsync(id, cancellationToken) is { } one ? Results.Ok(one) : Unknown();

    private static async Task<IResult> AttemptsAsync(DeliveryQueries deliveries, Guid id, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? (await deliveries.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(await deliveries.AttemptsAsync(id, page, cancellationToken)));
    }

    private static async Task<IResult> DeadAsync(DeliveryQueries deliveries, string? cursor, string? limit, string? destination, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        string? key = input.Text(nameof(destination), destination);
        return input.Problem ?? Results.Ok(await deliveries.DeadLettersAsync(key, page, cancellationToken));
    }

    private static IResult Unknown() => Problems.NotFound("There is no delivery with this id. GET /api/v1/deliveries lists them.");
}
