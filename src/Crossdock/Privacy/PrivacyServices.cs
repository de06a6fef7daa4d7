using Crossdock.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crossdock.Privacy;

/// <summary>Registration of the work on people's data.</summary>
public static class PrivacyServices
{
    /// <summary>Asking and looking, on every node.</summary>
    public static IServiceCollection AddPrivacy(this IServiceCollection services)
    {
        services.AddSingleton<PrivacyQueries>();
        services.AddSingleton<PrivacyExport>();
        services.AddSingleton(provider => new PrivacyKeysBox(provider.GetRequiredService<IDataProtectionProvider>()));
        services.AddSingleton(provider => new PrivacyActions(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ConnectionQueries>(), provider.GetRequiredService<PrivacyKeysBox>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>The work itself, for nodes with the role <c>schedule</c>.</summary>
    public static IServiceCollection AddPrivacyWork(this IServiceCollection services)
    {
        services.AddSingleton<PrivacyStore>();
        services.AddSingleton<PersonEraser>();
        services.AddSingleton(provider => new ErasedList(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<IConfiguration>()["Crossdock:DataFolder"] ?? "data"));
        services.AddSingleton<PrivacyWorker>();
        services.AddHostedService<PrivacyRole>();
        return services;
    }
}
