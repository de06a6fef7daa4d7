using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Files;

/// <summary>Registration of files.</summary>
public static class FileServices
{
    /// <summary>Uploading and looking, for every node.</summary>
    public static IServiceCollection AddFiles(this IServiceCollection services)
    {
        services.AddOptions<FilesOptions>().BindConfiguration("Crossdock:Files").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<FileVault>();
        services.AddSingleton<ImportActions>();
        services.AddSingleton<ImportQueries>();
        services.AddSingleton<FileReport>();
        return services;
    }

    /// <summary>Checking and importing, for nodes with the role <c>schedule</c>. Needs <c>AddReading</c>.</summary>
    public static IServiceCollection AddFileWork(this IServiceCollection services) => services
        .AddSingleton<ImportStore>()
        .AddSingleton<ImportChecker>()
        .AddSingleton<ImportRunner>()
        .AddHostedService<ImportRole>();
}
