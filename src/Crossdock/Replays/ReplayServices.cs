using Crossdock.Database;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Crossdock.Replays;

/// <summary>Registration of replays.</summary>
public static class ReplayServices
{
    /// <summary>Working on replays, for nodes with the role <c>schedule</c>.</summary>
    public static IServiceCollection AddReplays(this IServiceCollection services)
    {
        services.AddOptions<ReplayOptions>().BindConfiguration("Crossdock:Replays").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(provider => new KeyedDatabase(provider.GetRequiredService<NpgsqlDataSource>()));
        return services.AddSingleton<TrialStore>().AddSingleton<ReplayWorkStore>().AddSingleton<ApplicationStore>().AddSingleton<TrialRunner>().AddHostedService<ReplayRole>();
    }
}
