using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connections;

/// <summary>Stands in for a platform that this build does not have, so that the connection can be shown with its problem.</summary>
internal sealed class UnknownConnector(string platform) : IConnector
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = platform,
        Title = platform,
        Summary = "This build of Crossdock has no connector of this name.",
    };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) =>
        [new SettingProblem("platform", $"There is no connector \"{connection.Platform}\" in this build.")];
}
