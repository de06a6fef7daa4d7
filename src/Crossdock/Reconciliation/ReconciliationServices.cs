using Crossdock.Alerts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crossdock.Reconciliation;

/// <summary>Registration of comparing ledgers.</summary>
public static class ReconciliationServices
{
    /// <summary>Showing how complete stores are.</summary>
    public static IServiceCollection AddCompleteness(this IServiceCollection services)
    {
        services.AddOptions<ReconciliationOptions>().BindConfiguration("Crossdock:Reconciliation").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<CompletenessQueries>();
        return services;
    }

    /// <summary>Comparing stores with what is here, for nodes with the role <c>schedule</c>. Needs <c>AddReading</c>.</summary>
    public static IServiceCollection AddReconciliation(this IServiceCollection services)
    {
        services.AddCompleteness();
        services.TryAddSingleton<AlertStore>();
        return services
            .AddSingleton<HubLookup>()
            .AddSingleton<LedgerStore>()
            .AddSingleton<DifferenceStore>()
            .AddSingleton<Healer>()
            .AddSingleton<Judge>()
            .AddSingleton<Rechecker>()
            .AddSingleton<RollingPass>()
            .AddSingleton<DayPass>()
            .AddSingleton<LedgerAlerts>()
            .AddSingleton<Reconciler>()
            .AddHostedService<ReconciliationRole>();
    }
}
