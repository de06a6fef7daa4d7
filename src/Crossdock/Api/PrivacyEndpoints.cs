using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Privacy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>A person's data: everything stored in one file, or taken out of everything.</summary>
internal static class PrivacyEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var privacy = api.MapGroup("/privacy").WithTags("Privacy").Needs(Permission.Administer);
        privacy.MapPost("/exports", (PrivacyActions actions, PrivacyQueries queries, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) => AskAsync(PrivacyKind.Export, actions, queries, request, user, cancellationToken))
            .WithSummary("Look for everything that is stored of a person; the file can be fetched when it is found").Accepts<PrivacySubject>("application/json").Produces<PrivacyRequest>(201);
        privacy.MapPost("/erasures", (PrivacyActions actions, PrivacyQueries queries, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) => AskAsync(PrivacyKind.Erasure, actions, queries, request, user, cancellationToken))
            .WithSummary("Look for what would be erased of a person; nothing is erased before it is confirmed").Accepts<PrivacySubject>("application/json").Produces<PrivacyRequest>(201);
        privacy.MapGet("/requests", ListAsync).WithSummary("All requests, the newest first").Produces<Page<PrivacyRequest>>();
        privacy.MapGet("/requests/{id:guid}", OneAsync).WithSummary("One request: how far, what was found, what was erased").Produces<PrivacyRequest>().ProducesProblem(404);
        privacy.MapGet("/requests/{id:guid}/orders", OrdersAsync).WithSummary("The orders that were found, without the person").Produces<Page<PrivacyOrder>>().ProducesProblem(404);
        privacy.MapGet("/requests/{id:guid}/file", FileAsync).WithSummary("Everything that was found, as one JSON document").Produces(200, contentType: "application/json").ProducesProblem(404).ProducesProblem(409);
        privacy.MapPost("/requests/{id:guid}/confirm", ConfirmAsync).WithSummary("Erase what was found, for good").Accepts<Reason>("application/json").Produces<PrivacyRequest>(202).ProducesProblem(404).ProducesProblem(409);
        privacy.MapPost("/requests/{id:guid}/withdraw", WithdrawAsync).WithSummary("Take a request back before anything is erased").Accepts<Reason>("application/json").Produces<PrivacyRequest>().ProducesProblem(404).ProducesProblem(409);
        privacy.MapPost("/requests/{id:guid}/finish", FinishAsync).WithSummary("Say that an export was handed over").Produces<PrivacyRequest>().ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> AskAsync(PrivacyKind kind, PrivacyActions actions, PrivacyQueries queries, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var subject = await input.BodyAsync(request, new PrivacySubject(), cancellationToken);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        var answer = await actions.AskAsync(kind, subject, Actor.Of(user), cancellationToken);
        return answer.Id is { } id ? Results.Created($"/api/v1/privacy/requests/{id}", await queries.FindAsync(id, cancellationToken)) : Problems.BadRequest(answer.Refusal!);
    }

    private static async Task<IResult> ListAsync(PrivacyQueries queries, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? Results.Ok(await queries.ListAsync(page, cancellationToken));
    }

    private static async Task<IResult> OneAsync(PrivacyQueries queries, Guid id, CancellationToken cancellationToken) => await queries.FindAsync(id, cancellationToken) is { } one ? Results.Ok(one) : Unknown();

    private static async Task<IResult> OrdersAsync(PrivacyQueries queries, TimeProvider clock, Guid id, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? (await queries.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(await queries.OrdersAsync(id, page, clock.GetUtcNow(), cancellationToken)));
    }

    private static async Task<IResult> FileAsync(PrivacyQueries queries, PrivacyExport export, AuditLog audit, Guid id, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } request)
        {
            return Unknown();
        }

        if (request.State == EnumNames<PrivacyState>.Of(PrivacyState.Searching))
        {
            return Problems.Conflict("It is still being looked for. Ask again when its state is found.");
        }

        // Who had a person's data in hand is itself worth knowing.
        await audit.KeepAsync(new AuditEntry("privacy_file_fetched", "privacy_request", id.ToString()), cancellationToken);
        return Results.Stream(stream => export.WriteAsync(request, stream, cancellationToken), "application/json", $"person-{id:N}.json");
    }

    private static async Task<IResult> ConfirmAsync(PrivacyActions actions, PrivacyQueries queries, Guid id, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var reason = await input.BodyAsync(request, new Reason(), cancellationToken);
        return input.Problem ?? await AnswerAsync(actions.ConfirmAsync(id, reason.Because, Actor.Of(user), cancellationToken), queries, id, "Only an erasure whose state is found can be confirmed, once.", 202, cancellationToken);
    }

    private static async Task<IResult> WithdrawAsync(PrivacyActions actions, PrivacyQueries queries, Guid id, HttpRequest request, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var reason = await input.BodyAsync(request, new Reason(), cancellationToken);
        return input.Problem ?? await AnswerAsync(actions.WithdrawAsync(id, reason.Because, cancellationToken), queries, id, "It has begun, or is over already.", 200, cancellationToken);
    }

    private static Task<IResult> FinishAsync(PrivacyActions actions, PrivacyQueries queries, Guid id, CancellationToken cancellationToken) =>
        AnswerAsync(actions.FinishAsync(id, cancellationToken), queries, id, "Only an export whose state is found can be finished.", 200, cancellationToken);

    private static async Task<IResult> AnswerAsync(Task<bool> acting, PrivacyQueries queries, Guid id, string refusal, int status, CancellationToken cancellationToken)
    {
        bool done = await acting;
        return await queries.FindAsync(id, cancellationToken) is not { } request ? Unknown() : done ? Results.Json(request, statusCode: status) : Problems.Conflict(refusal);
    }

    private static IResult Unknown() => Problems.NotFound("There is no request with this id. GET /api/v1/privacy/requests lists them all.");
}
