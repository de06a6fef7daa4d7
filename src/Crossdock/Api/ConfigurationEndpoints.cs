using System.Text;
using Crossdock.Accounts;
using Crossdock.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>Configuration as a file, in and out.</summary>
internal static class ConfigurationEndpoints
{
    private const int LargestFile = 4 * 1024 * 1024;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/configuration", ApplyAsync).WithTags("Configuration").Accepts<string>("application/yaml")
            .WithSummary("Put a configuration in force, as a whole or not at all; prune=true deletes connections that it does not name, those with unfinished work only with force=true").Produces<ConfigurationResult>().ProducesProblem(422).Needs(Permission.Configure);
        api.MapGet("/configuration", async (ConfigurationService configuration, CancellationToken cancellationToken) =>
                Results.Text(await configuration.ExportAsync(cancellationToken), "application/yaml; charset=utf-8"))
            .WithTags("Configuration").WithSummary("The configuration in force; secrets are placeholders").Needs(Permission.Configure);
    }

    private static async Task<IResult> ApplyAsync(HttpContext http, ConfigurationService configuration, bool prune = false, bool force = false, CancellationToken cancellationToken = default)
    {
        if (http.Request.ContentLength > LargestFile)
        {
            return Problems.BadRequest("A configuration has at most 4 MB.");
        }

        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        string yaml = await reader.ReadToEndAsync(cancellationToken);

        // Placeholders are filled in where the file comes from: the hub's own environment is nobody else's to read.
        var result = await configuration.ApplyAsync(yaml, http.User.Identity?.Name ?? "api", static _ => null, prune, force, cancellationToken);
        return result.Errors.Count > 0 ? Problems.Invalid([.. result.Errors.Select(error => $"{error.Path}: {error.Problem}")]) : Results.Ok(result);
    }
}
