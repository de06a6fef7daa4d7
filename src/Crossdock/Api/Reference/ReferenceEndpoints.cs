using System.Text.Encodings.Web;
using System.Text.Json;
using Crossdock.Model.Orders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using System.Text.Json.Nodes;

namespace Crossdock.Api.Reference;

/// <summary>The description of the API for programs (<c>/openapi/v1.json</c>) and for people (<c>/docs/api</c>).</summary>
internal static class ReferenceEndpoints
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds the document.</summary>
    public static IServiceCollection AddApiReference(this IServiceCollection services)
    {
        services.AddSingleton<ApiDocument>();
        services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "Crossdock";
                document.Info.Version = "v1";
                document.Info.Description = "Orders in, orders out, and everything that happened. Authorization: Bearer TOKEN. Lists answer { items, next }: pass next as cursor for the following page. Errors are problem details (RFC 9457): detail says what to do.";
                return Task.CompletedTask;
            });
            // What the framework does not tell in the document is handed on to whoever completes it.
            options.AddOperationTransformer((operation, context, _) =>
            {
                var known = context.Description.ActionDescriptor.EndpointMetadata;
                operation.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
                if (known.OfType<Needed>().LastOrDefault() is { } needed)
                {
                    operation.Extensions[ApiDocument.Permission] = new JsonNodeExtension(JsonValue.Create(EnumNames<Accounts.Permission>.Of(needed.Permission)));
                }

                if (known.OfType<HasETag>().Any())
                {
                    operation.Extensions[ApiDocument.HasETag] = new JsonNodeExtension(JsonValue.Create(true));
                }

                return Task.CompletedTask;
            });
        });
        return services;
    }

    /// <summary>Maps both; they tell nothing of this hub's data, and need no token.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/openapi/v1.json", async (ApiDocument document, CancellationToken cancellationToken) => Results.Text((await document.GetAsync(cancellationToken)).ToJsonString(Readable), "application/json; charset=utf-8"))
            .AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet("/docs/api", async (ApiDocument document, CancellationToken cancellationToken) => Results.Text(ReferencePage.Write(await document.GetAsync(cancellationToken)), "text/html; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet("/docs/api.css", () => Part("docs/api.css", "text/css; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet("/docs/api.js", () => Part("docs/api.js", "text/javascript; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Part(string name, string type) => Results.Stream(typeof(ReferenceEndpoints).Assembly.GetManifestResourceStream(name)!, type);
}
