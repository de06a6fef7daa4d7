using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Crossdock.Connectors.Calls;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>One account's orders: fetched by id, and listed by the time they were placed.</summary>
internal sealed class VtexReader(VtexClient client, TimeProvider clock) : IOrderReader
{
    private const int PerPage = 100;
    private const int MostPages = 30;
    private const int AtOnce = 8;
    private const int MostRemembered = 5_000;
    // An order that was just announced may not be readable yet.
    private static readonly TimeSpan Propagation = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, DateTimeOffset> notFoundSince = new(StringComparer.Ordinal);

    public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        if (request.By == OrderClock.Changed)
        {
            return new ListRefused("VTEX cannot list orders by the time of their last change; only hook and feed tell of changes.");
        }

        var at = VtexCursor.Parse(request) ?? VtexCursor.First(request);
        while (true)
        {
            var answer = await client.GetAsync(PathOf(at), cancellationToken);
            if (client.TroubleOf(answer, "List Orders") is { } trouble)
            {
                return trouble.NeedsPerson ? new ListRefused(trouble.Because) : new ListLater(trouble.Because, trouble.After);
            }

            using var document = answer.Json();
            if (document is null || Read(document.RootElement) is not { } page)
            {
                return new ListLater("VTEX answered with something that is no list of orders.");
            }

            if (page.Total > (long)MostPages * page.PerPage)
            {
                if (at.Halved() is not { } smaller)
                {
                    return new ListRefused(string.Create(CultureInfo.InvariantCulture, $"VTEX lists {page.Total} orders placed within one millisecond ({at.From:O}), more than it gives out; read them by hand."));
                }

                at = smaller;
                continue;
            }

            if (page.Orders.Count == 0 && (at.Page - 1L) * page.PerPage < page.Total)
            {
                return new ListLater(string.Create(CultureInfo.InvariantCulture, $"VTEX says that there are {page.Total} orders and lists none of page {at.Page}."));
            }

            var next = at.After(page.PerPage, page.Total, request.To);
            if (request.OnlySummaries)
            {
                return new OrderPage(page.Orders, next, at.IsWhole(request) ? page.Total : null);
            }

            return await WithDocumentsAsync(page.Orders, cancellationToken) switch
            {
                (var orders, null) => new OrderPage(orders, next, at.IsWhole(request) ? page.Total : null),
                (_, { } problem) => problem,
            };
        }
    }

    public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(externalId) || externalId is "." or ".." || externalId.Length > 200)
        {
            return new FetchedNothing($"'{externalId}' is no id of a VTEX order.");
        }

        var answer = await client.GetAsync(client.ReadingPath(externalId), cancellationToken);
        if (answer is { Status: 404, Problem: null })
        {
            return NotFound(externalId, client.Words(answer));
        }

        notFoundSince.TryRemove(externalId, out _);
        if (client.TroubleOf(answer, "View order") is { } trouble)
        {
            return trouble.NeedsPerson ? new FetchRefused(trouble.Because) : new FetchLater(trouble.Because, trouble.After);
        }

        return Document(answer, externalId) is { } order ? new Fetched(order) : new FetchLater("VTEX answered with something that is no order.");
    }

    public void Dispose() => notFoundSince.Clear();

    // Only what VTEX announces has a suffix: -01. For everything else nothing is on its way.
    private FetchOutcome NotFound(string id, string words)
    {
        var now = clock.GetUtcNow();
        if (id.Length > 3 && id[^3] == '-' && char.IsAsciiDigit(id[^1]) && char.IsAsciiDigit(id[^2]))
        {
            if (notFoundSince.Count >= MostRemembered)
            {
                notFoundSince.Clear();
            }

            if (now - notFoundSince.GetOrAdd(id, now) < Propagation)
            {
                return new FetchLater($"VTEX does not know the order yet (HTTP 404): {words}", AskAgain);
            }

            notFoundSince.TryRemove(id, out _);
        }

        return new FetchedNothing($"VTEX knows no order {id} (HTTP 404): {words}");
    }

    private async Task<(IReadOnlyList<ListedOrder> Orders, ListOutcome? Problem)> WithDocumentsAsync(IReadOnlyList<ListedOrder> rows, CancellationToken cancellationToken)
    {
        var orders = rows.ToArray();
        ListOutcome? problem = null;
        await Parallel.ForEachAsync(Enumerable.Range(0, orders.Length), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (index, stop) =>
        {
            if (!orders[index].IsOrder || Volatile.Read(ref problem) is not null)
            {
                return;
            }

            switch (await FetchAsync(orders[index].ExternalId, stop))
            {
                case Fetched { Order: var fetched }:
                    orders[index] = orders[index] with { Document = fetched.Document, PlatformStatus = fetched.PlatformStatus, IsOrder = fetched.IsOrder, Total = fetched.Total ?? orders[index].Total };
                    break;
                case FetchLater later:
                    Volatile.Write(ref problem, new ListLater(later.Because, later.After));
                    break;
                case FetchRefused refused:
                    Volatile.Write(ref problem, new ListRefused(refused.Because));
                    break;
                default:
                    // Listed but not to be had: older than the two years that VTEX keeps at hand.
                    break;
            }
        });
        return (orders, problem);
    }

    private (List<ListedOrder> Orders, long Total, int PerPage)? Read(JsonElement root)
    {
        try
        {
            if (JsonFields.Get(root, "list") is not { ValueKind: JsonValueKind.Array } list)
            {
                return null;
            }

            List<ListedOrder> orders = [.. list.EnumerateArray().Where(row => JsonFields.Text(row, "orderId") is not null).Select(Row)];
            var paging = JsonFields.Block(root, "paging");
            // What it says it gave out: an account may give less than was asked for.
            return (orders, (long)(JsonFields.TryNumber(JsonFields.Get(paging, "total")) ?? orders.Count), JsonFields.TryNumber(JsonFields.Get(paging, "perPage")) is { } per and >= 1 and <= PerPage ? (int)per : PerPage);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private ListedOrder Row(JsonElement row) => new()
    {
        ExternalId = JsonFields.Text(row, "orderId")!,
        PlacedAt = JsonFields.Time(JsonFields.Text(row, "creationDate")),
        Total = JsonFields.TryNumber(JsonFields.Get(row, "totalValue")) is { } cents && JsonFields.Text(row, "currencyCode") is { Length: 3 } currency ? new Money(cents * client.Settings.AmountUnit, currency.ToUpperInvariant()) : null,
        PlatformStatus = JsonFields.Text(row, "status"),
        IsOrder = JsonFields.Flag(row, "orderIsComplete") != false && JsonFields.Text(row, "status") is not null,
    };

    private ListedOrder? Document(PlatformAnswer answer, string id)
    {
        if (VtexRedaction.Redact(answer.Body) is not { } payload)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if ((JsonFields.Text(root, "orderId") ?? JsonFields.Text(root, "id")) is not { } found)
            {
                return null;
            }

            var changedAt = JsonFields.Time(JsonFields.Text(root, "lastChange"));
            string? currency = JsonFields.Text(JsonFields.Block(root, "storePreferencesData"), "currencyCode");
            string stamp = changedAt?.UtcDateTime.ToString("yyyyMMddHHmmssfffffff", CultureInfo.InvariantCulture) ?? "";
            // A tracking update need not move lastChange: the bytes decide as well.
            string hash = Base64Url.EncodeToString(SHA256.HashData(payload.Span));
            return new()
            {
                ExternalId = found,
                PlacedAt = JsonFields.Time(JsonFields.Text(root, "creationDate")),
                UpdatedAt = changedAt,
                Total = JsonFields.TryNumber(JsonFields.Get(root, "value")) is { } cents && currency is { Length: 3 } ? new Money(cents * client.Settings.AmountUnit, currency.ToUpperInvariant()) : null,
                PlatformStatus = JsonFields.Text(root, "status"),
                IsOrder = VtexOrderMapping.WhyNoOrder(root) is null,
                Document = new ReadDocument(VtexOrderMapping.ReadTopic, $"read|{(found.Length <= 100 ? found : id.Length <= 100 ? id : "long")}|{stamp}|{hash}", payload),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string PathOf(VtexCursor at) => string.Create(CultureInfo.InvariantCulture,
        $"/api/oms/pvt/orders?f_creationDate={Uri.EscapeDataString($"creationDate:[{VtexCursor.Text(at.From)} TO {VtexCursor.Text(at.To)}]")}&orderBy={Uri.EscapeDataString("creationDate,asc")}&per_page={PerPage}&page={at.Page}");
}
