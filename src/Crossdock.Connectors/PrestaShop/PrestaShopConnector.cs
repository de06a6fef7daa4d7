using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>PrestaShop: orders from our own module in the shop and through its webservice. Facts and choices: the README beside this file.</summary>
public sealed class PrestaShopConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates, IOrderSource, IOrderStatusTarget, IConnectionTest, IDocumentShape
{
    public ConnectorManifest Manifest { get; } = PrestaShopManifest.Manifest;

    public IReadOnlyDictionary<string, OrderState> FromPlatform => PrestaShopStates.FromPlatform;

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => PrestaShopSettings.Problems(connection);

    public IWebhookEndpoint Open(ConnectionSettings connection) => new PrestaShopWebhooks(connection.Secret("webhookSecret"), connection.Secret("previousWebhookSecret"));

    public DocumentShape ShapeOf(ConnectionSettings connection) => PrestaShopShape.Documents;

    public IOrderMapping MappingFor(ConnectionSettings connection) => new PrestaShopOrderMapping(PrestaShopSettings.Of(connection));

    public ReadingTraits? ReadingOf(ConnectionSettings connection) => connection.Secret("webserviceKey") is null ? null : PrestaShopReader.Traits(PrestaShopSettings.Of(connection));

    public IOrderReader OpenReader(ConnectionAccess access) => new PrestaShopReader(access);

    public bool TellsStatus(ConnectionSettings connection) => connection.Secret("webserviceKey") is not null && PrestaShopSettings.Of(connection).TellsStatus;

    public IDestination OpenStatus(ConnectionAccess access) => new PrestaShopStatus(access);

    public async Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken)
    {
        using var test = new PrestaShopTest(access);
        return await test.RunAsync(cancellationToken);
    }

    public string? ToPlatform(OrderState state) => PrestaShopStates.ToPlatform(state);
}
