using System.Globalization;
using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Edits;
using Crossdock.Orders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What a person wants changed on an order.</summary>
internal sealed record EditBody
{
    public IReadOnlyDictionary<string, string?>? Set { get; init; }
    public IReadOnlyDictionary<string, string?>? Choose { get; init; }
    /// <summary>In place of the header If-Match.</summary>
    public int? Version { get; init; }
    /// <summary>True when the caller knows whom the change does not reach.</summary>
    public bool AcceptUnreached { get; init; }
    public string? Because { get; init; }
}

/// <summary>Why a change is taken back.</summary>
internal sealed record UndoBody(string? Because = null, int? Version = null, bool AcceptUnreached = false);

/// <summary>Changing orders: fields, conflicts with what the shop changed, undo.</summary>
internal static class EditEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var orders = api.MapGroup("/orders").WithTags("Orders");
        orders.MapGet("/{id:guid}/fields", FieldsAsync).WithSummary("What of an order can be changed, with what the shop says").Produces<EditableOrder>().ProducesProblem(404).WithETag();
        orders.MapGet("/{id:guid}/edits", EditsAsync).WithSummary("What people changed on an order, newest first").Produces<Page<OrderEdit>>().ProducesProblem(404);
        orders.MapPatch("/{id:guid}", ChangeAsync).WithSummary("Change fields of an order, or choose between the shop's value and yours; with preview=true only told what would follow")
            .Accepts<EditBody>("application/json").Produces<EditOutcome>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(412).ProducesProblem(422).ProducesProblem(428).Needs(Permission.Write).WithETag();
        orders.MapPost("/{id:guid}/edits/{edit:guid}/undo", UndoAsync).WithSummary("Take one change back; with preview=true only told what would follow")
            .Accepts<UndoBody>(isOptional: true, "application/json").Produces<EditOutcome>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(412).ProducesProblem(422).Needs(Permission.Write).WithETag();
    }

    private static async Task<IResult> FieldsAsync(EditActions edits, HttpContext context, Guid id, CancellationToken cancellationToken)
    {
        if (await edits.FormAsync(id, cancellationToken) is not { } form)
        {
            return Unknown();
        }

        Tag(context, form.Version);
        return Results.Ok(form);
    }

    private static async Task<IResult> EditsAsync(OrderQueries orders, EditQueries edits, Guid id, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is null ? Unknown() : Results.Ok(new Page<OrderEdit>(await edits.OfOrderAsync(id, cancellationToken), null));

    private static async Task<IResult> ChangeAsync(EditActions edits, HttpContext context, ClaimsPrincipal user, Guid id, string? preview, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        bool isPreview = input.Flag(nameof(preview), preview) == true;
        var body = await input.BodyAsync(context.Request, new EditBody(), cancellationToken);
        Dictionary<string, EditChoice> choose = new(StringComparer.Ordinal);
        foreach (var (path, word) in body.Choose ?? new Dictionary<string, string?>())
        {
            if (input.Name<EditChoice>($"choose.{path}", word) is { } choice)
            {
                choose[path] = choice;
            }
        }

        input.Require(body.Set?.Count > 0 || body.Choose?.Count > 0, "Give the fields to change, as {\"set\":{\"shipTo.city\":\"Lisboa\"}}, or the conflicts to decide, as {\"choose\":{\"shipTo.city\":\"ours\"}}.");
        int? version = Version(input, context.Request, body.Version);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        if (version is null && !isPreview)
        {
            return Results.Problem("Send the version of the order that you read: its ETag as If-Match, or version in the body. Otherwise you could undo what somebody else has just changed.",
                statusCode: StatusCodes.Status428PreconditionRequired, title: "Which version?");
        }

        var request = new EditRequest { Set = body.Set ?? new Dictionary<string, string?>(), Choose = choose, Version = version, AcceptUnreached = body.AcceptUnreached, Because = body.Because };
        return Answer(context, await RunAsync(edits, id, request, isPreview, user, cancellationToken));
    }

    private static async Task<IResult> UndoAsync(EditActions edits, HttpContext context, ClaimsPrincipal user, Guid id, Guid edit, string? preview, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        bool isPreview = input.Flag(nameof(preview), preview) == true;
        var body = await input.BodyAsync(context.Request, new UndoBody(), cancellationToken);
        int? version = Version(input, context.Request, body.Version);
        return input.Problem ?? Answer(context, await RunAsync(edits, id, new EditRequest { Undo = edit, Version = version, AcceptUnreached = body.AcceptUnreached, Because = body.Because }, isPreview, user, cancellationToken));
    }

    private static Task<EditAnswer> RunAsync(EditActions edits, Guid id, EditRequest request, bool isPreview, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!isPreview)
        {
            return edits.SaveAsync(id, request, Actor.Of(user), cancellationToken);
        }

        AuditLog.NothingChanges();
        return edits.PreviewAsync(id, request, Actor.Of(user), cancellationToken);
    }

    private static int? Version(ApiInput input, HttpRequest request, int? given)
    {
        string text = request.Headers.IfMatch.ToString().Trim();
        if (text is "" or "*")
        {
            return given;
        }

        bool isRead = int.TryParse(text.Trim('"').TrimStart('v'), NumberStyles.None, CultureInfo.InvariantCulture, out int version);
        input.Require(isRead, "If-Match must be one ETag of this order, for example \"v7\".");
        return isRead ? version : null;
    }

    private static IResult Answer(HttpContext context, EditAnswer answer)
    {
        if (answer.Version is { } version)
        {
            Tag(context, version);
        }

        return answer.Result switch
        {
            EditResult.Done => Results.Ok(answer.Outcome),
            EditResult.NotFound => Unknown(),
            EditResult.Refused => Problems.Conflict(answer.Refusal!),
            EditResult.Invalid => Results.Problem("Nothing was changed. Correct what errors lists and send it again.", statusCode: StatusCodes.Status422UnprocessableEntity, title: "The change has errors",
                extensions: new Dictionary<string, object?> { ["errors"] = answer.Problems }),
            EditResult.Moved => Results.Problem("Nothing was changed: the order is not what you read any more. Look at both sides, and send your change again with the version given here.",
                statusCode: StatusCodes.Status412PreconditionFailed, title: "Somebody changed it meanwhile", extensions: new Dictionary<string, object?> { ["version"] = answer.Version, ["sides"] = answer.Sides }),
            EditResult.Unreached => Results.Problem("Nothing was changed: somebody has the order already and cannot be told of this. Tell them yourself, and send it again with acceptUnreached: true.",
                statusCode: StatusCodes.Status409Conflict, title: "Not everybody would learn of it", extensions: new Dictionary<string, object?> { ["outcome"] = answer.Outcome }),
        };
    }

    private static void Tag(HttpContext context, int version) => context.Response.Headers.ETag = ETags.Of(version);

    private static IResult Unknown() => Problems.NotFound("There is no order with this id. Look for it with GET /api/v1/orders?search=NUMBER.");
}
