using Crossdock.Alerts;
using Crossdock.Backfill;
using Crossdock.Bulk;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Delivery;
using Crossdock.Drift;
using Crossdock.Edits;
using Crossdock.Files;
using Crossdock.Holds;
using Crossdock.Keys;
using Crossdock.Orders;
using Crossdock.Privacy;
using Crossdock.Reading;
using Crossdock.Reconciliation;
using Crossdock.Replays;
using Crossdock.Review;
using Crossdock.Rhythm;
using Crossdock.Subscriptions;
using Crossdock.Telemetry;
using Crossdock.Views;
using Crossdock.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Crossdock.Api;

/// <summary>Registers what API and console read with.</summary>
public static class QueryRegistration
{
    /// <summary>Adds all <c>*Queries</c>. Needs <c>NpgsqlDataSource</c>, <see cref="IConnectionDirectory"/> and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddQueries(this IServiceCollection services) => services
        .AddFiles()
        .AddCompleteness()
        .AddRhythms()
        .AddWebhooks()
        .AddSingleton<ConnectionQueries>()
        .AddSingleton<IConnectionWork, ConnectionWork>()
        .AddSingleton<EventQueries>()
        .AddSingleton<DeliveryQueries>()
        .AddSingleton<HoldQueries>()
        .AddOrderLists()
        .AddBulk()
        .AddSingleton<OrderViews>()
        .AddAlerts()
        .AddPrivacy()
        .AddSingleton<EditQueries>()
        .AddSingleton<FirstApprovals>()
        .AddKeys()
        .AddSingleton<BackfillQueries>()
        .AddDrift()
        .AddSingleton<DriftQueries>()
        .AddSingleton<ReadingQueries>()
        .AddSingleton<ReplayQueries>()
        .AddSingleton<SubscriptionQueries>()
        .AddSingleton<SubscriptionActions>()
        .AddSingleton<DashboardQueries>();
}
