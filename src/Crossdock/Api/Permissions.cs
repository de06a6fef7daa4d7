using Crossdock.Accounts;
using Crossdock.Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Api;

/// <summary>What an address needs: set where it is mapped, checked by the framework, and read by the test that knows them all.</summary>
public sealed record Needed(Permission Permission);

/// <summary>Who may use which address.</summary>
public static class Permissions
{
    /// <summary>Only who may do that comes in.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, Permission permission) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => Require(endpoint, permission));
        return builder;
    }

    /// <summary>What says nothing of its own can be read by whoever may read, and changed by administrators only: a forgotten line closes an address, it opens none.</summary>
    public static TBuilder NeedsAtLeastRead<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            if (!endpoint.Metadata.OfType<Needed>().Any())
            {
                bool onlyReads = endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { } methods && methods.HttpMethods.Count > 0 && methods.HttpMethods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
                Require(endpoint, onlyReads ? Permission.Read : Permission.Administer);
            }
        });
        return builder;
    }

    /// <summary>Lets queries and the audit log know who asks. After authentication.</summary>
    public static IApplicationBuilder UseCrossdockCaller(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        // What platforms send is the hub's own work.
        if (context.Request.Path.StartsWithSegments("/in", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        Caller.Is(Principals.CallerOf(context));
        await AuditedRequests.RunAsync(context, next);
    });

    /// <summary>The policy's name.</summary>
    public static string Policy(Permission permission) => "crossdock:" + permission;

    internal static void AddPermissions(this IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, Handler>();
        services.AddAuthorization(options =>
        {
            foreach (var permission in Enum.GetValues<Permission>())
            {
                options.AddPolicy(Policy(permission), policy => policy.RequireAuthenticatedUser().AddRequirements(new Requirement(permission)));
            }

            options.DefaultPolicy = options.GetPolicy(Policy(Permission.Read))!;
        });
    }

    private static void Require(EndpointBuilder endpoint, Permission permission)
    {
        endpoint.Metadata.Add(new Needed(permission));
        endpoint.Metadata.Add(new AuthorizeAttribute(Policy(permission)));
    }

    private sealed record Requirement(Permission Permission) : IAuthorizationRequirement;

    private sealed class Handler : AuthorizationHandler<Requirement>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement)
        {
            // Limits are nothing where queries do not know of them.
            if (context.User.May(requirement.Permission) && (!context.User.IsLimited() || Caller.IsLimited))
            {
                context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }
    }
}
