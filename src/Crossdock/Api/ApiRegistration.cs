using Crossdock.Api.Reference;
using Crossdock.Backfill;
using Crossdock.Edits;
using Crossdock.Replays;
using Crossdock.Review;
using System.Text.Json.Nodes;
using Crossdock.Delivery;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Reconciliation;
using Crossdock.Orders;
using Crossdock.Telemetry;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Crossdock.Api;

/// <summary>The API under <c>/api/v1</c>, its description, the figures and the way in.</summary>
public static class ApiRegistration
{
    /// <summary>Adds what the API needs besides <c>AddQueries</c>, <c>AddDelivery</c>, <c>AddHolds</c>, <c>AddConnections</c> and <c>AddCrossdockAuthentication</c>.
    /// The schema of Crossdock's own order document is taken from a <c>Func&lt;JsonNode&gt;</c> where one is registered.</summary>
    public static IServiceCollection AddCrossdockApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddSingleton(provider => new PrometheusText(provider.GetService<NodeMeter>()));
        services.AddSingleton<ReplayStore>();
        services.AddSingleton<OrderActions>();
        services.AddSingleton<EditActions>();
        services.AddSingleton<BackfillActions>();
        services.AddSingleton<ReplayActions>();
        services.AddSingleton<ReconcileActions>();
        services.AddScoped<SignedIn>();
        services.AddOptions<ApiOptions>().BindConfiguration("Crossdock:Api").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<IdempotentRequests>();
        services.AddHostedService(provider => provider.GetRequiredService<IdempotentRequests>());
        // A node without the role deliver still takes a person's decision; another node does the work.
        services.TryAddSingleton(provider => new DeliveryActions(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IDeliveryIntake>()));
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.Converters.Add(new SnakeCase<ActionAnswer>());
            options.SerializerOptions.Converters.Add(new SnakeCase<EditableKind>());
        });
        services.AddApiReference();
        return services;
    }

    /// <summary>Maps the API, <c>/openapi/v1.json</c>, <c>/schemas/order.json</c>, <c>/metrics</c>, <c>/sign-in</c> and <c>/sign-out</c>.</summary>
    public static IEndpointRouteBuilder MapCrossdockApi(this IEndpointRouteBuilder endpoints)
    {
        // Before the first scrape, so that nothing counted since the start is missing.
        _ = endpoints.ServiceProvider.GetRequiredService<PrometheusText>();
        ReferenceEndpoints.Map(endpoints);
        endpoints.MapGet("/metrics", (PrometheusText metrics) => Results.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet("/schemas/order.json", (IServiceProvider services) => services.GetService<Func<JsonNode>>() is { } schema
            ? Results.Text(schema().ToJsonString(), "application/schema+json")
            : Problems.NotFound("This hub has no connector for Crossdock's own order document.")).AllowAnonymous().WithSummary("JSON Schema of Crossdock's own order document");
        SignInEndpoints.Map(endpoints);

        var api = endpoints.MapGroup("/api/v1").RequireAuthorization(new AuthorizeAttribute()).NeedsAtLeastRead().WithApiRules()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        ConfigurationEndpoints.Map(api);
        ConnectionEndpoints.Map(api);
        SubscriptionEndpoints.Map(api);
        OrderEndpoints.Map(api);
        EditEndpoints.Map(api);
        BulkEndpoints.Map(api);
        EventEndpoints.Map(api);
        DeliveryEndpoints.Map(api);
        HoldEndpoints.Map(api);
        AlertEndpoints.Map(api);
        AlertRouteEndpoints.Map(api);
        FileEndpoints.Map(api);
        ManyEndpoints.Map(api);
        BackfillEndpoints.Map(api);
        ReplayEndpoints.Map(api);
        CompletenessEndpoints.Map(api);
        DriftEndpoints.Map(api);
        WebhookEndpoints.Map(api);
        AccountEndpoints.Map(api);
        PrivacyEndpoints.Map(api);
        KeyEndpoints.Map(api);
        endpoints.Map("/api/{**path}", () => Problems.NotFound("There is no such address, or not with this method or content type (JSON bodies need Content-Type: application/json). /openapi/v1.json lists them all.")).AllowAnonymous().ExcludeFromDescription();
        return endpoints;
    }
}
