using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Database;

/// <summary>The database's registration.</summary>
public static class DatabaseServices
{
    /// <summary>Schema check, partitions and this node's identity. Needs <c>NpgsqlDataSource</c> and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services, bool isAlone)
    {
        services.AddOptions<RetentionOptions>().BindConfiguration("Crossdock:Retention").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(NodeIdentity.New(isAlone));
        services.AddSingleton<Partitions>();
        services.AddHostedService(provider => provider.GetRequiredService<Partitions>());
        return services;
    }
}
