using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Api;

/// <summary>What holds for every address of the API.</summary>
internal static partial class ApiFilters
{
    public static RouteGroupBuilder WithApiRules(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory(OnlyKnownParameters);
        group.AddEndpointFilter(AnswerErrors);
        return group;
    }

    // A mistyped filter that is silently ignored answers with everything: worse than an error.
    private static EndpointFilterDelegate OnlyKnownParameters(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var parameters = context.MethodInfo.GetParameters();
        string[] allowed =
        [
            .. parameters.Where(parameter => parameter.ParameterType == typeof(string) || parameter.ParameterType.IsPrimitive).Select(parameter => parameter.Name!),
            .. parameters.Where(parameter => parameter.GetCustomAttribute<AsParametersAttribute>() is not null).SelectMany(parameter => parameter.ParameterType.GetProperties()).Select(property => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name)),
        ];
        return invocation =>
        {
            var request = invocation.HttpContext.Request;
            var unknown = request.Query.Keys.Where(name => !allowed.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
            return unknown.Count == 0
                ? next(invocation)
                : ValueTask.FromResult<object?>(Problems.BadRequest($"There is no parameter {string.Join(", ", unknown)} here. {(allowed.Except(request.RouteValues.Keys).ToList() is { Count: > 0 } possible ? $"Possible are {string.Join(", ", possible)}." : "It takes none.")}"));
        };
    }

    private static async ValueTask<object?> AnswerErrors(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (NpgsqlException exception) when (exception is not PostgresException || exception.IsTransient)
        {
            Log.Away(context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Crossdock.Api"), context.HttpContext.Request.Path, exception.Message);
            context.HttpContext.Response.Headers.RetryAfter = "5";
            return Problems.Unavailable();
        }
        catch (BadHttpRequestException exception)
        {
            return Results.Problem("Send less, or send it as the documentation of this address says.", statusCode: exception.StatusCode, title: "The request cannot be read");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1600, LogLevel.Warning, "api {Path}: database does not answer: {Error}")]
        public static partial void Away(ILogger logger, string path, string error);
    }
}
