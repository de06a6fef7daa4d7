using Crossdock.Accounts;
using Crossdock.Api;
using Crossdock.Capture;
using Crossdock.Connectors;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Microsoft.AspNetCore.DataProtection;

namespace Crossdock.Server;

/// <summary>Which parts of the hub a node runs, by its roles. The one place that knows them all.</summary>
internal static class HubParts
{
    internal static void Add(IServiceCollection services, IReadOnlySet<string> roles, string dataFolder)
    {
        services.AddDataProtection().SetApplicationName("Crossdock").PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(dataFolder, "keys")));
        services.AddSingleton<IReadOnlyList<IConnector>>(BuiltInConnectors.All);
        services.AddSingleton<AdministratorToken>();
        services.AddDatabase();
        services.AddConnections();
        services.AddRules();
        services.AddQueries();
        services.AddProcessing(isOpen: roles.Contains("process"));
        if (roles.Contains("capture")) services.AddCapture();
        if (roles.Contains("deliver")) services.AddDelivery();
        services.AddCrossdockApi();
        if (roles.Contains("console")) services.AddCrossdockConsole();
    }

    internal static void Map(WebApplication application, IReadOnlySet<string> roles)
    {
        application.MapHealth();
        if (roles.Contains("capture")) application.MapCapture();
        application.MapCrossdockApi();
        if (roles.Contains("console")) application.MapCrossdockConsole();
    }
}
