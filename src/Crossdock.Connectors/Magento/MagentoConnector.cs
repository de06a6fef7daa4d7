using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>Magento Open Source, Mage-OS and Adobe Commerce: orders by our module's, Mage-OS's or Adobe's messages, by polling, and word back. Facts and choices: the README beside this file.</summary>
public sealed class MagentoConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates, IOrderSource, ISubscriptionSource, IOrderStatusTarget, IConnectionTest, IDocumentShape
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "magento",
        Title = "Magento",
        Summary = "Receives orders of Magento 2 and Adobe Commerce by our module in the shop, by Mage-OS async events or by Adobe I/O Events, reads them by REST, and tells the shop of shipments.",
        Settings = MagentoFields.Settings,
        Secrets = MagentoFields.Secrets,
    };

    public IReadOnlyDictionary<string, OrderState> FromPlatform => MagentoStates.FromPlatform;

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => MagentoSettings.Problems(connection);

    public IWebhookEndpoint Open(ConnectionSettings connection) => new MagentoWebhooks(MagentoSettings.Of(connection), connection.Secret("webhookSecret"));

    public DocumentShape ShapeOf(ConnectionSettings connection) => MagentoShape.Documents;

    public IOrderMapping MappingFor(ConnectionSettings connection) => new MagentoOrderMapping(MagentoSettings.Of(connection));

    public string? ToPlatform(OrderState state) => MagentoStates.ToPlatform(state);

    public ReadingTraits? ReadingOf(ConnectionSettings connection) => Reads(connection) ? new()
    {
        // Magento names no limit of its own; a small shop's PHP has few workers, and its buyers come first.
        Pace = new RequestPace(4, 8, 3),
        HasCheapSummaries = true,
    } : null;

    public IOrderReader OpenReader(ConnectionAccess access) => new MagentoReader(new MagentoClient(access, MagentoSettings.Of(access.Settings)));

    public bool ManagesSubscriptions(ConnectionSettings connection) => Reads(connection) && MagentoSettings.Of(connection).ManagesAsyncEvents && connection.Secret("webhookSecret") is not null;

    public ISubscriptions OpenSubscriptions(ConnectionAccess access) => new MagentoSubscriptions(new MagentoClient(access, MagentoSettings.Of(access.Settings)), access.Settings.Secret("webhookSecret") ?? "");

    public bool TellsStatus(ConnectionSettings connection) => Reads(connection) && MagentoSettings.Of(connection).TellsStatus;

    public IDestination OpenStatus(ConnectionAccess access) => new MagentoStatus(new MagentoClient(access, MagentoSettings.Of(access.Settings)));

    public Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken) => new MagentoTest(access, MagentoSettings.Of(access.Settings)).RunAsync(cancellationToken);

    private static bool Reads(ConnectionSettings connection) => MagentoSettings.Of(connection) is { SignIn: not MagentoSignIn.None, BaseUrl.Length: > 0 };
}
