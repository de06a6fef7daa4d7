using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Jumpseller: orders by signed webhooks, read by their ids, shipments told back. Facts and choices: the README beside this file.</summary>
public sealed class JumpsellerConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates, IOrderSource, ISubscriptionSource, IOrderStatusTarget, IConnectionTest, IDocumentShape
{
    // 800 calls a minute and 20 a second for each store and each address that calls.
    private static readonly ReadingTraits Traits = new()
    {
        Follows = OrderClock.Placed,
        History = OrderClock.Placed,
        PollEvery = TimeSpan.FromMinutes(3),
        Overlap = TimeSpan.FromMinutes(15),
        Pace = new RequestPace(12, 15, 4),
    };

    public ConnectorManifest Manifest => JumpsellerManifest.Manifest;

    public IReadOnlyDictionary<string, OrderState> FromPlatform => JumpsellerStates.FromPlatform;

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => JumpsellerSettings.Problems(connection);

    public IWebhookEndpoint Open(ConnectionSettings connection) => new JumpsellerWebhooks(JumpsellerSettings.Of(connection));

    public DocumentShape ShapeOf(ConnectionSettings connection) => JumpsellerShape.Documents;

    public IOrderMapping MappingFor(ConnectionSettings connection) => new JumpsellerOrderMapping(JumpsellerSettings.Of(connection));

    public string? ToPlatform(OrderState state) => JumpsellerStates.ToPlatform(state);

    public ReadingTraits? ReadingOf(ConnectionSettings connection) => JumpsellerSettings.Of(connection).HasKeys ? Traits : null;

    public IOrderReader OpenReader(ConnectionAccess access) => new JumpsellerReader(new JumpsellerClient(access, JumpsellerSettings.Of(access.Settings)));

    public bool ManagesSubscriptions(ConnectionSettings connection) => JumpsellerSettings.Of(connection) is { HasKeys: true, HooksToken: not null, ManagesHooks: true };

    public ISubscriptions OpenSubscriptions(ConnectionAccess access) => new JumpsellerSubscriptions(new JumpsellerClient(access, JumpsellerSettings.Of(access.Settings)));

    public bool TellsStatus(ConnectionSettings connection) => JumpsellerSettings.Of(connection) is { HasKeys: true, TellsStatus: true };

    public IDestination OpenStatus(ConnectionAccess access) => new JumpsellerStatus(new JumpsellerClient(access, JumpsellerSettings.Of(access.Settings)));

    public Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken) =>
        new JumpsellerTest(new JumpsellerClient(access, JumpsellerSettings.Of(access.Settings)), access.Clock).RunAsync(cancellationToken);
}
