using Crossdock.Access;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Crossdock.Connections;

public static class ConnectionsRegistration
{
    /// <summary>The connections in memory and their configuration. Needs <c>NpgsqlDataSource</c> and the list of connectors.</summary>
    public static IServiceCollection AddConnections(this IServiceCollection services)
    {
        services.AddOptions<ConnectionsOptions>().BindConfiguration("Crossdock:Connections").ValidateDataAnnotations().ValidateOnStart();
        services.AddDataProtection().SetApplicationName("crossdock");
        services.AddOptions<KeyManagementOptions>().Configure<IConfiguration, ILoggerFactory>((keys, configuration, loggers) =>
            keys.XmlRepository = new FileSystemXmlRepository(
                Directory.CreateDirectory(Path.Combine(configuration["Crossdock:DataFolder"] ?? "data", "keys")), loggers));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new HubAddress(null));
        services.AddSingleton<ConnectionStore>();
        services.AddSingleton<SecretBox>();
        services.AddSingleton<CertificateBook>();
        services.AddSingleton<OutgoingHttp>();
        services.AddSingleton<RequestBudgets>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<TokenVaults>();
        services.AddSingleton<AccessPreparation>();
        services.AddSingleton<ConnectionPreparation>();
        services.AddSingleton<IGoneConnections, GoneConnections>();
        services.AddSingleton<ConnectionDirectory>();
        services.AddSingleton(provider => new ConnectionTester(provider.GetRequiredService<IConnectionDirectory>(), provider.GetRequiredService<AccessPreparation>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetService<HubAddress>() is { } hub ? new WebhookReach(provider.GetRequiredService<OutgoingHttp>().Client, hub, provider.GetRequiredService<TimeProvider>()) : null));
        services.AddSingleton<IConnectionDirectory>(provider => provider.GetRequiredService<ConnectionDirectory>());
        services.AddSingleton(provider => new ConfigurationService(
            provider.GetRequiredService<Npgsql.NpgsqlDataSource>(), provider.GetRequiredService<ConnectionStore>(), provider.GetRequiredService<ConnectionDirectory>(),
            provider.GetRequiredService<SecretBox>(), provider.GetRequiredService<IReadOnlyList<Crossdock.Model.Connectors.IConnector>>(), provider.GetRequiredService<IConnectionWork>()));
        services.AddSingleton<PlatformCatalog>();
        services.AddSingleton(provider => new ConnectionEditor(provider.GetRequiredService<ConnectionStore>(), provider.GetRequiredService<ConfigurationService>(), provider.GetRequiredService<PlatformCatalog>()));
        services.AddHostedService(provider => provider.GetRequiredService<ConnectionDirectory>());
        return services;
    }
}
