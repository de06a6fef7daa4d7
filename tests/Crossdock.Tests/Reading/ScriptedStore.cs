using System.Globalization;
using System.Text;
using System.Text.Json;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Tests.Reading;

/// <summary>A shop in memory: what a test puts into it can be listed, fetched and read from its feed. Two hubs may read it at once.</summary>
internal sealed class ScriptedShop
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, (DateTimeOffset PlacedAt, DateTimeOffset UpdatedAt, decimal Total)> orders = new(StringComparer.Ordinal);
    private readonly List<FeedMessage> queue = [];
    private readonly Dictionary<string, ListOutcome> refusals = [];

    internal int PageSize { get; init; } = 10;
    internal int ReadsAfterDisposal { get; set; }
    internal bool TellsTotal { get; init; }
    internal ReadingTraits Traits { get; init; } = new() { Pace = new RequestPace(10_000, 10_000, 8), PollEvery = TimeSpan.FromHours(1) };
    internal TimeSpan? FeedEvery { get; init; }
    internal ISubscriptions? Subscriptions { get; init; }
    internal List<ReadRequest> Lists { get; } = [];
    internal List<string> Fetches { get; } = [];
    internal List<string> Committed { get; } = [];
    /// <summary>What the next calls answer instead of the truth.</summary>
    internal Func<ReadRequest, int, ListOutcome?> ListSays { get; set; } = (_, _) => null;
    internal Func<string, int, Task<FetchOutcome?>> FetchSays { get; set; } = (_, _) => Task.FromResult<FetchOutcome?>(null);
    internal Func<int, FeedOutcome?> FeedSays { get; set; } = _ => null;
    internal Func<ReadRequest, CancellationToken, Task> BeforeList { get; set; } = (_, _) => Task.CompletedTask;
    internal Func<CancellationToken, Task> BeforeCommit { get; set; } = _ => Task.CompletedTask;

    internal void Sell(string id, DateTimeOffset placedAt, DateTimeOffset? updatedAt = null, decimal total = 10)
    {
        lock (gate)
        {
            orders[id] = (placedAt, updatedAt ?? placedAt, total);
        }
    }

    /// <summary>The order was deleted there.</summary>
    internal void Delete(string id)
    {
        lock (gate)
        {
            orders.Remove(id);
        }
    }

    internal void Announce(string id, string what)
    {
        lock (gate)
        {
            string payload = $$"""{"id":"{{id}}","what":"{{what}}"}""";
            queue.Add(new FeedMessage($"handle-{queue.Count}-{id}", new Envelope("announced", $"{id}:{what}", id, null), Encoding.UTF8.GetBytes(payload)));
        }
    }

    internal static byte[] Announcement(string id, string what) => Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","what":"{{what}}"}""");

    internal static byte[] Document(string id, DateTimeOffset placedAt, DateTimeOffset updatedAt, decimal total) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $$"""{"id":"{{id}}","placed":"{{placedAt:O}}","updated":"{{updatedAt:O}}","total":{{total}}}"""));

    internal async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        await BeforeList(request, cancellationToken);
        lock (gate)
        {
            Lists.Add(request);
            if (ListSays(request, Lists.Count) is { } said)
            {
                return said;
            }

            bool isByPlacing = request.By is OrderClock.Placed;
            var within = orders.Where(pair => (isByPlacing ? pair.Value.PlacedAt : pair.Value.UpdatedAt) is var at && at >= request.From && at < request.To)
                .OrderBy(pair => isByPlacing ? pair.Value.PlacedAt : pair.Value.UpdatedAt).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList();
            int start = request.Cursor is null ? 0 : int.Parse(request.Cursor, CultureInfo.InvariantCulture);
            var page = within.Skip(start).Take(PageSize).Select(pair => Listed(pair.Key, pair.Value, request.OnlySummaries)).ToList();
            return new OrderPage(page, start + PageSize < within.Count ? (start + PageSize).ToString(CultureInfo.InvariantCulture) : null, TellsTotal ? within.Count : null);
        }
    }

    internal async Task<FetchOutcome> FetchAsync(string id)
    {
        int number;
        lock (gate)
        {
            Fetches.Add(id);
            number = Fetches.Count;
        }

        if (await FetchSays(id, number) is { } said)
        {
            return said;
        }

        lock (gate)
        {
            return orders.TryGetValue(id, out var order) ? new Fetched(Listed(id, order)) : new FetchedNothing("404 no such order");
        }
    }

    internal FeedOutcome ReadFeed(int call)
    {
        lock (gate)
        {
            return FeedSays(call) ?? new FeedPage([.. queue.Take(PageSize)], queue.Count > PageSize);
        }
    }

    internal async Task<string?> CommitAsync(IReadOnlyList<string> handles, CancellationToken cancellationToken)
    {
        await BeforeCommit(cancellationToken);
        lock (gate)
        {
            Committed.AddRange(handles);
            queue.RemoveAll(message => handles.Contains(message.Handle));
            return null;
        }
    }

    private static ListedOrder Listed(string id, (DateTimeOffset PlacedAt, DateTimeOffset UpdatedAt, decimal Total) order, bool isSummary = false) => new()
    {
        ExternalId = id,
        PlacedAt = order.PlacedAt,
        UpdatedAt = order.UpdatedAt,
        Total = new Money(order.Total, "EUR"),
        Document = isSummary ? null : new ReadDocument("orders/read", $"read:{id}:{order.UpdatedAt.UtcTicks}", Document(id, order.PlacedAt, order.UpdatedAt, order.Total)),
    };
}

/// <summary>The connector of <see cref="ScriptedShop"/>s.</summary>
internal sealed class ScriptedStore(Func<string, ScriptedShop> shops) : IConnector, IOrderSource, IOrderFeedSource, IOrderMapper, ISubscriptionSource
{
    public ConnectorManifest Manifest { get; } = new() { Platform = "scripted", Title = "Scripted", Summary = "Does what a test says." };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => [];

    public ReadingTraits? ReadingOf(ConnectionSettings connection) => shops(connection.Key).Traits;

    public IOrderReader OpenReader(ConnectionAccess access) => new Reader(shops(access.Settings.Key), access);

    public TimeSpan? FeedEvery(ConnectionSettings connection) => shops(connection.Key).FeedEvery;

    public IOrderFeed OpenFeed(ConnectionAccess access) => new Feed(shops(access.Settings.Key));

    public bool ManagesSubscriptions(ConnectionSettings connection) => shops(connection.Key).Subscriptions is not null;

    public ISubscriptions OpenSubscriptions(ConnectionAccess access) => shops(access.Settings.Key).Subscriptions!;

    public IOrderMapping MappingFor(ConnectionSettings connection) => new Mapping();

    private sealed class Reader(ScriptedShop shop, ConnectionAccess access) : IOrderReader
    {
        private bool isDisposed;

        public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
        {
            shop.ReadsAfterDisposal += isDisposed ? 1 : 0;
            await access.Budget.WaitAsync(1, cancellationToken);
            return await shop.ListAsync(request, cancellationToken);
        }

        public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
        {
            await access.Budget.WaitAsync(1, cancellationToken);
            return await shop.FetchAsync(externalId);
        }

        public void Dispose() => isDisposed = true;
    }

    private sealed class Feed(ScriptedShop shop) : IOrderFeed
    {
        private int calls;

        public Task<FeedOutcome> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(shop.ReadFeed(++calls));

        public Task<string?> CommitAsync(IReadOnlyList<string> handles, CancellationToken cancellationToken) => shop.CommitAsync(handles, cancellationToken);

        public void Dispose() { }
    }

    private sealed class Mapping : IOrderMapping
    {
        public MappingOutcome Map(in ReceivedEvent received)
        {
            using var json = JsonDocument.Parse(received.Payload);
            var root = json.RootElement;
            string id = root.GetProperty("id").GetString()!;
            if (root.TryGetProperty("what", out var what))
            {
                return new Announced(id, what.GetString()!);
            }

            var total = new Money(root.GetProperty("total").GetDecimal(), "EUR");
            return new MappedOrder(new Order
            {
                ExternalId = id,
                Number = id,
                Currency = "EUR",
                PlacedAt = root.GetProperty("placed").GetDateTimeOffset().ToUniversalTime(),
                UpdatedAt = root.GetProperty("updated").GetDateTimeOffset().ToUniversalTime(),
                PaymentStatus = PaymentStatus.Paid,
                Totals = new OrderTotals { Total = total },
            });
        }
    }
}
