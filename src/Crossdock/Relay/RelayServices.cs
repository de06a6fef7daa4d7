using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Relay;

/// <summary>The relays' registration.</summary>
public static class RelayServices
{
    /// <summary>Google Pub/Sub push. Needs capture and connections.</summary>
    public static IServiceCollection AddRelays(this IServiceCollection services)
    {
        services.AddOptions<RelayOptions>().BindConfiguration("Crossdock:Relay").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<GoogleKeys>();
        services.AddSingleton<PubSubTokens>();
        services.AddSingleton<PubSubEndpoint>();
        return services;
    }

    /// <summary><c>POST /in/{connection}/pubsub</c>. Bearer tokens of the subscription are its sign-in: what the console and the API have around them is not run for it.</summary>
    public static IEndpointRouteBuilder MapRelays(this IEndpointRouteBuilder endpoints)
    {
        var pubSub = endpoints.ServiceProvider.GetRequiredService<PubSubEndpoint>();
        endpoints.MapPost("/in/{connection}/pubsub", (RequestDelegate)pubSub.HandleAsync).ExcludeFromDescription().ShortCircuit();
        return endpoints;
    }
}
