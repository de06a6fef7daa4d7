using Crossdock.Accounts;
using Crossdock.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Alerts;

/// <summary>Registration of alerts.</summary>
public static class AlertServices
{
    /// <summary>Reading, opening and ending alerts and their routes, on every node.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertQueries>();
        services.AddSingleton<RouteQueries>();
        services.AddSingleton(provider => new RouteSecrets(provider.GetRequiredService<IDataProtectionProvider>()));
        services.AddSingleton(provider => new RouteActions(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<RouteQueries>(), provider.GetRequiredService<RouteSecrets>(), provider.GetRequiredService<AlertStore>(),
            provider.GetRequiredService<IOptions<ConnectionsOptions>>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>Telling them, for nodes with the role <c>schedule</c>.</summary>
    public static IServiceCollection AddAlertRoutes(this IServiceCollection services)
    {
        services.AddSingleton<RouteStore>();
        services.AddSingleton<AlertSender>();
        services.AddHostedService<AlertRouteRole>();
        return services;
    }
}
