using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Crossdock.Delivery;

public static class DeliveryServices
{
    /// <summary>Everything that hands orders to destinations.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>().BindConfiguration("Crossdock:Delivery").ValidateDataAnnotations().ValidateOnStart();
        services.AddStatistics();
        services.AddSingleton<DeliveryStore>();
        services.TryAddSingleton(provider => new KeyedDatabase(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<OutcomeStore>();
        services.AddSingleton<OutcomeWriter>();
        services.AddSingleton<DeliveryAttempt>();
        services.AddSingleton<DeliveryLanes>();
        services.AddSingleton<IDeliveryIntake>(provider => provider.GetRequiredService<DeliveryLanes>());
        services.AddSingleton<IDestinationMonitor>(provider => provider.GetRequiredService<DeliveryLanes>());
        services.AddSingleton<IDestinationHealth>(provider => provider.GetRequiredService<DeliveryLanes>());
        services.AddSingleton<ClaimLoop>();
        services.AddSingleton(provider => new DeliveryActions(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IDeliveryIntake>()));
        services.AddHostedService<DeliveryRole>();
        return services;
    }
}
