using Crossdock.Accounts;
using Crossdock.Alerts;
using Crossdock.Api;
using Crossdock.Backfill;
using Crossdock.Bulk;
using Crossdock.Capture;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Files;
using Crossdock.Holds;
using Crossdock.Keys;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Orders;
using Crossdock.Privacy;
using Crossdock.Reading;
using Crossdock.Reconciliation;
using Crossdock.Relay;
using Crossdock.Replays;
using Crossdock.Rhythm;
using Crossdock.Subscriptions;
using Crossdock.Telemetry;
using Crossdock.Watch;
using Crossdock.Webhooks;
using Crossdock.WebConsole;

namespace Crossdock.Server;

/// <summary>Which parts of the hub a node runs, by its roles. The one place that knows them all.</summary>
internal static class HubParts
{
    internal static void Add(IServiceCollection services, IReadOnlySet<string> roles, bool isAlone)
    {
        services.AddSingleton<IReadOnlyList<IConnector>>(BuiltInConnectors.All);
        services.AddSingleton<FirstToken>();
        services.AddDatabase(isAlone);
        services.AddTelemetry();
        services.AddHostedService<OtlpExport>();
        ConnectionsRegistration.AddConnections(services);      // by its class: ASP.NET has an extension of the same name
        services.AddQueries();
        // Services stop in the reverse order: capture first, then processing, then delivery, which can so give back what processing handed it last.
        if (roles.Contains("deliver")) services.AddDelivery().AddWebhookWork();
        services.AddProcessing(isOpen: roles.Contains("process"));
        if (roles.Contains("capture")) services.AddCapture().AddRelays();
        if (roles.Contains("schedule")) services.AddReading().AddSubscriptions().AddQuietWatch().AddBackfill().AddReconciliation().AddFileWork().AddReplays().AddBulkWork().AddAlertRoutes().AddPrivacyWork();
        services.AddKeyWork(isScheduler: roles.Contains("schedule"));
        services.AddWatch(isScheduler: roles.Contains("schedule"));
        if (roles.Contains("schedule") || roles.Contains("console")) services.AddOrderListWork();
        services.AddHolds();
        services.AddCrossdockAuthentication();
        services.AddCrossdockApi();
        services.AddSingleton<Func<System.Text.Json.Nodes.JsonNode>>(Crossdock.Connectors.Custom.CustomSchema.Create);
        if (roles.Contains("console")) services.AddCrossdockConsole();
    }

    internal static void Map(WebApplication application, IReadOnlySet<string> roles)
    {
        application.UseCrossdockSecurityHeaders();
        if (roles.Contains("console")) application.UseCrossdockConsoleErrors();
        application.UseAuthentication();
        application.UseCrossdockCaller();
        application.UseCrossdockOwnPages();
        application.UseCrossdockRequestLimits();
        application.UseAuthorization();
        application.UseCrossdockIdempotency();
        application.MapHealth();
        if (roles.Contains("capture")) application.MapCapture().MapRelays();
        application.MapCrossdockApi();
        if (roles.Contains("console")) application.MapCrossdockConsole();
    }
}
