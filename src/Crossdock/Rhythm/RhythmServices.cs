using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Rhythm;

/// <summary>Registration of the watch over stores gone quiet.</summary>
public static class RhythmServices
{
    /// <summary>What reading a store's rhythm needs, on every node.</summary>
    public static IServiceCollection AddRhythms(this IServiceCollection services)
    {
        services.AddOptions<RhythmOptions>().BindConfiguration("Crossdock:Rhythm").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RhythmQueries>();
        return services;
    }

    /// <summary>The watch itself, for nodes with the role <c>schedule</c>. Needs <c>AddQueries</c> and <c>AddReading</c>.</summary>
    public static IServiceCollection AddQuietWatch(this IServiceCollection services)
    {
        services.AddSingleton<RhythmStore>();
        services.AddSingleton<QuietWatch>();
        services.AddHostedService<RhythmRole>();
        return services;
    }
}
