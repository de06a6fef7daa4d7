using Crossdock.Accounts;
using Crossdock.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>How to rotate: whether the former keys are revoked afterwards.</summary>
internal sealed record Rotation(bool Revoke = false) : IAsked;

/// <summary>The keys that secrets are encrypted with; never the keys themselves.</summary>
internal static class KeyEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("Keys").Needs(Permission.Administer);
        keys.MapGet("/", async (KeyKeeper keeper, CancellationToken cancellationToken) => Results.Ok(await keeper.StandingAsync(cancellationToken))).WithSummary("The keys, how many stored secrets each encrypts, and what is left to be encrypted anew").Produces<KeyStanding>();
        keys.MapPost("/rotate", RotateAsync).WithSummary("Make a new key and encrypt everything with it in the background; with revoke the former ones open nothing afterwards").Accepts<Rotation>("application/json").Produces<KeyStanding>(202);
    }

    private static async Task<IResult> RotateAsync(KeyKeeper keeper, HttpRequest request, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new Rotation(), cancellationToken);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        await keeper.RotateAsync(wanted.Revoke, cancellationToken);
        return Results.Json(await keeper.StandingAsync(cancellationToken), statusCode: StatusCodes.Status202Accepted);
    }
}
