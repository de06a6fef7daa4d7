using System.Globalization;
using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Reconciliation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>Which days to compare, in the store's time zone, both included.</summary>
internal sealed record ReconcileOrder(string? From = null, string? To = null) : IAsked;

/// <summary>How complete stores are, and comparing them now.</summary>
internal static class CompletenessEndpoints
{
    private const int DefaultDays = 14;
    private const int MostDays = 400;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/completeness", AllAsync).WithTags("Completeness").WithSummary("What each store lists and what is here of it, by day").Produces<Page<CompletenessStore>>();
        var ofConnection = api.MapGroup("/connections/{key}").WithTags("Completeness");
        ofConnection.MapGet("/completeness", OfConnectionAsync).WithSummary("One store's completeness, by day").Produces<CompletenessStore>().ProducesProblem(404);
        ofConnection.MapGet("/completeness/{day}", DayAsync).WithSummary("One day of a store with its differences").Produces<CompletenessDetail>().ProducesProblem(404);
        ofConnection.MapGet("/differences", DifferencesAsync).WithSummary("Orders about which the store's list and the hub differ, with the explanation").Produces<Page<CompletenessDifference>>().ProducesProblem(404);
        ofConnection.MapPost("/reconcile", ReconcileAsync).WithSummary("Compare days of a store now; what is missing is fetched")
            .Accepts<ReconcileOrder>("application/json").Produces<ReconcileAnswer>(202).ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
    }

    private static async Task<IResult> AllAsync(CompletenessQueries queries, TimeProvider clock, string? from, string? to, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var (first, last) = Days(input, clock, from, to);
        return input.Problem ?? Results.Ok(new Page<CompletenessStore>(await queries.StoresAsync(null, first, last, cancellationToken), null));
    }

    private static async Task<IResult> OfConnectionAsync(CompletenessQueries queries, TimeProvider clock, string key, string? from, string? to, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var (first, last) = Days(input, clock, from, to);
        return input.Problem ?? (await queries.StoresAsync(key, first, last, cancellationToken) is [var store] ? Results.Ok(store) : Unknown());
    }

    private static async Task<IResult> DayAsync(CompletenessQueries queries, string key, string day, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = Day(input, "The day", day);
        return input.Problem ?? (await queries.DayAsync(key, wanted!.Value, cancellationToken) is { } detail ? Results.Ok(detail) : Unknown());
    }

    private static async Task<IResult> DifferencesAsync(CompletenessQueries queries, Connections.ConnectionQueries connections, string key, string? day, string? open, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = Day(input, "day", day);
        bool onlyOpen = input.Flag("open", open) ?? false;
        return input.Problem ?? (await connections.FindAsync(key, cancellationToken) is null ? Unknown()
            : Results.Ok(new Page<CompletenessDifference>(await queries.DifferencesAsync(key, wanted, onlyOpen, cancellationToken), null)));
    }

    private static async Task<IResult> ReconcileAsync(ReconcileActions actions, string key, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new ReconcileOrder(), cancellationToken);
        var from = Day(input, "from", wanted.From);
        var to = Day(input, "to", wanted.To);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        return await actions.AskAsync(key, from, to, Actor.Of(user), cancellationToken) switch
        {
            { Days: > 0 } answer => Results.Accepted($"/api/v1/connections/{key}/completeness?from={answer.From:yyyy-MM-dd}&to={answer.To:yyyy-MM-dd}", answer),
            { Refusal: { } refusal } => Problems.Conflict(refusal),
            _ => Unknown(),
        };
    }

    private static (DateOnly From, DateOnly To) Days(ApiInput input, TimeProvider clock, string? from, string? to)
    {
        // A store east of here may be a day ahead.
        var last = Day(input, "to", to) ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1);
        var first = Day(input, "from", from) ?? last.AddDays(-DefaultDays);
        input.Require(first <= last && last.DayNumber - first.DayNumber <= MostDays, $"from must not lie after to, and not more than {MostDays} days before it.");
        return (first, last);
    }

    private static DateOnly? Day(ApiInput input, string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        bool isDay = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        input.Require(isDay, $"{name} must be a day such as 2026-03-01.");
        return isDay ? day : null;
    }

    private static IResult Unknown() => Problems.NotFound("There is no connection with this key whose orders can be read. GET /api/v1/completeness lists them all.");
}
