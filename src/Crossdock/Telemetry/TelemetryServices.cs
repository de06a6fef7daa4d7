using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Telemetry;

/// <summary>Registration of what a hub tells of itself.</summary>
public static class TelemetryServices
{
    /// <summary>Figures for <c>/metrics</c>. Needs <c>NpgsqlDataSource</c> and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOptions<TelemetryOptions>().BindConfiguration("Crossdock:Telemetry").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<NodeMeter>();
        services.AddSingleton<HubGauges>();
        services.AddHostedService(provider => provider.GetRequiredService<HubGauges>());
        return services;
    }
}
