using Crossdock.Capture;
using Crossdock.Delivery;
using Crossdock.Holds;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crossdock.Orders;

/// <summary>Registration of reading, listing and searching orders.</summary>
public static class OrderListServices
{
    /// <summary>What reading orders needs, on every node.</summary>
    public static IServiceCollection AddOrderLists(this IServiceCollection services) => services
        .AddSingleton<OrderListFreshness>()
        .AddSingleton<OrderListQueries>()
        .AddSingleton(provider => new OrderCsv(provider.GetRequiredService<OrderListQueries>()))
        .AddSingleton(provider => new OrderQueries(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<OrderListQueries>(), provider.GetRequiredService<EventQueries>(), provider.GetRequiredService<DeliveryQueries>(), provider.GetRequiredService<HoldQueries>()));

    /// <summary>Keeps lists and searches up with the orders, for nodes with the role <c>console</c> or <c>schedule</c>; of several one does the work. Needs <see cref="AddOrderLists"/>.</summary>
    public static IServiceCollection AddOrderListWork(this IServiceCollection services) => services.AddSingleton<OrderListStore>().AddHostedService<OrderListWorker>();
}
