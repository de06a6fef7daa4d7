using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Holds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What can be done to deliveries and holds, one or many; each id gets its own answer.</summary>
internal static class ManyEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        foreach (string place in (string[])["/deliveries", "/dead-letters"])
        {
            var group = api.MapGroup(place).WithTags(place is "/deliveries" ? "Deliveries" : "Dead letters");
            group.MapPost("/retry", (DeliveryActions actions, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) => ManyAsync(actions.RetryAsync, request, user, cancellationToken))
                .WithSummary("Send them again").Accepts<Selection>("application/json").Produces<Page<ActionResult>>().Needs(Permission.Write);
            group.MapPost("/drop", (DeliveryActions actions, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) => ManyAsync(actions.DropAsync, request, user, cancellationToken))
                .WithSummary("Give them up for good").Accepts<Selection>("application/json").Produces<Page<ActionResult>>().Needs(Permission.Write);
            group.MapPost("/{id:guid}/edit-and-retry", EditAsync)
                .WithSummary("Send one again with an edited body; without a body as the template makes it").Accepts<EditedBody>("application/json").Produces(204).ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
        }

        api.MapPost("/holds/release", (HoldStore holds, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken) => ManyAsync(holds.ReleaseAsync, request, user, cancellationToken))
            .WithTags("Holds").WithSummary("Release holds").Accepts<Selection>("application/json").Produces<Page<ActionResult>>().Needs(Permission.Write);
        api.MapPost("/holds/{id:guid}/release", ReleaseAsync)
            .WithTags("Holds").WithSummary("Release one hold").Accepts<Reason>(isOptional: true, "application/json").Produces(204).ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
    }

    private static async Task<IResult> EditAsync(DeliveryActions actions, Guid id, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var edited = await input.BodyAsync(request, new EditedBody(), cancellationToken);
        return input.Problem ?? One(await actions.EditAndRetryAsync([id], edited.Body, Actor.Of(user), edited.Because, cancellationToken), "delivery");
    }

    private static async Task<IResult> ReleaseAsync(HoldStore holds, Guid id, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var reason = await input.BodyAsync(request, new Reason(), cancellationToken);
        return input.Problem ?? One(await holds.ReleaseAsync([id], Actor.Of(user), reason.Because, cancellationToken), "open hold");
    }

    private static IResult One(IReadOnlyList<ActionResult> results, string what) => results[0].Answer switch
    {
        ActionAnswer.Done => Results.NoContent(),
        ActionAnswer.NotFound => Problems.NotFound($"There is no {what} with this id."),
        ActionAnswer.WrongState => Problems.Conflict($"This cannot be done now: {results[0].Because}. Read it again and decide anew."),
    };

    private static async Task<IResult> ManyAsync(
        Func<IReadOnlyList<Guid>, string, string?, CancellationToken, Task<IReadOnlyList<ActionResult>>> act, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var selection = await input.BodyAsync(request, new Selection(), cancellationToken);
        selection.Check(input);
        return input.Problem ?? Results.Ok(new Page<ActionResult>(await act([.. selection.Ids!.Distinct()], Actor.Of(user), selection.Because, cancellationToken), null));
    }
}
