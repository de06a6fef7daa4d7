using Crossdock.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Keys;

/// <summary>Registration of the keys' keeping.</summary>
public static class KeyServices
{
    /// <summary>Looking and rotating, on every node. After <c>AddConnections</c>, whose Data Protection it looks after.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services)
    {
        services.AddDataProtection();
        services.AddOptions<KeyOptions>().BindConfiguration("Crossdock:Keys").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<KeyManagementOptions>().Configure<IOptions<KeyOptions>>((keys, own) => keys.NewKeyLifetime = TimeSpan.FromDays(own.Value.LifetimeDays));
        // The framework's own is made as it would be, and watched.
        var framework = services.Last(service => service.ServiceType == typeof(IKeyManager));
        services.AddSingleton<IKeyManager>(provider => new WatchedKeys(
            (IKeyManager)(framework.ImplementationInstance ?? framework.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, framework.ImplementationType!)),
            Path.Combine(provider.GetRequiredService<IConfiguration>()["Crossdock:DataFolder"] ?? "data", "keys")));
        services.AddSingleton<KeyStore>();
        services.AddSingleton(provider => new KeyKeeper(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<KeyStore>(), provider.GetRequiredService<IKeyManager>(), provider.GetRequiredService<IDataProtectionProvider>(),
            provider.GetRequiredService<IOptions<KeyOptions>>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>The work: every node learns of new keys; with the role <c>schedule</c> it also encrypts anew.</summary>
    public static IServiceCollection AddKeyWork(this IServiceCollection services, bool isScheduler)
    {
        services.AddHostedService(provider => new KeyRole(provider.GetRequiredService<KeyKeeper>(), isScheduler, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<KeyRole>>()));
        return services;
    }
}
