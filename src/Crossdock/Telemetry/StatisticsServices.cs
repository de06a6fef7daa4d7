using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Telemetry;

/// <summary>Registration of what every role counts with.</summary>
internal static class StatisticsServices
{
    /// <summary>Registered by the first role that asks, so that it stops after all of them and writes what they counted last.</summary>
    internal static void AddStatistics(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(ConnectionStatistics)))
        {
            return;
        }

        services.AddSingleton<ConnectionStatistics>();
        services.AddHostedService(provider => provider.GetRequiredService<ConnectionStatistics>());
    }
}
