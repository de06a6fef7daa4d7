using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Bulk;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What is done to many orders at once, and the views that people keep of the list.</summary>
internal static class BulkEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var bulk = api.MapGroup("/orders/bulk").WithTags("Many orders");
        bulk.MapGet("/", async (BulkQueries queries, string? cursor, string? limit, CancellationToken cancellationToken) =>
        {
            var input = new ApiInput();
            var page = input.Page(cursor, limit);
            return input.Problem ?? Results.Ok(await queries.ListAsync(page, cancellationToken));
        }).WithSummary("What was and is done to many orders, newest first").Produces<Page<BulkRow>>();
        bulk.MapGet("/{id:guid}", async (BulkQueries queries, Guid id, CancellationToken cancellationToken) => await queries.FindAsync(id, cancellationToken) is { } row ? Results.Ok(row) : Unknown())
            .WithSummary("How far it is, and what was refused").Produces<BulkRow>().ProducesProblem(404);
        bulk.MapPost("/", StartAsync).WithSummary("Approve, hold, release, cancel or resend many orders; with preview, only tell what would happen")
            .Accepts<BulkBody>("application/json").Produces<BulkPreview>().Produces<BulkRow>(202).Needs(Permission.Write);
        bulk.MapPost("/{id:guid}/stop", async (BulkActions actions, Guid id, CancellationToken cancellationToken) => await actions.StopAsync(id, cancellationToken) ? Results.NoContent() : Problems.Conflict("It does not run: it is over, or was stopped already."))
            .WithSummary("Stop it where it is; what was done stays done").Produces(204).ProducesProblem(409).Needs(Permission.Write);

        var views = api.MapGroup("/views").WithTags("Views");
        views.MapGet("/", async (OrderViews saved, CancellationToken cancellationToken) => Results.Ok(new Page<OrderView>(await saved.ListAsync(cancellationToken), null)))
            .WithSummary("Saved views of the list of orders: the own ones, and those that others share").Produces<Page<OrderView>>();
        views.MapPost("/", SaveAsync).WithSummary("Keep a view; under the same name it replaces the own one").Accepts<OrderViewDraft>("application/json").Produces(201).ProducesProblem(409).Needs(Permission.Read);
        views.MapDelete("/{id:guid}", async (OrderViews saved, Guid id, ClaimsPrincipal user, CancellationToken cancellationToken) =>
                await saved.RemoveAsync(id, user.May(Permission.Administer), cancellationToken) ? Results.NoContent() : Problems.NotFound("There is no view of yours with this id. GET /api/v1/views lists them."))
            .WithSummary("Remove a view").Produces(204).ProducesProblem(404).Needs(Permission.Read);
    }

    private static async Task<IResult> StartAsync(BulkActions actions, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var body = await input.BodyAsync(request, new BulkBody(), cancellationToken);
        var kind = input.Name<BulkKind>("action", body.Action);
        input.Require(input.Problem is not null || kind is not null, $"Give an action as {{\"action\":\"approve\",\"ids\":[\"...\"],\"because\":\"...\"}}; it is one of {string.Join(", ", EnumNames<BulkKind>.All)}.");
        input.Require(body.Ids is null || body.Filter is null, "Give either ids or a filter.");
        if (input.Problem is { } problem)
        {
            return problem;
        }

        var wanted = new BulkRequest(kind!.Value, body.Ids, body.Filter, body.Because);
        var answer = body.Preview ? await actions.PreviewAsync(wanted, cancellationToken) : await actions.StartAsync(wanted, Actor.Of(user), cancellationToken);
        return answer switch
        {
            { Refusal: { } refusal } => Problems.BadRequest(refusal),
            { Row: { } row } => Results.Accepted($"/api/v1/orders/bulk/{row.Id}", row),
            _ => Results.Ok(answer.Preview),
        };
    }

    private static async Task<IResult> SaveAsync(OrderViews saved, HttpRequest request, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var draft = await input.BodyAsync(request, new OrderViewDraft(), cancellationToken);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        var (id, refusal) = await saved.SaveAsync(draft, cancellationToken);
        return id is { } kept ? Results.Created($"/api/v1/views/{kept}", new { id = kept }) : Problems.BadRequest(refusal!);
    }

    private static IResult Unknown() => Problems.NotFound("There is no such work. GET /api/v1/orders/bulk lists it; it is kept for thirty days.");
}

/// <summary>What is to be done to which orders.</summary>
/// <param name="Action">approve, hold, release, cancel or resend.</param>
/// <param name="Ids">These orders.</param>
/// <param name="Filter">Or all that match, as the list's address has it: <c>state=awaiting_approval&amp;store=acme</c>.</param>
/// <param name="Because">Why; 1 to 500 characters. Not needed for a preview.</param>
/// <param name="Preview">Only tell what would happen.</param>
internal sealed record BulkBody(string? Action = null, IReadOnlyList<Guid>? Ids = null, string? Filter = null, string? Because = null, bool Preview = false) : IAsked;
