using Crossdock.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crossdock.Api;

/// <summary>What was asked for, where it may stand in the audit log: nothing of it is secret.</summary>
internal interface IAsked;

/// <summary>Keeps in the audit log what changed something and did not do so itself, in the transaction of its change.</summary>
internal static partial class AuditedRequests
{
    private const string Item = "crossdock-asked";
    private const int Longest = 500;

    // Of forms only these: never a password, a token or a setting.
    private static readonly string[] Fields = ["id", "because", "connection", "from", "to", "deliver", "kind", "all", "shipped", "order", "choice"];

    /// <summary>Notes what a program sent, for the log.</summary>
    public static void Note(HttpContext context, object? asked)
    {
        if (asked is IAsked)
        {
            context.Items[Item] = asked;
        }
    }

    /// <summary>Runs the request, and keeps it when it changed something that nobody else kept.</summary>
    public static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<Needed>() is not { Permission: > Permission.Read })
        {
            await next(context);
            return;
        }

        var isTold = AuditLog.Watch();
        await next(context);
        if (context.User.Identity?.IsAuthenticated != true || context.Response.StatusCode >= StatusCodes.Status400BadRequest || context.Items.ContainsKey(IdempotentRequests.Repeated) || isTold())
        {
            return;
        }

        string[] words = [.. endpoint.RoutePattern.PathSegments.Where(segment => segment.IsSimple && segment.Parts[0].IsLiteral).Select(segment => ((Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart)segment.Parts[0]).Content)
            .SkipWhile(word => word is "api" or "v1" or "console")];
        string? key = context.Request.RouteValues.TryGetValue("id", out object? id) ? id?.ToString() : context.Request.RouteValues.TryGetValue("key", out object? named) ? named?.ToString() : null;
        try
        {
            string verb = HttpMethods.IsDelete(context.Request.Method) ? ".delete" : "";
            await context.RequestServices.GetRequiredService<AuditLog>().KeepAsync(new AuditEntry(string.Join('.', words) + verb, words.FirstOrDefault() ?? "hub", key, After: Asked(context)), CancellationToken.None);
        }
        catch (Npgsql.NpgsqlException failure)
        {
            Log.NotKept(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Crossdock.Audit"), string.Join('.', words), context.User.Identity?.Name ?? "nobody", failure.Message);
        }
    }

    private static object? Asked(HttpContext context)
    {
        if (context.Items.TryGetValue(Item, out object? asked))
        {
            return asked;
        }

        if (!context.Request.HasFormContentType)
        {
            return null;
        }

        var fields = context.Request.Form.Where(field => Fields.Contains(field.Key, StringComparer.Ordinal) && field.Value.ToString().Length > 0)
            .ToDictionary(field => field.Key, field => field.Value.ToString() is { Length: > Longest } text ? text[..Longest] : field.Value.ToString(), StringComparer.Ordinal);
        return fields.Count == 0 ? null : fields;
    }

    private static partial class Log
    {
        [LoggerMessage(1601, LogLevel.Error, "the audit log could not take {Action} by {Who}: {Error}")]
        public static partial void NotKept(ILogger logger, string action, string who, string error);
    }
}
