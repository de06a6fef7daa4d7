using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>VTEX: announcements by hook and feed, orders fetched and listed, status told back. Facts and choices: the README beside this file.</summary>
public sealed class VtexConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates, IOrderSource, IOrderFeedSource, ISubscriptionSource, IOrderStatusTarget, IConnectionTest, IDocumentShape
{
    private static readonly TimeSpan Feed = TimeSpan.FromSeconds(45);

    // 6,000 requests a minute are allowed for the whole account; others use it as well.
    private static readonly ReadingTraits Traits = new()
    {
        Follows = OrderClock.Placed,
        History = OrderClock.Placed,
        PollEvery = TimeSpan.FromMinutes(5),
        Overlap = TimeSpan.FromMinutes(10),
        ListLag = TimeSpan.FromMinutes(4),
        Pace = new RequestPace(50, 100, 8),
        HasCheapSummaries = true,
    };

    public ConnectorManifest Manifest => VtexManifest.Manifest;

    public IReadOnlyDictionary<string, OrderState> FromPlatform => VtexStates.FromPlatform;

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => VtexSettings.Problems(connection);

    public IWebhookEndpoint Open(ConnectionSettings connection) => new VtexWebhooks(VtexSettings.Of(connection));

    public DocumentShape ShapeOf(ConnectionSettings connection) => VtexShape.Documents;

    public IOrderMapping MappingFor(ConnectionSettings connection) => new VtexOrderMapping(VtexSettings.Of(connection));

    public string? ToPlatform(OrderState state) => VtexStates.ToPlatform(state);

    public ReadingTraits? ReadingOf(ConnectionSettings connection) => VtexSettings.Of(connection).HasKeys ? Traits : null;

    public IOrderReader OpenReader(ConnectionAccess access) => new VtexReader(new VtexClient(access, VtexSettings.Of(access.Settings)), access.Clock);

    public TimeSpan? FeedEvery(ConnectionSettings connection) => VtexSettings.Of(connection) is { HasKeys: true, ReadsFeed: true } ? Feed : null;

    public IOrderFeed OpenFeed(ConnectionAccess access) => new VtexFeed(new VtexClient(access, VtexSettings.Of(access.Settings)));

    public bool ManagesSubscriptions(ConnectionSettings connection) => VtexSettings.Of(connection) is { HasKeys: true, HookToken: not null, ManagesHook: true };

    public ISubscriptions OpenSubscriptions(ConnectionAccess access) => new VtexSubscriptions(new VtexClient(access, VtexSettings.Of(access.Settings)));

    public bool TellsStatus(ConnectionSettings connection) => VtexSettings.Of(connection) is { HasKeys: true, TellsStatus: true };

    public IDestination OpenStatus(ConnectionAccess access) => new VtexStatus(new VtexClient(access, VtexSettings.Of(access.Settings)));

    public Task<IReadOnlyList<TestFinding>> TestAsync(ConnectionAccess access, CancellationToken cancellationToken) =>
        new VtexTest(new VtexClient(access, VtexSettings.Of(access.Settings)), access.Clock).RunAsync(cancellationToken);
}
