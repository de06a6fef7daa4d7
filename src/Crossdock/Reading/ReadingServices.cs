using Crossdock.Capture;
using Crossdock.Normalise;
using Crossdock.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crossdock.Reading;

/// <summary>Registration of reading.</summary>
public static class ReadingServices
{
    /// <summary>Polling, feeds and fetching, for nodes with the role <c>schedule</c>. Needs <c>AddProcessing</c> and <c>AddConnections</c>.</summary>
    public static IServiceCollection AddReading(this IServiceCollection services)
    {
        services.AddOptions<ReadingOptions>().BindConfiguration("Crossdock:Reading").ValidateDataAnnotations().ValidateOnStart();
        services.AddInbox();
        services.AddStatistics();
        services.TryAddSingleton<FetchBell>();
        services.AddSingleton<ReadCapture>();
        services.AddSingleton<ReadingStore>();
        services.AddSingleton<FetchStore>();
        services.AddSingleton<Listed>();
        services.AddSingleton<Poller>();
        services.AddSingleton<FeedPump>();
        services.AddSingleton<Fetcher>();
        services.AddHostedService<ReadingRole>();
        return services;
    }
}
