using Crossdock.Database;
using Crossdock.Orders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Crossdock.Bulk;

/// <summary>Registration of work on many orders.</summary>
public static class BulkServices
{
    /// <summary>Looking at it and asking for it, on every node. Needs <c>AddQueries</c>.</summary>
    public static IServiceCollection AddBulk(this IServiceCollection services)
    {
        services.TryAddSingleton(NodeIdentity.New());
        return services
            .AddSingleton<BulkQueries>()
            .AddSingleton<BulkStore>()
            .AddSingleton(provider => new BulkActions(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<OrderListQueries>(), provider.GetRequiredService<BulkQueries>(), provider.GetRequiredService<BulkStore>(), provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Doing it, for nodes with the role <c>schedule</c>. Needs <see cref="AddBulk"/> and <c>AddCrossdockApi</c>.</summary>
    public static IServiceCollection AddBulkWork(this IServiceCollection services) => services.AddHostedService<BulkRole>();
}
