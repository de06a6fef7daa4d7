using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Normalise;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Crossdock.Drift;

/// <summary>Registration of what watches the shape of documents.</summary>
public static class DriftServices
{
    /// <summary>What people do with changes; for every node.</summary>
    public static IServiceCollection AddDrift(this IServiceCollection services)
    {
        services.AddOptions<DriftOptions>().BindConfiguration("Crossdock:Drift").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<AlertStore>();
        services.TryAddSingleton<DriftStore>();
        services.TryAddSingleton(provider => new DriftActions(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<IConnectionDirectory>(),
            new HoldStore(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IDeliveryIntake>()),
            new ReplayStore(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<AlertStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ShapeWatch>()));
        return services;
    }

    /// <summary>The watch itself; for nodes with the role <c>process</c>.</summary>
    internal static IServiceCollection AddShapeWatch(this IServiceCollection services)
    {
        services.AddDrift();
        services.AddSingleton<ShapeWatch>();
        services.AddSingleton<DriftRole>();
        services.AddHostedService(provider => provider.GetRequiredService<DriftRole>());
        return services;
    }
}
