using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Reads one shop's orders. Pages go on behind the last time seen, never at a page's number: rows move between numbered pages while a shop trades.
/// Where more orders share a second than a page holds, that second is read from its last page to its first, because orders can only leave it.</summary>
internal sealed class WooCommerceReader(WooCommerceClient client, int pageSize) : IOrderReader
{
    private const string Fields = "id,status,currency,total,date_created_gmt,date_modified_gmt";

    public async Task<ListOutcome> ListAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        if (WooCommercePlace.Of(request) is not { } place)
        {
            return new ListRefused($"The cursor '{request.Cursor}' is not one of this connector.");
        }

        bool isPlaced = request.By == OrderClock.Placed;
        (string name, string field) = isPlaced ? ("", "date_created_gmt") : ("modified_", "date_modified_gmt");

        // One second earlier: whether the filter takes its own limit in differs between versions.
        List<(string, string)> query =
        [
            ("per_page", Text(pageSize)), ("page", Text(Math.Max(1, place.Page))), ("orderby", isPlaced ? "date" : "modified"), ("order", "asc"), ("status", "any"), ("dates_are_gmt", "true"),
            (name + "after", Gmt(place.From.AddSeconds(-1))), (name + "before", Gmt(place.To)),
        ];
        if (request.OnlySummaries)
        {
            query.Add(("_fields", Fields));
        }

        var answer = await client.GetAsync("orders", cancellationToken, [.. query]);
        if (answer.Code == "rest_post_invalid_page_number" && place.Page > 1)
        {
            // The group became smaller meanwhile: its last page is gone.
            return new OrderPage([], place.Before(request)?.Text);
        }

        if (!answer.IsOk || answer.Root.ValueKind != JsonValueKind.Array)
        {
            return answer.Kind is WooCommerceAnswerKind.Refused or WooCommerceAnswerKind.Nothing ? new ListRefused(answer.Because)
                : new ListLater(answer.IsOk ? "The shop's answer is not a list of orders." : answer.Because, answer.After);
        }

        var orders = new List<ListedOrder>(answer.Root.GetArrayLength());
        var times = new List<DateTimeOffset>(answer.Root.GetArrayLength());
        int rows = 0;
        foreach (var row in answer.Root.EnumerateArray())
        {
            rows++;
            if (Time(row, field) is { } at)
            {
                // A shop that does not know the filter ignores it, and gives everything it ever sold.
                if (at < place.From.AddSeconds(-1))
                {
                    return new ListRefused($"The shop ignores the filter {name}after: order {WooCommercePayloads.Id(row, "id")} of {at:O} came back. Reading needs WooCommerce 5.8 or newer.");
                }

                times.Add(at);
            }

            if (Listed(row, request.OnlySummaries) is { } order)
            {
                orders.Add(order);
            }
        }

        long? all = long.TryParse(answer.Raw.Header("X-WP-Total"), NumberStyles.None, CultureInfo.InvariantCulture, out long counted) ? counted : null;
        if (place is { IsStretch: true, Page: 0 } && all is null && rows >= pageSize)
        {
            return new ListRefused("The shop's answers come without the header X-WP-Total: a proxy or plugin takes it away, and without it orders of one second could be missed.");
        }

        return new OrderPage(orders, place.After(request, times, rows >= pageSize, (int)(((all ?? rows) + pageSize - 1) / pageSize))?.Text, request.Cursor is null ? all : null);
    }

    public async Task<FetchOutcome> FetchAsync(string externalId, CancellationToken cancellationToken)
    {
        if (externalId.Length is 0 or > 19 || !externalId.All(char.IsAsciiDigit))
        {
            return new FetchedNothing("A WooCommerce order's id is a number; this is none.");
        }

        var answer = await client.GetAsync("orders/" + externalId, cancellationToken);
        return answer.Kind switch
        {
            WooCommerceAnswerKind.Ok => Listed(answer.Root, false) is { } order && order.ExternalId == externalId.TrimStart('0') ? new Fetched(order) : new FetchLater("The shop's answer is not the order that was asked for."),
            WooCommerceAnswerKind.Nothing => new FetchedNothing(answer.Because),
            WooCommerceAnswerKind.Refused => new FetchRefused(answer.Because),
            WooCommerceAnswerKind.Later or WooCommerceAnswerKind.Throttled => new FetchLater(answer.Because, answer.After),
        };
    }

    public void Dispose()
    {
        // Nothing of its own: the client belongs to the hub.
    }

    internal static ListedOrder? Listed(JsonElement row, bool isSummary)
    {
        try
        {
            if (WooCommercePayloads.Id(row, "id") is not { } id)
            {
                return null;
            }

            var payloads = new WooCommercePayloads();
            string? status = WooCommercePayloads.Raw(row, "status");
            var updatedAt = Time(row, "date_modified_gmt");
            string? currency = WooCommercePayloads.Raw(row, "currency");
            return new ListedOrder
            {
                ExternalId = id,
                PlacedAt = Time(row, "date_created_gmt"),
                UpdatedAt = updatedAt,
                Total = currency is { Length: 3 } && currency.All(char.IsAsciiLetter) ? payloads.Money(row, "total", currency.ToUpperInvariant(), default) : null,
                PlatformStatus = status,
                IsOrder = status is null || !WooCommerceStates.IsDraft(WooCommerceStates.WithoutPrefix(status)),
                Document = isSummary ? null : Document(row, id, updatedAt),
            };
        }
        catch (InvalidOperationException)
        {
            // A text with half a surrogate pair: the document cannot be understood, and says so when it is mapped.
            return null;
        }
    }

    // The date alone is no sign of a change: looking at an order in the admin moves it, and plugins change orders without it.
    private static ReadDocument Document(JsonElement row, string id, DateTimeOffset? updatedAt)
    {
        byte[] payload = JsonMarshal.GetRawUtf8Value(row).ToArray();
        string when = updatedAt?.UtcDateTime.ToString("s", CultureInfo.InvariantCulture) ?? "";
        return new ReadDocument("order.read", $"order.read|{id}|{when}|{Base64Url.EncodeToString(SHA256.HashData(payload))}", payload);
    }

    private static DateTimeOffset? Time(JsonElement row, string field) => WooCommercePayloads.Time(WooCommercePayloads.Raw(row, field));

    private static string Gmt(DateTimeOffset at) => at.UtcDateTime.ToString("s", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
