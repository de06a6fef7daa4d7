using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Connectors;
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
        connections.MapPost("/", CreateAsync).WithSummary("Connect a shop or destination: one connection, checked like a configuration file")
            .Accepts<ConnectionDraft>("application/json").Produces<ConnectionSummary>(201).ProducesProblem(422).Needs(Permission.Configure);
        connections.MapGet("/{key}/settings", SettingsAsync).WithSummary("A connection's settings without its secrets").Produces<EditedConnection>().ProducesProblem(404).WithETag().Needs(Permission.Configure);
        connections.MapPut("/{key}/settings", ChangeAsync).WithSummary("Change a connection's settings. Secrets that are not named are kept, empty ones are taken away; version is that of GET")
            .Accepts<ConnectionDraft>("application/json").Produces<EditedConnection>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(422).WithETag().Needs(Permission.Configure);
        var platforms = api.MapGroup("/platforms").WithTags("Connections");
        platforms.MapGet("/", (PlatformCatalog catalog) => Results.Ok(new Page<PlatformRow>(catalog.All, null))).WithSummary("The platforms that can be connected, with the form of each").Produces<Page<PlatformRow>>();
        platforms.MapGet("/{platform}", (PlatformCatalog catalog, string platform) => catalog.Find(platform) is { } row ? Results.Ok(row) : Problems.NotFound("There is no such platform. GET /api/v1/platforms lists them all."))
            .WithSummary("One platform's form").Produces<PlatformRow>().ProducesProblem(404);
        connections.MapGet("/{key}", OneAsync).WithSummary("One connection with its health").Produces<ConnectionSummary>().ProducesProblem(404);
        connections.MapPost("/{key}/test", TestAsync).WithSummary("Try a connection's settings against its platform; nothing is changed there. 409: its connector has no test")
            .Produces<ConnectionTested>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
        connections.MapGet("/{key}/statistics", StatisticsAsync).WithSummary("Counts of a connection by minute and name; the last hour unless told otherwise, at most 31 days").Produces<Page<StatisticRow>>().ProducesProblem(404);
        api.MapGet("/dashboard", async (DashboardQueries dashboard, CancellationToken cancellationToken) => Results.Ok(await dashboard.ReadAsync(cancellationToken)))
            .WithTags("Connections").WithSummary("What is going on now").Produces<Dashboard>();
    }

    private static async Task<IResult> ListAsync(ConnectionQueries connections, CancellationToken cancellationToken) =>
        Results.Ok(new Page<ConnectionSummary>(await connections.ListAsync(cancellationToken), null));

    private static async Task<IResult> OneAsync(ConnectionQueries connections, string key, CancellationToken cancellationToken) =>
        await connections.FindAsync(key, cancellationToken) is { } one ? Results.Ok(one) : Unknown();

    private static async Task<IResult> CreateAsync(ConnectionEditor editor, ConnectionQueries connections, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var draft = await input.BodyAsync(request, new ConnectionDraft(), cancellationToken);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        return Refused(await editor.SaveAsync(draft with { Version = 0 }, user.Identity?.Name ?? "api", cancellationToken))
            ?? Results.Created($"/api/v1/connections/{draft.Key}", await connections.FindAsync(draft.Key, cancellationToken));
    }

    private static async Task<IResult> SettingsAsync(ConnectionEditor editor, HttpContext context, string key, CancellationToken cancellationToken) =>
        await editor.FindAsync(key, cancellationToken) is { } one ? ETags.Answer(context, one.Draft.Version, one) : Unknown();

    private static async Task<IResult> ChangeAsync(ConnectionEditor editor, string key, HttpContext context, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var draft = await input.BodyAsync(context.Request, new ConnectionDraft(), cancellationToken);
        input.Require(input.Problem is not null || draft.Version > 0 || ETags.IsAsked(context), "Say which version you looked at, as GET gave it (version, or the header If-Match): nobody's change is overwritten.");
        input.Require(input.Problem is not null || draft.Key.Length == 0 || draft.Key == key, "A connection's key cannot be changed.");
        if (input.Problem is { } problem)
        {
            return problem;
        }

        if (await editor.FindAsync(key, cancellationToken) is not { Draft.Version: var version })
        {
            return Unknown();
        }

        if (ETags.Refusal(context, version) is { } missed)
        {
            return missed;
        }

        var problems = await editor.SaveAsync(draft with { Key = key, Version = draft.Version > 0 ? draft.Version : version }, user.Identity?.Name ?? "api", cancellationToken);
        var now = await editor.FindAsync(key, cancellationToken);
        return problems is [{ Path: "version" }] && ETags.IsAsked(context) ? ETags.Missed(context, now?.Draft.Version)
            : Refused(problems) ?? (now is null ? Unknown() : ETags.Answer(context, now.Draft.Version, now));
    }

    private static IResult? Refused(IReadOnlyList<SettingProblem> problems) => problems switch
    {
        [] => null,
        [{ Path: "version" }] => Problems.Conflict(problems[0].Problem),
        _ => Problems.Invalid([.. problems.Select(problem => $"{problem.Path}: {problem.Problem}")]),
    };

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
