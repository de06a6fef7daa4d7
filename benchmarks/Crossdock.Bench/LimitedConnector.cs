using System.Globalization;
using System.Net;
using System.Text.Json;
using Crossdock.Connectors;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Bench;

/// <summary>Reads a <see cref="LimitedShop"/> as a connector reads a platform whose list gives ids only: a page of ids, then each order. Its orders are mapped by the Shopify connector.</summary>
internal sealed class LimitedConnector(LimitedShop shop) : IConnector, IOrderSource, IOrderMapper
{
    private const int PageSize = 50;
    private static readonly DateTimeOffset FirstDay = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ConnectorManifest Manifest { get; } = new() { Platform = "limited", Title = "Limited", Summary = "The benchmark's platform." };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => [];

    // The pace is a guess on purpose: the headers say what is right.
    public ReadingTraits? ReadingOf(ConnectionSettings connection) => new() { Pace = new RequestPace(shop.PerSecond, shop.Burst, 16) };

    public IOrderReader OpenReader(ConnectionAccess access) => new Reader(shop, access);

    public IOrderMapping MappingFor(ConnectionSettings connection) => ((IOrderMapper)BuiltInConnectors.All.Single(one => one.Manifest.Platform == "shopify")).MappingFor(connection with { Platform = "shopify" });

    /// <summary>The orders lie a minute apart, so that a window of time is a range of numbers.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Range(int orders) => (FirstDay, FirstDay.AddMinutes(orders));

    private sealed class Reader(LimitedShop shop, ConnectionAccess access) : IOrderReader
    {
        public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
        {
            int begin = (int)Math.Ceiling((request.From - FirstDay).TotalMinutes), end = Math.Min(shop.Orders, (int)Math.Ceiling((request.To - FirstDay).TotalMinutes));
            int from = request.Cursor is null ? begin : int.Parse(request.Cursor, CultureInfo.InvariantCulture);
            int take = Math.Min(PageSize, end - from);
            if (await GetAsync(string.Create(CultureInfo.InvariantCulture, $"orders?from={from}&take={Math.Max(0, take)}"), cancellationToken) is not { } page)
            {
                return new ListLater("429 too many requests");
            }

            int[] ids = JsonSerializer.Deserialize<int[]>(page)!;
            if (request.OnlySummaries)
            {
                return new OrderPage([.. ids.Select(id => Listed(id, null))], Next(), end - begin);
            }

            var orders = await Task.WhenAll(ids.Select(async id => await GetAsync(string.Create(CultureInfo.InvariantCulture, $"orders/{id}"), cancellationToken) is { } body ? Listed(id, body) : null));
            return Array.Exists(orders, order => order is null) ? new ListLater("429 too many requests") : new OrderPage(orders!, Next(), end - begin);

            string? Next() => from + take < end ? (from + take).ToString(CultureInfo.InvariantCulture) : null;
        }

        public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken) =>
            await GetAsync($"orders/{externalId}", cancellationToken) is { } body ? new Fetched(Listed(int.Parse(externalId, CultureInfo.InvariantCulture), body)) : new FetchLater("429 too many requests");

        public void Dispose()
        {
            // The client is the hub's.
        }

        private static ListedOrder Listed(int id, byte[]? body) => new()
        {
            ExternalId = (BenchStore.TemplateId + 20_000_000 + id).ToString(CultureInfo.InvariantCulture),
            PlacedAt = FirstDay.AddMinutes(id),
            Document = body is null ? null : new ReadDocument("orders/updated", $"read:{id}", body),
        };

        private async Task<byte[]?> GetAsync(string path, CancellationToken cancellationToken)
        {
            await access.Budget.WaitAsync(1, cancellationToken);
            using var answer = await access.Http.GetAsync(new Uri(shop.Address, path), cancellationToken);
            access.Budget.Report(double.Parse(answer.Headers.GetValues("X-Left").Single(), CultureInfo.InvariantCulture), double.Parse(answer.Headers.GetValues("X-Limit").Single(), CultureInfo.InvariantCulture), null);
            return answer.StatusCode is HttpStatusCode.OK ? await answer.Content.ReadAsByteArrayAsync(cancellationToken) : null;
        }
    }
}
