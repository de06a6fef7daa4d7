using Crossdock.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crossdock.Holds;

public static class HoldServices
{
    /// <summary>Orders stopped for a person, and their release.</summary>
    public static IServiceCollection AddHolds(this IServiceCollection services) =>
        services.AddSingleton(provider => new HoldStore(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IDeliveryIntake>()));
}
