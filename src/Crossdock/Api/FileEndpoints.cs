using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Files;
using Crossdock.Model.Connectors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>What to do with rows that have errors.</summary>
internal sealed record ImportStart(bool GoodRowsOnly = false) : IAsked;

/// <summary>Orders from files: template, upload, preview, import, report.</summary>
internal static class FileEndpoints
{
    private const string XlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public static void Map(RouteGroupBuilder api)
    {
        var ofConnection = api.MapGroup("/connections/{key}").WithTags("Files");
        ofConnection.MapGet("/template", Template).WithSummary("A file to begin with; format csv or xlsx, language en or es").Produces(200, contentType: "text/csv").ProducesProblem(404).ProducesProblem(409);
        ofConnection.MapGet("/imports", OfConnectionAsync).WithSummary("A connection's imports, newest first").Produces<Page<ImportRow>>().ProducesProblem(404);
        ofConnection.MapPost("/imports", UploadAsync).WithSummary("Upload a CSV or XLSX file as the body; it is checked, and nothing is imported yet")
            .Accepts<byte[]>("*/*").Produces<ImportAnswer>(201).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).WithMetadata(new TakesFiles()).Needs(Permission.Write);

        var imports = api.MapGroup("/imports").WithTags("Files");
        imports.MapGet("/", ListAsync).WithSummary("All imports, newest first").Produces<Page<ImportRow>>();
        imports.MapGet("/{id:guid}", OneAsync).WithSummary("One import: counts, progress, the first errors by cell and the first orders as they were understood").Produces<ImportAnswer>().ProducesProblem(404);
        imports.MapGet("/{id:guid}/report", ReportAsync).WithSummary("The rows with errors in the file's own columns, with their reasons, as CSV").Produces(200, contentType: "text/csv").ProducesProblem(404).ProducesProblem(409);
        imports.MapPost("/{id:guid}/start", StartAsync).WithSummary("Import what was checked, all or nothing unless goodRowsOnly is true; lets a stopped import go on")
            .Accepts<ImportStart>("application/json").Produces<ImportAnswer>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
        imports.MapPost("/{id:guid}/stop", (ImportActions actions, ImportQueries queries, Guid id, CancellationToken cancellationToken) => AnswerAsync(actions.StopAsync(id, cancellationToken), queries, cancellationToken))
            .WithSummary("Stop an import where it is").Produces<ImportAnswer>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
        imports.MapPost("/{id:guid}/check", (ImportActions actions, ImportQueries queries, Guid id, CancellationToken cancellationToken) => AnswerAsync(actions.CheckAsync(id, cancellationToken), queries, cancellationToken))
            .WithSummary("Check the file again, for example after the settings were changed").Produces<ImportAnswer>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
        imports.MapDelete("/{id:guid}", (ImportActions actions, ImportQueries queries, Guid id, CancellationToken cancellationToken) => AnswerAsync(actions.DiscardAsync(id, cancellationToken), queries, cancellationToken))
            .WithSummary("Give an import up and drop its file; what was imported stays").Produces<ImportAnswer>().ProducesProblem(404).ProducesProblem(409).Needs(Permission.Write);
    }

    /// <summary>Lets a request bring as much as a file may have; the server's own bound is for everything else.</summary>
    public static void Allow(HttpContext context, long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = bytes + 1024 * 1024;
        }
    }

    private static IResult Template(IConnectionDirectory directory, string key, string? format = "csv", string? language = "en")
    {
        var input = new ApiInput();
        bool isXlsx = input.OneOf(nameof(format), format, ["csv", "xlsx"]) == "xlsx", isSpanish = input.OneOf(nameof(language), language, ["en", "es"]) == "es";
        if (input.Problem is { } problem)
        {
            return problem;
        }

        if (directory.Seen(key) is not { } connection)
        {
            return UnknownConnection();
        }

        if (connection.Connector is not IFileSource source || connection.BrokenBecause is not null)
        {
            return Problems.Conflict(ImportActions.Refusal(connection)!);
        }

        var columns = source.LayoutFor(connection.Settings).Columns;
        string name = isSpanish ? "pedidos" : "orders";
        return isXlsx ? Results.Bytes(TemplateFile.Xlsx(columns, isSpanish), XlsxType, name + ".xlsx") : Results.Bytes(TemplateFile.Csv(columns, isSpanish), "text/csv; charset=utf-8", name + ".csv");
    }

    private static async Task<IResult> OfConnectionAsync(ImportQueries queries, ConnectionQueries connections, string key, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? (await connections.FindAsync(key, cancellationToken) is null ? UnknownConnection() : Results.Ok(await queries.ListAsync(key, page, cancellationToken)));
    }

    private static async Task<IResult> ListAsync(ImportQueries queries, string? cursor, string? limit, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        return input.Problem ?? Results.Ok(await queries.ListAsync(null, page, cancellationToken));
    }

    private static async Task<IResult> OneAsync(ImportQueries queries, Guid id, CancellationToken cancellationToken) =>
        await queries.AnswerAsync(id, cancellationToken) is { } answer ? Results.Ok(answer) : Unknown();

    private static async Task<IResult> UploadAsync(ImportActions actions, ImportQueries queries, string key, string? file, HttpContext http, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        Allow(http, actions.MaxBytes);
        try
        {
            return await actions.UploadAsync(key, file, http.Request.Body, Actor.Of(user), cancellationToken) switch
            {
                { Id: { } id } => Results.Created($"/api/v1/imports/{id}", await queries.AnswerAsync(id, cancellationToken)),
                { IsTooLarge: true, Refusal: { } refusal } => Results.Problem(refusal, statusCode: StatusCodes.Status413PayloadTooLarge, title: "The file is too large"),
                { Refusal: { } refusal } => Problems.Conflict(refusal),
                _ => UnknownConnection(),
            };
        }
        catch (IOException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller broke off in the middle: nothing was kept.
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> ReportAsync(ImportQueries queries, FileReport report, Guid id, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } import)
        {
            return Unknown();
        }

        return await report.OpenAsync(import, cancellationToken) is { } write
            ? Results.Stream(write, "text/csv; charset=utf-8", Path.GetFileNameWithoutExtension(import.FileName) + "-errors.csv")
            : Problems.Conflict("The file itself is not kept any more, or its connection cannot work. Upload it again.");
    }

    private static async Task<IResult> StartAsync(ImportActions actions, ImportQueries queries, Guid id, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var wanted = await input.BodyAsync(request, new ImportStart(), cancellationToken);
        return input.Problem ?? await AnswerAsync(actions.StartAsync(id, wanted.GoodRowsOnly, Actor.Of(user), cancellationToken), queries, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(Task<ImportOutcome> acting, ImportQueries queries, CancellationToken cancellationToken) => await acting switch
    {
        { Id: { } id } => Results.Ok(await queries.AnswerAsync(id, cancellationToken)),
        { Refusal: { } refusal } => Problems.Conflict(refusal),
        _ => Unknown(),
    };

    private static IResult Unknown() => Problems.NotFound("There is no import with this id. GET /api/v1/imports lists them all.");

    private static IResult UnknownConnection() => Problems.NotFound("There is no connection with this key. GET /api/v1/connections lists them all.");
}
