using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>Connections, how they are doing, and their figures.</summary>
internal static class ConnectionEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var connections = api.MapGroup("/connections").WithTags("Connections");
        connections.MapGet("/", ListAsync).WithSummary("All connections with their health").Produces<Page<ConnectionSummary>>();
        connections.MapGet("/{key}", OneAsync).WithSummary("One connection with its health").Produces<ConnectionSummary>().ProducesProblem(404);
        connections.MapPost("/{key}/test", TestAsync).WithSummary("Try a connection's settings against its platform; nothing is changed there. 409: its connector has no test")
            .Produces<ConnectionTested>().ProducesProblem(404).ProducesProblem(409);
        connections.MapGet("/{key}/statistics", StatisticsAsync).WithSummary("Counts of a connection by minute and name; the last hour unless told otherwise, at most 31 days").Produces<Page<StatisticRow>>().ProducesProblem(404);
        api.MapGet("/dashboard", async (DashboardQueries dashboard, CancellationToken cancellationToken) => Results.Ok(await dashboard.ReadAsync(cancellationToken)))
            .WithTags("Connections").WithSummary("What is going on now").Produces<Dashboard>();
    }

    private static async Task<IResult> ListAsync(ConnectionQueries connections, CancellationToken cancellationToken) =>
        Results.Ok(new Page<ConnectionSummary>(await connections.ListAsync(cancellationToken), null));

    private static async Task<IResult> OneAsync(ConnectionQueries connections, string key, CancellationToken cancellationToken) =>
        await connections.FindAsync(key, cancellationToken) is { } one ? Results.Ok(one) : Unknown();

    private static async Task<IResult> TestAsync(ConnectionTester tester, string key, CancellationToken cancellationToken) => await tester.TestAsync(key, cancellationToken) switch
    {
        { Tested: { } tested } => Results.Ok(tested),
        { Refusal: { } refusal } => Problems.Conflict(refusal),
        _ => Unknown(),
    };

    private static async Task<IResult> StatisticsAsync(ConnectionQueries connections, TimeProvider clock, string key, string? from, string? to, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var until = input.Time(nameof(to), to) ?? clock.GetUtcNow();
        var since = input.Time(nameof(from), from) ?? until.AddHours(-1);
        input.Require(since <= until && until - since <= TimeSpan.FromDays(31), "from must lie before to, and at most 31 days before it.");
        return input.Problem ?? (await connections.FindAsync(key, cancellationToken) is null
            ? Unknown()
            : Results.Ok(new Page<StatisticRow>(await connections.StatisticsAsync(key, since, until, cancellationToken), null)));
    }

    private static IResult Unknown() => Problems.NotFound("There is no connection with this key. GET /api/v1/connections lists them all.");
}
