using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Capture;

/// <summary>Capture's registration.</summary>
public static class CaptureServices
{
    /// <summary>The inbox writer and its store.</summary>
    public static IServiceCollection AddCapture(this IServiceCollection services)
    {
        services.AddInbox();
        services.AddSingleton<CaptureEndpoint>();
        return services;
    }

    /// <summary>Storing events on a node that takes no calls but reads; no harm where it is added twice.</summary>
    internal static IServiceCollection AddInbox(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(InboxWriter)))
        {
            return services;
        }

        services.AddOptions<CaptureOptions>().BindConfiguration("Crossdock:Capture").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<InboxStore>();
        services.AddSingleton<InboxWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<InboxWriter>());
        return services;
    }

    /// <summary><c>POST /in/{connection}</c>. Signatures are its sign-in: what the console and the API have around them is not run for it.</summary>
    public static IEndpointRouteBuilder MapCapture(this IEndpointRouteBuilder endpoints)
    {
        var capture = endpoints.ServiceProvider.GetRequiredService<CaptureEndpoint>();
        endpoints.MapPost("/in/{connection}", (RequestDelegate)capture.HandleAsync).ExcludeFromDescription().ShortCircuit();
        return endpoints;
    }
}
