using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crossdock.Watch;

/// <summary>Registration of the watch over the hub itself.</summary>
public static class WatchServices
{
    /// <summary>Adds it. Needs <c>AddQueries</c> and <c>AddConnections</c>.</summary>
    /// <param name="services">Where.</param>
    /// <param name="isScheduler">True for nodes with the role <c>schedule</c>: they also look at the hub as a whole, one of them at a time.</param>
    public static IServiceCollection AddWatch(this IServiceCollection services, bool isScheduler)
    {
        services.AddOptions<WatchOptions>().BindConfiguration("Crossdock:Alerts").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WatchStore>();
        services.AddSingleton<WatchQueries>();
        services.AddSingleton<NodeWatch>();
        if (isScheduler)
        {
            services.AddSingleton<HubWatch>();
            services.AddHostedService<TokenKeeper>();
        }

        services.AddHostedService(provider => new WatchRole(provider.GetRequiredService<NodeWatch>(), provider.GetService<HubWatch>(), provider.GetRequiredService<IOptions<WatchOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<WatchRole>>()));
        return services;
    }
}
