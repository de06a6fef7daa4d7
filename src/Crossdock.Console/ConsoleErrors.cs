using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.WebConsole;

/// <summary>What a person sees when a page cannot be made: a plain sentence instead of an empty window. Needs neither database nor Blazor.</summary>
internal static partial class ConsoleErrors
{
    private static string DatabaseAway => T["The database does not answer. Webhooks that arrive now are refused with \"try again later\", so nothing is lost. This page tries again by itself every five seconds."];
    private static string Failed => T["This page could not be made; what went wrong is in the hub's log. Nothing was changed by looking at it."];

    public static void UseConsoleErrors(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested && IsOurs(context))
        {
            bool isAway = exception is NpgsqlException or TimeoutException;
            Log.Failed(context.RequestServices.GetRequiredService<ILogger<ConsolePages>>(), exception, context.Request.Path);
            context.Response.Clear();
            context.Response.StatusCode = isAway ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "text/html; charset=utf-8";
            if (isAway && HttpMethods.IsGet(context.Request.Method))
            {
                context.Response.Headers["Refresh"] = "5";
            }

            await context.Response.WriteAsync(Page(isAway ? T["The hub waits for its database"] : T["Something went wrong"], isAway ? DatabaseAway : Failed));
        }
    });

    private static bool IsOurs(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null || context.Request.Path.StartsWithSegments("/console", StringComparison.Ordinal)
        || context.GetEndpoint()?.Metadata.GetMetadata<Api.Needed>() is not null && !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private static string Page(string title, string text) => $"""
        <!DOCTYPE html>
        <html lang="{Formats.Name}"><head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><title>{title} · Crossdock</title>
        <link rel="icon" href="/console/icon.svg" type="image/svg+xml" /><link rel="stylesheet" href="/console/console.css" /></head>
        <body><main class="sign-in"><div class="panel" role="alert"><h1>{title}</h1><p class="muted">{text}</p><p><a href="/">{T["Back to the dashboard"]}</a></p></div></main></body></html>
        """;

    /// <summary>Names the log's category.</summary>
    internal sealed class ConsolePages;

    private static partial class Log
    {
        [LoggerMessage(Telemetry.EventIds.PageFailed, LogLevel.Error, "the console could not answer {Path}")]
        internal static partial void Failed(ILogger logger, Exception exception, string path);
    }
}
