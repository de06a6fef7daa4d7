using Crossdock.Database;
using Crossdock.Holds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>Orders that wait for a person.</summary>
internal static class HoldEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var holds = api.MapGroup("/holds").WithTags("Holds");
        holds.MapGet("/", ListAsync).WithSummary("Open holds, newest first").Produces<Page<HoldRow>>();
        holds.MapGet("/{id:guid}", OneAsync).WithSummary("One hold").Produces<HoldRow>().ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(HoldQueries holds, string? cursor, string? limit, string? store, string? code, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        string? key = input.Text(nameof(store), store);
        string? kind = input.Text(nameof(code), code);
        return input.Problem ?? Results.Ok(await holds.OpenAsync(key, kind, page, cancellationToken));
    }

    private static async Task<IResult> OneAsync(HoldQueries holds, Guid id, CancellationToken cancellationToken) =>
        await holds.FindAsync(id, cancellationToken) is { } one ? Results.Ok(one) : Problems.NotFound("There is no hold with this id. GET /api/v1/holds lists the open ones.");
}
