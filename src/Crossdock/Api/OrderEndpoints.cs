using System.Security.Claims;
using System.Text.Json;
using Crossdock.Accounts;
using Crossdock.Capture;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Review;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>Orders: find them, read what happened, act on one.</summary>
internal static class OrderEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var orders = api.MapGroup("/orders").WithTags("Orders");
        orders.MapGet("/", ListAsync).WithSummary("Orders, newest first or as sort says").Produces<OrderListPage>();
        orders.MapGet("/export", ExportAsync).WithSummary("The same list as CSV, all pages").Produces(200, contentType: "text/csv");
        orders.MapGet("/{id:guid}", OneAsync).WithSummary("One order with its canonical document").Produces<OrderAnswer>().ProducesProblem(404).WithETag();
        orders.MapGet("/{id:guid}/timeline", TimelineAsync).WithSummary("What happened to an order, oldest first").Produces<Page<TimelineEntry>>().ProducesProblem(404);
        orders.MapGet("/{id:guid}/events", EventsAsync).WithSummary("What was received about an order").Produces<Page<EventRow>>().ProducesProblem(404);
        orders.MapGet("/{id:guid}/deliveries", DeliveriesAsync).WithSummary("An order's deliveries").Produces<Page<Delivery.DeliveryRow>>().ProducesProblem(404);
        orders.MapGet("/{id:guid}/shipments", ShipmentsAsync).WithSummary("What destinations say of an order: its state there and its tracking").Produces<Page<Delivery.ShipmentRow>>().ProducesProblem(404);
        orders.MapGet("/{id:guid}/holds", HoldsAsync).WithSummary("An order's holds, open and released").Produces<Page<Holds.HoldRow>>().ProducesProblem(404);
        Act(orders, "approve", "Approve an order that awaits approval", (actions, id, actor, because, stop) => actions.ApproveAsync(id, actor, because, stop));
        Act(orders, "hold", "Stop an order for a person", (actions, id, actor, because, stop) => actions.HoldAsync(id, actor, because, stop));
        Act(orders, "release", "Release all holds of an order", (actions, id, actor, because, stop) => actions.ReleaseAsync(id, actor, because, stop));
        Act(orders, "cancel", "Cancel an order, also where it was delivered already", (actions, id, actor, because, stop) => actions.CancelAsync(id, actor, because, stop));
        Act(orders, "restore", "Bring back an order that a person cancelled here; its last document is worked again", (actions, id, actor, because, stop) => actions.RestoreAsync(id, actor, because, stop));
        Act(orders, "deliver", "Have an order delivered that was read as history", (actions, id, actor, because, stop) => actions.DeliverAsync(id, actor, because, stop));
    }

    private static async Task<IResult> ListAsync(OrderQueries orders, HttpRequest request, [AsParameters] OrderListParameters narrowed, string? cursor, string? before, string? limit, CancellationToken cancellationToken)
    {
        _ = narrowed;      // it describes what is read below, for the API's description
        var input = new ApiInput();
        int take = input.Page(null, limit).Take;
        var (search, sorting) = OrderListParameters.Of(request, input);
        var page = OrderPageRequest.Read(sorting, cursor, before, take, out string? problem);
        input.Require(problem is null, problem ?? "");
        return input.Problem ?? Results.Ok(await orders.SearchAsync(search, page!, cancellationToken));
    }

    private static IResult ExportAsync(OrderCsv csv, HttpRequest request, [AsParameters] OrderListParameters narrowed, CancellationToken cancellationToken)
    {
        _ = narrowed;
        var input = new ApiInput();
        var (search, sorting) = OrderListParameters.Of(request, input);
        return input.Problem ?? Results.Stream(stream => csv.WriteAsync(search, sorting, stream, cancellationToken), "text/csv; charset=utf-8", "orders.csv");
    }

    private static async Task<IResult> OneAsync(OrderQueries orders, HttpContext context, Guid id, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { } order)
        {
            return Unknown();
        }

        using var document = JsonDocument.Parse(order.Document);
        return ETags.Answer(context, order.Version, new OrderAnswer(order, order.Version, order.Generation, order.RulesVersion, order.SourceUpdatedAt, order.EventId, document.RootElement.Clone()));
    }

    private static async Task<IResult> TimelineAsync(OrderQueries orders, Guid id, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? (await orders.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(await orders.TimelineAsync(id, page, cancellationToken)));
    }

    private static async Task<IResult> EventsAsync(OrderQueries orders, Guid id, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(new Page<EventRow>(await orders.EventsAsync(id, cancellationToken), null));

    private static async Task<IResult> DeliveriesAsync(OrderQueries orders, Guid id, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(new Page<Delivery.DeliveryRow>(await orders.DeliveriesAsync(id, cancellationToken), null));

    private static async Task<IResult> ShipmentsAsync(OrderQueries orders, Guid id, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(new Page<Delivery.ShipmentRow>(await orders.ShipmentsAsync(id, cancellationToken), null));

    private static async Task<IResult> HoldsAsync(OrderQueries orders, Guid id, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(new Page<Holds.HoldRow>(await orders.HoldsAsync(id, cancellationToken), null));

    private static void Act(RouteGroupBuilder orders, string name, string summary, Func<OrderActions, Guid, string, string?, CancellationToken, Task<OrderActionResult>> action) =>
        orders.MapPost($"/{{id:guid}}/{name}", async (OrderActions actions, Guid id, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        {
            var input = new ApiInput();
            var reason = await input.BodyAsync(request, new Reason(), cancellationToken);
            if (input.Problem is { } problem)
            {
                return problem;
            }

            var result = await action(actions, id, Actor.Of(user), reason.Because, cancellationToken);
            return result switch
            {
                { IsKnown: false } => Unknown(),
                { Refusal: { } refusal } => Problems.Conflict(refusal),
                { Waits: { } waits } => Results.Json(new Waiting(waits), statusCode: StatusCodes.Status202Accepted),
                _ => Results.NoContent(),
            };
        }).WithSummary(summary).Accepts<Reason>(isOptional: true, "application/json").Produces(204).Produces<Waiting>(202).ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);

    private static IResult Unknown() => Problems.NotFound("There is no order with this id. Look for it with GET /api/v1/orders?search=NUMBER.");
}
