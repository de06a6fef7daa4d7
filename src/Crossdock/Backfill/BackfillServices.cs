using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Backfill;

/// <summary>Registration of backfills.</summary>
public static class BackfillServices
{
    /// <summary>Working on backfills, for nodes with the role <c>schedule</c>. Needs <c>AddReading</c>.</summary>
    public static IServiceCollection AddBackfill(this IServiceCollection services) => services
        .AddSingleton<BackfillStore>()
        .AddSingleton<BackfillRunner>()
        .AddHostedService<BackfillRole>();
}
