using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Drift;
using Crossdock.News;
using Crossdock.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Normalise;

/// <summary>Registration of the processing role.</summary>
public static class ProcessingServices
{
    /// <summary>The queue that capture hands over to. Needed by capture and process alike.</summary>
    /// <param name="services">The services.</param>
    /// <param name="isOpen">True on a node with the role <c>process</c>.</param>
    public static IServiceCollection AddProcessing(this IServiceCollection services, bool isOpen)
    {
        services.AddOptions<ProcessingOptions>().BindConfiguration("Crossdock:Processing").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new ProcessingQueue(provider.GetRequiredService<IOptions<ProcessingOptions>>(), isOpen));
        services.AddStatistics();
        services.TryAddSingleton(provider => new KeyedDatabase(provider.GetRequiredService<NpgsqlDataSource>()));
        services.TryAddSingleton<IDeliveryIntake, ClosedIntake>();
        if (isOpen)
        {
            services.TryAddSingleton<FetchBell>();
            services.AddShapeWatch();
            services.AddSingleton<RestorePoint>();
            services.AddSingleton<BatchProcessor>();
            services.AddSingleton<NewsProcessor>();
            services.AddSingleton<InboxClaims>();
            services.AddSingleton<ParkedStore>();
            services.AddSingleton<Processor>();
            services.AddHostedService(provider => provider.GetRequiredService<Processor>());
        }

        return services;
    }
}
