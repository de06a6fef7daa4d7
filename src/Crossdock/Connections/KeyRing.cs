using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crossdock.Connections;

/// <summary>The keys of a data folder for whoever only reads with them: doctor and restore. No key is made.</summary>
internal static class KeyRing
{
    /// <summary>The keys in <c>keys</c> below a data folder; without any, nothing can be opened with what this answers.</summary>
    public static IDataProtectionProvider Open(string dataFolder)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("crossdock").DisableAutomaticKeyGeneration();
        services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(Path.Combine(dataFolder, "keys")), NullLoggerFactory.Instance));
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
    }
}
