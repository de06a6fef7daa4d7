using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Subscriptions;

/// <summary>Registration of looking after webhooks.</summary>
public static class SubscriptionServices
{
    /// <summary>For nodes with the role <c>schedule</c>. Needs <c>AddReading</c>, <c>AddConnections</c>, <c>AddAlerts</c>.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services)
    {
        services.AddOptions<SubscriptionOptions>().BindConfiguration("Crossdock:Subscriptions").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SubscriptionStore>();
        services.AddSingleton<CatchUpStore>();
        services.AddSingleton<SubscriptionAlerts>();
        services.AddSingleton<SubscriptionGuard>();
        services.AddSingleton<SubscriptionRemoval>();
        services.AddHostedService<SubscriptionRole>();
        return services;
    }
}
