using Crossdock.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Webhooks;

/// <summary>Registration of webhooks of the user's own systems.</summary>
public static class WebhookServices
{
    /// <summary>What seeing and changing webhooks needs, on every node.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<WebhookOptions>().BindConfiguration("Crossdock:Webhooks").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WebhookQueries>();
        services.AddSingleton<WebhookSecret>();
        services.AddSingleton<WebhookAddress>();
        services.AddSingleton<WebhookCalls>();
        services.AddSingleton<WebhookMessages>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookStore>();
        services.AddSingleton(provider => new WebhookActions(provider.GetRequiredService<WebhookStore>(), provider.GetRequiredService<WebhookMessages>(), provider.GetRequiredService<WebhookSender>(),
            provider.GetRequiredService<AuditLog>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>Telling them, for nodes with the role <c>deliver</c>.</summary>
    public static IServiceCollection AddWebhookWork(this IServiceCollection services)
    {
        services.AddSingleton<WebhookReader>();
        services.AddHostedService<WebhookRole>();
        return services;
    }
}
