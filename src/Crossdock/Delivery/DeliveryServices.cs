using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Delivery;

public static class DeliveryServices
{
    /// <summary>Everything that hands orders to destinations.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>().BindConfiguration("Crossdock:Delivery").ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}
